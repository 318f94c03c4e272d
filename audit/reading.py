"""Reading the ledger: leaves decoded, texts put back, hostile rows survived."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from audit.ledger import LEAF_VERSION
from audit.merkle import leaf_hash
from audit.models import Entry, SaltedText

MAX_DEPTH = 12

type Texts = Mapping[tuple[int, str], tuple[bytes, str]]


class Written(str):
    """A text that a person wrote: shown as it is, never taken for a code, a date or a reference."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Redacted:
    """Stands where a text was that has been erased, or that is no longer the one its leaf names."""

    altered: bool = False

    def __str__(self) -> str:
        if self.altered:
            return _("[text does not match the ledger]")
        return _("[text erased]")


@dataclass(frozen=True, slots=True)
class Line:
    """One leaf, decoded. Of an unreadable one only `seq` and `at` are known, from its columns.

    `old` and `new` hold what JSON holds, with `Written` or `Redacted` in the place of salted texts.
    """

    seq: int
    at: datetime
    actor: UUID | None
    action: str
    subject: str
    launch: UUID | None
    old: dict[str, Any]
    new: dict[str, Any]
    reason: str | Redacted
    readable: bool = True


def read(entries: Iterable[Entry]) -> list[Line]:
    """The lines of a page of entries, in their order, with one query for all their texts."""
    rows = [(entry, _decoded(entry)) for entry in entries]
    texts = _texts([entry.seq for entry, leaf in rows if leaf])
    return [_line(entry, leaf, texts) if leaf else _unreadable(entry) for entry, leaf in rows]


def _texts(seqs: list[int]) -> Texts:
    if not seqs:
        return {}
    rows = SaltedText.objects.filter(entry__in=seqs).order_by()
    return {
        (seq, path): (bytes(salt), text)
        for seq, path, salt, text in rows.values_list("entry_id", "path", "salt", "text")
    }


def _decoded(entry: Entry) -> dict[str, Any] | None:
    """The leaf, or None where it is none of ours, or its hash or a column does not fit."""
    try:
        leaf = _parsed(bytes(entry.leaf))
        return leaf if _fits(leaf, entry) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _parsed(raw: bytes) -> dict[str, Any]:
    leaf: dict[str, Any] = json.loads(
        raw, object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused
    )
    data = leaf["data"]
    sides = isinstance(data["old"], dict) and isinstance(data["new"], dict)
    if leaf["v"] != LEAF_VERSION or not sides or not _is_salted_or_none(data["reason"]):
        raise ValueError("This is no leaf of version 1.")
    _check_depth(data)
    return leaf


def _fits(leaf: dict[str, Any], entry: Entry) -> bool:
    return bytes(entry.leaf_hash) == leaf_hash(bytes(entry.leaf)) and (
        leaf["seq"],
        datetime.fromisoformat(leaf["at"]),
        _uuid(leaf["actor"]),
        leaf["action"],
        leaf["subject"],
        _uuid(leaf["launch"]),
    ) == (entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.launch)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A key occurs twice.")
    return found


def _refused(number: str) -> NoReturn:
    raise ValueError(f"A leaf cannot hold {number}.")


def _check_depth(value: Any, left: int = MAX_DEPTH) -> None:
    if not left:
        raise ValueError("The leaf is nested too deeply.")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_depth(part, left - 1)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _is_salted_or_none(value: Any) -> bool:
    return value is None or _digest(value) is not None


def _digest(value: Any) -> str | None:
    match value:
        case {"salted": str(digest), **rest} if not rest:
            return digest
    return None


def _line(entry: Entry, leaf: dict[str, Any], texts: Texts) -> Line:
    def restored(value: Any, path: str) -> Any:
        if digest := _digest(value):
            return _text(digest, texts.get((entry.seq, path)))
        if isinstance(value, dict):
            return {key: restored(part, f"{path}.{key}") for key, part in value.items()}
        if isinstance(value, list):
            return [restored(part, f"{path}.{place}") for place, part in enumerate(value)]
        return value

    data = leaf["data"]
    return Line(
        seq=entry.seq,
        at=datetime.fromisoformat(leaf["at"]),
        actor=entry.actor,
        action=leaf["action"],
        subject=leaf["subject"],
        launch=entry.launch,
        old=restored(data["old"], "old"),
        new=restored(data["new"], "new"),
        reason=restored(data["reason"], "reason") or "",
    )


def _text(digest: str, kept: tuple[bytes, str] | None) -> Written | Redacted:
    if kept is None:
        return Redacted()
    salt, text = kept
    if sha256(salt + text.encode()).hexdigest() != digest:
        return Redacted(altered=True)
    return Written(text)


def _unreadable(entry: Entry) -> Line:
    return Line(entry.seq, entry.at, None, "", "", None, {}, {}, "", readable=False)
