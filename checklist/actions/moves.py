"""Steps of a launch's life: they store the new state and its history, and return the ledger entry."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, difference
from checklist.actions.evidence import facts as evidence_facts
from checklist.actions.launches import item_facts
from checklist.models import Evidence, Item, Launch, Move
from checklist.rules import STEPS, ItemStatus, LaunchState, Phase, Step, target_moment
from checklist.verbs import Verb
from sentinel.errors import Refused

LIFE = [
    "state",
    "target_on",
    "target_time",
    "next_review_on",
    "review_opened_at",
    "first_target_on",
    "times_moved",
    "live_at",
    "live_by",
    "live_round",
    "live_reason",
    "unapproved_at",
]
VERBS = {
    Step.OPEN: Verb.LAUNCH_OPENED,
    Step.POSTPONE: Verb.LAUNCH_POSTPONED,
    Step.RESUME: Verb.LAUNCH_RESUMED,
    Step.GO_LIVE: Verb.LAUNCH_WENT_LIVE,
    Step.ROLL_BACK: Verb.LAUNCH_ROLLED_BACK,
    Step.RELAUNCH: Verb.LAUNCH_RELAUNCHED,
    Step.CLOSE: Verb.LAUNCH_CLOSED,
    Step.CANCEL: Verb.LAUNCH_CANCELLED,
}
AFTERWARDS = (Phase.POST_LAUNCH, Phase.REVIEW)


@dataclass(frozen=True, slots=True)
class Taken:
    """One step as it is taken: which, by whom, recorded when; `moment` is when it happened, if that is another time."""

    step: Step
    by: User
    now: datetime
    reason: str = ""
    moment: datetime | None = None
    approved: bool | None = None


def demand_reason(reason: str, message: str = "") -> None:
    """Refuse a step that nobody gave a reason for."""
    if not reason:
        error = ValidationError(message or _("Say why."), code="reason_required")
        raise Refused({"reason": error})


def take(launch: Launch, taken: Taken, *, to: LaunchState | None = None) -> Change:
    """Store the state that a step comes to, and the step itself. The caller has set the launch's other fields.

    The caller refreshes the launch after that.
    """
    before = Launch.objects.get(pk=launch.pk)
    launch.state = to or STEPS[taken.step][1]
    _count_target(before, launch)
    launch.validate_constraints()
    launch.save(update_fields=LIFE)
    move = Move(
        launch=launch,
        step=taken.step,
        state=launch.state,
        moment=taken.moment or taken.now,
        at=taken.now,
        by=taken.by,
        reason=taken.reason,
        old_target_on=before.target_on,
        old_target_time=before.target_time,
        new_target_on=launch.target_on,
        new_target_time=launch.target_time,
        approved=taken.approved,
    )
    move.full_clean()
    move.save(force_insert=True)
    old, new = difference(life_facts(before), life_facts(launch))
    verb = VERBS[taken.step]
    if taken.approved is False:
        verb = Verb.LAUNCH_WENT_LIVE_UNAPPROVED
    if taken.moment:
        new["moment"] = taken.moment
    return Change(
        verb,
        f"launch:{launch.pk}",
        launch.pk,
        old=old,
        new=new,
        reason=taken.reason,
    )


def _count_target(before: Launch, launch: Launch) -> None:
    """A target that was there and is another now was moved; the first one is remembered."""
    was, now = (
        target_moment(row.target_on, row.target_time, row.time_zone) for row in (before, launch)
    )
    if was and was != now:
        launch.times_moved += 1
        launch.first_target_on = launch.first_target_on or before.target_on


def life_facts(launch: Launch) -> dict[str, Any]:
    """What a step may change of a launch, as a leaf carries it."""
    return {
        "state": launch.state,
        "target_on": launch.target_on,
        "target_time": launch.target_time.isoformat() if launch.target_time else None,
        "next_review_on": launch.next_review_on,
        "live_at": launch.live_at,
        "live_round": launch.live_round,
    }


def set_target(launch: Launch, day: date | None, clock: time | None) -> None:
    launch.target_on, launch.target_time = day, clock if day else None


def leave_live(launch: Launch) -> None:
    """It is live no longer: what it was live by is history, in its moves and in the ledger."""
    launch.live_at = launch.live_by = launch.live_round = None
    launch.live_reason = ""


def start_anew(launch: Launch, now: datetime, by: User) -> list[Change]:
    """Post-launch and review items are for one going live: for the next they are unset, their proofs taken back."""
    items = list(Item.objects.filter(launch=launch, section__phase__in=AFTERWARDS))
    touched = [row for row in items if row.status != ItemStatus.UNSET or row.evidence_count]
    changes = []
    for item in touched:
        before = item_facts(item)
        item.status, item.na_reason, item.evidence_count = ItemStatus.UNSET, "", 0
        item.status_by = item.status_at = None
        old, new = difference(before, item_facts(item))
        if new:
            verb = Verb.ITEM_CHANGED
            changes.append(Change(verb, f"item:{item.pk}", launch.pk, old=old, new=new))
    Item.objects.bulk_update(
        touched, ["status", "na_reason", "status_by", "status_at", "evidence_count"]
    )
    proofs = Evidence.objects.standing().filter(item__in=touched)
    for proof in proofs:
        proof.removed_by, proof.removed_at = by, now
        proof.save(update_fields=["removed_by", "removed_at"])
        changes.append(
            Change(
                Verb.EVIDENCE_REMOVED,
                f"item:{proof.item_id}",
                launch.pk,
                old=evidence_facts(proof),
            )
        )
    return changes
