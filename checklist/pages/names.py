"""Who is who on a launch's pages: the teams of its sections, its managers, who holds which authority now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateTimeField, F, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.permissions import Permission, roles_allowed
from checklist.models import Appointment, Launch, Participant, Section, Slot
from checklist.until import until_words

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Away:
    """Who stands in for a holder, and until when."""

    deputies: str
    until: datetime

    def __str__(self) -> str:
        words = {"until": until_words(self.until, "D j M"), "deputies": self.deputies}
        return _("away until %(until)s: %(deputies)s stands in") % words


@dataclass(frozen=True, slots=True)
class Named:
    """A team, a manager or a holder; of a holder also which authority, of a deputy whom they stand in for."""

    id: UUID
    name: str
    authority: str = ""
    stands_in_for: UUID | None = None
    until: datetime | None = None
    away: Away | None = None

    def __str__(self) -> str:
        words = {"name": self.name, "authority": self.authority, "away": self.away}
        if self.away:
            return _("%(name)s (%(authority)s; %(away)s)") % words
        return _("%(name)s (%(authority)s)") % words if self.authority else self.name

    @property
    def brief(self) -> str:
        """Without the authority, for a row that names it already."""
        if not self.away:
            return self.name
        words = {"name": self.name, "deputies": self.away.deputies}
        return _("%(name)s (away: %(deputies)s stands in)") % words


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a page needs, read at once."""

    teams: dict[str, list[Named]]
    holders: dict[str, list[Named]]
    authorities: dict[str, str]
    managers: list[Named]
    admins: list[Named] = field(default_factory=list)

    def asked_in(self, slot: Slot) -> str:
        """Whose signature a slot asks for: "CISO or Security Lead"."""
        return _(" or ").join(self.authorities.get(slug, slug) for slug in slot.authority_slugs)

    def teams_of(self, section: Section) -> list[Named]:
        return self.teams.get(section.pk.hex, [])

    def holders_of(self, slot: Slot) -> list[Named]:
        """Everybody who may sign in this slot by an authority, each once; who only stands in comes last."""
        found = [named for slug in slot.authority_slugs for named in self.holders.get(slug, [])]
        own = {named.id: named for named in found if named.stands_in_for is None}
        deputies = {named.id: named for named in found if named.id not in own}
        return [*own.values(), *deputies.values()]

    @property
    def vacancy(self) -> str:
        """That nobody holds it, for a row that says what; whom to ask."""
        if not self.admins:
            return _("Nobody holds it: ask an admin.")
        return _("Nobody holds it: ask %(admins)s (admin).") % {"admins": any_of(self.admins)}

    def nobody_holds(self, slot: Slot) -> str:
        """The sentence for a slot that nobody may sign: whom to ask."""
        words = {"authorities": self.asked_in(slot), "admins": any_of(self.admins)}
        if not self.admins:
            return _("Nobody holds %(authorities)s: ask an admin to appoint somebody.") % words
        return (
            _("Nobody holds %(authorities)s: ask an admin (%(admins)s) to appoint somebody.")
            % words
        )


def names_of(launch: Launch, slots: Iterable[Slot], now: datetime) -> Names:
    """The names of a launch's teams, managers, authorities and their holders, and of the admins. One query."""
    slugs = {slug for slot in slots for slug in slot.authority_slugs}
    teams = Section.teams.through.objects.filter(section__launch=launch).values_list(
        *_row("team", _text("section_id"), _text("team_id"), F("team__name"))
    )
    managers = Participant.objects.filter(launch=launch, is_manager=True).values_list(
        *_row("manager", _text("launch_id"), _text("user_id"), F("user__full_name"))
    )
    current = Appointment.objects.current(now, launch).filter(authority__slug__in=slugs)
    holders = current.values_list(
        _word("holder"),
        F("authority__slug"),
        _text("holder_id"),
        F("holder__full_name"),
        F("authority__name"),
        _text("stands_in_for_id"),
        F("ends_at"),
    )
    authorities = Authority.objects.filter(slug__in=slugs).values_list(
        *_row("authority", F("slug"), _text("id"), F("name"))
    )
    operators = User.objects.active().filter(role__in=roles_allowed(Permission.OPERATE))
    admins = operators.values_list(*_row("admin", _word(""), _text("id"), F("full_name")))
    found: dict[str, dict[str, list[Named]]] = defaultdict(lambda: defaultdict(list))
    others = [part.order_by() for part in (managers, holders, authorities, admins)]
    rows = teams.order_by().union(*others, all=True)
    for kind, key, pk, name, authority, principal, until in sorted(rows, key=lambda row: row[3]):
        where = UUID(key).hex if kind in {"team", "manager"} else key
        for_whom = UUID(principal) if principal else None
        found[kind][where].append(Named(UUID(pk), name, authority, for_whom, until))
    asked = {slug: rows[0].name for slug, rows in found["authority"].items()}
    return Names(
        teams=dict(found["team"]),
        holders={slug: _with_deputies(rows) for slug, rows in found["holder"].items()},
        authorities=asked,
        managers=[named for rows in found["manager"].values() for named in rows],
        admins=found["admin"][""],
    )


def _row(kind: str, key: Any, pk: Any, name: Any) -> list[Any]:
    """The columns of whoever is no holder: all parts of one query have the same ones."""
    never = Cast(Value(None), DateTimeField())
    return [_word(kind), key, pk, name, _word(""), Cast(Value(None), CharField()), never]


def _with_deputies(holders: Sequence[Named]) -> list[Named]:
    """One authority's holders, those who are away with who stands in for them."""
    return [replace(named, away=_away(named, holders)) for named in holders]


def _away(named: Named, holders: Sequence[Named]) -> Away | None:
    deputies = [row for row in holders if row.stands_in_for == named.id]
    until = max((row.until for row in deputies if row.until), default=None)
    if named.stands_in_for or until is None:
        return None
    return Away(any_of(row.name for row in deputies), until)


def waited_for(holders: Iterable[Named]) -> list[Named]:
    """Whom to name where a slot waits: holders, each with who stands in for them."""
    return [named for named in holders if named.stands_in_for is None]


def _word(word: str) -> Value:
    return Value(word, output_field=CharField())


def _text(column: str) -> Cast:
    return Cast(column, CharField())


def any_of(names: Iterable[object]) -> str:
    """Some names as a choice: "A or B"; the first few where there are many."""
    shown = [str(name) for name in names]
    more = len(shown) - MOST_NAMES
    if more > 0:
        shown = [*shown[:MOST_NAMES], _("%(count)d others") % {"count": more}]
    return _(" or ").join(shown)


def all_of(names: Iterable[object]) -> str:
    """Some names, all of them: "A, B"."""
    return ", ".join(str(name) for name in names)
