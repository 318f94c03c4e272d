"""What belongs into a launch's bundle: its signatures, and the entries of the ledger that they rest on. Reads only."""

import json
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from accounts.verbs import Verb as AccountVerb
from audit.models import Checkpoint, Entry, SaltedText
from audit.proofs import Prover
from audit.verbs import Verb as LedgerVerb
from checklist.models import Launch
from signoff.models import Signature
from signoff.verbs import SIGNING

KEY_VERBS = (LedgerVerb.KEY_MADE, LedgerVerb.KEY_ROTATED)
CREDENTIAL_VERBS = (AccountVerb.KEY_ENROLLED, AccountVerb.KEY_ENDORSED, AccountVerb.KEY_REVOKED)


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of a bundle."""

    launch: Launch
    signatures: list[Signature]
    entries: list[Entry]
    texts: list[SaltedText]
    checkpoint: Checkpoint
    inclusion: dict[int, list[bytes]]
    consistency: dict[int, list[bytes]]


def gather(launch: Launch, checkpoint: Checkpoint, also: Iterable[int] = ()) -> Gathered:
    """All of a launch's signatures up to a checkpoint; `also` names older sizes of the log that somebody kept."""
    rows = Signature.objects.filter(launch=launch, log_size__lt=checkpoint.size)
    signatures = list(rows.select_related("snapshot", "proof").order_by("signed_at", "pk"))
    entries = [entry for entry in _entries(launch, signatures) if entry.seq < checkpoint.size]
    seqs = [entry.seq for entry in entries]
    prover = Prover(checkpoint.size)
    return Gathered(
        launch=launch,
        signatures=signatures,
        entries=entries,
        texts=list(SaltedText.objects.filter(entry__in=seqs).order_by("entry", "path")),
        checkpoint=checkpoint,
        inclusion={seq: prover.inclusion(seq) for seq in seqs},
        consistency={
            size: prover.consistency(size)
            for size in sorted(_sizes(signatures, entries) | _kept(entries) | set(also))
            if 0 < size <= checkpoint.size
        },
    )


def _sizes(signatures: list[Signature], entries: list[Entry]) -> set[int]:
    """Where the log stood when each was signed, and at the checkpoints that followed these entries at once."""
    sealed = {entry.seq + 1 for entry in entries if entry.action in {*SIGNING, *KEY_VERBS}}
    return sealed | {signature.log_size for signature in signatures}


def _kept(entries: list[Entry]) -> set[int]:
    """The checkpoints that signers were mailed: the first after each of these entries, with others between them."""
    if not entries:
        return set()
    first = min(entry.seq for entry in entries)
    rows = Checkpoint.objects.filter(size__gt=first).order_by("size")
    sizes = list(rows.values_list("size", flat=True))
    places = (bisect_right(sizes, entry.seq) for entry in entries if entry.action in SIGNING)
    return {sizes[place] for place in places if place < len(sizes)}


def _entries(launch: Launch, signatures: list[Signature]) -> list[Entry]:
    """The first, by which the installation is known; the signatures'; those of keys and appointments behind them."""
    credentials = {row.proof.credential_id for row in signatures if hasattr(row, "proof")} - {None}
    subjects = [f"credential:{pk}" for pk in credentials]
    appointments = _appointments(signatures)
    found: dict[int, Entry] = {}
    for entries in (
        Entry.objects.filter(seq__in={0, *appointments}),
        Entry.objects.of_launch(launch.pk).doing(SIGNING),
        Entry.objects.doing(KEY_VERBS),
        Entry.objects.about_any(subjects).doing(CREDENTIAL_VERBS),
    ):
        found |= {entry.seq: entry for entry in entries}
    return [found[seq] for seq in sorted(found)]


def _appointments(signatures: list[Signature]) -> set[int]:
    """The entries by which the signers held their authorities, as their statements name them."""
    named: list[Any] = [json.loads(bytes(row.statement)).get("appointment") for row in signatures]
    return {seq for seq in named if isinstance(seq, int)}
