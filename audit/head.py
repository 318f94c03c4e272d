"""The head of the ledger: how the log stands, and the lock behind which it is read and moved."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import connection, transaction

from audit.merkle import Frontier
from audit.models import Head

ADVISORY_LOCK = 7_233_001


class BrokenLedger(RuntimeError):
    """The head does not fit the log: nothing may be written until an operator has looked."""


@dataclass(frozen=True, slots=True)
class LogState:
    """The log as it stands: how many leaves, their root, and the newest leaf's time."""

    frontier: Frontier
    at: datetime

    @property
    def size(self) -> int:
        return self.frontier.size

    @property
    def root(self) -> bytes:
        return self.frontier.root()


def lock() -> LogState:
    """Take the ledger's lock, held until the transaction ends, and read the head behind it.

    PostgreSQL: an advisory lock in a statement of its own, since a statement that also read the
    head would see the state from before it waited. SQLite: transactions are IMMEDIATE, so the write
    lock is held already.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("The ledger is written inside a transaction.")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
    return state()


def state() -> LogState:
    """The log's state now, without a lock: for showing, not for deciding."""
    head = Head.objects.filter(pk=1).first()
    if head is None:
        return LogState(Frontier(), datetime.min.replace(tzinfo=UTC))
    try:
        frontier = Frontier.from_bytes(head.size, bytes(head.frontier))
    except ValueError as broken:
        raise BrokenLedger(str(broken)) from broken
    if frontier.root() != bytes(head.root):
        raise BrokenLedger("The head's root is not its frontier's.")
    return LogState(frontier, head.at)
