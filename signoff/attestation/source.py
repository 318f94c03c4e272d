"""What an attestation is made from: the votes that stand, conditions, places in the ledger. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from audit import keys, notes
from audit.models import Checkpoint
from audit.proofs import Prover
from checklist.models import Launch, Slot
from checklist.reading import LaunchStanding
from checklist.rules import Phase
from sentinel.reasons import Reason
from signoff import reading
from signoff.certificate.source import Leaf, leaves_of
from signoff.models import Condition, Round, Signature
from signoff.words import refusal

SHA256_PREFIX = "sha256:"
SHA256_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Cast:
    """The vote that stands in an executive slot, and the proof that the ledger has it."""

    slot: Slot
    signature: Signature
    leaf: Leaf
    inclusion: list[bytes]


@dataclass(frozen=True, slots=True)
class Decided:
    """An approved launch at one moment. `next_expiry`: when the clock may end the approval."""

    launch: Launch
    artefact: str
    round: Round
    votes: list[Cast]
    conditions: list[Condition]
    instance: str
    log: notes.Checkpoint
    note: str
    next_expiry: datetime | None
    now: datetime


def artefact_of(launch: Launch) -> str:
    """The SHA-256 of what is to be deployed, as hexadecimal digits; "" where the launch names none."""
    digits = launch.artefact_digest.lower().removeprefix(SHA256_PREFIX)
    return digits if len(digits) == SHA256_DIGITS else ""


def decided(standing: LaunchStanding, now: datetime) -> Decided:
    """Read an approved launch. Refused where no checkpoint covers its votes. Seven queries, one more a block of 256."""
    launch = standing.launch
    note, log = _checkpoint()
    votes = _votes(standing, log.size)
    conditions = Condition.objects.filter(launch=launch, round__isnull=False).standing()
    return Decided(
        launch=launch,
        artefact=artefact_of(launch),
        round=Round.objects.get(signatures=votes[0].signature),
        votes=votes,
        conditions=list(conditions),
        instance=reading.instance_id(),
        log=log,
        note=note,
        next_expiry=_next_expiry(standing),
        now=now,
    )


def _checkpoint() -> tuple[str, notes.Checkpoint]:
    """The newest one, as text and read: one that this server's key has signed."""
    row = Checkpoint.objects.order_by("size").last()
    if row is None:
        raise refusal([Reason("checkpoint_missing")])
    try:
        claim, _signers = notes.open_note(row.note, [keys.log_key()[0]])
    except notes.BadNote as foreign:
        raise refusal([Reason("checkpoint_missing")]) from foreign
    return row.note, claim


def _votes(standing: LaunchStanding, size: int) -> list[Cast]:
    """What lies in the executive slots, in their order, each with its proof within the log of this size."""
    rows = Signature.objects.in_bulk([slot.signature for slot in standing.executive])
    found = leaves_of(standing.launch, rows.values())
    if any(pk not in found or found[pk].seq >= size for pk in rows):
        raise refusal([Reason("checkpoint_missing")])
    prover = Prover(size)
    return [
        Cast(slot, rows[pk], found[pk], prover.inclusion(found[pk].seq))
        for slot in standing.executive
        if (pk := slot.signature)
    ]


def _next_expiry(standing: LaunchStanding) -> datetime | None:
    """When an acceptance or a proof that counts ends next, where that could end the approval."""
    ready = (row for row in standing.sections if row.phase == Phase.READINESS)
    return min((row.next_expiry for row in ready if row.next_expiry), default=None)
