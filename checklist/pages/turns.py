"""Whose turn it is: a slot's state in words, with whom it waits for and since when (DESIGN 3.18)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from checklist.models import Section, Slot
from checklist.pages.links import receipt_url, sign_url
from checklist.pages.names import Named, Names, any_of, waited_for
from checklist.pages.reminders import Reminder
from checklist.pages.vacant import Link, appoint_links
from checklist.permissions import Viewer
from checklist.reading import slot_facts
from checklist.rules import BEFORE_LIVE, LaunchState, SectionState, SlotFacts, SlotState
from checklist.turns import asked_since


@dataclass(frozen=True, slots=True)
class SlotLine:
    """One slot as a line: what stands there, or whom it waits for.

    `reads` is "" while it waits; `brief` then says for whom, shortly enough for a row.
    """

    title: str
    state: str
    label: str
    whom: str = ""
    since: datetime | None = None
    is_you: bool = False
    brief: str = ""
    reads: str = ""
    reason: str = ""
    url: str = ""
    nobody: str = ""
    appoint: tuple[Link, ...] = ()
    escalated: str = ""
    reminder: Reminder | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """What a slot's line is made from, besides the slot itself."""

    section: Section
    state: SectionState
    names: Names
    teams: list[Named]
    viewer: Viewer
    leads: bool


def slot_line(slot: Slot, ask: Ask) -> SlotLine:
    """A section slot in words."""
    facts = slot_facts(slot, ask.section)
    if facts.state is SlotState.SIGNED:
        return _signed(slot, ask)
    if LaunchState(ask.section.launch.state) not in BEFORE_LIVE:
        return _never_signed(slot, ask, facts)
    if ask.section.asked_at is not None:
        return _asked(slot, ask, facts)
    return _with_the_team(slot, ask, facts)


def _signed(slot: Slot, ask: Ask) -> SlotLine:
    reads = _("Signed by %(who)s, %(when)s") % {
        "who": signer_of(slot),
        "when": moment(slot.signed_at),
    }
    if slot.withdrawn_at:
        parts = {"reads": reads, "when": moment(slot.withdrawn_at)}
        reads = _("%(reads)s; withdrawn after going live, %(when)s") % parts
    url = receipt_url(slot.signature) if slot.signature else ""
    state = SlotState.SIGNED
    asked = ask.names.asked_in(slot)
    return SlotLine(asked, state.value, str(state.label), reads=reads, url=url)


def _never_signed(slot: Slot, ask: Ask, facts: SlotFacts) -> SlotLine:
    """It waits for nobody any more: the launch went live, or ended, without it."""
    reads = _("Not signed, and waiting for nobody any more")
    state = facts.state
    return SlotLine(ask.names.asked_in(slot), state.value, str(state.label), reads=reads)


def _asked(slot: Slot, ask: Ask, facts: SlotFacts) -> SlotLine:
    """The request stands: it waits for whoever holds one of the slot's authorities."""
    holders, slug = ask.names.holders_of(slot), ask.section.launch.slug
    named, since = waited_for(holders), asked_since(slot, ask.section.asked_at)
    is_you = any(holder.id == ask.viewer.id for holder in holders)
    return SlotLine(
        title=ask.names.asked_in(slot),
        state=facts.state.value,
        label=str(facts.state.label),
        whom=any_of(named),
        since=since,
        brief=_waits(_first_of(named), since) if named else ask.names.vacancy,
        is_you=is_you,
        url=sign_url(slug, ask.section.number) if is_you else "",
        nobody="" if holders else ask.names.nobody_holds(slot),
        appoint=appoint_links(slug, slot, ask.names, ask.viewer),
        escalated=escalated_words(slot, since),
    )


def _with_the_team(slot: Slot, ask: Ask, facts: SlotFacts) -> SlotLine:
    """No request stands: the section's teams have to work, or its lead has to ask."""
    returned = facts.state is SlotState.RETURNED
    whom = any_of(named.name for named in ask.teams)
    if ask.state is SectionState.READY or (
        facts.state is SlotState.STALE and not ask.section.errors
    ):
        whom = _("the lead of %(team)s to ask") % {"team": whom}
    reads = ""
    if returned:
        parts = {"who": slot.returned_by, "when": moment(slot.returned_at)}
        reads = _("Returned by %(who)s, %(when)s") % parts
    return SlotLine(
        title=ask.names.asked_in(slot),
        state=facts.state.value,
        label=str(facts.state.label),
        whom=whom,
        since=slot.returned_at or slot.stale_since,
        brief=_waits(whom, slot.returned_at or slot.stale_since),
        is_you=ask.leads and ask.state in {SectionState.READY, SectionState.RETURNED},
        reads=reads,
        reason=slot.return_reason if returned else "",
    )


def _waits(whom: str, since: datetime | None) -> str:
    """Whom a slot waits for, short enough for a row."""
    if since is None:
        return _("Waiting on %(whom)s") % {"whom": whom}
    parts = {"whom": whom, "when": date_format(localtime(since), "j M H:i")}
    return _("Waiting on %(whom)s since %(when)s") % parts


def _first_of(people: Sequence[Named]) -> str:
    """One name, and how many more there are."""
    first, *others = [named.brief for named in people] or [""]
    return f"{first} +{len(others)}" if others else first


def signer_of(slot: Slot) -> str:
    """Who signed in a slot, and for whom where they stood in."""
    if not slot.signed_for:
        return str(slot.signed_by)
    words = {"who": slot.signed_by, "principal": slot.signed_for}
    return _("%(who)s, standing in for %(principal)s") % words


def escalated_words(slot: Slot, since: datetime | None) -> str:
    """Whom it was passed on to while it waits for this signature; "" where it was not."""
    if slot.escalated_at is None or since is None or slot.escalated_at < since:
        return ""
    parts = {"who": slot.escalated_to, "when": moment(slot.escalated_at)}
    if slot.escalated_to is None:
        return _("Nobody signed in time: the launch managers were told, %(when)s") % parts
    return _("Nobody signed in time: passed on to %(who)s, %(when)s") % parts


def moment(at: datetime | None) -> str:
    """A moment in the reader's zone, as lists have it."""
    return date_format(localtime(at), "D j M H:i") if at else ""


def slots_by_section(slots: Iterable[Slot]) -> dict[object, list[Slot]]:
    found: dict[object, list[Slot]] = {}
    for slot in slots:
        found.setdefault(slot.section_id, []).append(slot)
    return found
