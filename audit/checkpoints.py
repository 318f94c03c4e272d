"""Checkpoints: the log's head signed, copied to places outside, and compared with what lies there."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from time import monotonic

from audit import keys, notes
from audit.copies import Copy, CopyFailed, copies
from audit.head import BrokenLedger, LogState, state
from audit.models import Checkpoint
from audit.proofs import Prover

logger = logging.getLogger(__name__)

WATCH_SECONDS = 60


def seal(log: LogState) -> Checkpoint | None:
    """Sign how the log stands; under its lock. Once a size.

    Without a key the work goes on and an error is logged: the next checkpoint covers what this one would have.
    """
    try:
        signer = keys.log_key()
    except keys.KeyProblem as problem:
        logger.error("No checkpoint of the ledger was signed. %s", problem)  # noqa: TRY400 - the sentence says all
        return None
    note = notes.signed_note(notes.Checkpoint(signer[0].name, log.size, log.root), [signer])
    row, _made = Checkpoint.objects.get_or_create(
        size=log.size, defaults={"note": note, "at": log.at}
    )
    return row


def push_newest() -> list[str]:
    """Bring every copy up to date; the sentences of those that failed."""
    newest = Checkpoint.objects.order_by("size").last()
    if newest is None:
        return []
    failures = []
    for copy in copies():
        try:
            copy.push(newest.note)
        except CopyFailed as failed:
            logger.error("A checkpoint could not be copied: %s", failed)  # noqa: TRY400 - the sentence says all
            failures.append(str(failed))
    return failures


def misfits() -> Iterator[notes.Checkpoint]:
    """What copies say that the log does not fit: it is shorter than they say, or was another one."""
    newest = [claim for copy in copies() if (claim := next(_claims(copy), None))]
    if newest:
        size = state().size
        yield from (claim for claim in newest if not _fits(claim, size))


def newest_fit() -> int:
    """The size of the newest checkpoint in any copy that the log does fit; 0 where there is none."""
    size = state().size
    return max(
        (claim.size for copy in copies() for claim in _claims(copy) if _fits(claim, size)),
        default=0,
    )


def _fits(claim: notes.Checkpoint, size: int) -> bool:
    return claim.size <= size and Prover(claim.size).root() == claim.root


def _claims(copy: Copy) -> Iterator[notes.Checkpoint]:
    """What our key has signed, newest first; what is torn or foreign is passed over. Nothing without a key."""
    try:
        key, _private = keys.log_key()
        for note in copy.notes():
            with suppress(notes.BadNote):
                yield notes.open_note(note, [key])[0]
    except (CopyFailed, keys.KeyProblem) as failed:
        logger.error("A copy of checkpoints cannot be read: %s", failed)  # noqa: TRY400 - the sentence says all


class Watch:
    """Looks now and then whether the log still fits its copies, and keeps in mind that it did."""

    def __init__(self) -> None:
        self.looked_at = -float(WATCH_SECONDS)

    def __call__(self) -> None:
        """BrokenLedger where it does not: nothing may be written until an operator has looked."""
        now = monotonic()
        if now - self.looked_at < WATCH_SECONDS:
            return
        if found := list(misfits()):
            raise BrokenLedger(
                f"The ledger does not fit the checkpoint of {max(claim.size for claim in found)} entries that was "
                "copied out: an older backup was restored, or entries were changed. Nothing is written until "
                "an operator has looked: manage.py verify_ledger, then manage.py checkpoint resume."
            )
        self.looked_at = now

    def look_away(self) -> None:
        """Let what an operator decides be written; the copies are brought up to date after it."""
        self.looked_at = monotonic()


watch = Watch()
