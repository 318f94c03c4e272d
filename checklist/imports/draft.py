"""What a reader understood of a file: sections, items, who signs, what was set aside and why. Plain values."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from checklist.rules import ItemStatus, Phase


class Why(StrEnum):
    """Why something that looks like a part of the checklist is none."""

    DECISION = "decision"
    LEGEND = "legend"
    SIGN_OFF = "sign_off"
    CONTACTS = "contacts"
    RISKS = "risks"
    ROLL_UP = "roll_up"
    EMPTY = "empty"
    HIDDEN = "hidden"
    HISTORY = "history"


WHY_WORDS = {
    Why.DECISION: _("a decision to be made, which is asked when executives decide"),
    Why.LEGEND: _("a legend: it says what the symbols mean"),
    Why.SIGN_OFF: _("lines to sign by hand: signatures are given here instead"),
    Why.CONTACTS: _("a list of people and how to reach them"),
    Why.RISKS: _("a table of risks: the launch has a register of its own"),
    Why.ROLL_UP: _("a summary of what is counted elsewhere"),
    Why.EMPTY: _("without any words"),
    Why.HIDDEN: _("a hidden sheet"),
    Why.HISTORY: _("the history of the document"),
}


class Trouble(StrEnum):
    """What a reader could not be sure of."""

    UNKNOWN_STATUS = "unknown_status"
    ENCODING = "encoding"
    PLAIN_BULLETS = "plain_bullets"


TROUBLE_WORDS = {
    Trouble.UNKNOWN_STATUS: _("“%(what)s” is no status that is known here: left unset"),
    Trouble.ENCODING: _("not in UTF-8: read as %(what)s"),
    Trouble.PLAIN_BULLETS: _("no box and no status anywhere: every bullet is read as an item"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link beside an item: what it is called and where it leads."""

    name: str
    url: str


@dataclass(slots=True)
class DraftItem:
    """One line of the checklist. `line`: where it stands in the source, counted from 1; in a table, its row."""

    text: str
    line: int
    status: ItemStatus = ItemStatus.UNSET
    number: str = ""
    note: str = ""
    guidance: str = ""
    owner: str = ""
    team: str = ""
    due: str = ""
    key: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class DraftSlot:
    """A place for one signature, of any one of some authorities by name."""

    authorities: tuple[str, ...]
    line: int

    @property
    def title(self) -> str:
        return " / ".join(self.authorities)


@dataclass(slots=True)
class DraftSection:
    title: str
    line: int
    number: str = ""
    phase: Phase = Phase.READINESS
    guidance: str = ""
    team: str = ""
    items: list[DraftItem] = field(default_factory=list)
    slots: list[DraftSlot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that was seen and is no item."""

    line: int
    text: str
    why: Why

    def __str__(self) -> str:
        parts = {"line": self.line, "text": self.text, "why": WHY_WORDS[self.why]}
        return _("Line %(line)d, “%(text)s”: %(why)s.") % parts


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that a person should look at. Line 0: the file as a whole."""

    trouble: Trouble
    line: int = 0
    what: str = ""

    def __str__(self) -> str:
        words = str(TROUBLE_WORDS[self.trouble]) % {"what": self.what}
        if not self.line:
            return f"{words[:1].upper()}{words[1:]}."
        return _("Line %(line)d: %(words)s.") % {"line": self.line, "words": words}


@dataclass(slots=True)
class Draft:
    """A checklist as it was understood."""

    format: str
    title: str
    sections: list[DraftSection] = field(default_factory=list)
    slots: list[DraftSlot] = field(default_factory=list)
    aside: list[SetAside] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    headings: list[str] = field(default_factory=list)  # of the columns of tables that hold items

    @property
    def items(self) -> Iterator[DraftItem]:
        return (item for section in self.sections for item in section.items)

    def saw(self, headings: Iterable[str]) -> None:
        """Columns of which somebody may say that it is the status."""
        named = (one_line(text) for text in headings)
        self.headings += [text for text in dict.fromkeys(named) if text not in {"", *self.headings}]

    @property
    def all_slots(self) -> list[DraftSlot]:
        return [*(slot for section in self.sections for slot in section.slots), *self.slots]


def one_line(text: str) -> str:
    """How a heading is called, however it is broken into lines."""
    return " ".join(text.split())


def document(draft: Draft) -> dict[str, Any]:
    """A draft for programs: what `import_checklist --json` prints."""
    counts = Counter(item.status for item in draft.items)
    return {
        "format": draft.format,
        "title": draft.title,
        "sections": len(draft.sections),
        "items": counts.total(),
        **{status.value: counts[status] for status in ItemStatus},
        "slots": len(draft.all_slots),
        "warnings": [*map(str, draft.doubts), *map(str, draft.aside)],
        "tree": [_section(section) for section in draft.sections],
    }


def _section(section: DraftSection) -> dict[str, Any]:
    return {
        "number": section.number,
        "title": section.title,
        "line": section.line,
        "phase": section.phase.value,
        "team": section.team,
        "slots": [list(slot.authorities) for slot in section.slots],
        "items": [_item(item) for item in section.items],
    }


def _item(item: DraftItem) -> dict[str, Any]:
    value: dict[str, Any] = {
        "number": item.number,
        "text": item.text,
        "status": item.status.value,
        "line": item.line,
    }
    more = {"note", "guidance", "owner", "team", "due"}
    value |= {name: told for name in sorted(more) if (told := getattr(item, name))}
    if item.links:
        value["links"] = [{"name": link.name, "url": link.url} for link in item.links]
    return value
