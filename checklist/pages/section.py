"""The section page: its head, its rows, its pre-check, whose turn it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.db.models import prefetch_related_objects
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from checklist import reading, rules
from checklist.forms.items import AddItemForm, BulkForm
from checklist.markdown import render
from checklist.models import Item, Launch, Section, Slot
from checklist.pages.bars import Segment, segments
from checklist.pages.check import Gap, gaps, items_with, section_url
from checklist.pages.links import accept_url, section_certificate_url
from checklist.pages.names import Named, Names, all_of, names_of, waited_for
from checklist.pages.reminders import reminder
from checklist.pages.rows import (
    Asked,
    Row,
    is_mine,
    is_my_teams,
    rows_of,
    set_refusals,
    with_status,
)
from checklist.pages.states import state_words
from checklist.pages.then import Then
from checklist.pages.turns import Ask, SlotLine, slot_line
from checklist.pages.voids import voids_words
from checklist.permissions import Right, Viewer, rights
from checklist.rules import (
    BEFORE_LIVE,
    Doing,
    LaunchState,
    Phase,
    PreCheck,
    SectionFacts,
    SectionState,
    SlotState,
    doing_refusals,
    planning,
)
from checklist.verdict_words import due_words
from checklist.words import sentence


@dataclass(frozen=True, slots=True)
class Head:
    """What changes in a section's head with every click: state, counts, what is left."""

    state: str
    label: str
    segments: tuple[Segment, ...]
    left: str
    check: str
    voids: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """The pre-check and the signature: what is left, who is asked, what the reader may do about it."""

    errors: list[Gap]
    warnings: list[Gap]
    slots: tuple[SlotLine, ...]
    asked: tuple[str, ...]
    can_ask: bool
    can_take_back: bool
    refusals: list[str]
    summary: str
    accept_url: str = ""
    certificate_url: str = ""

    @property
    def is_blocked(self) -> bool:
        return bool(self.refusals)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of Mine, My team, All."""

    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SectionPage:
    """Everything the section page shows."""

    launch: Launch
    section: Section
    head: Head
    rows: list[Row]
    tabs: tuple[Tab, ...]
    check: Check
    teams: str
    guidance: SafeString
    asked: Asked
    bulk: BulkForm
    add: AddItemForm
    can_add: bool
    can_edit: bool
    closed: list[str]
    due: str
    problems: list[str] = field(default_factory=list)
    at: Then | None = None

    @property
    def url(self) -> str:
        return section_url(self.launch, self.section) + (self.at.query if self.at else "")


def section_head(section: Section, slots: Sequence[Slot], launch: Launch) -> Head:
    """A section's head, from its read model. `slots` are the section's."""
    facts = reading.section_facts(section, slots)
    return Head(
        state=facts.state.value,
        label=state_words(facts, launch),
        segments=segments(section.counts, section_url(launch, section), section.accepted),
        left=left_words(section),
        check=_summary(section.errors, section.warnings),
        voids=voids_words(launch, facts),
    )


def left_words(section: Section) -> str:
    """What is outstanding in a section, and how much of that is accepted."""
    left = section.counts.outstanding
    if not left:
        return _("nothing outstanding")
    words = ngettext("%(n)d outstanding item", "%(n)d outstanding items", left) % {"n": left}
    if not section.accepted:
        return words
    return _("%(items)s, %(n)d accepted") % {"items": words, "n": section.accepted}


@dataclass(frozen=True, slots=True)
class Loaded:
    """A section with all its rows, as its pages and their fragments need it."""

    section: Section
    items: list[Item]
    slots: list[Slot]
    viewer: Viewer
    facts: SectionFacts
    check: PreCheck
    now: datetime
    names: Names | None = None

    @property
    def launch(self) -> Launch:
        return self.section.launch

    @property
    def teams(self) -> frozenset[UUID]:
        return reading.ground_of(self.launch, self.section).teams

    @property
    def rights(self) -> frozenset[Right]:
        return rights(self.viewer, reading.ground_of(self.launch, self.section))


def load(section: Section, *, user: User, now: datetime) -> Loaded:
    """Read a section whole: its viewer, items, evidence and slots. Four queries, five with evidence."""
    launch = section.launch
    prefetch_related_objects([section], "teams")
    viewer = reading.viewer_of(user, launch, now)
    items = list(section.items.select_related("owner", "acceptance"))
    facts = reading.facts_of(launch, items)
    slots = list(section.slots.select_related("signed_by", "returned_by", "escalated_to"))
    clock = launch.clock(section.phase, now)
    check = rules.pre_check(facts, clock)
    if section.next_expiry and section.next_expiry <= clock:
        reading.store(section, rules.summarise(facts, clock))
    state = reading.section_facts(section, slots)
    return Loaded(section, items, slots, viewer, state, check, now)


def section_page(loaded: Loaded, asked: Asked, bulk: BulkForm | None = None) -> SectionPage:
    """The section as one person sees it now, narrowed to what the filter asks for."""
    section, launch = loaded.section, loaded.launch
    state, phase = LaunchState(launch.state), Phase(section.phase)
    rows = rows_of(
        narrowed(loaded, asked),
        launch=launch,
        section=section,
        viewer=loaded.viewer,
        now=loaded.now,
    )
    head = section_head(section, loaded.slots, launch)
    can_edit = any(row.can_edit for row in rows)
    return SectionPage(
        launch=launch,
        section=section,
        head=head if can_edit else replace(head, voids=""),
        rows=rows,
        tabs=tabs(loaded, asked),
        check=check_of(loaded),
        teams=", ".join(team.name for team in section.teams.all()) or launch.owner_team.name,
        guidance=render(section.guidance),
        asked=asked,
        bulk=bulk or BulkForm(),
        add=AddItemForm(auto_id="add_%s"),
        can_add=Right.LEAD in loaded.rights and not doing_refusals(state, planning(phase)),
        can_edit=can_edit,
        closed=[sentence(reason) for reason in set_refusals(launch, section)],
        due=section_clock(launch, section, loaded.now),
    )


def section_clock(launch: Launch, section: Section, now: datetime) -> str:
    """Until when a section's items have to be settled after the launch, as a clock; "" once they are."""
    due = reading.section_due(launch, section)
    if due is None or not section.counts.outstanding:
        return ""
    return due_words(due, now, launch.zone)


