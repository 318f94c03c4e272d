"""The trust file: whose word counts when a bundle is checked. It has to go another way than the bundle."""

import json
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from accounts.models import Credential
from audit import keys
from audit.models import Entry
from audit.verification.seals import reigns
from audit.verifier.verify import TRUST_TYPE
from sentinel.reasons import Reason
from signoff.certificate import authority
from signoff.proof_values import encoded
from signoff.reading import instance_id
from signoff.words import refusal


def trust_file() -> dict[str, Any]:
    """What this installation says of itself today. KeyProblem where it has no keys."""
    credentials = Credential.objects.select_related("user").order_by("enrolment")
    hosts = {urlsplit(settings.BASE_URL).hostname or "localhost"}
    return {
        "type": TRUST_TYPE,
        "instance": instance_id(),
        "log_keys": _log_keys(),
        "server_keys": [_public(keys.load(keys.Purpose.SERVER))],
        "attestation_keys": [_public(keys.attestation_key())],
        "seal_root_sha256": authority.fingerprint(keys.folder()),
        "rp_ids": sorted(hosts | {row.rp_id for row in credentials}),
        "credentials": [_credential(row) for row in credentials],
    }


def own_trust() -> bytes:
    """The same as a file. Refused, with words for a page, where there are no keys or no ledger yet."""
    try:
        return json.dumps(trust_file(), ensure_ascii=False).encode()
    except (keys.KeyProblem, Entry.DoesNotExist) as problem:
        raise refusal([Reason("no_own_trust")]) from problem


def _log_keys() -> list[str]:
    """All that have signed checkpoints so far: what they signed stays good."""
    mine = str(keys.log_key()[0])
    known = [str(reign.key) for reign in reigns()[0]]
    return known if mine in known else [*known, mine]


def _public(key: keys.PrivateKey) -> str:
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return encoded(spki)


def _credential(row: Credential) -> dict[str, Any]:
    return {
        "key_sha256": sha256(bytes(row.public_key)).hexdigest(),
        "person": str(row.user_id),
        "name": row.user.full_name,
        "email": row.user.email,
        "identity_verified": row.is_endorsed,
    }
