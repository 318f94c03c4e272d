"""The Merkle tree of RFC 9162, section 2.1: appending, and proofs for others. Values in, values out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32
BLOCK_LEVELS = 8
BLOCK = 2**BLOCK_LEVELS

type Subtree = Callable[[int, int], bytes]
"""Gives the root of the leaves from the first index up to, and without, the second."""


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf (RFC 9162, 2.1.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node (RFC 9162, 2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs of a tree: a hash for each bit set in its size, largest first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        if self.size < 0 or len(self.hashes) != self.size.bit_count():
            raise ValueError(f"{len(self.hashes)} hashes are no frontier of {self.size} leaves")
        if any(len(part) != HASH_BYTES for part in self.hashes):
            raise ValueError(f"A hash is {HASH_BYTES} bytes long.")

    @classmethod
    def from_bytes(cls, size: int, raw: bytes) -> Frontier:
        """Read what `to_bytes` gave; ValueError when the two do not fit."""
        parts = [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]
        return cls(size, tuple(parts))

    def to_bytes(self) -> bytes:
        return b"".join(self.hashes)

    def append(self, leaf: bytes) -> Frontier:
        """The frontier after one more leaf, given by its hash."""
        hashes, size, node = list(self.hashes), self.size, leaf
        while size & 1:
            node = node_hash(hashes.pop(), node)
            size >>= 1
        return Frontier(self.size + 1, (*hashes, node))

    def block_after(self, leaf: bytes) -> bytes | None:
        """The root of the block of 256 leaves that this leaf fills; None where it fills none."""
        if (self.size + 1) % BLOCK:
            return None
        node = leaf
        for left in reversed(self.hashes[-BLOCK_LEVELS:]):
            node = node_hash(left, node)
        return node

    def root(self) -> bytes:
        """The tree's root (RFC 9162, 2.1.1)."""
        if not self.hashes:
            return EMPTY_ROOT
        *rest, root = self.hashes
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over some leaves, given by their hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier = frontier.append(leaf)
    return frontier.root()


def split(size: int) -> int:
    """How many leaves lie left of the topmost node: the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_path(subtree: Subtree, index: int, size: int) -> list[bytes]:
    """The proof that a leaf is in the tree of that size (RFC 9162, 2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"A tree of {size} leaves has none at {index}.")
    path, low, high = [], 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low = middle
    return path[::-1]


def consistency_path(subtree: Subtree, old: int, new: int) -> list[bytes]:
    """The proof that the tree of the old size is the beginning of the new one's (RFC 9162, 2.1.4.1)."""
    if not 0 < old <= new:
        raise ValueError(f"A tree of {old} leaves is no beginning of one of {new}.")
    path, low, high = [], 0, new
    while old != high:
        middle = low + split(high - low)
        if old <= middle:
            path.append(subtree(middle, high))
            high = middle
        else:
            path.append(subtree(low, middle))
            low = middle
    if low:
        path.append(subtree(low, high))
    return path[::-1]
