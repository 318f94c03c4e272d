"""DSSE v1: bytes of a known type in an envelope with an ECDSA P-256 signature. Values in, values out."""

import json
from base64 import b64encode
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PAYLOAD_TYPE = "application/vnd.in-toto+json"


def envelope(payload: bytes, key: EllipticCurvePrivateKey) -> bytes:
    """The payload with its signature, as JSON."""
    value = {
        "payloadType": PAYLOAD_TYPE,
        "payload": b64encode(payload).decode(),
        "signatures": [
            {
                "keyid": key_id(key.public_key()),
                "sig": b64encode(key.sign(pae(payload), ECDSA(SHA256()))).decode(),
            }
        ],
    }
    return json.dumps(value, indent=1).encode() + b"\n"


def pae(payload: bytes) -> bytes:
    """What is signed: the payload and its type, so that neither passes for another."""
    return b"DSSEv1 %d %s %d %s" % (
        len(PAYLOAD_TYPE),
        PAYLOAD_TYPE.encode(),
        len(payload),
        payload,
    )


def key_id(key: EllipticCurvePublicKey) -> str:
    """What tells a verifier which key to try: the SHA-256 of its SPKI."""
    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()
