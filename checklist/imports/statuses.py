"""Statuses as people write them: boxes, symbols, words in many languages. Values in, values out."""

import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from checklist.imports.vocabulary import words_of
from checklist.rules import ItemStatus

UNSET, DONE, ATTENTION, NOT_DONE, NA = (
    ItemStatus.UNSET,
    ItemStatus.DONE,
    ItemStatus.ATTENTION,
    ItemStatus.NOT_DONE,
    ItemStatus.NA,
)

SYMBOLS: Mapping[str, ItemStatus] = {
    symbol: status
    for status, symbols in {
        DONE: "✅☑✔✓🗹🟢🆗👍🗸",
        ATTENTION: "⚠⏳⌛🟡🟠🔶🚧🔄🔜⏸🕐",
        NOT_DONE: "❌✗✘✖🔴🚫⛔🛑👎❎🗙",
        UNSET: "☐⬜▢□◻⚪🔲⭕◯○🔳🗆❏❑",
        NA: "➖",
    }.items()
    for symbol in symbols
}
SHORT_CODES: Mapping[str, str] = {
    "white_check_mark": "✅",
    "heavy_check_mark": "✔",
    "ballot_box_with_check": "☑",
    "green_circle": "🟢",
    "warning": "⚠",
    "hourglass": "⌛",
    "hourglass_flowing_sand": "⏳",
    "construction": "🚧",
    "yellow_circle": "🟡",
    "orange_circle": "🟠",
    "soon": "🔜",
    "x": "❌",
    "red_circle": "🔴",
    "no_entry": "⛔",
    "no_entry_sign": "🚫",
    "white_large_square": "⬜",
    "black_square_button": "🔲",
    "white_circle": "⚪",
    "heavy_minus_sign": "➖",
}
IN_A_BOX: Mapping[str, ItemStatus] = {
    "": UNSET,
    "_": UNSET,
    "x": DONE,
    "v": DONE,
    "-": ATTENTION,
    "~": ATTENTION,
    "/": ATTENTION,
    "!": ATTENTION,
    "?": ATTENTION,
}
WORDS: Mapping[str, ItemStatus] = words_of("statuses", ItemStatus)

DRAWN = "".join(SYMBOLS) + " \t"
VARIATION = "\ufe0e\ufe0f\u200d"
SHORT_CODE = re.compile(r":([a-z_]+):")
# \[ and \] are how Markdown writes a bracket that is no link.
BOX = re.compile(r"\\?\[\s{0,3}([xXvV✓✔✅☑❌✗✘_~/!?-]?)\s{0,3}\\?\]")
LEADING_BOX = re.compile(rf"{BOX.pattern}(?![(\[:])\s*")
SYMBOL = re.compile("[" + "".join(SYMBOLS) + "]")
BOX_OR_SYMBOL = re.compile(f"{BOX.pattern}|{SYMBOL.pattern}")
END_OF_WORD = re.compile(r"\s*[(:;,.–—|/\[]|\s+-\s+|\s{2,}|\n")
PERCENT = re.compile(r"(\d{1,3})(?:[.,]\d+)?\s*%")
WHOLE = 100


def readable(text: str) -> str:
    """Short codes of emoji as emoji, without the marks that only say how to draw them."""
    if ":" in text:
        text = SHORT_CODE.sub(lambda code: SHORT_CODES.get(code[1], code[0]), text)
    return text.translate(dict.fromkeys(map(ord, VARIATION))) if not text.isascii() else text


def in_box(box: re.Match[str]) -> ItemStatus:
    """What a box holds: [x], [ ], [-]."""
    held = box[1].casefold()
    return IN_A_BOX[held] if held in IN_A_BOX else SYMBOLS[held]


def leading(text: str) -> tuple[ItemStatus, str] | None:
    """The box or symbol that a text begins with, and the rest; of a box and a symbol the box counts."""
    text = readable(text).lstrip()
    if box := LEADING_BOX.match(text):
        rest = text[box.end() :]
        return in_box(box), _after_symbols(rest)
    if text[:1] in SYMBOLS:
        return SYMBOLS[text[0]], _after_symbols(text)
    return None


def _after_symbols(text: str) -> str:
    return text.lstrip(DRAWN)


def trailing(text: str) -> tuple[ItemStatus, str] | None:
    """The symbol that a text ends with, and what is before it."""
    text = readable(text).rstrip()
    if text and text[-1] in SYMBOLS:
        return SYMBOLS[text[-1]], text[:-1].rstrip(" -–—:|")
    return None


def boxes(text: str) -> list[tuple[ItemStatus, str]]:
    """Every box or symbol in a text with the words behind it: "[ ] GO [x] NO-GO"."""
    text = readable(text)
    found = list(BOX_OR_SYMBOL.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        (SYMBOLS.get(one[0]) or in_box(one), text[one.end() : end].strip(" /|,;"))
        for one, end in zip(found, ends, strict=False)
    ]


def status_of(text: str) -> ItemStatus | None:
    """The status that a cell of a table says; None where it says nothing that is known."""
    text = readable(text).strip().strip("*_`\"' ")
    if not text.strip("-–—_. "):
        return UNSET
    known = word_status(text)
    if known is not None:
        return known
    chosen = boxes(text)
    if len(chosen) > 1:
        return _of_several(chosen)
    if found := leading(text) or trailing(text):
        return found[0]
    if percent := PERCENT.search(text):
        share = int(percent[1])
        return DONE if share >= WHOLE else ATTENTION if share else UNSET
    return word_status(END_OF_WORD.split(text, maxsplit=1)[0])


def _of_several(chosen: list[tuple[ItemStatus, str]]) -> ItemStatus:
    """Of several boxes the one that is ticked; where none or all are, it is a form that nobody filled in."""
    ticked = [words for status, words in chosen if status is DONE and words]
    if len(ticked) == 1 and len({words for _status, words in chosen}) == len(chosen):
        return word_status(ticked[0]) or chosen[0][0]
    distinct = {status for status, _words in chosen}
    return distinct.pop() if len(distinct) == 1 else UNSET


def word_status(text: str) -> ItemStatus | None:
    """The status that a word or two name, by themselves."""
    word = " ".join(normalize("NFC", text).casefold().replace("_", " ").strip(" *`'\"").split())
    return WORDS.get(word) or WORDS.get(word.strip(" .!:;,"))


def are_statuses(cells: Iterable[str]) -> bool:
    """Whether a column without a known heading holds statuses: most of what is written in it, and symbols or boxes."""
    written = [cell for cell in cells if cell.strip()]
    known = [cell for cell in written if len(cell) <= 40 and status_of(cell) is not None]
    return bool(written) and len(known) * 10 >= len(written) * 8
