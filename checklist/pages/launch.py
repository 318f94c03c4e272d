"""The launch page: the verdict, a row a section, whose turn it is, the decision, what happened last."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.models import Entry
from audit.reading import read
from audit.words import Sentence, sentences
from checklist.activity_words import already_known
from checklist.models import Launch, Section, Slot
from checklist.pages.bars import Segment, segments
from checklist.pages.conditions import owed_words
from checklist.pages.life import Offers, offers
from checklist.pages.links import conditions_url, decision_url
from checklist.pages.names import Named, Names, all_of, any_of, names_of, waited_for
from checklist.pages.risks import assessment_words
from checklist.pages.rows import set_refusals
from checklist.pages.states import has_next, state_words
from checklist.pages.then import Then
from checklist.pages.turns import Ask, SlotLine, moment, slot_line
from checklist.permissions import Ground, Right, Viewer, rights
from checklist.reading import LaunchStanding, assessment_of, standing_of, viewer_of
from checklist.rules import (
    ALLOWED,
    BEFORE_LIVE,
    UNSIGNED,
    Doing,
    LaunchState,
    Outcome,
    Phase,
    SectionFacts,
    SectionState,
)
from checklist.verdict_words import VerdictWords, moved_words, target_for, verdict_words

RECENT = 8
TURNS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """Something that the reader can do now: words and address."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section as a row of its launch's page."""

    number: str
    title: str
    url: str
    team: str
    state: str
    label: str
    segments: tuple[Segment, ...]
    blocker: str
    blocker_url: str
    slots: tuple[SlotLine, ...]
    is_led: bool
    is_worked: bool
    outstanding: int
    expired: int


SHOWN: dict[str, Callable[[SectionRow], bool]] = {
    "unsigned": lambda row: bool(row.slots) and row.state in UNSIGNED,
    "signed": lambda row: row.state == SectionState.SIGNED,
    "stale": lambda row: row.state == SectionState.STALE,
    "returned": lambda row: row.state == SectionState.RETURNED,
    "expired": lambda row: row.expired > 0,
}


@dataclass(frozen=True, slots=True)
class PhaseRows:
    """The sections of one phase."""

    label: str
    is_readiness: bool
    rows: tuple[SectionRow, ...]


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """What the newest round has come to, and where to read or cast votes."""

    label: str
    state: str
    votes: str
    url: str
    conditions: str = ""
    conditions_url: str = ""
    whom: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LaunchPage:
    """Everything the launch page shows."""

    launch: Launch
    verdict: VerdictWords
    next: SectionRow | None
    turns: tuple[Turn, ...]
    phases: tuple[PhaseRows, ...]
    shown: str
    risks: str
    decision: DecisionLine
    recent: list[Sentence]
    managers: str
    target_for_reader: str
    manages: bool
    moved: str
    withdrawn: list[str]
    offers: Offers | None
    at: Then | None = None

    @property
    def is_draft(self) -> bool:
        return self.launch.state == LaunchState.DRAFT


def launch_page(launch: Launch, *, user: User, now: datetime, shown: str) -> LaunchPage:
    """The launch as one person sees it now. `shown` narrows the rows of the readiness sections."""
    viewer = viewer_of(user, launch, now)
    standing = standing_of(launch, now)
    names = names_of(launch, standing.slots, now)
    page = page_of(standing, names, viewer, now=now, shown=shown)
    return replace(page, recent=_recent(standing))


def page_of(
    standing: LaunchStanding, names: Names, viewer: Viewer, *, now: datetime, shown: str
) -> LaunchPage:
    """The page of a launch that is loaded and weighed, of today or of the past, but for what happened last."""
    launch = standing.launch
    rows = {
        facts.number: section_row(section, facts, standing, names, viewer)
        for section, facts in zip(standing.sections, standing.facts, strict=True)
    }
    manages = viewer.manages and viewer.takes_part
    is_pending = LaunchState(launch.state) in BEFORE_LIVE
    blocking = [row for f, row in zip(standing.facts, rows.values(), strict=True) if f.blockers]
    return LaunchPage(
        launch=launch,
        verdict=verdict_words(standing, now),
        next=next((row for row in blocking if row.blocker), None) if is_pending else None,
        turns=tuple(_turns(standing, rows, names, viewer)[:TURNS]),
        phases=tuple(_phases(standing, rows, shown)),
        shown=shown if shown in SHOWN else "",
        risks=assessment_words(assessment_of(launch)),
        decision=decision_line(standing, names, now),
        recent=[],
        managers=all_of(named.name for named in names.managers),
        target_for_reader=target_for(launch),
        manages=manages,
        moved=moved_words(launch),
        withdrawn=_withdrawn(standing),
        offers=offers(launch) if manages else None,
    )


