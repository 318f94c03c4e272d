"""The register of risks: its matrix, its rows, and one risk with its past."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from audit.models import Entry
from audit.reading import read
from audit.words import Sentence, sentences
from checklist import reading
from checklist.activity_words import already_known
from checklist.forms.risks import CLOSED, INCOMPLETE, MINE
from checklist.markdown import render
from checklist.models import Appointment, Launch, Participant, Risk, Section, Slot
from checklist.pages.names import all_of
from checklist.pages.turns import moment
from checklist.permissions import Viewer, may_edit_risk
from checklist.rules import Assessment, Impact, Lack, Level, Likelihood, RiskFacts

HISTORY = 20
# The colour and icon that a level shares with a state; its word stands beside it.
STATES = {
    Level.UNRATED: "unset",
    Level.LOW: "done",
    Level.MODERATE: "attention",
    Level.HIGH: "warning",
    Level.CRITICAL: "not_done",
}


@dataclass(frozen=True, slots=True)
class Concerned:
    """An item that a risk concerns."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class RiskRow:
    """A risk as a row."""

    name: str
    title: str
    url: str
    state: str
    level: str
    score: str
    owner: str
    mitigation: str
    lacks: str
    closed: str
    items: list[Concerned]


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the matrix: how many open risks lie in it, and how they would weigh."""

    state: str
    level: str
    score: int
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Degree:
    """A step of a scale: its number, and its word apart, for which a phone has no room."""

    number: int
    word: str

    @classmethod
    def of(cls, step: Likelihood | Impact) -> "Degree":
        return cls(step.value, str(step.label).partition(" ")[2])


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the matrix: one likelihood."""

    degree: Degree
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Tab:
    """A filter to choose."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RisksPage:
    """Everything the register shows."""

    rows: list[RiskRow]
    matrix: list[Line]
    impacts: list[Degree]
    unrated: int
    tabs: list[Tab]
    summary: str
    is_narrow: bool
    can_add: bool
    manages: bool


@dataclass(frozen=True, slots=True)
class RiskPage:
    """Everything one risk's page shows."""

    risk: Risk
    row: RiskRow
    description: str
    raised: str
    likelihood: str
    impact: str
    can_edit: bool
    manages: bool
    history: list[Sentence]


def risks_page(
    launch: Launch, *, viewer: Viewer, asked: Mapping[str, Any], may_add: bool
) -> RisksPage:
    """A launch's register, narrowed to what is asked for. Three queries."""
    rows = list(
        launch.risks.select_related("owner", "closed_by").prefetch_related("items__section")
    )
    for risk in rows:
        risk.launch = launch
    open_rows = [(risk, reading.risk_facts(risk)) for risk in rows if risk.is_open]
    shown = [risk for risk in rows if _fits(risk, asked, viewer)]
    return RisksPage(
        rows=[risk_row(risk) for risk in shown],
        matrix=_matrix(launch, [facts for _risk, facts in open_rows]),
        impacts=[Degree.of(impact) for impact in Impact],
        unrated=sum(not facts.score for _risk, facts in open_rows),
        tabs=_tabs(launch, asked),
        summary=assessment_words(reading.assessment_of(launch)),
        is_narrow=any(asked.values()),
        can_add=may_add,
        manages=viewer.manages and viewer.takes_part,
    )


def _fits(risk: Risk, asked: Mapping[str, Any], viewer: Viewer) -> bool:
    facts = reading.risk_facts(risk)
    show, cell, item = asked["show"], asked["cell"], asked["item"]
    kept = {
        CLOSED: not risk.is_open,
        MINE: risk.is_open and risk.owner_id == viewer.id,
        INCOMPLETE: risk.is_open and bool(facts.lacks),
    }.get(show, risk.is_open)
    in_cell = not cell or cell == f"{risk.likelihood}x{risk.impact}"
    return kept and in_cell and (not item or any(row.pk == item for row in risk.items.all()))


def _matrix(launch: Launch, risks: list[RiskFacts]) -> list[Line]:
    """The 5 x 5 matrix, the likeliest on top."""
    url = reverse("checklist:risks", args=[launch.slug])
    counts = Counter((facts.likelihood, facts.impact) for facts in risks)

    def cell(likelihood: int, impact: int) -> Cell:
        level = Level.of(likelihood * impact)
        address = f"{url}?cell={likelihood}x{impact}#register"
        count = counts[likelihood, impact]
        return Cell(
            STATES[level], str(level.label), likelihood * impact, count, address if count else ""
        )

    return [
        Line(Degree.of(likelihood), [cell(likelihood, impact) for impact in Impact])
        for likelihood in reversed(Likelihood)
    ]


