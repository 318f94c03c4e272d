"""From folded values to unsaved rows of the models that pages and rules know."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import Field, ForeignKey, Model, URLField

from accounts.models import Authority, Team, User
from audit.reading import Redacted
from audit.values import uuid_in
from checklist.models import Acceptance, Comment, Evidence, Item, Launch, Risk, Section, Slot
from checklist.replay.past import Past, Row

# The kinds that become rows, those that others refer to first. A kind that a page shows is an entry here.
MODELS: dict[str, type[Model]] = {
    "launch": Launch,
    "section": Section,
    "slot": Slot,
    "risk": Risk,
    "acceptance": Acceptance,
    "item": Item,
    "evidence": Evidence,
    "comment": Comment,
}
# What the leaf that makes a row of a kind has, and no later one.
BEGINS_WITH = {
    "launch": "slug",
    "section": "key",
    "slot": "key",
    "risk": "number",
    "acceptance": "statement",
    "item": "key",
    "evidence": "name",
    "comment": "text",
}
# References between rows of one past, named as what they refer to.
JOINED = {"launch", "section", "item", "acceptance", "risk"}
# Whom rows refer to outside of a launch's past: read once, by today's names.
NAMED: tuple[type[Model], ...] = (User, Team, Authority)

type People = Mapping[type[Model], Mapping[UUID, Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Unsaved rows, by kind and id."""

    made: Mapping[str, Mapping[UUID, Any]]

    def all(self, kind: str) -> list[Any]:
        return list(self.made[kind].values())

    def get(self, kind: str, pk: UUID | None) -> Any:
        return self.made[kind].get(pk) if pk else None

    def in_order(self, kind: str, *names: str) -> list[Any]:
        """The rows of a kind, as their model orders them within a launch."""
        return sorted(self.all(kind), key=lambda row: [*(getattr(row, n) for n in names), row.pk])


def make_rows(past: Past, known: Launch) -> Rows:
    """Rows from what was folded. `known`, the launch's row of today, gives what never changes and no leaf tells."""
    rows = Rows(
        {
            kind: {
                UUID(pk): _made(kind, UUID(pk), row)
                for pk, row in past.all(kind).items()
                if is_whole(row, kind)
            }
            for kind in MODELS
        }
    )
    launch = rows.get("launch", known.pk)
    launch.template, launch.created_by_id = known.template, known.created_by_id
    for slot in rows.all("slot"):
        slot.authority_key = " ".join(past.row("slot", str(slot.pk))["authorities"])
    for kind in MODELS:
        for row in rows.all(kind):
            _join(row, kind, rows, launch)
    return rows


def is_whole(row: Row, kind: str) -> bool:
    """Whether the leaf that made a row could be read: of what is left without it, nothing can be shown."""
    return BEGINS_WITH[kind] in row


def _made(kind: str, pk: UUID, row: Row) -> Any:
    """A row of the fields that the leaves know; a field that they did not know of yet is as in a new row."""
    fields = fields_of(kind)
    values = {
        fields[name].attname: value_of(fields[name], value)
        for name, value in row.items()
        if name in fields
    }
    return MODELS[kind](pk=pk, **values)


@cache
def fields_of(kind: str) -> dict[str, Field[Any, Any]]:
    return {
        field.name: field for field in MODELS[kind]._meta.concrete_fields if not field.primary_key
    }


def value_of(field: Field[Any, Any], value: Any) -> Any:
    """A leaf's value as its field has it; an erased text in the words that say so, an erased address as none."""
    if isinstance(value, Redacted):
        return "" if isinstance(field, URLField) else str(value)
    return field.to_python(value)


def _join(row: Any, kind: str, rows: Rows, launch: Launch) -> None:
    """Let a row refer to the others of its past, instead of to those of today."""
    for name in JOINED & _keys(kind).keys():
        found = launch if name == "launch" else rows.get(name, getattr(row, f"{name}_id"))
        setattr(row, name, found)


@cache
def _keys(kind: str) -> dict[str, type[Model]]:
    """A kind's references to one row each, with what they refer to."""
    return {
        field.name: field.related_model
        for field in MODELS[kind]._meta.concrete_fields
        if isinstance(field, ForeignKey) and isinstance(field.related_model, type)
    }


def named_in(past: Past, rows: Rows) -> dict[type[Model], set[UUID]]:
    """Whom the rows name: people, teams, authorities."""
    wanted: dict[type[Model], set[UUID]] = defaultdict(set)
    for kind, row in _every(rows):
        for name, model in _keys(kind).items():
            if model in NAMED and (pk := getattr(row, f"{name}_id")):
                wanted[model].add(pk)
    wanted[User] |= set(managers_in(past))
    for section in rows.all("section"):
        wanted[Team] |= set(_teams(past, section))
    return wanted


def name(rows: Rows, people: People) -> None:
    """Give the rows whom they name. Whoever is not found is nobody."""
    for kind, row in _every(rows):
        for field, model in _keys(kind).items():
            if model in people:
                setattr(row, field, people[model].get(getattr(row, f"{field}_id")))


def _every(rows: Rows) -> Iterator[tuple[str, Any]]:
    return ((kind, row) for kind in MODELS for row in rows.all(kind))


def managers_in(past: Past) -> list[UUID]:
    return [UUID(pk) for pk, row in past.all("participant").items() if row.get("is_manager")]


def teams_of(past: Past, section: Section, people: People) -> list[Team]:
    """A section's teams, by name, as it asks for them."""
    found = [people[Team].get(pk) for pk in _teams(past, section)]
    return sorted((team for team in found if team), key=lambda team: team.name)


def _teams(past: Past, section: Section) -> list[UUID]:
    return [pk for text in past.row("section", str(section.pk))["teams"] if (pk := uuid_in(text))]
