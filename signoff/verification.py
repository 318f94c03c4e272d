"""Signatures as the database holds them, against their own statements, their snapshots and the ledger. Read-only."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from audit.models import Entry
from audit.reading import decoded
from audit.verification import Finding
from signoff.models import Signature
from signoff.verbs import SIGNING

CHUNK = 500


def pinned_sizes() -> set[int]:
    """At which sizes of the ledger somebody has signed what its root was."""
    return set(Signature.objects.values_list("log_size", flat=True))


def check_signatures(roots: Mapping[int, bytes]) -> Iterator[Finding]:
    """What does not hold of the stored signatures; `roots` are the ledger's, at the sizes that were pinned."""
    told = {new["signature"]: (seq, new) for seq, new in _signed()}
    rows = Signature.objects.select_related("snapshot").order_by("signed_at", "pk")
    for signature in rows.iterator(chunk_size=CHUNK):
        seq, new = told.pop(str(signature.pk), (None, None))
        for code, sentence in _misfits(signature, new, roots):
            yield Finding(code, f"Signature {signature.short}: {sentence}", seq)
    for seq, new in told.values():
        yield Finding("signature_missing", f"signature {new['statement'][:8]} is gone", seq)


def _signed() -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries that tell of signatures, and what they say; an unreadable one is a finding of the ledger's own."""
    rows = Entry.objects.doing(SIGNING).oldest_first().values_list("seq", "leaf", "leaf_hash")
    for seq, raw, digest in rows.iterator(chunk_size=CHUNK):
        leaf = decoded(raw, digest)
        if leaf and leaf["action"] in SIGNING and "signature" in leaf["data"]["new"]:
            yield seq, leaf["data"]["new"]


def _misfits(
    signature: Signature, told: Mapping[str, Any] | None, roots: Mapping[int, bytes]
) -> Iterator[tuple[str, str]]:
    raw = bytes(signature.statement)
    statement = _parsed(raw)
    if sha256(raw).hexdigest() != signature.sha256 or statement is None:
        yield "statement_differs", "its statement is not the one that its digest is of."
        return
    if told is None:
        yield "signature_unknown", "no entry of the ledger tells of it."
    else:
        yield from _unlike_leaf(signature, told)
    for column, expected in _stated(statement).items():
        if getattr(signature, column) != expected:
            yield "signature_column_differs", f"“{column}” is not what its statement says."
    content = sha256(bytes(signature.snapshot.content)).hexdigest()
    if not content == signature.snapshot_id == statement["content"]["sha256"]:
        yield "snapshot_differs", "its snapshot is not the content that was signed."
    if roots.get(signature.log_size, b"").hex() != signature.log_root:
        yield "root_differs", "the entries below it are not those that it was signed over."


def _unlike_leaf(signature: Signature, told: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    row = {
        "statement": signature.sha256,
        "snapshot": signature.snapshot_id,
        "material": signature.material,
        "act": signature.act,
        "vote": signature.vote,
        "meaning": signature.meaning,
        "level": signature.level,
        "slot": str(signature.slot_id),
        "signer": str(signature.signer_id),
        "round": _id(signature.round_id),
        "authority": _id(signature.authority_id),
        "target": _id(signature.target_id),
    }
    for name, value in row.items():
        if told.get(name) != value:
            yield "signature_column_differs", f"“{name}” is not what the ledger says."


def _stated(statement: dict[str, Any]) -> dict[str, Any]:
    """The columns of a signature as its statement gives them."""
    signer = statement["signer"]
    return {
        "act": statement["act"],
        "vote": statement.get("vote", ""),
        "signer_name": signer["name"],
        "signer_email": signer["email"],
        "authority_name": signer["authority"],
        "meaning": statement["meaning"],
        "meaning_text": statement["meaning_text"],
        "comment": statement["comment"],
        "material": statement["content"]["material"],
        "signed_at": datetime.fromisoformat(statement["time"]),
        "nonce": statement["nonce"],
        "zone": statement["zone"],
        "log_size": statement["log"]["size"],
        "log_root": statement["log"]["root"],
    }


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
