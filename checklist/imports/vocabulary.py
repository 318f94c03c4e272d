"""The words of vocabulary.toml: what people write in checklists, in many languages."""

import tomllib
from enum import StrEnum
from pathlib import Path

FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def words_of[T: StrEnum](table: str, meanings: type[T]) -> dict[str, T]:
    """Each word of a table with what it means."""
    return {
        word: meanings(meaning) for meaning, words in FILE[table].items() for word in _split(words)
    }


def choices() -> frozenset[str]:
    """The answers among which decisions choose."""
    return frozenset(_split(FILE["choices"]["answer"]))


def _split(words: str) -> list[str]:
    return [word for part in words.replace("\n", ", ").split(",") if (word := part.strip())]