def _withdrawn(standing: LaunchStanding) -> list[str]:
    """Signatures that were taken back after the launch went live with them."""
    return [
        _("%(slot)s: signed by %(who)s, withdrawn after going live, %(when)s")
        % {"slot": slot.title, "who": slot.signed_by, "when": moment(slot.withdrawn_at)}
        for slot in standing.slots
        if slot.withdrawn_at
    ]


def section_row(
    section: Section,
    facts: SectionFacts,
    standing: LaunchStanding,
    names: Names,
    viewer: Viewer,
) -> SectionRow:
    """A section in words."""
    launch = standing.launch
    section.launch = launch
    owner = Named(launch.owner_team_id, launch.owner_team.name)
    teams = names.teams_of(section) or [owner]
    granted = rights(viewer, Ground(frozenset(team.id for team in teams)))
    url = section.get_absolute_url()
    ask = Ask(section, facts.state, names, teams, viewer, Right.LEAD in granted)
    blocker = section.next_blocker_item if has_next(facts, launch) else None
    return SectionRow(
        number=section.number,
        title=section.title,
        url=url,
        team=all_of(team.name for team in teams),
        state=facts.state.value,
        label=state_words(facts, launch),
        segments=segments(section.counts, url, section.accepted),
        blocker=section.next_blocker if blocker else "",
        blocker_url=reverse("checklist:item", args=[launch.slug, section.number, blocker])
        if blocker
        else "",
        slots=tuple(slot_line(slot, ask) for slot in standing.slots_of(section)),
        is_led=Right.LEAD in granted,
        is_worked=not viewer.teams.isdisjoint(team.id for team in teams),
        outstanding=facts.unaccepted,
        expired=section.expired,
    )


def _phases(standing: LaunchStanding, rows: dict[str, SectionRow], shown: str) -> list[PhaseRows]:
    keep = SHOWN.get(shown)
    phases = []
    for phase in Phase:
        members = [rows[facts.number] for facts in standing.facts if facts.phase is phase]
        if phase is Phase.READINESS:
            members = [row for row in members if keep is None or keep(row)]
        if members or phase is Phase.READINESS:
            label, first = str(phase.label), phase is Phase.READINESS
            phases.append(PhaseRows(label, first, tuple(members)))
    return phases


def _turns(
    standing: LaunchStanding, rows: dict[str, SectionRow], names: Names, viewer: Viewer
) -> list[Turn]:
    """What the reader can do here now: signing first, then asking, then settling."""
    if not viewer.takes_part:
        return []
    launch, allowed = standing.launch, ALLOWED[LaunchState(standing.launch.state)]
    turns = [
        Turn(_("Sign or return %(section)s") % {"section": _called(row)}, slot.url)
        for row in rows.values()
        for slot in row.slots
        if slot.is_you and slot.url and Doing.SIGN in allowed
    ]
    turns += _votes(standing, names, viewer) if Doing.SIGN in allowed else []
    if Doing.ASK in allowed or launch.state == LaunchState.DRAFT:
        turns += [Turn(_lead_says(row), row.url) for row in rows.values() if _lead_says(row)]
    if launch.state == LaunchState.DRAFT and viewer.manages:
        turns.append(Turn(_("Open the review"), "#open-review"))
    turns += [
        Turn(_settle(row), f"{row.url}?status=outstanding")
        for row, section in zip(rows.values(), standing.sections, strict=True)
        if row.is_worked and row.outstanding and not set_refusals(launch, section)
    ]
    return turns


def _called(row: SectionRow) -> str:
    return f"{row.number} {row.title}"


