"""What lies on the desk of whoever signs a section: the slot, its content, the facts that the rules ask for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from accounts.models import User
from checklist import material
from checklist.models import Appointment, Item, Launch, Section, Slot
from checklist.pages.names import Names, names_of
from checklist.reading import slot_facts
from checklist.rules import ItemFacts
from sentinel.reasons import Reason
from signoff import reading
from signoff.models import Signature
from signoff.pages.changes import last_signed
from signoff.rules import Act, SignerFacts, SigningFacts, returning_refusals, signing_refusals


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that signing one slot looks at, as one person finds it now."""

    launch: Launch
    section: Section
    slot: Slot
    items: list[Item]
    item_facts: list[ItemFacts]
    held: list[Appointment]
    facts: SigningFacts
    signer: SignerFacts
    names: Names
    authorities: list[str]
    last: Signature | None
    user: User
    now: datetime

    @property
    def seen(self) -> str:
        """The digest of what this very page shows: of the rows it was made from."""
        digest = material.digest(material.of_section(self.section.title, self.item_facts))
        return self.slot.section_material(digest)

    def refusals(self, act: Act, seen: str) -> list[Reason]:
        """Why this person cannot do this now, over what they saw."""
        if act is Act.RETURN:
            return returning_refusals(self.facts, self.signer)
        reasons = signing_refusals(self.facts, self.signer)
        return reasons if seen == self.seen else [*reasons, Reason("changed_meanwhile")]


def desk(section: Section, wanted: str, *, user: User, now: datetime) -> Desk:
    """Read what signing a section needs. `wanted` names the slot; else the one that waits for this person."""
    launch = section.launch
    slots = list(section.slots.select_related("signed_by", "returned_by"))
    names = names_of(launch, slots, now)
    slot = _named_slot(slots, wanted) if wanted else _waiting_slot(slots, section, names, user)
    items, facts = reading.section_content(launch, section)
    held = reading.holdings(user, slot, now)
    return Desk(
        launch=launch,
        section=section,
        slot=slot,
        items=items,
        item_facts=facts,
        held=held,
        facts=reading.signing_facts(launch, section, slot, facts, now),
        signer=reading.signer_facts(
            user, held, slot, section=section if launch.four_eyes else None
        ),
        names=names,
        authorities=[authority.name for authority in slot.authorities.all()],
        last=last_signed(slot),
        user=user,
        now=now,
    )


def _named_slot(slots: Sequence[Slot], wanted: str) -> Slot:
    found = [slot for slot in slots if str(slot.pk) == wanted]
    if not found:
        raise Http404("This section has no such slot.")
    return found[0]


def _waiting_slot(slots: Sequence[Slot], section: Section, names: Names, user: User) -> Slot:
    """The slot that this person may sign and nobody has; else one they may sign; else the first."""
    if not slots:
        raise Http404("This section asks for no signature.")
    theirs = [slot for slot in slots if any(h.id == user.pk for h in names.holders_of(slot))]
    missing = [slot for slot in theirs if not slot_facts(slot, section).stands]
    return [*missing, *theirs, *slots][0]


def wanted_slot(text: str) -> str:
    """The slot that an address asks for, in the one spelling of its id; 404 for what is no id."""
    if not text:
        return ""
    try:
        return str(UUID(text))
    except ValueError as odd:
        raise Http404("This is no slot.") from odd
