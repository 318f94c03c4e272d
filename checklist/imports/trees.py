"""JSON and YAML: sections with items in them, whatever their members are called; tables as lists of objects."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checklist.imports.blocks import read
from checklist.imports.columns import Column, Row, heading_of
from checklist.imports.draft import Draft, DraftItem, DraftSection, DraftSlot
from checklist.imports.facts import FACTS, phase_of
from checklist.imports.options import AS_IS, Options
from checklist.imports.sheets import Sheet, add_sheet
from checklist.imports.statuses import leading, status_of
from checklist.imports.unread import TooMuch, Unread
from checklist.rules import ItemStatus, Phase

DEEPEST = 30
MOST_NODES = 50_000
MOST_LISTED = 20
TITLES = ("title", "name", "label", "heading", "section", "category", "group", "phase", "id")
TEXTS = (
    *(
        "text",
        "title",
        "item",
        "label",
        "name",
        "task",
        "question",
        "check",
        "criterion",
        "requirement",
    ),
    *("statement", "control", "description", "summary", "content"),
)
ITEMS = (
    *(
        "items",
        "questions",
        "tasks",
        "checks",
        "checklist",
        "checklistitems",
        "checklist_items",
        "controls",
    ),
    *(
        "criteria",
        "requirements",
        "entries",
        "steps",
        "todos",
        "points",
        "best_practices",
        "options",
    ),
)
GROUPS = (
    *(
        "sections",
        "pillars",
        "categories",
        "groups",
        "phases",
        "areas",
        "domains",
        "checklists",
        "chapters",
    ),
    *("stages", "modules", "parts", "children", "subsections", "subcategories", "topics"),
)
STATUSES = (
    "status",
    "state",
    "done",
    "checked",
    "completed",
    "complete",
    "result",
    "passed",
    "answer",
)

type Value = dict[str, Any]


def read_json(text: str, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in a JSON text; `Unread` where it is no JSON."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as odd:
        raise Unread from odd
    return read_tree(value, text, "json", name, options)


def read_tree(value: Any, text: str, format_: str, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in values of any nesting."""
    draft = Draft(format_, _title(value, ("metadata", "meta", "checklist")) or name)
    reader = _Tree(draft, _Lines(text), options)
    reader.take(value, "", 0)
    draft.sections = [section for section in draft.sections if section.items]
    return draft


def _title(value: Any, below: Sequence[str] = ()) -> str:
    if not isinstance(value, dict):
        return ""
    for key in TITLES[:4]:
        if isinstance(value.get(key), str) and value[key].strip():
            return " ".join(value[key].split())
    return next((title for key in below if (title := _title(value.get(key)))), "")


