"""Proofs from the stored log: that a leaf is in it, that an older log is its beginning. Reads, never writes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from audit.head import BrokenLedger
from audit.merkle import BLOCK, consistency_path, inclusion_path, node_hash, root_of, split
from audit.models import Entry, Tile


@dataclass(slots=True)
class Prover:
    """Proofs within the log's first `size` leaves. The blocks' roots are read once, leaves as they are needed."""

    size: int
    _tiles: list[bytes] = field(init=False)
    _blocks: dict[int, list[bytes]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        rows = Tile.objects.filter(number__lt=self.size // BLOCK).order_by("number")
        self._tiles = [bytes(root) for root in rows.values_list("root", flat=True)]
        if len(self._tiles) != self.size // BLOCK:
            raise BrokenLedger("Blocks of the ledger are missing.")

    def root(self, size: int | None = None) -> bytes:
        """The root of the first leaves, of all unless a size is given."""
        size = self.size if size is None else size
        return self.subtree(0, size) if size else root_of([])

    def inclusion(self, index: int) -> list[bytes]:
        """The proof that the leaf at an index is among them; ValueError where there is none."""
        return inclusion_path(self.subtree, index, self.size)

    def consistency(self, old: int) -> list[bytes]:
        """The proof that the log of an older size is their beginning; ValueError where it cannot be."""
        return consistency_path(self.subtree, old, self.size)

    def subtree(self, low: int, high: int) -> bytes:
        """The root of the leaves from `low` up to, and without, `high`."""
        if low % BLOCK == 0 and high % BLOCK == 0:
            return root_of(self._tiles[low // BLOCK : high // BLOCK])
        if low // BLOCK == (high - 1) // BLOCK:
            leaves = self._leaves(low // BLOCK)
            return root_of(leaves[low % BLOCK : (high - 1) % BLOCK + 1])
        middle = low + split(high - low)
        return node_hash(self.subtree(low, middle), self.subtree(middle, high))

    def _leaves(self, block: int) -> Sequence[bytes]:
        if block not in self._blocks:
            first = block * BLOCK
            rows = Entry.objects.filter(seq__gte=first, seq__lt=first + BLOCK).order_by("seq")
            self._blocks[block] = [bytes(leaf) for leaf in rows.values_list("leaf_hash", flat=True)]
            if len(self._blocks[block]) < min(BLOCK, self.size - first):
                raise BrokenLedger("Entries of the ledger are missing.")
        return self._blocks[block]
