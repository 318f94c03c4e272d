"""The verdict: readiness with everything that keeps a launch from it, and the one word it comes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checklist.rules.items import Counts
from checklist.rules.life import LaunchState
from checklist.rules.phases import Phase
from checklist.rules.sections import SectionFacts, SlotFacts
from sentinel.reasons import Reason


class Outcome(TextChoices):
    """What the newest round has come to; empty before the first round."""

    NONE = "", _("no round yet")
    OPEN = "open", _("open")
    GO = "go", _("GO")
    GO_CONDITIONAL = "conditional", _("GO with conditions")
    NO_GO = "no_go", _("NO-GO")
    LAUNCHED = "launched", _("ended by going live")


GIVEN = frozenset({Outcome.GO, Outcome.GO_CONDITIONAL})


class Tone(TextChoices):
    """The first word of a launch page."""

    NOT_READY = "not-ready", _("NOT READY")
    READY = "ready", _("READY TO DECIDE")
    APPROVED = "approved", _("APPROVED")
    NO_GO = "no-go", _("NO-GO")
    POSTPONED = "postponed", _("POSTPONED")
    LIVE = "live", _("LIVE")
    UNAPPROVED = "unapproved", _("LIVE WITHOUT APPROVAL")
    ROLLED_BACK = "rolled-back", _("ROLLED BACK")
    CLOSED = "closed", _("CLOSED")
    CANCELLED = "cancelled", _("CANCELLED")


# What a launch is called by its state alone, whatever its readiness says.
OF_STATE = {
    LaunchState.POSTPONED: Tone.POSTPONED,
    LaunchState.ROLLED_BACK: Tone.ROLLED_BACK,
    LaunchState.CLOSED: Tone.CLOSED,
    LaunchState.CANCELLED: Tone.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a launch is ready, and everything that keeps it from being so."""

    counts: Counts
    unsigned: int
    slots: int
    blockers: tuple[Reason, ...]
    accepted: int = 0

    @property
    def ready(self) -> bool:
        return not self.blockers

    @property
    def signed(self) -> int:
        return self.slots - self.unsigned

    @property
    def complete(self) -> bool:
        """The first question of a decision: every item is settled. Accepted is not complete (DESIGN 3.11)."""
        return self.counts.total > 0 and not self.counts.outstanding

    @property
    def unaccepted(self) -> int:
        """The second question: items that are outstanding and accepted by nobody."""
        return self.counts.outstanding - self.accepted


def readiness(sections: Iterable[SectionFacts]) -> Readiness:
    """Weigh a launch's sections. Executive slots and what comes after the launch never block."""
    rows = [section for section in sections if section.phase is Phase.READINESS]
    slots = [slot for section in rows for slot in section.slots]
    blockers = [reason for section in rows for reason in section.blockers]
    if not rows:
        blockers.append(Reason("no_sections"))
    return Readiness(
        counts=sum((section.counts for section in rows), Counts()),
        unsigned=sum(not slot.stands for slot in slots),
        slots=len(slots),
        blockers=tuple(blockers),
        accepted=sum(section.accepted for section in rows),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What the newest round says: its outcome, and its executive slots as they stand over today's content.

    `open_before_launch` counts what was promised for before the launch and is not done.
    """

    outcome: Outcome = Outcome.NONE
    slots: tuple[SlotFacts, ...] = ()
    open_before_launch: int = 0

    @property
    def stands(self) -> bool:
        """GO was given, with conditions or without, and every executive signature still covers what is there now."""
        return self.outcome in GIVEN and all(slot.stands for slot in self.slots)

    @property
    def approves(self) -> bool:
        """It stands, and what it was given for is done as far as it was promised for before the launch."""
        return self.stands and not self.open_before_launch


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first line of a launch: one word, and what it rests on."""

    tone: Tone
    readiness: Readiness
    decision: Decision = field(default_factory=Decision)

    @property
    def to_reaffirm(self) -> bool:
        """GO was given, and something has changed under it since."""
        return self.decision.outcome in GIVEN and not self.decision.stands


def verdict(
    ready: Readiness,
    decision: Decision,
    state: LaunchState = LaunchState.IN_REVIEW,
    *,
    by_approval: bool = False,
) -> Verdict:
    """The one word for a launch (DESIGN 3.13).

    *Approved* needs GO, every signature unstale, no blocker now, and every before-launch condition done.
    `by_approval`: it was approved at the moment it went live. That is kept, and not derived again.
    """
    if state is LaunchState.LIVE:
        tone = Tone.LIVE if by_approval else Tone.UNAPPROVED
    elif state in OF_STATE:
        tone = OF_STATE[state]
    else:
        tone = _before_live(ready, decision)
    return Verdict(tone, ready, decision)


def _before_live(ready: Readiness, decision: Decision) -> Tone:
    if decision.outcome is Outcome.NO_GO:
        return Tone.NO_GO
    if not ready.ready:
        return Tone.NOT_READY
    return Tone.APPROVED if decision.approves else Tone.READY