class _Lines:
    """Where in a text strings stand, asked for in their order."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.line = text, 0, 1

    def of(self, words: str) -> int:
        for written in (json.dumps(words, ensure_ascii=False), json.dumps(words), words[:60]):
            found = self.text.find(written, self.at)
            if found >= 0:
                self.line += self.text.count("\n", self.at, found)
                self.at = found
                break
        return self.line


class _Tree:
    def __init__(self, draft: Draft, lines: _Lines, options: Options) -> None:
        self.draft, self.lines, self.options = draft, lines, options
        self.nodes = 0

    def take(self, value: Any, title: str, depth: int) -> None:
        self.nodes += 1
        if depth > DEEPEST or self.nodes > MOST_NODES:
            raise TooMuch
        if isinstance(value, list):
            self._list(value, title, depth)
        elif isinstance(value, dict):
            self._object(value, title, depth)

    def _list(self, values: Sequence[Any], title: str, depth: int) -> None:
        """A list of groups, or of items."""
        if any(isinstance(one, dict) and self._has_lists(one) for one in values):
            for one in values:
                self.take(one, title, depth + 1)
        elif values and self._is_table(values):
            self._table(values, title)
        else:
            self._items(values, title, {})

    def _object(self, value: Value, title: str, depth: int) -> None:
        named = next(
            (" ".join(value[k].split()) for k in TITLES if isinstance(value.get(k), str)), ""
        )
        own = named if depth else title
        members = {key.casefold(): part for key, part in value.items() if isinstance(part, list)}
        known = [key for key in (*ITEMS, *GROUPS) if members.get(key)]
        if set(known) & set(ITEMS):  # beside items, a list of categories only names them
            known = [key for key in known if key in ITEMS or self._holds_groups(members[key])]
        for key in known:
            if key in ITEMS and not self._holds_groups(members[key]):
                if not self._is_table(members[key]):
                    self._items(members[key], own or title, value)
                else:
                    self._table(members[key], own or title)
            else:
                self.take(members[key], own or title, depth + 1)
        if not known:
            for key, part in value.items():
                if isinstance(part, dict) or (isinstance(part, list) and self._may_be_items(part)):
                    self.take(part, key if isinstance(part, list) else own or title, depth + 1)

    def _has_lists(self, value: Value) -> bool:
        keys = {key.casefold() for key, part in value.items() if isinstance(part, list) and part}
        return bool(keys & {*ITEMS, *GROUPS} - {"options", "steps"}) or (
            bool(keys & {"options", "steps"}) and not any(key in value for key in STATUSES)
        )

    def _holds_groups(self, values: Sequence[Any]) -> bool:
        return any(isinstance(one, dict) and self._has_lists(one) for one in values)

    def _may_be_items(self, values: Sequence[Any]) -> bool:
        return bool(values) and all(isinstance(one, str) or _text(one) for one in values)

    def _is_table(self, values: Sequence[Any]) -> bool:
        """Whether objects are alike and name a group each: rows of a table."""
        if not all(isinstance(one, dict) for one in values) or not values:
            return False
        keys = {key for one in values for key in one}
        columns = {heading_of(str(key)) for key in keys}
        return Column.SECTION in columns and Column.ITEM in columns

    def _table(self, values: Sequence[Value], title: str) -> None:
        keys = list(dict.fromkeys(str(key) for one in values for key in one))
        rows = []
        for one in values:
            line = self.lines.of(_text(one))
            rows.append(Row(line, [_flat(one.get(key)) for key in keys]))
        sheet = Sheet("", [Row(rows[0].line, keys), *rows])
        sheet.start = 0
        add_sheet(self.draft, sheet, self.options, default=title or self.draft.title)

    def _items(self, values: Sequence[Any], title: str, about: Value) -> None:
        section = DraftSection(title or self.draft.title, self.lines.of(title) if title else 1)
        section.phase = _phase(about) or phase_of(title) or Phase.READINESS
        section.number = _flat(about.get("number"))
        section.guidance = _flat(about.get("guidance") or about.get("description"))
        section.team = _flat(about.get("team") or about.get("responsible"))
        section.slots = [DraftSlot(names, section.line) for names in _slots(about)]
        section.items = [item for one in values if (item := self._item(one))]
        self.draft.sections.append(section)

    def _item(self, value: Any) -> DraftItem | None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise TooMuch
        words = value if isinstance(value, str) else _text(value)
        if not words.strip():
            return None
        found = leading(words)
        text, links = read(found[1] if found else words)
        item = DraftItem(" ".join(text.split()), self.lines.of(words), links=links)
        item.status = found[0] if found else ItemStatus.UNSET
        if isinstance(value, dict):
            _add_members(item, value)
        return item if item.text else None


def _text(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    lowered = {str(key).casefold(): part for key, part in value.items()}
    return next(
        (lowered[k] for k in TEXTS if isinstance(lowered.get(k), str) and lowered[k].strip()), ""
    )


def _add_members(item: DraftItem, value: Value) -> None:
    text = _text(value)
    for key, part in value.items():
        written = _flat(part)
        column = heading_of(str(key))
        if key.casefold() in STATUSES:
            item.status = status_of(written) or ItemStatus.UNSET if written else item.status
        elif written and part != text and column is not None and column in FACTS:
            FACTS[column](item, written)


def _flat(value: Any) -> str:
    """A value as a cell: of lists and objects only what is text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    if isinstance(value, list):
        return ", ".join(one.strip() for one in value[:MOST_LISTED] if isinstance(one, str))
    if isinstance(value, dict):
        words = [value.get(key) for key in ("displayText", "text", "url")]
        return " ".join(word for word in words if isinstance(word, str))
    return ""


def _phase(about: Mapping[str, Any]) -> Phase | None:
    named = about.get("phase")
    return Phase(named) if isinstance(named, str) and named in Phase.values else None


def _slots(about: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    """Who signs a section: a list of names, of lists of names, or one name."""
    given = about.get("slots") or about.get("sign_off") or about.get("approvers") or []
    for one in given if isinstance(given, list) else [given]:
        names = one if isinstance(one, list) else [one]
        if told := tuple(name.strip() for name in names if isinstance(name, str) and name.strip()):
            yield told
