"""Sections and their slots: which signature stands, what of a section blocks, when its signature is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checklist.rules.items import Counts, PreCheck
from checklist.rules.life import Doing, LaunchState, doing_refusals
from checklist.rules.phases import Phase
from sentinel.reasons import Reason


class SlotState(TextChoices):
    """What stands in a slot. Stale counts as missing (DESIGN 3.9)."""

    WAITING = "waiting", _("Not asked yet")
    ASKED = "asked", _("Signature asked")
    SIGNED = "signed", _("Signed")
    STALE = "stale", _("Changed since signed")
    RETURNED = "returned", _("Returned")


class SectionState(TextChoices):
    """One word for a section, for lists."""

    OPEN = "open", _("In progress")
    READY = "ready", _("Ready to sign")
    ASKED = "asked", _("Signature asked")
    SIGNED = "signed", _("Signed")
    STALE = "stale", _("Changed since signed")
    RETURNED = "returned", _("Returned")
    COMPLETE = "complete", _("All items settled")


# Never signed as it stands: what was returned or has changed since is told apart.
UNSIGNED = (SectionState.OPEN, SectionState.READY, SectionState.ASKED)


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """All that the rules ask of a slot: which digest was signed, which one the content has now, who waits."""

    id: str
    title: str
    material: str
    signed_material: str = ""
    returned: bool = False
    asked: bool = False

    @property
    def state(self) -> SlotState:
        """Stale is a comparison of digests, not a flag; a signature that was returned is gone."""
        if self.signed_material:
            signed = self.signed_material == self.material
            return SlotState.SIGNED if signed else SlotState.STALE
        if self.returned:
            return SlotState.RETURNED
        return SlotState.ASKED if self.asked else SlotState.WAITING

    @property
    def stands(self) -> bool:
        return self.state is SlotState.SIGNED


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section as its read model has it."""

    number: str
    title: str
    phase: Phase
    counts: Counts
    errors: int = 0
    expired: int = 0
    accepted: int = 0
    slots: tuple[SlotFacts, ...] = ()

    @property
    def unaccepted(self) -> int:
        """Items that are outstanding and accepted by nobody."""
        return self.counts.outstanding - self.accepted

    @property
    def state(self) -> SectionState:
        states = {slot.state for slot in self.slots}
        if not states:
            return SectionState.OPEN if self.errors else SectionState.COMPLETE
        for slot_state in (SlotState.RETURNED, SlotState.STALE):
            if slot_state in states:
                return SectionState(slot_state.value)
        if states == {SlotState.SIGNED}:
            return SectionState.SIGNED
        if SlotState.ASKED in states:
            return SectionState.ASKED
        return SectionState.OPEN if self.errors else SectionState.READY

    @property
    def blockers(self) -> list[Reason]:
        """What of this section keeps the launch from being ready (DESIGN 3.4): readiness phase only."""
        if self.phase is not Phase.READINESS:
            return []
        subject = f"section:{self.number}"
        reasons = []
        if self.unaccepted:
            reasons.append(
                Reason("items_outstanding", subject, {"count": self.unaccepted} | self._named)
            )
        if self.expired:
            reasons.append(
                Reason("evidence_expired", subject, {"count": self.expired} | self._named)
            )
        if not self.counts.total:
            reasons.append(Reason("section_empty", subject, self._named))
        reasons += [
            Reason(f"slot_{slot.state.value}", subject, {"slot": slot.title} | self._named)
            for slot in self.slots
            if not slot.stands
        ]
        return reasons

    @property
    def _named(self) -> dict[str, str]:
        return {"number": self.number, "title": self.title}


def asking_refusals(state: LaunchState, section: SectionFacts, check: PreCheck) -> list[Reason]:
    """Why a section's signature cannot be asked for now (DESIGN 3.5); its pre-check's errors among them."""
    unsigned = any(not slot.stands for slot in section.slots)
    gaps = {
        "no_slot": not section.slots,
        "already_asked": any(slot.asked for slot in section.slots) and unsigned,
        "already_signed": bool(section.slots) and not unsigned,
    }
    reasons = doing_refusals(state, Doing.ASK)
    return [*reasons, *(Reason(code) for code, gap in gaps.items() if gap), *check.errors]
