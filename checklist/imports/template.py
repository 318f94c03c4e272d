"""A draft that was read as the rows of a template: keys, numbers and lengths as the database wants them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Authority, Team
from checklist.actions.templates import DraftRow
from checklist.imports.draft import Draft, DraftItem, DraftSection, DraftSlot
from checklist.models import TemplateItem, TemplateSection, TemplateSlot, TemplateVersion
from checklist.rules import SETTLED
from sentinel.text import clean_line, clean_text

KEY_LENGTH, NUMBER_LENGTH, TITLE_LENGTH, TEXT_LENGTH = 80, 20, 200, 500
SEVERAL = re.compile(r"\s*[/&+,]\s*")
TEAM_WORDS = ("team", "the", "department", "group")


@dataclass(slots=True)
class Names:
    """The teams and authorities that there are, by what people call them, bare; what was asked for in vain."""

    teams: dict[str, Team]
    authorities: dict[str, Authority]
    unknown_teams: dict[str, str] = field(default_factory=dict)
    unknown_authorities: dict[str, str] = field(default_factory=dict)
    unasked: set[str] = field(default_factory=set)  # authorities of which no signature is asked

    @classmethod
    def known(cls) -> "Names":
        return cls(_by_name(Team.objects.all()), _by_name(Authority.objects.all()))

    @property
    def unknown(self) -> set[str]:
        return {*self.unknown_teams.values(), *self.unknown_authorities.values()}

    def meet(self, draft: Draft) -> None:
        """Look every name of a draft up, so that it is known which are unknown."""
        for section in draft.sections:
            self.teams_of(section.team)
        for item in draft.items:
            self.owner_of(item.team)
        for slot in draft.all_slots:
            for name in slot.authorities:
                self.authority(name)

    def teams_of(self, name: str) -> list[Team]:
        """The team of this name; or all, where each of the names between its slashes is a team."""
        parts = list(map(_bare, SEVERAL.split(name)))
        if _bare(name) not in self.teams and self.teams.keys() >= set(parts):
            return list(dict.fromkeys(self.teams[part] for part in parts))
        team = _find(self.teams, name, self.unknown_teams) if name else None
        return [team] if team else []

    def owner_of(self, name: str) -> tuple[Team | None, Authority | None]:
        """The team that an item names, or else the authority."""
        if not name:
            return None, None
        if _bare(name) not in self.teams and (authority := self.authorities.get(_bare(name))):
            return None, authority
        return _find(self.teams, name, self.unknown_teams), None

    def is_unasked(self, slot: DraftSlot) -> bool:
        asked = (_bare(name) for name in slot.authorities)
        return bool(slot.authorities) and self.unasked.issuperset(asked)

    def authority(self, name: str) -> Authority | None:
        return _find(self.authorities, name, self.unknown_authorities)


def _find[T](rows: Mapping[str, T], name: str, unknown: dict[str, str]) -> T | None:
    found = rows.get(_bare(name))
    if found is None:
        unknown.setdefault(_bare(name), name)
    return found


def _by_name[T: (Team, Authority)](rows: Iterable[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for row in rows:
        found |= {_bare(row.slug): row, _bare(row.name): row}
    return found


def _bare(name: str) -> str:
    slug = slugify(name, allow_unicode=True)
    return "-".join(word for word in slug.split("-") if word not in TEAM_WORDS) or slug


def version_of(draft: Draft) -> TemplateVersion:
    """The first version of a template by this title, under a short name that is free."""
    name = clean_line(draft.title)[:TITLE_LENGTH] or "Checklist"
    base = slugify(name)[: KEY_LENGTH - 5].strip("-") or "checklist"
    taken = set(
        TemplateVersion.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    )
    return TemplateVersion(slug=_free(base, taken.__contains__), name=name)


def rows_of(draft: Draft, names: Names) -> list[DraftRow]:
    """Every row of the template."""
    return list(_Rows(draft, names).rows())


def without_state(draft: Draft) -> Draft:
    """What a launch asks, without how it stands: its items carry their notes and links themselves."""
    sections = [
        replace(section, items=[replace(item, note="", links=[]) for item in section.items])
        for section in draft.sections
    ]
    return replace(draft, sections=sections)


class _Rows:
    def __init__(self, draft: Draft, names: Names) -> None:
        self.draft, self.names = draft, names
        self.keys: dict[type, set[str]] = {
            kind: set() for kind in (TemplateSection, TemplateItem, TemplateSlot)
        }
        self.numbers = self._numbers()
        self.places = count(1)

    def _numbers(self) -> list[str]:
        """A number for each section: its own where that is free and fits, or else the next that is free."""
        given = [
            slugify(section.number.replace(".", "-"))[:NUMBER_LENGTH]
            for section in self.draft.sections
        ]
        own = {number for number in given if number and given.count(number) == 1}
        free = (str(number) for number in count(1) if str(number) not in own)
        return [number if number in own else next(free) for number in given]

    def rows(self) -> Iterator[DraftRow]:
        for place, section in enumerate(self.draft.sections, 1):
            row = self._section(section, place)
            yield DraftRow(row, self.names.teams_of(section.team))
            yield from self._items(section, row)
            yield from self._slots(section.slots, row)
        yield from self._slots(self.draft.slots, None)

    def _key(self, kind: type, words: str) -> str:
        base = slugify(words.replace("/", " "))[: KEY_LENGTH - 5].strip("-") or "row"
        key = _free(base, self.keys[kind].__contains__)
        self.keys[kind].add(key)
        return key

    def _section(self, section: DraftSection, place: int) -> TemplateSection:
        return TemplateSection(
            key=self._key(TemplateSection, section.title),
            position=place,
            number=self.numbers[place - 1],
            title=_cut(section.title, TITLE_LENGTH) or self.numbers[place - 1],
            phase=section.phase,
            guidance=clean_text(section.guidance),
        )

    def _items(self, section: DraftSection, row: TemplateSection) -> Iterator[DraftRow]:
        numbers: set[str] = set()
        for item in section.items:
            number = item.number if len(item.number) <= NUMBER_LENGTH else ""
            yield DraftRow(self._item(item, row, "" if number in numbers else number))
            numbers.add(number)

    def _item(self, item: DraftItem, section: TemplateSection, number: str) -> TemplateItem:
        team, authority = self.names.owner_of(item.team)
        text = clean_line(item.text)
        rest = text if len(text) > TEXT_LENGTH else ""
        # A note on what is done tells of that time; on what is not, it says what to do.
        note = item.note if item.status not in SETTLED else ""
        links = "\n".join(
            f"{link.name}: {link.url}" if link.name else link.url for link in item.links
        )
        return TemplateItem(
            section=section,
            key=self._key(TemplateItem, item.key or text),
            position=next(self.places),
            number=number,
            text=_cut(text, TEXT_LENGTH),
            guidance=clean_text("\n".join(filter(None, [rest, item.guidance, note, links]))),
            team=team,
            authority=authority,
        )

    def _slots(
        self, slots: Sequence[DraftSlot], section: TemplateSection | None
    ) -> Iterator[DraftRow]:
        for slot in (one for one in slots if not self.names.is_unasked(one)):
            found = [
                authority for name in slot.authorities if (authority := self.names.authority(name))
            ]
            row = TemplateSlot(
                section=section,
                key=self._key(TemplateSlot, slot.title),
                position=next(self.places),
                title=_cut(slot.title, TITLE_LENGTH) or _("Signature"),
            )
            yield DraftRow(row, list(dict.fromkeys(found)))


def _cut(text: str, length: int) -> str:
    line = clean_line(text)
    return line if len(line) <= length else f"{line[: length - 1].rstrip()}\u2026"


def _free(base: str, is_taken: Callable[[str], bool]) -> str:
    numbered = (f"{base}-{number}" for number in count(2))
    return base if not is_taken(base) else next(name for name in numbered if not is_taken(name))