def _tabs(launch: Launch, asked: Mapping[str, Any]) -> list[Tab]:
    url = reverse("checklist:risks", args=[launch.slug])
    labels = {
        "": _("Open"),
        MINE: _("Mine"),
        INCOMPLETE: _("Not assessed"),
        CLOSED: _("Closed"),
    }
    return [
        Tab(label, f"{url}?show={show}" if show else url, (asked["show"] or "") == show)
        for show, label in labels.items()
    ]


def risk_row(risk: Risk) -> RiskRow:
    """A risk in words; its owner, launch, and items with their sections should be loaded."""
    facts = reading.risk_facts(risk)
    closed = ""
    if not risk.is_open:
        parts = {"who": risk.closed_by, "when": moment(risk.closed_at), "why": risk.close_reason}
        closed = _("closed by %(who)s, %(when)s: %(why)s") % parts
    return RiskRow(
        name=risk.name,
        title=risk.title,
        url=risk.get_absolute_url(),
        state=STATES[facts.level],
        level=str(facts.level.label),
        score=_("%(score)d of 25") % {"score": facts.score} if facts.score else "",
        owner=str(risk.owner) if risk.owner else "",
        mitigation=risk.mitigation,
        lacks=lacks_words(facts.lacks) if risk.is_open else "",
        closed=closed,
        items=[
            Concerned(
                str(item),
                reverse("checklist:item", args=[risk.launch.slug, item.section.number, item.pk]),
            )
            for item in risk.items.all()
        ],
    )


def lacks_words(lacks: tuple[Lack, ...]) -> str:
    """What a risk still needs: "needs impact, owner"."""
    names = all_of(str(lack.label) for lack in lacks)
    return _("needs %(parts)s") % {"parts": names} if lacks else ""


def assessment_words(found: Assessment) -> str:
    """A register in one line: "3 open risks, the worst high, 1 not assessed yet"."""
    if not found.total:
        return _("no open risk is recorded")
    parts = [ngettext("%(n)d open risk", "%(n)d open risks", found.total) % {"n": found.total}]
    if found.worst:
        parts.append(_("the worst %(level)s") % {"level": found.level.label})
    if found.incomplete:
        text = ngettext("%(n)d not assessed yet", "%(n)d not assessed yet", found.incomplete)
        parts.append(text % {"n": found.incomplete})
    return ", ".join(parts)


def risk_page(risk: Risk, *, viewer: Viewer) -> RiskPage:
    """One risk as a person sees it. Its launch and owner should be loaded."""
    ground = reading.launch_ground(risk.launch)
    raised = {"who": risk.raised_by, "when": moment(risk.raised_at)}
    return RiskPage(
        risk=risk,
        row=risk_row(risk),
        description=render(risk.description),
        raised=_("raised by %(who)s, %(when)s") % raised,
        likelihood=str(Likelihood(risk.likelihood).label) if risk.likelihood else "",
        impact=str(Impact(risk.impact).label) if risk.impact else "",
        can_edit=may_edit_risk(viewer, ground, risk.owner_id),
        manages=viewer.manages and viewer.takes_part,
        history=_history(risk),
    )


def _history(risk: Risk) -> list[Sentence]:
    entries = Entry.objects.of_launch(risk.launch_id).about(f"risk:{risk.pk}").newest_first()
    with already_known([risk, risk.launch]):
        return sentences(read(entries[:HISTORY]))


def people_of(launch: Launch, now: datetime, *, chosen: Any = None) -> QuerySet[User]:
    """Who may be given something of a launch: its teams, its guests, holders of its authorities, whoever has it now."""
    teams = Section.teams.through.objects.filter(section__launch=launch).values("team")
    asked = Q(team__in=teams) | Q(team=launch.owner_team_id)
    working = Membership.objects.filter(asked, user=OuterRef("pk"))
    sharing = Participant.objects.filter(launch=launch, user=OuterRef("pk"))
    authorities = Slot.authorities.through.objects.filter(slot__launch=launch).values("authority")
    holding = Appointment.objects.current(now, launch).filter(
        authority__in=authorities, holder=OuterRef("pk")
    )
    there = Q(is_active=True) & (Exists(working) | Exists(sharing) | Exists(holding))
    people: QuerySet[User] = User.objects.filter(there | Q(pk=chosen))
    return people
