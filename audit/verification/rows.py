"""The ledger's rows as the database holds them, and whether each is what its leaf says.

Read past Django's converters: whoever owns the database can put anything there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import rfc8785
from django.db import connection

from audit.merkle import leaf_hash
from audit.reading import decoded
from audit.verification.findings import Finding

BATCH = 2000
COLUMNS = "seq, leaf, leaf_hash, {at}, actor, action, subject, launch"
# SQLite's driver would convert a time, and stumble over what is none.
AT = {"postgresql": "at", "sqlite": "CAST(at AS TEXT)"}
HASHES = "seq, NULL, leaf_hash, NULL, NULL, NULL, NULL, NULL"


@dataclass(frozen=True, slots=True)
class Row:
    """One row, unconverted."""

    seq: Any
    leaf: Any
    leaf_hash: Any
    at: Any
    actor: Any
    action: Any
    subject: Any
    launch: Any


def batches(columns: str, size: int) -> Iterator[list[Row]]:
    """All rows below that number in their order, some thousand at a time."""
    chosen = columns.format(at=AT[connection.vendor])
    query = (
        f"SELECT {chosen} FROM audit_entry WHERE seq >= %s AND seq < %s ORDER BY seq LIMIT {BATCH}"  # noqa: S608
    )
    first = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(query, [first, size])
            rows = [Row(*values) for values in cursor.fetchall()]
        if rows:
            yield rows
        if len(rows) < BATCH or not isinstance(rows[-1].seq, int):
            return
        first = rows[-1].seq + 1


def leaf_in(row: Row) -> dict[str, Any] | None:
    """The leaf that a row holds, if it is one."""
    raw = as_bytes(row.leaf)
    return None if raw is None else decoded(raw, leaf_hash(raw))


def check_row(row: Row, leaf: dict[str, Any] | None, last_at: str) -> Iterator[Finding]:
    """What is wrong with one row; `last_at` is the time of the entry before it."""
    raw = as_bytes(row.leaf)
    if raw is None or leaf is None:
        yield Finding("leaf_unreadable", "its leaf cannot be read", row.seq)
        return
    if leaf_hash(raw) != as_bytes(row.leaf_hash):
        yield Finding("hash_differs", "its hash is not that of its leaf", row.seq)
    if _canonical(leaf) != raw:
        yield Finding("not_canonical", "its leaf is not written as RFC 8785 asks", row.seq)
    if leaf["seq"] != row.seq:
        yield Finding("seq_differs", f"its leaf was written as number {leaf['seq']}", row.seq)
    if leaf["at"] < last_at:
        yield Finding("time_goes_back", "it is older than the entry before it", row.seq)
    for column, expected in _expected(leaf).items():
        if getattr(row, column) != expected:
            yield Finding(
                "column_differs", f"the column “{column}” is not what its leaf says", row.seq
            )


def _canonical(leaf: dict[str, Any]) -> bytes | None:
    try:
        return rfc8785.dumps(leaf)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError):
        return None


def _expected(leaf: dict[str, Any]) -> dict[str, Any]:
    """The columns that serve search, as this database writes them."""
    return {
        "at": connection.ops.adapt_datetimefield_value(datetime.fromisoformat(leaf["at"])),
        "actor": _uuid(leaf["actor"]),
        "action": leaf["action"],
        "subject": leaf["subject"],
        "launch": _uuid(leaf["launch"]),
    }


def _uuid(text: str | None) -> str | UUID | None:
    if text is None:
        return None
    return UUID(text) if connection.features.has_native_uuid_field else UUID(text).hex


def as_bytes(value: Any) -> bytes | None:
    """A column's bytes; None for what SQLite may hold there that is none."""
    return bytes(value) if isinstance(value, bytes | memoryview) else None
