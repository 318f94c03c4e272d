"""A ledger to attack: entries with texts and checkpoints, and what an owner of the database can do to it."""

from copy import copy
from datetime import timedelta
from hashlib import sha256

import rfc8785
from django.db import connection
from django.utils import timezone

from audit import actions, keys, notes
from audit.ledger import _move_head
from audit.merkle import BLOCK, Frontier, leaf_hash, root_of
from audit.models import Checkpoint, Entry, SaltedText, Tile
from audit.reading import decoded
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge, key


def make_log(size=BLOCK + 40):
    """A log whose key is introduced, with a text and a checkpoint now and then, its last entry sealed."""
    now = timezone.now() - timedelta(hours=1)
    actions.introduce_log_key(now)
    changes = [
        make_change(reason=f"because {number}" if number % 7 == 0 else "")
        for number in range(1, size)
    ]
    for first in range(0, len(changes), 90):
        make_entries(*changes[first : first + 90], now=now)
        actions.seal_when_changed()
    return [note.note for note in Checkpoint.objects.order_by("size")]


def leaf_of(seq):
    entry = Entry.objects.get(seq=seq)
    return decoded(entry.leaf, entry.leaf_hash)


def rewrite(seq, **changes):
    """Leaf, hash and columns of one entry changed together, so that the row fits itself."""
    leaf = leaf_of(seq) | changes
    raw = rfc8785.dumps(leaf)
    forge(
        (
            "UPDATE audit_entry SET leaf = %s, leaf_hash = %s, action = %s, subject = %s WHERE seq = %s",
            [raw, leaf_hash(raw), leaf["action"], leaf["subject"], seq],
        )
    )


def rebuild(leaves, *, signers=(), keep_notes=False, sizes=()):
    """The log made anew from leaves, every hash, block and the head right; signed by these keys at these sizes."""
    texts = list(SaltedText.objects.filter(entry__lt=len(leaves)))
    times = dict(Entry.objects.values_list("seq", "at"))
    others = {row.seq: row for row in Entry.objects.all()}
    gone = ["audit_saltedtext", "audit_tile", "audit_head", "audit_entry"]
    forge(*(f"DELETE FROM {table}" for table in gone))
    if not keep_notes:
        forge("DELETE FROM audit_checkpoint")
    frontier, entries, tiles, roots = Frontier(), [], [], {}
    for seq, leaf in enumerate(leaves):
        raw = rfc8785.dumps(leaf)
        row = copy(others[min(seq, max(others))])
        row.seq, row.leaf, row.leaf_hash = seq, raw, leaf_hash(raw)
        row.action, row.subject = leaf["action"], leaf["subject"]
        row._state.adding = True
        if block := frontier.block_after(row.leaf_hash):
            tiles.append(Tile(number=seq // BLOCK, root=block))
        frontier = frontier.append(row.leaf_hash)
        roots[frontier.size] = frontier.root()
        entries.append(row)
    Entry.objects.bulk_create(entries)
    SaltedText.objects.bulk_create(texts)
    Tile.objects.bulk_create(tiles)
    _move_head(0, frontier, times[min(len(leaves) - 1, max(times))])
    for size in sizes:
        claim = notes.Checkpoint(signers[0][0].name, size, roots[size])
        note = notes.signed_note(claim, signers)
        Checkpoint.objects.create(size=size, note=note, at=timezone.now())


def all_leaves():
    return [decoded(row.leaf, row.leaf_hash) for row in Entry.objects.order_by("seq")]


def fix_hashes():
    """After entries were changed with their own hashes: blocks and head made to fit them."""
    hashes = [
        bytes(row) for row in Entry.objects.order_by("seq").values_list("leaf_hash", flat=True)
    ]
    frontier = Frontier()
    for leaf in hashes:
        frontier = frontier.append(leaf)
    blocks = [
        root_of(hashes[at : at + BLOCK]) for at in range(0, len(hashes) // BLOCK * BLOCK, BLOCK)
    ]
    forge(
        (
            "UPDATE audit_head SET size = %s, frontier = %s, root = %s",
            [frontier.size, frontier.to_bytes(), frontier.root()],
        ),
        *(
            ("UPDATE audit_tile SET root = %s WHERE number = %s", [root, at])
            for at, root in enumerate(blocks)
        ),
    )


def salted(text, salt=bytes(16)):
    return {"salted": sha256(salt + text.encode()).hexdigest()}


def binary(value):
    """A literal that a database takes for bytes."""
    return f"x'{value.hex()}'" if connection.vendor == "sqlite" else f"'\\x{value.hex()}'::bytea"


def stolen_key():
    """The log's private key, copied by somebody who could read the server's disk."""
    return keys.log_key()


def delete_signature(signature):
    """Its row, and what hangs on it."""
    pk = key(signature.pk)
    forge(
        f"DELETE FROM signoff_proof WHERE record_id = '{pk}'",
        f"DELETE FROM signoff_standing WHERE signature_id = '{pk}'",
        f"DELETE FROM signoff_signature WHERE id = '{pk}'",
    )
