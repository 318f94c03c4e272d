"""Reading the ledger: leaves decoded, texts put back, hostile rows survived."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NoReturn
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.ledger import LEAF_VERSION
from audit.merkle import leaf_hash
from audit.models import Entry, SaltedText

MAX_DEPTH = 12

type Stored = bytes | memoryview
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
    texts = texts_of([entry.seq for entry, leaf in rows if leaf])
    return [line_of(leaf, texts) if leaf else _unreadable(entry) for entry, leaf in rows]


def texts_of(seqs: Collection[int]) -> Texts:
    """The salted texts of some entries, by entry and place. One query; none for no entry."""
    if not seqs:
        return {}
    rows = SaltedText.objects.filter(entry__in=seqs).order_by()
    return {
        (seq, path): (bytes(salt), text)
        for seq, path, salt, text in rows.values_list("entry_id", "path", "salt", "text")
    }


def _decoded(entry: Entry) -> dict[str, Any] | None:
    """The leaf, or None where it is none of ours, or its hash or a column does not fit."""
    leaf = decoded(entry.leaf, entry.leaf_hash)
    return leaf if leaf and _fits(leaf, entry) else None


def decoded(raw: Stored, digest: Stored) -> dict[str, Any] | None:
    """The leaf of these bytes, or None where it is none of ours, or they are not what its hash says."""
    try:
        leaf = _parsed(bytes(raw))
        return leaf if bytes(digest) == leaf_hash(bytes(raw)) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _parsed(raw: bytes) -> dict[str, Any]:
    leaf: dict[str, Any] = DECODER.decode(raw.decode())
    data = leaf["data"]
    sides = isinstance(data["old"], dict) and isinstance(data["new"], dict)
    if leaf["v"] != LEAF_VERSION or not sides or not _is_salted_or_none(data["reason"]):
        raise ValueError("This is no leaf of version 1.")
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:  # it is no deeper than it has brackets
        _check_depth(data)
    _check_names(leaf)
    return leaf


def _check_names(leaf: dict[str, Any]) -> None:
    """Refuse a leaf that does not say when, and what happened to what, as ours do."""
    if timezone.is_naive(datetime.fromisoformat(leaf["at"])):
        raise ValueError("The leaf's time has no zone.")
    for name in ("actor", "launch"):
        _uuid(leaf[name])
    texts = isinstance(leaf["action"], str) and isinstance(leaf["subject"], str)
    if not texts or type(leaf["seq"]) is not int:
        raise ValueError("The leaf does not say what happened to what.")


def _fits(leaf: dict[str, Any], entry: Entry) -> bool:
    return (
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


DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_refused, parse_constant=_refused)


def _check_depth(value: Any, left: int = MAX_DEPTH) -> None:
    if not left:
        raise ValueError("The leaf is nested too deeply.")
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            _check_depth(part, left - 1)


@lru_cache(maxsize=4096)
def _uuid(text: str | None) -> UUID | None:
    """A long history names few people, and one launch, again and again."""
    return None if text is None else UUID(text)


def _is_salted_or_none(value: Any) -> bool:
    return value is None or digest_of(value) is not None


def digest_of(value: Any) -> str | None:
    """The digest in the place of a salted text; None for any other value."""
    match value:
        case {"salted": str(digest), **rest} if not rest:
            return digest
    return None


def restored(value: Any, seq: int, path: str, texts: Texts) -> Any:
    """A value from this place of an entry, with its texts put back, or `Redacted` where they were."""
    if digest := digest_of(value):
        return _text(digest, texts.get((seq, path)))
    if isinstance(value, dict):
        return {key: restored(part, seq, f"{path}.{key}", texts) for key, part in value.items()}
    if isinstance(value, list):
        return [restored(part, seq, f"{path}.{at}", texts) for at, part in enumerate(value)]
    return value


def line_of(leaf: dict[str, Any], texts: Texts) -> Line:
    """A decoded leaf as a line."""
    data, seq = leaf["data"], leaf["seq"]
    return Line(
        seq=seq,
        at=datetime.fromisoformat(leaf["at"]),
        actor=_uuid(leaf["actor"]),
        action=leaf["action"],
        subject=leaf["subject"],
        launch=_uuid(leaf["launch"]),
        old=restored(data["old"], seq, "old", texts),
        new=restored(data["new"], seq, "new", texts),
        reason=restored(data["reason"], seq, "reason", texts) or "",
    )


def _unreadable(entry: Entry) -> Line:
    return Line(entry.seq, entry.at, None, "", "", None, {}, {}, "", readable=False)


def _text(digest: str, kept: tuple[bytes, str] | None) -> Written | Redacted:
    if kept is None:
        return Redacted()
    salt, text = kept
    if sha256(salt + text.encode()).hexdigest() != digest:
        return Redacted(altered=True)
    return Written(text)
