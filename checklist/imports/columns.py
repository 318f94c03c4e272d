"""What a table's columns hold, told by headings in many languages and by cells; and what kind of table it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from unicodedata import normalize

from checklist.imports.draft import one_line
from checklist.imports.statuses import (
    DONE,
    NA,
    NOT_DONE,
    UNSET,
    are_statuses,
    boxes,
    leading,
    readable,
    status_of,
    word_status,
)
from checklist.imports.vocabulary import words_of
from checklist.rules import ItemStatus

FEW_ROWS = 8
FIGURE = re.compile(r"[*~≈]*\d+(?:[.,]\d+)?\s*%?(?:\s*/\s*\d+)?[*]*")
PEOPLE = frozenset({"name", "stakeholder", "nom", "nombre", "nome", "имя", "姓名", "氏名", "이름"})
SHORT_CELL = 30


class Column(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    ITEM = "item"
    STATUS = "status"
    NOTE = "note"
    TEAM = "team"
    OWNER = "owner"
    DUE = "due"
    SECTION = "section"
    EVIDENCE = "evidence"
    GUIDANCE = "guidance"
    KEY = "key"
    WEIGHT = "weight"  # how grave it is: symbols in it are no status
    SIGNATURE = "signature"
    ROLE = "role"
    DATE = "date"
    CONTACT = "contact"
    CHANCE = "chance"
    COUNT = "count"
    MEANING = "meaning"
    VERSION = "version"


HEADINGS: Mapping[str, Column] = words_of("headings", Column)
# Where a heading has more words, one of these says what it is.
PARTS = (
    (Column.SIGNATURE, ("signature", "sign-off", "signoff", "unterschrift", "firma", "подпись")),
    (Column.DUE, ("due", "deadline", "target date", "completion date", "date completed")),
    (
        Column.STATUS,
        ("status", "state", "estado", "statut", "статус", "pass/fail", "yes/no", "状态"),
    ),
    (Column.WEIGHT, ("priority", "severity", "criticality", "risk level")),
    (Column.CHANCE, ("likelihood", "probability", "mitigation")),
    (Column.EVIDENCE, ("evidence", "link", "reference", "url")),
    (Column.NOTE, ("note", "comment", "remark", "observation")),
    (Column.TEAM, ("responsible", "team", "verantwort", "responsable")),
    (Column.OWNER, ("owner", "assign")),
    (Column.GUIDANCE, ("description", "how to", "verification", "guidance", "rationale")),
    (Column.SECTION, ("category", "section", "domain", "pillar", "area")),
    (Column.ITEM, ("item", "task", "check", "criteri", "requirement", "question", "control")),
)


def heading_of(text: str) -> Column | None:
    """What a column of this heading holds: by the whole of it, or by a word in it."""
    if known := exact_heading(text):
        return known
    bare = _folded(text).partition("(")[0]
    return next((column for column, parts in PARTS if any(part in bare for part in parts)), None)


def exact_heading(text: str) -> Column | None:
    """What a column holds by the whole of its heading, but for what stands in brackets."""
    words = _folded(text)
    return HEADINGS.get(words) or HEADINGS.get(words.partition("(")[0].strip(" ?"))


def _folded(text: str) -> str:
    return normalize("NFC", readable(text)).casefold().strip(" *_`:\"'.\n")


class Kind(StrEnum):
    """What a table is."""

    CHECKLIST = "checklist"
    SIGN_OFF = "sign_off"
    CONTACTS = "contacts"
    RISKS = "risks"
    ROLL_UP = "roll_up"
    LEGEND = "legend"
    HISTORY = "history"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of cells. `line`: in the source, counted from 1."""

    line: int
    cells: list[str]

    def cell(self, at: int | None) -> str:
        return self.cells[at].strip() if at is not None and at < len(self.cells) else ""


