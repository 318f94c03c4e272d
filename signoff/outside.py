"""What of a signature or a decision is kept outside: the checkpoint after it, and its place in that. Reads only."""

from collections.abc import Iterable
from dataclasses import dataclass

from audit.models import Checkpoint, Entry
from audit.notes import proof_text
from audit.proofs import Prover
from audit.reading import decoded
from signoff.models import Round, Signature
from signoff.rules import Act
from signoff.verbs import SIGNING


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry of the ledger, and the first checkpoint that it lies under."""

    entry: Entry
    note: str
    size: int

    @property
    def leaf_hash(self) -> str:
        return bytes(self.entry.leaf_hash).hex()

    def proof(self, *, with_leaf: bool) -> str:
        """That the entry is in the log that the checkpoint is of; with the leaf itself, or without what it says."""
        path = Prover(self.size).inclusion(self.entry.seq)
        leaf = bytes(self.entry.leaf) if with_leaf else b""
        return proof_text(self.entry.seq, path, self.note, extra=leaf)


def sealed_signature(signature: Signature) -> Sealed | None:
    """Where the ledger tells of a signature; None while no checkpoint covers it."""
    entries = Entry.objects.about(f"slot:{signature.slot_id}").doing(SIGNING).newest_first()
    return _sealed(entry for entry in entries if _tells_of(entry, signature))


def sealed_decision(round_: Round) -> Sealed | None:
    """Where the ledger tells of a round's last vote, which decided it; None while no checkpoint covers it."""
    last = round_.signatures.filter(act=Act.VOTE).order_by("signed_at", "pk").last()
    return sealed_signature(last) if last else None


def _tells_of(entry: Entry, signature: Signature) -> bool:
    leaf = decoded(entry.leaf, entry.leaf_hash)
    return leaf is not None and leaf["data"]["new"].get("signature") == str(signature.pk)


def _sealed(entries: Iterable[Entry]) -> Sealed | None:
    entry = next(iter(entries), None)
    if entry is None:
        return None
    row = Checkpoint.objects.filter(size__gt=entry.seq).order_by("size").first()
    return Sealed(entry, row.note, row.size) if row else None