def _lead_says(row: SectionRow) -> str:
    if not row.is_led or not row.slots:
        return ""
    called = {"section": _called(row)}
    if row.state == SectionState.READY:
        return _("Ask for the signature of %(section)s") % called
    if row.state == SectionState.RETURNED:
        return _("%(section)s was returned: mend it and ask again") % called
    if row.state == SectionState.STALE:
        return _("%(section)s changed since it was signed") % called
    return ""


def _settle(row: SectionRow) -> str:
    text = ngettext(
        "Settle %(n)d item of %(section)s", "Settle %(n)d items of %(section)s", row.outstanding
    )
    return text % {"n": row.outstanding, "section": _called(row)}


def _votes(standing: LaunchStanding, names: Names, viewer: Viewer) -> list[Turn]:
    """An executive slot that the reader may fill, once a round, while it is open or to be affirmed again."""
    missing = {slot.id for slot in standing.verdict.decision.slots if not slot.stands}
    voted = {slot.signed_by_id for slot in standing.executive if str(slot.pk) not in missing}
    url = decision_url(standing.launch.slug)
    if viewer.id in voted:
        return []
    return [
        Turn(_("Vote as %(slot)s") % {"slot": names.asked_in(slot)}, url)
        for slot in standing.executive
        if str(slot.pk) in missing and any(h.id == viewer.id for h in names.holders_of(slot))
    ]


def decision_line(standing: LaunchStanding, names: Names, now: datetime) -> DecisionLine:
    """The decision in one line: whom it waits for while votes are missing, and what is owed for it."""
    decision, launch = standing.verdict.decision, standing.launch
    url, owed = decision_url(launch.slug), owed_words(launch, now)
    owed_at = conditions_url(launch.slug)
    if decision.outcome is Outcome.NONE:
        ahead = LaunchState(launch.state) in BEFORE_LIVE
        label = _("No round is open yet") if ahead else _("Never decided")
        return DecisionLine(label, "unset", "", url, owed, owed_at)
    given = sum(bool(slot.signed_material) for slot in decision.slots)
    votes = ""
    if decision.slots:
        total = len(decision.slots)
        votes = _("%(given)d of %(total)d votes cast") % {"given": given, "total": total}
    state, label = {
        Outcome.OPEN: ("asked", _("A round is open")),
        Outcome.GO: ("approved", _("The round ended with GO")),
        Outcome.GO_CONDITIONAL: ("approved", _("The round ended with GO with conditions")),
        Outcome.NO_GO: ("no-go", _("The round ended with NO-GO")),
        Outcome.LAUNCHED: _launched(standing),
    }[decision.outcome]
    missing = {slot.id for slot in decision.slots if not slot.stands}
    waiting = [slot for slot in standing.executive if str(slot.pk) in missing]
    first_vote = any(not slot.signed_material for slot in waiting)
    turned = [slot.stale_since for slot in waiting if slot.stale_since]
    return DecisionLine(
        label,
        state,
        votes,
        url,
        owed,
        owed_at,
        whom=_voters(waiting, names),
        since=launch.round_opened_at if first_vote else min(turned, default=None),
    )


def _launched(standing: LaunchStanding) -> tuple[str, str]:
    """What the round had come to that ended by going live: GO, where the launch went live by it."""
    if standing.launch.live_round is None:
        return "open", _("Ended by going live")
    if any(slot.conditions_digest for slot in standing.executive):
        return "approved", _("Went live by GO with conditions")
    return "approved", _("Went live by GO")


def _voters(slots: Sequence[Slot], names: Names) -> str:
    """Whom some executive slots wait for: of one slot its holders, of several an entry each."""
    if len(slots) == 1:
        return any_of(waited_for(names.holders_of(slots[0]))) or names.asked_in(slots[0])
    return all_of(
        any_of(waited_for(names.holders_of(slot))) or names.asked_in(slot) for slot in slots
    )


def _recent(standing: LaunchStanding) -> list[Sentence]:
    """The last sentences of the ledger; what the page has loaded already is not asked for again."""
    sections = {section.pk: section for section in standing.sections}
    for slot in standing.slots:
        slot.section = sections.get(slot.section_id) if slot.section_id else None
    entries = Entry.objects.of_launch(standing.launch.pk).newest_first()[:RECENT]
    with already_known([standing.launch, *standing.sections, *standing.slots]):
        return sentences(read(entries))
