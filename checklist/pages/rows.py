"""A section's items as rows of one flat list, and which of them a filter shows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist import reading
from checklist.markdown import excerpt
from checklist.models import Item, Launch, Section
from checklist.pages.acceptance import acceptance_words
from checklist.pages.turns import moment
from checklist.permissions import Right, Viewer, rights
from checklist.reading import ground_of
from checklist.rules import (
    OUTSTANDING,
    SETTLED,
    ItemStatus,
    LaunchState,
    Phase,
    day_ends,
    doing_refusals,
    setting,
)
from checklist.tokens import token_of
from sentinel.reasons import Reason


@dataclass(frozen=True, slots=True)
class Row:
    """One item as the list shows it: ready strings, so that the template's loop stays flat."""

    id: UUID
    token: str
    url: str
    number: str
    text: str
    status: str
    label: str
    excerpt: str
    owner: str
    due: str
    is_overdue: bool
    questions: str
    evidence: str
    accepted: str
    is_accepted: bool
    can_edit: bool
    is_current: bool = False
    problem: str = ""
    mine: str = ""
    mine_label: str = ""
    theirs_by: str = ""
    is_selected: bool = False

    @property
    def has_trouble(self) -> bool:
        """Its status was not set: the reader has to know why, or to choose."""
        return bool(self.problem or self.mine)


def row_of(item: Item, *, launch: Launch, number: str, can_edit: bool, now: datetime) -> Row:
    """An item's row; its owner and acceptance should be loaded."""
    status = ItemStatus(item.status)
    is_overdue = bool(
        item.due_on and status in OUTSTANDING and day_ends(item.due_on, launch.time_zone) <= now
    )
    given = acceptance_words(item, launch, now) if status in OUTSTANDING else None
    return Row(
        id=item.pk,
        token=token_of(item.pk),
        url=reverse("checklist:item", args=[launch.slug, number, item.pk]),
        number=item.number,
        text=item.text,
        status=status.value,
        label=str(status.label),
        excerpt=excerpt(item.na_reason or item.note),
        owner=str(item.owner) if item.owner else "",
        due=_due(item, is_overdue=is_overdue) if status in OUTSTANDING else "",
        is_overdue=is_overdue,
        questions=_questions(item.open_questions) if item.open_questions else "",
        evidence=_evidence(item),
        accepted=given.brief if given else "",
        is_accepted=given is not None and given.is_in_force,
        can_edit=can_edit,
    )


def _due(item: Item, *, is_overdue: bool) -> str:
    if item.due_on is None:
        return ""
    text = _("overdue since %(day)s") if is_overdue else _("due %(day)s")
    return text % {"day": date_format(item.due_on, "j M")}


def _questions(count: int) -> str:
    return ngettext("%(n)d open question", "%(n)d open questions", count) % {"n": count}


def _evidence(item: Item) -> str:
    if item.evidence_count:
        return ngettext("%(n)d proof", "%(n)d proofs", item.evidence_count) % {
            "n": item.evidence_count
        }
    return _("evidence demanded") if item.evidence_demanded else ""


def rows_of(
    items: Iterable[Item], *, launch: Launch, section: Section, viewer: Viewer, now: datetime
) -> list[Row]:
    """Rows for items of one section, each with what the viewer may do to it."""
    opens = not set_refusals(launch, section)
    return [
        row_of(
            item,
            launch=launch,
            number=section.number,
            can_edit=opens and Right.EDIT in rights(viewer, ground_of(launch, section, item)),
            now=now,
        )
        for item in items
    ]


def set_refusals(launch: Launch, section: Section) -> list[Reason]:
    """Why the launch's state lets nobody set this section's items; empty when it does."""
    return doing_refusals(LaunchState(launch.state), setting(Phase(section.phase)))


def refused(row: Row, sentence: str) -> Row:
    """A row with the sentence why nothing was changed."""
    return replace(row, problem=sentence)


def contested(row: Row, mine: ItemStatus, theirs_by: str) -> Row:
    """A row whose status somebody else changed meanwhile: both values, to choose from."""
    return replace(row, mine=mine.value, mine_label=str(mine.label), theirs_by=theirs_by)


def status_by(item: Item) -> str:
    """Who set an item's status, and when: "M. Ito, Tue 2 Dec 14:01"."""
    if item.status_by is None:
        return ""
    return _("%(who)s, %(when)s") % {"who": item.status_by, "when": moment(item.status_at)}


STATUS_FILTERS = {
    **{status.value: frozenset({status}) for status in ItemStatus},
    "outstanding": OUTSTANDING,
    "settled": SETTLED,
}
ACCEPTED = "accepted"
UNACCEPTED = "unaccepted"
BY_STATUS = (*STATUS_FILTERS, ACCEPTED, UNACCEPTED)


def with_status(items: Iterable[Item], word: str, *, launch: Launch, now: datetime) -> list[Item]:
    """The items that one word of the filters asks for; all of them where it is none of its words."""
    if word in {ACCEPTED, UNACCEPTED}:
        now = launch.clock(Phase.READINESS, now)
        facts = {fact.id: fact for fact in reading.weighed(launch, items, {}) if fact.outstanding}
        asked = {pk for pk, fact in facts.items() if fact.accepted(now) is (word == ACCEPTED)}
        return [item for item in items if str(item.pk) in asked]
    statuses = STATUS_FILTERS.get(word)
    return [item for item in items if statuses is None or item.status in statuses]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a section page is narrowed to, by its address."""

    status: str = ""
    gap: str = ""
    who: str = ""

    MINE: ClassVar[str] = "mine"
    TEAM: ClassVar[str] = "team"
    ALL: ClassVar[str] = ""

    @property
    def address(self) -> str:
        """The query that asks for this, on the same page."""
        parts = {"who": self.who, "status": self.status, "gap": self.gap}
        return "?" + urlencode({name: value for name, value in parts.items() if value})

    @property
    def is_narrow(self) -> bool:
        return bool(self.status or self.gap)


def is_mine(item: Item, viewer: Viewer) -> bool:
    return item.owner_id == viewer.id


def is_my_teams(item: Item, viewer: Viewer, teams: frozenset[UUID]) -> bool:
    """An item is its own team's, or its section's teams' where it names none."""
    if item.team_id:
        return item.team_id in viewer.teams
    return not viewer.teams.isdisjoint(teams)
