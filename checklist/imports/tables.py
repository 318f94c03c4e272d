"""The rows of a checklist's table as items, and the rows of a table to sign as names."""

import re
from collections.abc import Iterator, Mapping, Sequence

from checklist.imports.blocks import read
from checklist.imports.columns import Column, Kind, Row, Table
from checklist.imports.draft import Doubt, Draft, DraftItem, Trouble, Why
from checklist.imports.facts import FACTS, add
from checklist.imports.signing import ROLE, tidy
from checklist.imports.statuses import leading, status_of

TABLE_WHY = {
    Kind.CONTACTS: Why.CONTACTS,
    Kind.RISKS: Why.RISKS,
    Kind.ROLL_UP: Why.ROLL_UP,
    Kind.LEGEND: Why.LEGEND,
    Kind.HISTORY: Why.HISTORY,
}
LONGEST_STATUS = 60
LONGEST_NUMBER = 12


def items_of(
    table: Table, draft: Draft, rows: Sequence[Row], raw: Mapping[int, Sequence[str]] | None = None
) -> Iterator[DraftItem]:
    """The items of a table's rows. `raw`: the cells of a line as written, where those here are without markup."""
    draft.saw(table.headings)
    for row in rows:
        item = _item_of(table, row, (raw or {}).get(row.line, row.cells))
        if item is None:
            continue
        item.status, unknown = table.status(row)
        if unknown:
            add(item, "note", unknown)
            draft.doubts.append(Doubt(Trouble.UNKNOWN_STATUS, row.line, unknown[:LONGEST_STATUS]))
        yield item


def _item_of(table: Table, row: Row, raw: Sequence[str]) -> DraftItem | None:
    """A row's item, but for its status; None where it has no words."""
    at = table.first(Column.ITEM)
    if at is None or not re.search(r"\w", row.cell(at)):
        return None
    words = raw[at] if at < len(raw) else ""
    found = leading(words)
    text, links = read(found[1] if found else words)
    item = DraftItem(" ".join(text.split()), row.line, links=links)
    for place, column in enumerate(table.columns[: len(raw)]):
        if not row.cell(place) or place in table.choices:
            continue
        if column is not None and column in FACTS:
            FACTS[column](item, raw[place])
        elif column is None and _tells(table, row, place):
            add(item, "guidance", f"{table.headings[place]}: {row.cell(place)}")
    if not item.number and len(item.key) <= LONGEST_NUMBER:
        item.number = item.key
    return item if item.text else None


def _tells(table: Table, row: Row, place: int) -> bool:
    """Whether a cell of a column that nobody knows has words, below a heading."""
    headed = place < len(table.headings) and bool(table.headings[place].strip())
    return headed and status_of(row.cell(place)) is None


def signers_of(table: Table) -> Iterator[tuple[int, str]]:
    """Who is named in a table to sign, by role where it has one."""
    places = (table.first(column) for column in (Column.ROLE, Column.OWNER, Column.TEAM))
    at = next((place for place in places if place is not None), None)
    for row in table.rows:
        name = tidy(row.cell(0 if at is None else at))
        if name and (at is not None or ROLE.search(name)):
            yield row.line, name