@dataclass(slots=True)
class Table:
    """A table with its headings (none where it has none) and what each column holds."""

    headings: list[str]
    rows: list[Row]
    chosen: str = ""  # the heading of the column that somebody says is the status
    columns: list[Column | None] = field(default_factory=list)
    choices: dict[int, ItemStatus] = field(default_factory=dict)

    def __post_init__(self) -> None:
        width = max([len(self.headings), *(len(row.cells) for row in self.rows)], default=0)
        self.columns = [heading_of(text) if text.strip() else None for text in self.headings]
        self.columns += [None] * (width - len(self.columns))
        self._find_choices()
        self._settle()

    def first(self, column: Column) -> int | None:
        return self.columns.index(column) if column in self.columns else None

    def has(self, *columns: Column) -> bool:
        return any(column in self.columns for column in columns)

    def column(self, at: int) -> list[str]:
        return [row.cell(at) for row in self.rows]

    def _find_choices(self) -> None:
        """Columns headed Yes, No, N/A, of which one is ticked in each row."""
        named = {
            at: status for at, text in enumerate(self.headings) if (status := word_status(text))
        }
        answers = {at: status for at, status in named.items() if status in {DONE, NOT_DONE, NA}}
        if len(set(answers.values())) > 1 and NOT_DONE in answers.values():
            self.choices = answers
            for at in answers:
                self.columns[at] = None

    def _settle(self) -> None:
        """Exactly one column of status and one of items, where there are any."""
        if not self.choices:
            self._settle_status()
        self._settle_item()

    def _settle_status(self) -> None:
        found = [at for at, column in enumerate(self.columns) if column is Column.STATUS]
        named = [one_line(text) for text in self.headings]
        if self.chosen and self.chosen in named:
            found = [named.index(self.chosen)]
        elif not found:
            spare = {None} if self.has(Column.ROLE) else {None, Column.SIGNATURE}
            open_ = [at for at, column in enumerate(self.columns) if column in spare]
            found = [at for at in open_ if self._holds_statuses(at)][:1]
        elif len(found) > 1:
            found.sort(key=lambda at: not are_statuses(self.column(at)))
        for at, column in enumerate(self.columns):
            if column is Column.STATUS or at in found[:1]:
                self.columns[at] = Column.STATUS if at == found[0] else Column.NOTE

    def _holds_statuses(self, at: int) -> bool:
        cells = self.column(at)
        return are_statuses(cells) and any(leading(cell) or word_status(cell) for cell in cells)

    def _settle_item(self) -> None:
        found = [at for at, column in enumerate(self.columns) if column is Column.ITEM]
        if not found:
            spare = {None, Column.GUIDANCE, Column.SECTION, Column.KEY, Column.NOTE}
            if not self.has(Column.SIGNATURE, Column.DATE, Column.DUE):
                spare.add(Column.ROLE)
            open_ = [
                at
                for at, column in enumerate(self.columns)
                if column in spare and at not in self.choices
            ]
            unnamed = [at for at in open_ if self.columns[at] is None] or open_
            found = sorted(unnamed, key=self._length, reverse=True)[:1]
        elif len(found) > 1:
            boxed = [at for at in found if any(leading(cell) for cell in self.column(at))]
            found = boxed or [max(found, key=self._length)]
        for at, column in enumerate(self.columns):
            if column is Column.ITEM and at not in found[:1]:
                self.columns[at] = Column.GUIDANCE
        for at in found[:1]:
            self.columns[at] = Column.ITEM

    def _length(self, at: int) -> int:
        return sum(len(cell) for cell in self.column(at))

    @property
    def is_boxed(self) -> bool:
        """Whether the items themselves begin with boxes or symbols."""
        at = self.first(Column.ITEM)
        cells = [cell for cell in self.column(at) if cell] if at is not None else []
        marked = [cell for cell in cells if leading(cell)]
        return bool(marked) and len(marked) * 2 >= len(cells)

    def status(self, row: Row) -> tuple[ItemStatus, str]:
        """The status of a row, and what is written there where that is no status that is known."""
        for at, chosen in self.choices.items():
            if row.cell(at) and (status_of(row.cell(at)) or DONE) not in {UNSET, NOT_DONE}:
                return chosen, ""
        item = self.first(Column.ITEM)
        if found := leading(row.cell(item)):
            return found[0], ""
        written = row.cell(self.first(Column.STATUS))
        known = status_of(written)
        return (UNSET, written) if known is None else (known, "")


