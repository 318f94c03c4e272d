"""Rows of cells that are a checklist, from CSV or a workbook: where the table begins, which column makes sections."""

from dataclasses import dataclass

from checklist.imports.columns import Column, Kind, Row, Table, exact_heading, heading_of, kind_of
from checklist.imports.draft import Draft, DraftSection, DraftSlot, SetAside
from checklist.imports.facts import phase_of
from checklist.imports.options import Options
from checklist.imports.signing import EITHER, tidy
from checklist.imports.statuses import leading, word_status
from checklist.imports.tables import TABLE_WHY, items_of, signers_of
from checklist.rules import Phase

TITLE_ROWS = 40  # so far down a table may begin
HEADING_LENGTH = 60


@dataclass(slots=True)
class Sheet:
    """A sheet's rows, and what is written above its table."""

    name: str
    rows: list[Row]
    title: str = ""
    start: int = -1  # of the headings among the rows; none where there are none

    def __post_init__(self) -> None:
        self.rows = [row for row in self.rows if any(cell.strip() for cell in row.cells)]
        scores = [self._score(row) for row in self.rows[:TITLE_ROWS]]
        best = max(scores, default=0)
        if best:
            self.start = scores.index(best)
            above = [text for row in self.rows[: self.start] for text in row.cells if text.strip()]
            self.title = max(above, key=len, default="")[:200]

    def _score(self, row: Row) -> int:
        """How much a row looks like headings: known words, short, and not a status below another."""
        cells = [cell.strip() for cell in row.cells if cell.strip()]
        if not cells or any(len(cell) > HEADING_LENGTH for cell in cells):
            return 0
        columns = {heading_of(cell) for cell in cells} - {None}
        exact = {column for cell in cells if (column := exact_heading(cell))}
        says_status = any(
            exact_heading(cell) is Column.STATUS and word_status(cell) is None for cell in cells
        )
        needed = says_status or exact & {Column.ITEM, Column.GUIDANCE, Column.SECTION}
        return len(columns) if needed and len(columns) * 3 >= len(cells) else 0

    @property
    def has_item_heading(self) -> bool:
        return self.start >= 0 and any(
            heading_of(cell) is Column.ITEM for cell in self.rows[self.start].cells
        )

    def table(self, options: Options) -> Table:
        headings = self.rows[self.start].cells if self.start >= 0 else []
        return Table(list(headings), self.rows[self.start + 1 :], options.status_column)


def add_sheet(
    draft: Draft, sheet: Sheet, options: Options, *, default: str, fills: bool = False
) -> None:
    """Read a sheet into a draft. `default`: the section of what names none; `fills`: empty means "as above"."""
    table = sheet.table(options)
    kind = kind_of(table)
    if kind is Kind.SIGN_OFF:
        for line, name in signers_of(table):
            draft.slots.append(DraftSlot(tuple(map(tidy, EITHER.split(name))), line))
    elif kind in TABLE_WHY and not _has_items(table):
        draft.aside.append(SetAside(sheet.rows[0].line, sheet.name or default, TABLE_WHY[kind]))
    else:
        _Sections(draft, table, default, fills=fills).fill()


def _has_items(table: Table) -> bool:
    return table.has(Column.ITEM) and (table.has(Column.STATUS) or bool(table.choices))


class _Sections:
    """The rows of a table by section: of its grouping column, or below rows that hold nothing but a title."""

    def __init__(self, draft: Draft, table: Table, default: str, *, fills: bool) -> None:
        self.draft, self.table, self.default, self.fills = draft, table, default, fills
        self.group = table.first(Column.SECTION)
        self.sections = {section.title: section for section in draft.sections}
        self.above = ""

    def fill(self) -> None:
        for row in self.table.rows:
            if self._is_title(row):
                self.above = next(cell.strip() for cell in row.cells if cell.strip())
                continue
            for item in items_of(self.table, self.draft, [row]):
                self._section(row).items.append(item)
        self.draft.sections = [section for section in self.sections.values() if section.items]

    def _is_title(self, row: Row) -> bool:
        """Whether a row holds nothing but a section's title: outside of the items, or where items have a number."""
        filled = [at for at, cell in enumerate(row.cells) if cell.strip()]
        if self.group is not None or len(filled) != 1 or _begins_with_box(row):
            return False
        numbered = {Column.NUMBER, Column.KEY} & set(self.table.columns)
        return bool(numbered) or filled[0] != self.table.first(Column.ITEM)

    def _section(self, row: Row) -> DraftSection:
        named = " ".join(row.cell(self.group).split())
        if self.fills or self.group is None:
            named = named or self.above
            self.above = named
        title = named or self.default
        if title not in self.sections:
            self.sections[title] = DraftSection(title, row.line)
            self.sections[title].phase = phase_of(title) or Phase.READINESS
        return self.sections[title]


def _begins_with_box(row: Row) -> bool:
    return any(leading(cell) for cell in row.cells)
