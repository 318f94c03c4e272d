"""A launch's life: its states, the moves between them, what may be done in each, who reads it (DESIGN 3.14-3.16)."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sentinel.reasons import Reason

MINUTE = timedelta(minutes=1)


class Classification(TextChoices):
    """Who reads a launch: everybody signed in, or its participants and auditors."""

    INTERNAL = "internal", _("internal")
    RESTRICTED = "restricted", _("restricted")


class LaunchState(TextChoices):
    """Where a launch is in its life, as stored. *Approved* is derived and never stored."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    POSTPONED = "postponed", _("postponed")
    LIVE = "live", _("live")
    ROLLED_BACK = "rolled_back", _("rolled back")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


MOVES: dict[LaunchState, frozenset[LaunchState]] = {
    LaunchState.DRAFT: frozenset({LaunchState.IN_REVIEW, LaunchState.CANCELLED}),
    LaunchState.IN_REVIEW: frozenset(
        {LaunchState.POSTPONED, LaunchState.LIVE, LaunchState.CANCELLED}
    ),
    LaunchState.POSTPONED: frozenset({LaunchState.IN_REVIEW, LaunchState.CANCELLED}),
    LaunchState.LIVE: frozenset({LaunchState.ROLLED_BACK, LaunchState.CLOSED}),
    LaunchState.ROLLED_BACK: frozenset({LaunchState.IN_REVIEW, LaunchState.CANCELLED}),
    LaunchState.CLOSED: frozenset(),
    LaunchState.CANCELLED: frozenset(),
}


class Step(TextChoices):
    """What managers do to move a launch on. `POSTPONE` with a new date leaves it in review."""

    OPEN = "open", _("Open the review")
    POSTPONE = "postpone", _("Postpone")
    RESUME = "resume", _("Resume")
    GO_LIVE = "go_live", _("Go live")
    ROLL_BACK = "roll_back", _("Roll back")
    RELAUNCH = "relaunch", _("Relaunch")
    CLOSE = "close", _("Close")
    CANCEL = "cancel", _("Cancel the launch")


# From which states each step goes, and where to. Every one is a move of `MOVES`.
STEPS: dict[Step, tuple[frozenset[LaunchState], LaunchState]] = {
    Step.OPEN: (frozenset({LaunchState.DRAFT}), LaunchState.IN_REVIEW),
    Step.POSTPONE: (frozenset({LaunchState.IN_REVIEW}), LaunchState.POSTPONED),
    Step.RESUME: (frozenset({LaunchState.POSTPONED}), LaunchState.IN_REVIEW),
    Step.GO_LIVE: (frozenset({LaunchState.IN_REVIEW}), LaunchState.LIVE),
    Step.ROLL_BACK: (frozenset({LaunchState.LIVE}), LaunchState.ROLLED_BACK),
    Step.RELAUNCH: (frozenset({LaunchState.ROLLED_BACK}), LaunchState.IN_REVIEW),
    Step.CLOSE: (frozenset({LaunchState.LIVE}), LaunchState.CLOSED),
    Step.CANCEL: (
        frozenset(
            {
                LaunchState.DRAFT,
                LaunchState.IN_REVIEW,
                LaunchState.POSTPONED,
                LaunchState.ROLLED_BACK,
            }
        ),
        LaunchState.CANCELLED,
    ),
}


class Doing(StrEnum):
    """What people do in a launch, as far as its state has a say in it."""

    CHANGE = "change what the launch is about"
    KEEP = "change owner team, classification, description"
    READINESS = "work on readiness items, put questions to them"
    PLAN = "word, assign and note post-launch and review items"
    AFTERMATH = "set and prove post-launch and review items"
    ASK = "ask for signatures"
    SIGN = "sign, return, vote"
    ACCEPT = "accept outstanding items"
    RISKS = "keep the register of risks"
    ROUND = "open, answer and cancel rounds"
    CONDITIONS = "work on conditions"
    WITHDRAW = "withdraw signatures"
    COMMENT = "comment, resolve questions"
    SHARE = "let people in and out"


_ALWAYS = frozenset({Doing.COMMENT, Doing.SHARE})
_GOING_ON = _ALWAYS | {Doing.KEEP, Doing.RISKS, Doing.WITHDRAW}
_PREPARING = _GOING_ON | {Doing.CHANGE, Doing.READINESS, Doing.PLAN}

ALLOWED: dict[LaunchState, frozenset[Doing]] = {
    LaunchState.DRAFT: _PREPARING,
    LaunchState.IN_REVIEW: _PREPARING
    | {Doing.ASK, Doing.SIGN, Doing.ACCEPT, Doing.ROUND, Doing.CONDITIONS},
    LaunchState.POSTPONED: _PREPARING | {Doing.CONDITIONS},
    LaunchState.LIVE: _GOING_ON | {Doing.PLAN, Doing.AFTERMATH, Doing.CONDITIONS},
    LaunchState.ROLLED_BACK: _GOING_ON | {Doing.CONDITIONS},
    LaunchState.CLOSED: _ALWAYS | {Doing.CONDITIONS, Doing.WITHDRAW},
    LaunchState.CANCELLED: _ALWAYS,
}

# Readiness is still being worked on: it moves with the clock, and nothing after the launch can be set.
BEFORE_LIVE = frozenset({LaunchState.DRAFT, LaunchState.IN_REVIEW, LaunchState.POSTPONED})
WHY = {
    LaunchState.DRAFT: "not_in_review",
    LaunchState.IN_REVIEW: "launch_in_review",
    LaunchState.POSTPONED: "launch_is_postponed",
    LaunchState.LIVE: "launch_is_live",
    LaunchState.ROLLED_BACK: "launch_is_rolled_back",
    LaunchState.CLOSED: "launch_is_closed",
    LaunchState.CANCELLED: "launch_is_cancelled",
}


def doing_refusals(state: LaunchState, doing: Doing) -> list[Reason]:
    """Why this cannot be done in a launch that is in this state; empty when it can."""
    if doing in ALLOWED[state]:
        return []
    if doing is Doing.AFTERMATH and state in BEFORE_LIVE:
        return [Reason("not_live_yet")]
    return [Reason(WHY[state])]


def step_refusals(state: LaunchState, step: Step) -> list[Reason]:
    """Why a launch in this state does not take this step; empty when it does."""
    return [] if state in STEPS[step][0] else [Reason(f"cannot_{step.value}")]


def moment_refusals(
    moment: datetime, *, now: datetime, bounds: Iterable[tuple[str, datetime | None]]
) -> list[Reason]:
    """Why a moment that somebody states cannot be: it is still to come, or lies before one of the bounds.

    Each bound is the code to refuse with, and the moment.
    """
    reasons = [Reason("moment_to_come")] if moment > now else []
    return reasons + [Reason(code) for code, bound in bounds if bound and moment < bound]


def within_minute(moment: datetime, bound: datetime | None) -> datetime:
    """A moment told by the minute, moved up to a bound that lies within that very minute."""
    if bound and timedelta() < bound - moment < MINUTE:
        return bound
    return moment


def target_refusals(
    *, old: datetime | None, new: datetime | None, now: datetime, is_standing_still: bool
) -> list[Reason]:
    """Why a target cannot be moved there: it is the same, or over already."""
    if new is None:
        return []
    gaps = {"same_target": new == old and not is_standing_still, "target_is_over": new <= now}
    return [Reason(code) for code, gap in gaps.items() if gap]
