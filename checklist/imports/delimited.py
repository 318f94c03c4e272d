"""CSV and its like: which bytes are which letters, what parts the cells."""

import csv
from collections.abc import Iterator
from io import StringIO

from checklist.imports.columns import Row
from checklist.imports.draft import Draft
from checklist.imports.options import AS_IS, Options
from checklist.imports.sheets import Sheet, add_sheet

DELIMITERS = ",;\t|"
SAMPLE_LINES = 50
HALF = 0.5
NO_DELIMITER = "\x1f"  # commas in a list of sentences part nothing
LONGEST_CELL = 100_000


def read_delimited(text: str, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in a text of cells; csv.Error where it cannot be cut into any."""
    csv.field_size_limit(LONGEST_CELL)
    draft = Draft("csv", name)
    sheet = Sheet("", list(_rows(text)))
    draft.title = sheet.title or name
    if sheet.rows:
        add_sheet(draft, sheet, options, default=draft.title)
    return draft


def _rows(text: str) -> Iterator[Row]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter_of(text))
    line = 1
    for cells in reader:
        yield Row(line, cells)
        line = reader.line_num + 1


def delimiter_of(text: str) -> str:
    """What cuts most of the first lines into equally many cells, more than one."""
    if text[:4].casefold() == "sep=" and len(text) > 4:
        return text[4]
    sample = "".join(text.splitlines(keepends=True)[:SAMPLE_LINES])
    evenness = {one: _evenness(sample, one) for one in DELIMITERS}
    best = max(DELIMITERS, key=lambda one: (evenness[one], -DELIMITERS.index(one)))
    return best if evenness[best] >= HALF else NO_DELIMITER


def _evenness(sample: str, delimiter: str) -> float:
    rows = [row for row in csv.reader(StringIO(sample, newline=""), delimiter=delimiter) if row]
    widths = [len(row) for row in rows if len(row) > 1]
    if not widths:
        return 0
    usual = max(set(widths), key=widths.count)
    return widths.count(usual) / len(rows) + min(usual, 9) / 100
