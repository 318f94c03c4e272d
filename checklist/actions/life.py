"""What managers do to a launch's life without touching its rounds: open, postpone, resume, roll back."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import append
from checklist.actions import steps
from checklist.actions.common import demand, lock_launch, refuse
from checklist.actions.moves import Taken, demand_reason, set_target, take
from checklist.models import Launch
from checklist.permissions import Right
from checklist.reading import standing_of
from checklist.rules import (
    LaunchState,
    Step,
    moment_refusals,
    step_refusals,
    target_moment,
    target_refusals,
)
from sentinel.errors import Refused


def begin(launch: Launch, step: Step, *, by: User, now: datetime) -> Launch:
    """The launch behind its lock, if this person may move it and it is where the step starts from."""
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    refuse(step_refusals(LaunchState(launch.state), step))
    return launch


@transaction.atomic
def open_review(launch: Launch, *, by: User) -> Launch:
    """Move a draft into review: from now on signatures can be asked for and rounds opened."""
    now = timezone.now()
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    if step_refusals(LaunchState(launch.state), Step.OPEN):
        raise Refused(_("This launch is in review already."), code="in_review")
    launch.review_opened_at = now
    change = take(launch, Taken(Step.OPEN, by, now))
    append([change, *steps.refresh_launch(standing_of(launch, now), now=now)], actor=by.pk, now=now)
    return launch


@transaction.atomic
def postpone(
    launch: Launch,
    *,
    by: User,
    reason: str,
    target_on: date | None = None,
    target_time: time | None = None,
) -> Launch:
    """Move the target, with a reason. With a new date the review goes on; without one the launch stands still."""
    now = timezone.now()
    launch = begin(launch, Step.POSTPONE, by=by, now=now)
    _refuse_target(launch, target_on, target_time, now=now)
    demand_reason(reason, _("Say why the date is moved."))
    set_target(launch, target_on, target_time)
    to = LaunchState.IN_REVIEW if target_on else LaunchState.POSTPONED
    change = take(launch, Taken(Step.POSTPONE, by, now, reason), to=to)
    append([change, *steps.refresh_launch(standing_of(launch, now), now=now)], actor=by.pk, now=now)
    return launch


@transaction.atomic
def resume(
    launch: Launch,
    *,
    by: User,
    target_on: date | None = None,
    target_time: time | None = None,
    reason: str = "",
) -> Launch:
    """Take up the review of a postponed launch again, with a new date or none yet."""
    now = timezone.now()
    launch = begin(launch, Step.RESUME, by=by, now=now)
    _refuse_target(launch, target_on, target_time, now=now)
    set_target(launch, target_on, target_time)
    change = take(launch, Taken(Step.RESUME, by, now, reason))
    append([change, *steps.refresh_launch(standing_of(launch, now), now=now)], actor=by.pk, now=now)
    return launch


def _refuse_target(launch: Launch, day: date | None, clock: time | None, *, now: datetime) -> None:
    zone = launch.time_zone
    refuse(
        target_refusals(
            old=target_moment(launch.target_on, launch.target_time, zone),
            new=target_moment(day, clock, zone),
            now=now,
            is_standing_still=launch.state == LaunchState.POSTPONED,
        )
    )


@transaction.atomic
def roll_back(launch: Launch, *, by: User, reason: str, moment: datetime | None = None) -> Launch:
    """Record that the launch was rolled back, and when. Readiness stays frozen until it is relaunched."""
    now = timezone.now()
    launch = begin(launch, Step.ROLL_BACK, by=by, now=now)
    moment = moment or now
    refuse(moment_refusals(moment, now=now, bounds=[("before_live", launch.live_at)]))
    demand_reason(reason)
    change = take(launch, Taken(Step.ROLL_BACK, by, now, reason, moment))
    append([change, *steps.refresh_launch(standing_of(launch, now), now=now)], actor=by.pk, now=now)
    return launch