def kind_of(table: Table, titles: Sequence[str] = (), *, beneath_sign_off: bool = False) -> Kind:
    """What a table is. `titles`: the document's headings, since a summary repeats them."""
    columns = table.columns
    has_status = table.has(Column.STATUS) or bool(table.choices) or table.is_boxed
    kinds = {
        Kind.SIGN_OFF: _is_sign_off(table) or (beneath_sign_off and _names_people(table)),
        Kind.CONTACTS: columns.count(Column.CONTACT) + table.has(Column.ROLE) > 1,
        Kind.RISKS: columns.count(Column.CHANCE) > 1,
        Kind.HISTORY: table.has(Column.VERSION) and table.has(Column.DATE, Column.DUE),
        Kind.LEGEND: _is_legend(table),
        Kind.ROLL_UP: _counts(table) or (has_status and _repeats(table, titles)),
        Kind.CHECKLIST: has_status,
    }
    return next((kind for kind, fits in kinds.items() if fits), Kind.OTHER)


def _is_sign_off(table: Table) -> bool:
    """A row a signer. A checklist may have a column to sign each row in, and is none."""
    named = [text.casefold().strip(" *") for text in table.headings]
    has_people = table.has(Column.ROLE) or any(text in PEOPLE for text in named)
    if table.has(Column.SIGNATURE):
        return has_people or not table.has(Column.STATUS)
    return (
        table.has(Column.ROLE) and table.has(Column.DATE, Column.DUE) and not table.has(Column.TEAM)
    )


def _names_people(table: Table) -> bool:
    """Below a heading that says that it is to be signed, whoever stands in a row is to sign."""
    return table.has(Column.ROLE, Column.OWNER, Column.TEAM, Column.SIGNATURE)


def _is_legend(table: Table) -> bool:
    """Every row another status, and what it means."""
    if len(table.rows) > FEW_ROWS or len(table.columns) > 3 or not table.rows:
        return False
    first = [status_of(row.cell(0)) for row in table.rows if row.cell(0)]
    distinct = {row.cell(0) for row in table.rows}
    all_known = None not in first and len(first) == len(table.rows) == len(distinct) > 1
    is_short = all(len(row.cell(0)) <= SHORT_CELL for row in table.rows)
    named = table.has(Column.MEANING) or table.columns[0] in {Column.STATUS, None}
    return all_known and is_short and named and not any(boxes(row.cell(1)) for row in table.rows)


def _counts(table: Table) -> bool:
    """Two columns or more that only count."""
    numbers = [
        at
        for at, column in enumerate(table.columns)
        if column is not Column.NUMBER and _all_numbers(table.column(at))
    ]
    return max(table.columns.count(Column.COUNT), len(numbers)) > 1


def _all_numbers(cells: Sequence[str]) -> bool:
    written = [cell for cell in cells if cell.strip()]
    return bool(written) and all(FIGURE.fullmatch(cell.strip()) for cell in written)


def _repeats(table: Table, titles: Sequence[str]) -> bool:
    """Most of its items are headings of the document."""
    at = table.first(Column.ITEM)
    known = {_bare(title) for title in titles}
    cells = [_bare(cell) for cell in table.column(at) if cell] if at is not None else []
    repeated = [cell for cell in cells if cell in known]
    return len(cells) > 1 and len(repeated) * 10 >= len(cells) * 7


def _bare(text: str) -> str:
    return re.sub(r"^[\W\d_]+|[\W_]+$", "", readable(text)).casefold()
