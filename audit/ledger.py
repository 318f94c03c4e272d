"""Appending to the ledger: leaf v1, its salted texts, the head. An action's last step."""

import logging
import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import UUID

import rfc8785
from django.utils import timezone

from audit import checkpoints
from audit.head import BrokenLedger, LogState, lock
from audit.merkle import BLOCK, Frontier, leaf_hash
from audit.models import Entry, Head, SaltedText, Tile

logger = logging.getLogger(__name__)

LEAF_VERSION = 1
CLOCK_TOLERANCE = timedelta(seconds=2)
SALT_BYTES = 16


@dataclass(frozen=True, slots=True)
class Salted:
    """Free text that a person wrote: kept beside the log, so that erasing it breaks no proof."""

    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one leaf says of one subject: the fields that changed, before and after, and why.

    `subject` is "<kind>:<uuid>". A creation has no `old`, a removal no `new`. Text that people
    wrote is wrapped in `Salted`. What `seals` is followed by a checkpoint at once.
    """

    action: StrEnum
    subject: str
    launch: UUID | None = None
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    seals: bool = False


def canonical_time(moment: datetime) -> str:
    """UTC with microseconds and a Z: the one way the ledger writes a moment."""
    if timezone.is_naive(moment):
        raise ValueError("A moment in the ledger has a time zone.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def append(changes: Sequence[Change], *, actor: UUID | None, now: datetime) -> list[Entry]:
    """Append a leaf for each change, move the head; the lock is held until the transaction ends.

    Leaves are stamped `now`, or the head's time where that is later. A clock that lags more than
    two seconds behind the head is noted in the leaf and logged as an error; the work goes on.
    """
    if not changes:
        return []
    log = lock()
    checkpoints.watch()
    at = max(now, log.at)
    clock = timezone.now()
    skewed = clock if log.at - clock > CLOCK_TOLERANCE else None
    if skewed:
        logger.error("The clock is behind the ledger: %s, head at %s", clock, log.at)
    frontier, entries, texts, tiles = log.frontier, [], [], []
    for change in changes:
        entry, salted = _build(change, seq=frontier.size, actor=actor, at=at, clock=skewed)
        leaf = bytes(entry.leaf_hash)
        if root := frontier.block_after(leaf):
            tiles.append(Tile(number=frontier.size // BLOCK, root=root))
        frontier = frontier.append(leaf)
        entries.append(entry)
        texts.extend(salted)
    Entry.objects.bulk_create(entries)
    SaltedText.objects.bulk_create(texts)
    Tile.objects.bulk_create(tiles)
    _move_head(log.size, frontier, at)
    if any(change.seals for change in changes):
        checkpoints.seal(LogState(frontier, at))
    return entries


def _move_head(expected: int, frontier: Frontier, at: datetime) -> None:
    values = {
        "size": frontier.size,
        "frontier": frontier.to_bytes(),
        "root": frontier.root(),
        "at": at,
    }
    moved = Head.objects.filter(pk=1, size=expected).update(**values)
    if not moved:
        if expected:
            raise BrokenLedger(f"The head is no longer at {expected}.")
        Head.objects.create(pk=1, **values)


def _build(
    change: Change, *, seq: int, actor: UUID | None, at: datetime, clock: datetime | None
) -> tuple[Entry, list[SaltedText]]:
    texts: list[SaltedText] = []

    def keep(path: str, text: str) -> dict[str, str]:
        salt, normal = os.urandom(SALT_BYTES), unicodedata.normalize("NFC", text)
        texts.append(SaltedText(entry_id=seq, path=path, salt=salt, text=normal))
        return {"salted": sha256(salt + normal.encode()).hexdigest()}

    leaf: dict[str, Any] = {
        "v": LEAF_VERSION,
        "seq": seq,
        "at": canonical_time(at),
        "actor": str(actor) if actor else None,
        "action": str(change.action),
        "subject": change.subject,
        "launch": str(change.launch) if change.launch else None,
        "data": {
            "old": _plain(change.old, "old", keep),
            "new": _plain(change.new, "new", keep),
            "reason": keep("reason", change.reason) if change.reason else None,
        },
    }
    if clock:
        leaf["clock"] = canonical_time(clock)
    encoded = rfc8785.dumps(leaf)
    entry = Entry(
        seq=seq,
        leaf=encoded,
        leaf_hash=leaf_hash(encoded),
        at=at,
        actor=actor,
        action=str(change.action),
        subject=change.subject,
        launch=change.launch,
    )
    return entry, texts


def _plain(value: Any, path: str, keep: Callable[[str, str], dict[str, str]]) -> Any:
    """A value as a leaf holds it; `keep` takes each salted text away and gives its digest."""
    match value:
        case Salted():
            return keep(path, value.text)
        case Mapping():
            return {str(name): _plain(part, f"{path}.{name}", keep) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part, f"{path}.{place}", keep) for place, part in enumerate(value)]
    return _scalar(value, path)


def _scalar(value: Any, path: str) -> str | int | None:
    match value:
        case bool() | int() | None:
            return value
        case str():
            return unicodedata.normalize("NFC", value)
        case datetime():
            return canonical_time(value)
        case date() | UUID():
            return str(value)
    raise TypeError(f"{path}: a leaf cannot hold a {type(value).__name__}")


def difference(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two sides of what changed, field by field: what `Change` takes as `old` and `new`."""
    changed = [name for name in after if before.get(name) != after[name]]
    return {n: before.get(n) for n in changed}, {n: after[n] for n in changed}
