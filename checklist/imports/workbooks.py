"""XLSX workbooks: sheets of cells, as openpyxl reads them without running anything."""

import logging
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from openpyxl import load_workbook

from checklist.imports.columns import Row
from checklist.imports.draft import Draft, SetAside, Why
from checklist.imports.options import AS_IS, Options
from checklist.imports.sheets import Sheet, add_sheet
from checklist.imports.unread import TooMuch, Unread

logger = logging.getLogger(__name__)

MOST_UNPACKED = 30_000_000
MOST_PARTS = 2000
MOST_ROWS = 50_000
MOST_COLUMNS = 100
EMPTY_ROWS = 500  # in a row: the sheet is over, whatever it says of its size
GENERIC = re.compile(
    r"(?:sheet|tabelle|feuil|hoja|planilha|foglio|blad|arkusz|лист|工作表|シート)\s*\d*",
    re.IGNORECASE,
)


def read_workbook(content: bytes, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in a workbook. `Unread` where it is none, `TooMuch` where it would fill the memory."""
    _guard(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
        sheets = [(sheet, list(_rows(sheet))) for sheet in book.worksheets]
    except TooMuch:
        raise
    except (
        Exception
    ) as odd:  # whatever a damaged or hostile file makes a parser raise, it is one finding
        logger.info("A workbook could not be read", exc_info=True)
        raise Unread from odd
    draft = Draft("xlsx", name)
    found = []
    for page, rows in sheets:
        if page.sheet_state != "visible":
            draft.aside.append(SetAside(1, page.title, Why.HIDDEN))
        elif rows:
            found.append(Sheet(page.title, rows))
    chosen = [sheet for sheet in found if sheet.has_item_heading] or found
    titles = [sheet.title for sheet in chosen if sheet.title]
    draft.title = titles[0] if titles else name
    for sheet in chosen:
        is_named = len(chosen) > 1 or not GENERIC.fullmatch(sheet.name)
        default = sheet.name if is_named else draft.title
        add_sheet(draft, sheet, options, default=default, fills=True)
    return draft


def _guard(content: bytes) -> None:
    """A workbook is a zip: what it would unpack to is looked at before any of it is."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
    except (BadZipFile, ValueError, OSError, NotImplementedError) as odd:
        raise Unread from odd
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise TooMuch


def _rows(sheet: Any) -> Iterator[Row]:
    empty = count = 0
    cells = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    for line, values in enumerate(cells, 1):
        written = [_text(value) for value in values]
        while written and not written[-1]:
            written.pop()
        if not written:
            empty += 1
            if empty > EMPTY_ROWS:
                return
            continue
        empty, count = 0, count + 1
        if count > MOST_ROWS:
            raise TooMuch
        yield Row(line, written)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value).strip()
