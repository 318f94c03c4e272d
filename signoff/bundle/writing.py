"""A bundle as a zip file: evidence.zip, version 1. Its shape is final: bundles of released versions verify for ever."""

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

from audit import keys
from audit.actions import seal_when_changed
from audit.models import Checkpoint
from audit.verifier.verify import BUNDLE_TYPE, NOT_PROVED
from checklist.models import Launch
from sentinel.reasons import Reason
from signoff.bundle.beside import beside
from signoff.bundle.gathering import Gathered, gather
from signoff.proof_values import proof_value
from signoff.reading import instance_id
from signoff.statements import moment
from signoff.words import refusal

HOW = """Evidence of who signed what for “{launch}”, made {made}.

To check it, get three things from somebody you trust, and not out of this file: verify.py, trust.json, and, best of
all, a checkpoint that one of the signers was sent. Then, with Python 3.12 and its packages cryptography and rfc8785:

    python3 verify.py evidence.zip --trust trust.json --checkpoint checkpoint.txt

It says a line a check, and ends with 0 where everything holds, 1 where something was altered, 2 where something is
missing.

{not_proved}
"""
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def make_bundle(launch: Launch, *, now: datetime, also: tuple[int, ...] = ()) -> bytes:
    """All evidence of a launch. What is under no checkpoint yet is sealed first; refused where that cannot be."""
    try:
        keys.log_key()
    except keys.KeyProblem as problem:
        raise refusal([Reason("keys_missing")]) from problem
    seal_when_changed()
    return sealed_bundle(launch, now=now, also=also)


def sealed_bundle(launch: Launch, *, now: datetime, also: tuple[int, ...] = ()) -> bytes:
    """All evidence that is under a checkpoint already, as every signature is from the moment it stands. Reads only."""
    checkpoint = Checkpoint.objects.order_by("size").last()
    if checkpoint is None:
        raise refusal([Reason("nothing_sealed")])
    gathered = gather(launch, checkpoint, also)
    if not gathered.signatures:
        raise refusal([Reason("nothing_signed")])
    read = Launch.objects.for_page().get(pk=launch.pk)
    return zipped(dict(files_of(gathered, now)) | dict(beside(read, now)))


def files_of(gathered: Gathered, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Each file of the bundle by its name."""
    yield (
        "VERIFY.txt",
        HOW.format(launch=gathered.launch.name, made=moment(now), not_proved=NOT_PROVED).encode(),
    )
    yield "manifest.json", written(_manifest(gathered, now))
    for signature in gathered.signatures:
        yield f"statements/{signature.sha256}.json", bytes(signature.statement)
        yield f"snapshots/{signature.snapshot_id}.json", bytes(signature.snapshot.content)
        if hasattr(signature, "proof"):
            yield f"proofs/{signature.sha256}.json", written(proof_value(signature.proof))
    for entry in gathered.entries:
        yield f"leaves/{entry.seq}.json", bytes(entry.leaf)
    yield "texts.json", written(_texts(gathered))
    yield "log/checkpoint.txt", gathered.checkpoint.note.encode()
    yield "log/inclusion.json", written(_paths(gathered.inclusion))
    yield "log/consistency.json", written(_paths(gathered.consistency))


def _manifest(gathered: Gathered, now: datetime) -> dict[str, Any]:
    launch = gathered.launch
    return {
        "type": BUNDLE_TYPE,
        "instance": instance_id(),
        "made_at": moment(now),
        "launch": {"id": str(launch.pk), "slug": launch.slug, "name": launch.name},
        "log": {"size": gathered.checkpoint.size},
        "signatures": [signature.sha256 for signature in gathered.signatures],
    }


def _texts(gathered: Gathered) -> dict[str, dict[str, dict[str, str]]]:
    """The texts that the entries name by digest; an erased one is not there, and its entry holds all the same."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in gathered.texts:
        kept = {"salt": bytes(row.salt).hex(), "text": row.text}
        found.setdefault(str(row.entry_id), {})[row.path] = kept
    return found


def _paths(paths: dict[int, list[bytes]]) -> dict[str, list[str]]:
    return {str(place): [part.hex() for part in path] for place, path in paths.items()}


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """The same files give the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, ZIP_EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()
