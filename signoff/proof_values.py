"""A signature's proof as JSON: what a bundle and a certificate carry, enough to check it offline."""

from base64 import b64encode
from typing import Any

from signoff.models import Proof


def proof_value(proof: Proof) -> dict[str, Any]:
    """All of a proof, its bytes in base64."""
    value: dict[str, Any] = {
        "kind": proof.kind,
        "public_key": encoded(proof.public_key),
        "signature": encoded(proof.signature),
    }
    if proof.client_data_json is None:
        return value
    return value | {
        "credential": str(proof.credential_id),
        "aaguid": str(proof.aaguid),
        "backup_eligible": proof.backup_eligible,
        "backed_up": proof.backed_up,
        "authenticator_data": encoded(proof.authenticator_data),
        "client_data_json": encoded(proof.client_data_json),
        "rp_id": proof.rp_id,
        "origin": proof.origin,
        "enrolment": proof.enrolment,
    }


def encoded(raw: bytes | memoryview | None) -> str:
    return b64encode(bytes(raw or b"")).decode()
