"""A launch's document as plain values, which every format and the report page render. No database, no markup."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.utils.functional import Promise

from checklist.rules import ItemStatus, Phase

SCHEMES = frozenset({"http", "https", "ftp", "ftps"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of text, as somebody typed it. `label` stands before it, `url` makes it a link.

    `state` is the state it is the word for; `symbol` then stands for it where there is no room for words.
    `whole`: it is not broken over lines.
    """

    text: str
    label: str = ""
    url: str = ""
    state: str = ""
    symbol: str = ""
    whole: bool = False

    @property
    def link(self) -> str:
        """The address, if it is one that may be followed."""
        return self.url if urlsplit(self.url).scheme.lower() in SCHEMES else ""


type Cell = tuple[Piece, ...]


def plain(text: object) -> Cell:
    """A cell of text alone; of nothing, where there is none."""
    return (Piece(str(text)),) if str(text) else ()


@dataclass(frozen=True, slots=True)
class Field:
    """A value by its name."""

    label: str
    value: Cell


@dataclass(frozen=True, slots=True)
class Fields:
    """Values by their names, a line each."""

    rows: tuple[Field, ...]
    kind: str = "fields"


@dataclass(frozen=True, slots=True)
class Prose:
    """Text of some lines."""

    text: str
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Legend:
    """What the symbols mean."""

    title: str
    marks: tuple[Piece, ...]
    kind: str = "legend"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. What a part brings that is not its items: risks, conditions."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str = ""
    kind: str = "table"

    @property
    def labelled(self) -> list[list[tuple[str, Cell]]]:
        """Each row's cells with their headings, for where there is no room for a row of headings."""
        return [list(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item, whole: what a table shows of it is its columns' choice."""

    number: str
    text: str
    status: ItemStatus
    mark: Piece
    note: str = ""
    na_reason: str = ""
    accepted: Cell = ()
    responsible: str = ""
    owner: str = ""
    due: str = ""
    evidence: Cell = ()


@dataclass(frozen=True, slots=True)
class Column:
    """What a table may show of an item: always in some phases, in others only where an item has any."""

    label: str | Promise
    cell: Callable[[ItemRow], Cell]
    always: frozenset[Phase] = frozenset()


@dataclass(frozen=True, slots=True)
class Items:
    """A section's items, and the columns that show them. `ticks`: nothing but texts to tick off, so a list will do."""

    rows: tuple[ItemRow, ...]
    columns: tuple[Column, ...]
    empty: str
    ticks: bool = False
    kind: str = "items"

    @property
    def table(self) -> Table:
        cells = (tuple(column.cell(row) for column in self.columns) for row in self.rows)
        return Table(tuple(str(column.label) for column in self.columns), tuple(cells), self.empty)


@dataclass(frozen=True, slots=True)
class SignOff:
    """A place for a signature: blank, or who signed, when, and where the receipt is. `remarks`: what else to know."""

    title: str
    name: str = ""
    date: str = ""
    reference: str = ""
    url: str = ""
    vote: str = ""
    remarks: tuple[Piece, ...] = ()
    is_executive: bool = False
    kind: str = "signoff"


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its possible answers, each with whether it was given."""

    text: str
    options: tuple[tuple[str, bool], ...]
    remark: Piece | None = None
    kind: str = "question"


type Block = Fields | Prose | Legend | Table | Items | SignOff | Question


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands under it. `mark`: how the whole of it stands."""

    heading: str
    blocks: tuple[Block, ...]
    mark: Piece | None = None
    level: int = 2


@dataclass(frozen=True, slots=True)
class Document:
    """A launch's checklist on paper."""

    title: str
    head: Fields
    parts: tuple[Part, ...]
    foot: Fields
    made: Fields

    @property
    def items(self) -> Iterator[ItemRow]:
        """Every item, in the document's order."""
        for part in self.parts:
            yield from _rows_of(part.blocks)


def _rows_of(blocks: Iterable[Block]) -> Iterator[ItemRow]:
    for block in blocks:
        if isinstance(block, Items):
            yield from block.rows
