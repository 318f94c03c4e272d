"""What the clock does in launches, a second at a time: `manage.py tick` calls it. No rule needs it to be true."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When

from accounts.mail.outbox import Tell, tell
from accounts.models import News
from audit.ledger import append
from checklist import mails, rules
from checklist.actions import steps
from checklist.actions.common import lock_launch
from checklist.actions.turns import escalate
from checklist.models import Acceptance, Launch, Slot
from checklist.reading import section_due
from checklist.rules import BEFORE_LIVE, LaunchState, Outcome, Phase
from sentinel.pacing import for_a_while

ENDS_SOON = timedelta(days=3)
DUE_SOON = timedelta(hours=6)
# What ended before tick ran for the first time, or while it did not, is no news.
ENDED_LATELY = timedelta(days=7)
LAUNCHES_A_TICK = 100
ACCEPTANCES_A_TICK = 500
# Where readiness still moves: what went live stays as it stood.
MOVING = tuple(BEFORE_LIVE)


@transaction.atomic
def tell_of_acceptances(now: datetime) -> None:
    """An acceptance ends in three days, or has ended. One that was given for less than three is not announced."""
    alive = Acceptance.objects.filter(launch__state__in=MOVING)
    ending = alive.filter(until__gt=now, until__lte=now + ENDS_SOON, at__lte=F("until") - ENDS_SOON)
    ended = alive.filter(until__lte=now, until__gt=now - ENDED_LATELY)
    told = [
        Tell(kind, f"acceptance:{pk}", "", launch)
        for kind, rows in ((mails.ENDS, ending), (mails.ENDED, ended))
        for pk, launch in rows.order_by("until").values_list("pk", "launch")[:ACCEPTANCES_A_TICK]
    ]
    tell_the_new(told, now)


@transaction.atomic
def tell_of_what_is_due(now: datetime) -> None:
    """What is left to do after a launch is due soon, or has been due lately: once a section and going live."""
    launches = Launch.objects.filter(
        state=LaunchState.LIVE, next_due__lte=now + DUE_SOON, next_due__gt=now - ENDED_LATELY
    )
    told = [
        Tell(mails.DUE, f"section:{section.pk}", launch.live_at, launch.pk)
        for launch in launches.order_by("next_due", "pk")[:LAUNCHES_A_TICK]
        for section in launch.sections.exclude(phase=Phase.READINESS)
        if section.counts.outstanding
        and (due := section_due(launch, section))
        and due <= now + DUE_SOON
    ]
    tell_the_new(told, now)


def tell_the_new(told: Sequence[Tell], now: datetime) -> None:
    """Tell what was not told before."""
    known = set(
        News.objects.filter(key__in=[one.key for one in told]).values_list("key", flat=True)
    )
    tell([one for one in told if one.key not in known], by=None, now=now)


def recount_expired(now: datetime) -> None:
    """Store anew what the clock has ended since, so that lists sort and filter by what is so."""
    late = Launch.objects.filter(next_expiry__lte=now, state__in=MOVING).order_by(
        "next_expiry", "pk"
    )
    pks = list(late.values_list("pk", flat=True)[:LAUNCHES_A_TICK])
    for pk in for_a_while(pks, seconds=0.5):
        _recount(pk, now)


@transaction.atomic
def _recount(pk: UUID, now: datetime) -> None:
    launch = lock_launch(Launch(pk=pk))
    changes = []
    for section in launch.sections.filter(next_expiry__lte=now):
        changes += steps.refresh(section, launch=launch, now=now)
    append(changes, actor=None, now=now)


def escalate_waiting(now: datetime) -> None:
    """Pass on what nobody has signed in time, in launches that ask for it. Longest waiting first."""
    due = [
        pk
        for pk, since, escalated_at, hours, zone in _waiting(now).iterator()
        if rules.after_working_hours(max(since, escalated_at or since), hours, zone) <= now
    ]
    slots = Slot.objects.select_related("launch")
    for pk in for_a_while(due, seconds=0.5):
        escalate(slots.get(pk=pk), now=now)


def _waiting(now: datetime) -> QuerySet[Slot, tuple[UUID, datetime, datetime | None, int, str]]:
    """Slots that wait for a first signature or vote, and have somebody left to pass them on to."""
    asked = Q(section__asked_at__isnull=False)
    voting = Q(section=None, launch__outcome=Outcome.OPEN, launch__round_opened_at__isnull=False)
    since = Case(When(section=None, then="launch__round_opened_at"), default="section__asked_at")
    slots = Slot.objects.filter(
        asked | voting,
        signature=None,
        launch__escalate_after_hours__isnull=False,
        launch__state=LaunchState.IN_REVIEW,
    )
    left = slots.annotate(since=since).exclude(
        escalated_at__isnull=False, escalated_at__gte=F("since"), escalated_to=None
    )
    columns = ("escalated_at", "launch__escalate_after_hours", "launch__time_zone")
    return left.order_by("since", "pk").values_list("pk", "since", *columns)
