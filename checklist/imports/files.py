"""A file that somebody brings: what it is, which reader reads it, and what is said of one that cannot be read."""

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import PurePath

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from checklist.imports.delimited import read_delimited
from checklist.imports.draft import Doubt, Draft, Trouble
from checklist.imports.issue_forms import read_yaml
from checklist.imports.markdown import read_markdown
from checklist.imports.options import AS_IS, Options
from checklist.imports.trees import read_json
from checklist.imports.unread import TooMuch, Unread
from checklist.imports.workbooks import read_workbook

MEGABYTE = 1_000_000
MOST_BYTES = 10 * MEGABYTE
MOST_TEXT = MEGABYTE  # the longest checklist that we have met is 60 kB
MOST_LINES = 40_000
MOST_ITEMS = 5000
ZIP = b"PK\x03\x04"
SAMPLE = 200_000

type TextReader = Callable[[str, str, Options], Draft]

READERS: Mapping[str, TextReader] = {
    "markdown": read_markdown,
    "csv": read_delimited,
    "yaml": read_yaml,
    "json": read_json,
}
BY_ENDING: Mapping[str, str] = {
    **dict.fromkeys((".md", ".markdown", ".mdown", ".mkd", ".txt", ".text"), "markdown"),
    **dict.fromkeys((".csv", ".tsv", ".tab"), "csv"),
    **dict.fromkeys((".yml", ".yaml"), "yaml"),
    ".json": "json",
}
FOREIGN: Mapping[bytes, str] = {
    b"%PDF": "PDF",
    b"\xd0\xcf\x11\xe0": "Word 97 / Excel 97",
    b"{\\rtf": "RTF",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"\x1f\x8b": "gzip",
}


class NotRead(Exception):
    """Why a file is no checklist that can be read; the sentence says what to do."""

    def __init__(self, code: str, sentence: str, draft: Draft | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.draft = draft


LOOKED_FOR = lazy(
    "What was looked for: lines that begin with a box ([ ], [x], ☐, ✅), tables with a column of status, lists below "
    "headings, checkboxes of an issue form, rows of a spreadsheet, sections with items in JSON or YAML."
)


def read_file(name: str, content: bytes, options: Options = AS_IS) -> Draft:
    """The checklist in a file. `NotRead` where there is none, or it is more than a checklist is."""
    try:
        draft = _read(PurePath(name), content, options)
    except TooMuch as much:
        raise _too_much() from much
    found = sum(1 for _item in draft.items)
    if not found:
        sentence = _("%(name)s: no checklist was recognised.") % {"name": PurePath(name).name}
        raise NotRead("nothing", f"{sentence} {LOOKED_FOR}", draft)
    if found > MOST_ITEMS:
        raise _too_much()
    return draft


def _too_much() -> NotRead:
    sentence = _(
        "This is more than a checklist: at most %(items)d items, and %(size)d MB of text. Bring it in parts."
    )
    return NotRead("too_much", sentence % {"items": MOST_ITEMS, "size": MOST_TEXT // MEGABYTE})


def _read(path: PurePath, content: bytes, options: Options) -> Draft:
    if len(content) > MOST_BYTES:
        raise TooMuch
    if content.startswith(ZIP):
        return _workbook(path, content, options)
    for magic, what in FOREIGN.items():
        if content.startswith(magic):
            raise NotRead("foreign", _foreign(path, what))
    text, doubt = _decoded(path, content)
    if len(text) > MOST_TEXT or text.count("\n") > MOST_LINES:
        raise TooMuch
    draft = _first_that_fits(path, text, options)
    draft.doubts[:0] = [doubt] if doubt else []
    return draft


def _foreign(path: PurePath, what: str) -> str:
    return _(
        "%(name)s is %(what)s, which is not read. Save it as Markdown, CSV, XLSX, JSON or YAML, and bring that."
    ) % {"name": path.name, "what": what}


def _workbook(path: PurePath, content: bytes, options: Options) -> Draft:
    try:
        return read_workbook(content, path.stem, options)
    except Unread as odd:
        raise NotRead("foreign", _foreign(path, _("a zip file that is no XLSX workbook"))) from odd


def _decoded(path: PurePath, content: bytes) -> tuple[str, Doubt | None]:
    """The text of some bytes: UTF-8, what a mark at their head says, or else what they look like."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), None
    doubt = None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        best = from_bytes(content[:SAMPLE]).best()
        # Its guesses among the many alphabets of western Europe are no better than the usual one.
        is_western = best is None or any(name.startswith("Latin") for name in best.alphabets)
        encoding = "cp1252" if best is None or is_western else best.encoding
        text = content.decode(encoding, errors="replace")
        doubt = Doubt(Trouble.ENCODING, 0, encoding.replace("_", "-"))
    if "\x00" in text:
        raise NotRead("foreign", _foreign(path, _("no text")))
    return text.replace("\r\n", "\n").replace("\r", "\n"), doubt


def _first_that_fits(path: PurePath, text: str, options: Options) -> Draft:
    """What its ending names, or else what it looks like; the first in which there are items."""
    empty: Draft | None = None
    for kind in _kinds(path, text):
        try:
            draft = READERS[kind](text, path.stem, options)
        except (Unread, csv.Error):
            continue
        if draft.sections:
            return draft
        empty = empty or draft
    return empty or Draft("unknown", path.stem)


def _kinds(path: PurePath, text: str) -> list[str]:
    named = BY_ENDING.get(path.suffix.casefold())
    if named in {"markdown", "csv"}:
        return [named]
    head = text.lstrip()[:1]
    looks = ["json"] if head in {"{", "["} else []
    if re.search(r"^body:\s*$", text, re.MULTILINE):
        looks.append("yaml")
    return list(
        dict.fromkeys([*([named] if named else looks), *([] if named else ["markdown", "csv"])])
    )
