"""Text that the certificate's fonts can print. What they have no glyph for stands as its code point.

A PDF/A file may hold no missing glyph, so one rare character would otherwise keep a whole certificate from being made.
"""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).parent / "fonts"
# In the order in which they are asked for a glyph; the bold cut has the same glyphs as the regular one.
FAMILIES = (
    "Noto Sans",
    "Noto Sans Hebrew",
    "Noto Sans Arabic",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
    "Noto Emoji",
    "Noto Sans Armenian",
    "Noto Sans Georgian",
    "Noto Sans Bengali",
    "Noto Sans Gujarati",
    "Noto Sans Gurmukhi",
    "Noto Sans Kannada",
    "Noto Sans Malayalam",
    "Noto Sans Sinhala",
    "Noto Sans Tamil",
    "Noto Sans Telugu",
    "Noto Sans Khmer",
    "Noto Sans Lao",
    "Noto Sans Myanmar",
    "Noto Sans Ethiopic",
    "Droid Sans Fallback",
    "Noto Sans Symbols",
    "Noto Sans Symbols2",
    "Noto Sans Math",
)
# A letter with what is set upon it comes from one font.
MARK = re.compile(r"[\u200c\u200d\ufe00-\ufe0f\U000e0020-\U000e007f]")
WHITE = frozenset(" \n\t")


def printable(text: str) -> str:
    """The text, with "[U+1F9FF]" in the place of whatever no font has a glyph for."""
    if text.isascii():
        return "".join(map(_ascii, text))
    return "".join(map(_cluster, _clusters(unicodedata.normalize("NFC", text))))


def _ascii(character: str) -> str:
    return character if character.isprintable() or character in WHITE else _code_point(character)


def _clusters(text: str) -> list[str]:
    """Each letter with the marks that follow it."""
    found: list[str] = []
    for character in text:
        if found and _is_mark(character):
            found[-1] += character
        else:
            found.append(character)
    return found


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or bool(MARK.match(character))


@lru_cache(maxsize=50_000)
def _cluster(cluster: str) -> str:
    """A cluster that one font has whole; otherwise those of its characters that some font has."""
    needed = {character for character in cluster if not MARK.match(character)} - WHITE
    if not any(map(_is_private, cluster)) and any(needed <= font for font in _fonts()):
        return cluster
    first, marks = cluster[0], cluster[1:]
    known = first in WHITE or (not _is_private(first) and any(first in font for font in _fonts()))
    spelt = [_code_point(mark) for mark in marks if not MARK.match(mark)]
    return "".join([first if known else _code_point(first), *spelt])


def _is_private(character: str) -> bool:
    """Of no agreed meaning, or none at all: what PDF/A forbids even where a font has it."""
    return unicodedata.category(character) in {"Co", "Cn", "Cs", "Cc"} and character not in WHITE


def _code_point(character: str) -> str:
    return f"[U+{ord(character):04X}]"


@lru_cache(maxsize=1)
def _fonts() -> list[frozenset[str]]:
    """What each family has glyphs for, in the order of `FAMILIES`."""
    covered = {}
    for path in sorted(FOLDER.glob("*.ttf")):
        with TTFont(path, lazy=True) as font:
            name = font["name"].getDebugName(1)
            covered[name] = frozenset(map(chr, font.getBestCmap())) - FORBIDDEN
    return [covered[family] for family in FAMILIES]


FORBIDDEN = frozenset("\ufeff\ufffe\x00")
