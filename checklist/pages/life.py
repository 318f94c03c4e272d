"""A launch's life as people see it: what happened so far, and what its managers can do next."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from checklist.models import Launch, Move
from checklist.pages.links import move_url
from checklist.permissions import Right
from checklist.reading import launch_rights, standing_of
from checklist.rules import LaunchState, Step, step_refusals
from checklist.verdict_words import (
    VerdictWords,
    full_moment,
    moved_words,
    target_words_of,
    verdict_words,
)
from checklist.words import sentence

# In the order in which they come; opening the review has its button in the page's head.
OFFERED = tuple(step for step in Step if step is not Step.OPEN)
OF_THIS_APP = {
    Step.POSTPONE: "postpone",
    Step.RESUME: "resume",
    Step.ROLL_BACK: "roll-back",
}
OF_SIGNOFF = {
    Step.GO_LIVE: "go-live",
    Step.RELAUNCH: "relaunch",
    Step.CLOSE: "close",
    Step.CANCEL: "cancel",
}
LABELS: dict[Step, str | Promise] = {
    Step.POSTPONE: lazy("Move the target date"),
    Step.RESUME: lazy("Resume the review"),
    Step.GO_LIVE: lazy("Record that it went live"),
    Step.ROLL_BACK: lazy("Record a roll back"),
    Step.RELAUNCH: lazy("Relaunch"),
    Step.CLOSE: lazy("Close the launch"),
    Step.CANCEL: lazy("Cancel the launch"),
}
HAPPENED: dict[Step, str | Promise] = {
    Step.OPEN: lazy("Review opened"),
    Step.POSTPONE: lazy("Target moved"),
    Step.RESUME: lazy("Review resumed"),
    Step.GO_LIVE: lazy("Went live by approval"),
    Step.ROLL_BACK: lazy("Rolled back"),
    Step.RELAUNCH: lazy("Relaunched: back in review"),
    Step.CLOSE: lazy("Closed"),
    Step.CANCEL: lazy("Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that a manager can make: words and address; or why not now."""

    label: str
    url: str
    why_not: str = ""
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """All moves: those that are possible now, and the others with the reason."""

    possible: list[Offer]
    impossible: list[Offer]


@dataclass(frozen=True, slots=True)
class LifeLine:
    """A step that was taken, as a line of the launch's history."""

    word: str
    when: str
    who: str
    details: list[str]
    reason: str
    is_alarming: bool


@dataclass(frozen=True, slots=True)
class LifePage:
    """Everything the page of a launch's life shows."""

    launch: Launch
    verdict: VerdictWords
    lines: list[LifeLine]
    moved: str
    offers: Offers | None

    @property
    def manages(self) -> bool:
        return self.offers is not None


def offers(launch: Launch) -> Offers:
    """What its managers can do with the launch now, and why they cannot do the rest."""
    rows = [_offer(launch, step) for step in OFFERED]
    return Offers([row for row in rows if not row.why_not], [row for row in rows if row.why_not])


def _offer(launch: Launch, step: Step) -> Offer:
    refusals = step_refusals(LaunchState(launch.state), step)
    label = LABELS[step]
    if step is Step.POSTPONE and launch.target_on is None:
        label = _("Set a target date")
    return Offer(
        label=str(label),
        url=step_url(step, launch),
        why_not=" ".join(map(sentence, refusals)),
        is_grave=step in {Step.CANCEL, Step.ROLL_BACK},
    )


def step_url(step: Step, launch: Launch) -> str:
    """The page of a step's form."""
    if step in OF_THIS_APP:
        return reverse(f"checklist:{OF_THIS_APP[step]}", args=[launch.slug])
    return move_url(OF_SIGNOFF[step], launch.slug)


def life_page(launch: Launch, *, user: User, now: datetime) -> LifePage:
    """The launch's life as one person sees it now."""
    manages = Right.MANAGE in launch_rights(user, launch, now)
    moves = launch.moves.select_related("by").order_by("-at", "-pk")
    return LifePage(
        launch=launch,
        verdict=verdict_words(standing_of(launch, now), now),
        lines=[_line(move, launch) for move in moves],
        moved=moved_words(launch),
        offers=offers(launch) if manages else None,
    )


def _line(move: Move, launch: Launch) -> LifeLine:
    alarming = move.step == Step.GO_LIVE and not move.approved
    word = HAPPENED[Step(move.step)]
    if move.step == Step.POSTPONE and move.new_target_on is None:
        word = _("Postponed without a new date")
    return LifeLine(
        word=_("Went live without approval") if alarming else str(word),
        when=full_moment(move.moment, launch.zone),
        who=str(move.by),
        details=_details(move, launch),
        reason=move.reason,
        is_alarming=alarming,
    )


def _details(move: Move, launch: Launch) -> list[str]:
    """What a step changed, and when it was recorded, where that was later."""
    details = []
    old, new = (
        target_words_of(day, clock, launch.zone)
        for day, clock in (
            (move.old_target_on, move.old_target_time),
            (move.new_target_on, move.new_target_time),
        )
    )
    if old != new:
        details.append(_("Target: %(old)s → %(new)s") % {"old": old, "new": new})
    if move.moment != move.at:
        when = full_moment(move.at, launch.zone)
        details.append(_("recorded %(when)s") % {"when": when})
    return details


@dataclass(frozen=True, slots=True)
class StepPage:
    """The small page of one step: what it does, said beforehand, and why it cannot be done, if so.

    `warning` is what an executive would regret; `facts` what it rests on, as components/reasons.html shows it.
    """

    launch: Launch
    title: str
    says: list[str]
    button: str
    refusals: list[str]
    is_grave: bool = False
    warning: str = ""
    facts: tuple[object, ...] = ()

    @property
    def can_act(self) -> bool:
        return not self.refusals


def step_page(launch: Launch, step: Step, says: list[str], *, button: str = "") -> StepPage:
    """A step's page, with why it cannot be taken now."""
    label = _offer(launch, step)
    return StepPage(
        launch=launch,
        title=label.label,
        says=says,
        button=button or label.label,
        refusals=[label.why_not] if label.why_not else [],
        is_grave=label.is_grave,
    )