def narrowed(loaded: Loaded, asked: Asked) -> list[Item]:
    """The items that a filter asks for."""
    items = loaded.items
    if asked.status:
        items = with_status(items, asked.status, launch=loaded.launch, now=loaded.now)
    if asked.gap:
        found = items_with(asked.gap, loaded.check)
        items = [item for item in items if str(item.pk) in found]
    if asked.who == Asked.MINE:
        return [item for item in items if is_mine(item, loaded.viewer)]
    if asked.who == Asked.TEAM:
        return [item for item in items if is_my_teams(item, loaded.viewer, loaded.teams)]
    return items


def tabs(loaded: Loaded, asked: Asked) -> tuple[Tab, ...]:
    """Mine, My team, All, each with how many rows it has under the same filter."""
    labels = {Asked.MINE: _("Mine"), Asked.TEAM: _("My team"), Asked.ALL: _("All")}
    queries = {who: replace(asked, who=who) for who in labels}
    return tuple(
        Tab(label, len(narrowed(loaded, queries[who])), queries[who].address, who == asked.who)
        for who, label in labels.items()
    )


def check_of(loaded: Loaded) -> Check:
    """The panel beside the list: errors, warnings, the slot, and the request."""
    section, launch, facts = loaded.section, loaded.launch, loaded.facts
    names = loaded.names or names_of(launch, loaded.slots, loaded.now)
    leads = Right.LEAD in loaded.rights
    owner = Named(launch.owner_team_id, launch.owner_team.name)
    teams = names.teams_of(section) or [owner]
    ask = Ask(section, facts.state, names, teams, loaded.viewer, leads)
    refusals = rules.asking_refusals(LaunchState(launch.state), facts, loaded.check)
    reasons = [sentence(reason) for reason in refusals if reason not in loaded.check.errors]
    if loaded.check.errors:
        reasons.append(_errors_left(len(loaded.check.errors)))
    is_signed = facts.state is SectionState.SIGNED
    is_over = LaunchState(launch.state) not in BEFORE_LIVE
    return Check(
        errors=gaps(loaded.check.errors, launch=launch, section=section),
        warnings=gaps(loaded.check.warnings, launch=launch, section=section),
        slots=tuple(_slot_line(loaded, slot, ask) for slot in loaded.slots),
        asked=tuple(_who_is_asked(slot, names) for slot in loaded.slots),
        can_ask=leads
        and bool(loaded.slots)
        and section.asked_at is None
        and not is_signed
        and not is_over,
        can_take_back=leads and section.asked_at is not None and not is_signed and not is_over,
        refusals=reasons,
        summary=_summary(len(loaded.check.errors), len(loaded.check.warnings)),
        accept_url=_accept_url(loaded, names),
        certificate_url=_certificate_url(loaded),
    )


def _certificate_url(loaded: Loaded) -> str:
    """Where the section's certificate is, once somebody has signed."""
    if not any(slot.signature for slot in loaded.slots):
        return ""
    return section_certificate_url(loaded.launch.slug, loaded.section.number)


def _slot_line(loaded: Loaded, slot: Slot, ask: Ask) -> SlotLine:
    """A slot in words; whoever leads can remind those it waits for."""
    line, section = slot_line(slot, ask), loaded.section
    if not ask.leads or section.asked_at is None or line.state == SlotState.SIGNED:
        return line
    if LaunchState(loaded.launch.state) not in BEFORE_LIVE:
        return line
    holders = ask.names.holders_of(slot)
    offered = reminder(slot, holders, slug=loaded.launch.slug, by=loaded.viewer.id, now=loaded.now)
    return replace(line, reminder=offered)


def _accept_url(loaded: Loaded, names: Names) -> str:
    """Where the reader accepts what is outstanding, if the section is theirs to sign."""
    holders = [named for slot in loaded.slots for named in names.holders_of(slot)]
    holds = any(named.id == loaded.viewer.id for named in holders)
    if (
        not holds
        or not loaded.facts.unaccepted
        or doing_refusals(LaunchState(loaded.launch.state), Doing.ACCEPT)
    ):
        return ""
    return accept_url(loaded.launch.slug, loaded.section.number)


def _who_is_asked(slot: Slot, names: Names) -> str:
    return all_of(waited_for(names.holders_of(slot))) or names.nobody_holds(slot)


def _errors_left(count: int) -> str:
    return ngettext("%(n)d error is left.", "%(n)d errors are left.", count) % {"n": count}


def _summary(errors: int, warnings: int) -> str:
    parts = [
        ngettext("%(n)d error", "%(n)d errors", errors) % {"n": errors},
        ngettext("%(n)d warning", "%(n)d warnings", warnings) % {"n": warnings},
    ]
    return ", ".join(parts)
