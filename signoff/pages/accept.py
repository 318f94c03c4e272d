"""The moment of accepting outstanding items: what is offered, what it means, and why not where not."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from checklist.models import Launch, Section, Slot
from checklist.pages.acceptance import acceptance_words
from checklist.pages.names import any_of
from checklist.rules import Doing, ItemStatus, LaunchState, doing_refusals
from sentinel.reasons import Reason
from signoff import reading
from signoff.capacity import capacity_of
from signoff.offer import Offer
from signoff.pages.desk import Desk
from signoff.pages.people import Signer, signer
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class Offered:
    """An outstanding item with its box to tick; or why it has none."""

    value: str
    number: str
    text: str
    status: str
    label: str
    note: str
    owner: str
    accepted: str
    url: str
    is_ticked: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class AcceptPage:
    """Everything the page shows."""

    launch: Launch
    section: Section
    slot: Slot
    sentence: str
    zone: str
    signer: Signer | None
    items: list[Offered]
    seen: str
    voids: str
    refusals: list[str]

    @property
    def can_act(self) -> bool:
        return not self.refusals


def offer_of(found: Desk) -> Offer:
    """What lies on the desk, as something to accept."""
    risks = reading.risks_named(found.section)
    return Offer(
        found.launch,
        found.section,
        found.items,
        found.item_facts,
        found.user,
        found.signer,
        risks,
        reading.handed_on(found.launch, [*found.items, *risks], found.user),
        found.now,
    )


def accept_page(found: Desk, offer: Offer, ticked: Collection[UUID]) -> AcceptPage:
    """The section's outstanding items as one person may accept them; some of them ticked beforehand."""
    authority = capacity_of(found.held[0]).clause if found.held else any_of(found.authorities)
    words = {
        "authority": authority,
        "number": found.section.number,
        "title": found.section.title,
    }
    text = _(
        "As %(authority)s I accept that the items of section %(number)s, “%(title)s”, that are ticked below stay "
        "outstanding until the end of the day given. It may go live with them until then."
    )
    return AcceptPage(
        launch=found.launch,
        section=found.section,
        slot=found.slot,
        sentence=text % words,
        zone=found.launch.time_zone,
        signer=signer(found.user, found.held, found.now),
        items=_offered(offer, ticked),
        seen=offer.digest,
        voids=_voids(found),
        refusals=[sentence(reason) for reason in _refusals(found, offer)],
    )


def _offered(offer: Offer, ticked: Collection[UUID]) -> list[Offered]:
    rows = []
    for item, fact in offer.rows:
        given = acceptance_words(item, offer.launch, offer.now)
        named = {"number": item.number, "text": item.text}
        own = Reason("own_item", fact.subject, named) if offer.is_own(item) else None
        item.launch, item.section = offer.launch, offer.section
        rows.append(
            Offered(
                value=str(item.pk),
                number=item.number,
                text=item.text,
                status=fact.status.value,
                label=str(ItemStatus(fact.status).label),
                note=item.note,
                owner=str(item.owner) if item.owner else "",
                accepted=given.text if given else "",
                url=item.get_absolute_url(),
                is_ticked=item.pk in ticked,
                why_not=sentence(own) if own else "",
            )
        )
    return rows


def _refusals(found: Desk, offer: Offer) -> list[Reason]:
    """Why nothing here can be accepted by this person, whatever they would tick."""
    gaps = {
        "not_holder": not found.held,
        "nothing_outstanding": not offer.rows,
    }
    reasons = doing_refusals(LaunchState(found.launch.state), Doing.ACCEPT)
    return reasons + [Reason(code) for code, gap in gaps.items() if gap]


def _voids(found: Desk) -> str:
    if not found.slot.signed_material:
        return ""
    return _("The section was signed without it: that signature counts as missing then.")
