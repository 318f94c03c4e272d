"""Who is who on a launch's pages: the teams of its sections, its managers, who holds which authority now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import Authority
from checklist.models import Appointment, Launch, Participant, Section, Slot

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A team, a manager or a holder; of a holder also which authority."""

    id: UUID
    name: str
    authority: str = ""

    def __str__(self) -> str:
        if not self.authority:
            return self.name
        return _("%(name)s (%(authority)s)") % {"name": self.name, "authority": self.authority}


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a page needs, read at once."""

    teams: dict[str, list[Named]]
    holders: dict[str, list[Named]]
    authorities: dict[str, str]
    managers: list[Named]

    def asked_in(self, slot: Slot) -> str:
        """Whose signature a slot asks for: "CISO or Security Lead"."""
        return _(" or ").join(self.authorities.get(slug, slug) for slug in slot.authority_slugs)

    def teams_of(self, section: Section) -> list[Named]:
        return self.teams.get(section.pk.hex, [])

    def holders_of(self, slot: Slot) -> list[Named]:
        """Everybody who may sign in this slot by an authority, each once."""
        found = [named for slug in slot.authority_slugs for named in self.holders.get(slug, [])]
        return list({named.id: named for named in found}.values())


def names_of(launch: Launch, slots: Iterable[Slot], now: datetime) -> Names:
    """The names of a launch's teams, managers, authorities and their holders. One query."""
    slugs = {slug for slot in slots for slug in slot.authority_slugs}
    teams = Section.teams.through.objects.filter(section__launch=launch).values_list(
        _word("team"), _text("section_id"), _text("team_id"), F("team__name"), _word("")
    )
    managers = Participant.objects.filter(launch=launch, is_manager=True).values_list(
        _word("manager"), _text("launch_id"), _text("user_id"), F("user__full_name"), _word("")
    )
    holders = (
        Appointment.objects.current(now)
        .filter(authority__slug__in=slugs)
        .values_list(
            _word("holder"),
            F("authority__slug"),
            _text("holder_id"),
            F("holder__full_name"),
            F("authority__name"),
        )
    )
    authorities = Authority.objects.filter(slug__in=slugs).values_list(
        _word("authority"), F("slug"), _text("id"), F("name"), _word("")
    )
    found: dict[str, dict[str, list[Named]]] = defaultdict(lambda: defaultdict(list))
    others = [part.order_by() for part in (managers, holders, authorities)]
    rows = teams.order_by().union(*others, all=True)
    for kind, key, pk, name, authority in sorted(rows, key=lambda row: row[3]):
        where = UUID(key).hex if kind in {"team", "manager"} else key
        found[kind][where].append(Named(UUID(pk), name, authority))
    managing = [named for rows in found["manager"].values() for named in rows]
    asked = {slug: rows[0].name for slug, rows in found["authority"].items()}
    return Names(dict(found["team"]), dict(found["holder"]), asked, managing)


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
