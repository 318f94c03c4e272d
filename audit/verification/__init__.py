"""Checking the whole ledger: every leaf, column, hash, order, time, text, block and checkpoint, and the head.

Read-only: nothing is repaired, signed or filled in. A row that nobody can read is a finding, and no crash.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Max

from audit.ledger import canonical_time
from audit.merkle import BLOCK, EMPTY_ROOT, HASH_BYTES, Frontier, leaf_hash
from audit.models import Entry, Head, Tile
from audit.notes import LogKey
from audit.verification import seals
from audit.verification.findings import Erasure, Finding, Result
from audit.verification.rows import (
    COLUMNS,
    HASHES,
    Row,
    as_bytes,
    batches,
    check_row,
    leaf_in,
)
from audit.verification.texts import Texts

__all__ = ["Erasure", "Finding", "Progress", "Result", "verify"]

type Progress = Callable[[int, int], None]


def verify(
    *,
    trusted: LogKey | None,
    kept: Iterable[str] = (),
    pinned: Iterable[int] = (),
    full: bool = True,
    progress: Progress | None = None,
) -> Result:
    """Check the stored ledger against itself, its checkpoints, and notes that somebody kept elsewhere.

    `trusted` is a key of the log as it is known from outside the database; without one no checkpoint proves anything,
    which is a finding. Not `full` reads no leaf: it checks order, blocks, checkpoints and the head by the hashes. The
    result has the log's root at each size that is `pinned`, unless the log is shorter.
    """
    kept, head = list(kept), _head()
    size = head.size if head else 0
    walk = Walk(wanted=_sizes(kept) | set(pinned))
    for rows in batches(COLUMNS if full else HASHES, size):
        walk.pass_over(rows, full=full)
        if progress:
            progress(walk.frontier.size, size)
        if walk.lost:
            break
    walk.findings += walk.texts.missing()
    walk.findings += _check_head(head, walk)
    walk.findings += _check_tiles(walk.blocks)
    walk.findings += _check_ends()
    result = Result(
        size=walk.frontier.size,
        root=walk.frontier.root(),
        roots=walk.roots,
        erasures=walk.texts.erasures(),
        findings=walk.findings,
    )
    _check_notes(result, trusted, kept)
    return result


@dataclass(slots=True)
class Walk:
    """One walk over the log, and what it met."""

    wanted: set[int]
    frontier: Frontier = field(default_factory=Frontier)
    roots: dict[int, bytes] = field(default_factory=lambda: {0: EMPTY_ROOT})
    blocks: list[bytes] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    texts: Texts = field(default_factory=Texts)
    last_at: str = ""
    lost: bool = False

    def pass_over(self, rows: list[Row], *, full: bool) -> None:
        leaves = {}
        for row in rows:
            if row.seq != self.frontier.size:
                self._lose(row)
                break
            if full and (leaf := self._read(row)):
                leaves[row.seq] = leaf
            self._grow(row)
        self.findings += self.texts.check(leaves)

    def _read(self, row: Row) -> dict[str, Any] | None:
        leaf = leaf_in(row)
        self.findings += check_row(row, leaf, self.last_at)
        if leaf:
            self.last_at = leaf["at"]
        return leaf

    def _grow(self, row: Row) -> None:
        """By the leaf itself where it was read: its hash beside it is a column like the others."""
        leaf = as_bytes(row.leaf)
        digest = leaf_hash(leaf) if leaf is not None else as_bytes(row.leaf_hash)
        if digest is None or len(digest) != HASH_BYTES:
            self.findings.append(Finding("hash_differs", "its hash is none", row.seq))
            digest = bytes(HASH_BYTES)
        if block := self.frontier.block_after(digest):
            self.blocks.append(block)
        self.frontier = self.frontier.append(digest)
        if self.frontier.size in self.wanted:
            self.roots[self.frontier.size] = self.frontier.root()

    def _lose(self, row: Row) -> None:
        self.lost = True
        told = f"An entry is missing, or stands twice: after {self.frontier.size} entries comes number {row.seq}."
        self.findings.append(Finding("order", told))


def _sizes(kept: Iterable[str]) -> set[int]:
    """At which sizes of the log somebody claims a root."""
    return {seals.size_of(note) for note in kept} | seals.stored_sizes()


def _head() -> Head | None:
    return Head.objects.filter(pk=1).first()


def _check_ends() -> Iterator[Finding]:
    """Rows beyond the head. Read before the head, which has moved on where the log grew meanwhile."""
    entry = Entry.objects.aggregate(last=Max("seq"))["last"]
    tile = Tile.objects.aggregate(last=Max("number"))["last"]
    head = _head()
    size = head.size if head else 0
    if entry is not None and entry >= size:
        told = (
            f"There is an entry {entry}, and the head tells of {size}."
            if head
            else "The head of the ledger is gone."
        )
        yield Finding("head_differs" if head else "head_missing", told)
    if tile is not None and tile >= size // BLOCK:
        yield Finding("block_differs", f"Block {tile} is of no entries.")


def _check_head(head: Head | None, walk: Walk) -> Iterator[Finding]:
    if head is None:
        return
    stored = (head.size, bytes(head.frontier), bytes(head.root))
    if stored != (walk.frontier.size, walk.frontier.to_bytes(), walk.frontier.root()):
        told = f"The head tells of {head.size} entries and is not what the {walk.frontier.size} entries there give."
        yield Finding("head_differs", told)
    elif walk.last_at and canonical_time(head.at) != walk.last_at:
        yield Finding("head_differs", "The head's time is not that of the last entry.")


def _check_tiles(blocks: list[bytes]) -> Iterator[Finding]:
    stored = dict(Tile.objects.values_list("number", "root"))
    for number, root in enumerate(blocks):
        if bytes(stored.get(number, b"")) != root:
            yield Finding("block_differs", f"Block {number} is not what its entries give.")


def _check_notes(result: Result, trusted: LogKey | None, kept: list[str]) -> None:
    """Look at every checkpoint, those of the database and those kept elsewhere, and add to the result."""
    known, result.findings[len(result.findings) :] = seals.reigns()
    result.findings += seals.unsealed(known)
    if trusted is None:
        told = "Without the log's key no checkpoint proves anything."
        result.findings.append(Finding("no_key", told))
    elif trusted not in {reign.key for reign in known}:
        told = "The ledger does not name the key that is trusted."
        result.findings.append(Finding("key_foreign", told))
        known = [seals.Reign(trusted, seals.NO_ENTRY)]
    for size, note in seals.stored(result.size):
        found = list(
            seals.check_note(note, known, result.roots, size=size, where=f"Checkpoint {size}")
        )
        result.findings += found
        result.checkpoints += 1
        result.sealed = result.sealed if found else size
    if result.size and not result.checkpoints:
        told = "The ledger has entries and no checkpoint: none was signed yet, or they were taken away."
        result.findings.append(Finding("no_checkpoint", told))
    _check_kept(result, known, kept)


def _check_kept(result: Result, known: list[seals.Reign], kept: list[str]) -> None:
    """Notes from outside: they fit, the database has them too, or an entry says why the log is another one now."""
    gaps = seals.resumptions()
    stored = seals.stored_among({seals.size_of(note) for note in kept})
    for place, note in enumerate(kept, 1):
        where = f"Kept checkpoint {place}"
        found = list(seals.check_note(note, known, result.roots, where=where))
        size = seals.size_of(note)
        if found and any(gap.explains(size) for gap in gaps):
            result.lost += 1
        elif not found and size not in stored:
            told = (
                f"{where}: the database had a checkpoint of {size} entries, and has it no longer."
            )
            result.findings.append(Finding("checkpoint_missing", told))
        result.findings += [] if any(gap.explains(size) for gap in gaps) else found
