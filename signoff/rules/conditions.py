"""The rules of conditions: when one may be made, who keeps it, who lifts it. Values in, values out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checklist.permissions import Viewer
from sentinel.reasons import Reason

MOST = 20


class Origin(TextChoices):
    """Where a condition comes from."""

    VOTE = "vote", _("a vote")
    CLOSING = "closing", _("closing the launch")
    CARRIED = "carried", _("an earlier round")


class Ending(TextChoices):
    """How a condition ended that was not kept: by what, and so by whose act."""

    NONE = "", _("not ended")
    REPLACED = "replaced", _("replaced by a new vote")
    WITHDRAWN = "withdrawn", _("its vote was withdrawn")
    LIFTED = "lifted", _("lifted")
    CARRIED = "carried", _("carried into the next round")
    DROPPED = "dropped", _("dropped when the next round was opened")


WITH_REASON = (Ending.LIFTED, Ending.DROPPED)


class ConditionState(TextChoices):
    """How a condition stands. The clock alone makes an open one overdue."""

    OPEN = "open", _("Open")
    OVERDUE = "overdue", _("Overdue")
    DONE = "done", _("Done")
    IDLE = "idle", _("Owed by nobody now")
    ENDED = "ended", _("Ended")


@dataclass(frozen=True, slots=True)
class ConditionFacts:
    """All that the rules ask of a condition. `owner`: who keeps it now; `owed`: it has no round, or one not over."""

    due_at: datetime
    owner: UUID
    asked_by: UUID
    done: bool = False
    ended: bool = False
    owed: bool = True

    def state(self, now: datetime) -> ConditionState:
        if self.ended:
            return ConditionState.ENDED
        if self.done:
            return ConditionState.DONE
        if not self.owed:
            return ConditionState.IDLE
        return ConditionState.OVERDUE if self.due_at <= now else ConditionState.OPEN


@dataclass(frozen=True, slots=True)
class Promise:
    """All that the rules ask of a condition that somebody wants to make.

    `renewed`: the same is owed already, of an earlier vote of theirs, and may be late by now.
    """

    due_at: datetime
    owner: str
    owner_takes_part: bool
    renewed: bool = False


def promise_refusals(promises: Sequence[Promise], now: datetime) -> list[Reason]:
    """Why these conditions cannot be made, each reason with the number of its condition, from 1."""
    reasons = []
    for number, promise in enumerate(promises, 1):
        subject, params = f"condition:{number}", {"number": number, "owner": promise.owner}
        if promise.due_at <= now and not promise.renewed:
            reasons.append(Reason("condition_due_past", subject, params))
        if not promise.owner_takes_part:
            reasons.append(Reason("condition_owner_outside", subject, params))
    if len(promises) > MOST:
        reasons.append(Reason("conditions_too_many", "", {"most": MOST}))
    return reasons


def dropping_refusals(dropped: Mapping[UUID, str], left: Collection[UUID]) -> list[Reason]:
    """Why these conditions cannot be dropped, each with a reason, when a round is opened."""
    reasons = []
    for condition, why in dropped.items():
        params = {"condition": str(condition)}
        if condition not in left:
            reasons.append(Reason("condition_not_left", f"condition:{condition}", params))
        elif not why:
            reasons.append(Reason("dropped_without_reason", f"condition:{condition}", params))
    return reasons


def may_keep(viewer: Viewer, condition: ConditionFacts) -> bool:
    """Who says that a condition is done, or takes that back: its owner, and a launch manager."""
    return viewer.takes_part and (viewer.manages or viewer.id == condition.owner)


def may_lift(viewer: Viewer, condition: ConditionFacts, *, asker_has_left: bool) -> bool:
    """Who lifts a condition: whoever asked for it; when they have left, a launch manager."""
    asked = viewer.id == condition.asked_by
    return viewer.takes_part and (asked or (viewer.manages and asker_has_left))


def keeping_refusals(condition: ConditionFacts) -> list[Reason]:
    """Why a condition cannot be said to be done."""
    gaps = {"condition_ended": condition.ended, "condition_done": condition.done}
    return [Reason(code) for code, gap in gaps.items() if gap]


def reopening_refusals(condition: ConditionFacts) -> list[Reason]:
    """Why a condition cannot be said to be open again."""
    gaps = {"condition_ended": condition.ended, "condition_not_done": not condition.done}
    return [Reason(code) for code, gap in gaps.items() if gap]


def lifting_refusals(condition: ConditionFacts) -> list[Reason]:
    """Why a condition cannot be lifted: what was kept stays on record as kept."""
    return keeping_refusals(condition)
