"""What authenticators say: a registration read, an assertion checked. Values in, values out: no database, no request.

Why each check is here: SIGNATURES.md, "Traps met". The library reads the bytes and knows the two algorithms.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from django.db.models import TextChoices
from fido2.cose import ES256, RS256, CoseKey
from fido2.webauthn import AuthenticatorData, CollectedClientData, RegistrationResponse

LONGEST_ANSWER = 20_000
ANSWER_WITHIN = 300_000  # milliseconds
ANSWER_PARTS = ("authenticatorData", "clientDataJSON", "signature")


class Algorithm(TextChoices):
    """The two kinds of passkey that sign here: both can be checked years later with openssl alone."""

    ES256 = "ES256", "ES256"
    RS256 = "RS256", "RS256"


COSE: dict[Algorithm, type[CoseKey]] = {Algorithm.ES256: ES256, Algorithm.RS256: RS256}
IDENTIFIERS = frozenset(kind.ALGORITHM for kind in COSE.values())


class BadAnswer(ValueError):
    """An authenticator's answer that proves nothing here; the code says which check it failed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Registered:
    """A passkey as its authenticator described it when it was made."""

    credential_id: bytes
    public_key: bytes
    algorithm: Algorithm
    aaguid: UUID
    backup_eligible: bool
    backed_up: bool
    sign_count: int
    rp_id_hash: bytes


def read_registration(credential: Any) -> Registered:
    """What a new key's authenticator says of it; `BadAnswer` where we could not check its signatures."""
    said = RegistrationResponse.from_dict(credential).response.attestation_object.auth_data
    attested = said.credential_data
    if attested is None:
        raise BadAnswer("answer_unreadable")
    algorithm, public_key = _spki(attested.public_key)
    return Registered(
        credential_id=attested.credential_id,
        public_key=public_key,
        algorithm=algorithm,
        aaguid=UUID(bytes=bytes(attested.aaguid)),
        backup_eligible=bool(said.flags & said.FLAG.BE),
        backed_up=bool(said.flags & said.FLAG.BS),
        sign_count=said.counter,
        rp_id_hash=said.rp_id_hash,
    )


def _spki(cose: CoseKey) -> tuple[Algorithm, bytes]:
    """A COSE key as every other tool reads it: SubjectPublicKeyInfo, DER."""
    numbers: EllipticCurvePublicNumbers | RSAPublicNumbers
    match cose.get(3), cose.get(-1):
        case ES256.ALGORITHM, 1:
            algorithm, (x, y) = Algorithm.ES256, map(_number, (cose[-2], cose[-3]))
            numbers = EllipticCurvePublicNumbers(x, y, SECP256R1())
        case RS256.ALGORITHM, bytes():
            algorithm, (n, e) = Algorithm.RS256, map(_number, (cose[-1], cose[-2]))
            numbers = RSAPublicNumbers(e, n)
        case _:
            raise BadAnswer("key_algorithm")
    public = numbers.public_key()
    return algorithm, public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _number(value: bytes) -> int:
    return int.from_bytes(value, "big")


@dataclass(frozen=True, slots=True)
class Answer:
    """An assertion: the very bytes that the authenticator and the browser gave."""

    credential_id: bytes
    authenticator_data: bytes
    client_data_json: bytes
    signature: bytes

    @classmethod
    def read(cls, text: str) -> "Answer":
        """From what a page sent; `BadAnswer` where it is something else."""
        try:
            sent = json.loads(text[:LONGEST_ANSWER])
            parts = [_from_base64url(sent["response"][name]) for name in ANSWER_PARTS]
            return cls(_from_base64url(sent["id"]), *parts)
        except (KeyError, TypeError, ValueError, RecursionError) as unreadable:
            raise BadAnswer("answer_unreadable") from unreadable


@dataclass(frozen=True, slots=True)
class Expected:
    """What a good answer is about: this challenge, at this site."""

    challenge: bytes
    rp_id: str
    origin: str


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that may answer."""

    spki: bytes
    algorithm: Algorithm
    sign_count: int


def check_answer(answer: Answer, key: PublicKey, expected: Expected) -> int:
    """`BadAnswer` unless the key's owner, verified by their authenticator, answered just this; the new sign count."""
    try:
        client = CollectedClientData(answer.client_data_json)
        said = AuthenticatorData(answer.authenticator_data)
        outer = json.loads(answer.client_data_json)
    except (KeyError, TypeError, ValueError) as unreadable:
        raise BadAnswer("answer_unreadable") from unreadable
    flags = said.FLAG.UP | said.FLAG.UV
    gaps = {
        "answer_type": client.type != CollectedClientData.TYPE.GET.value,
        "answer_challenge": client.challenge != expected.challenge,
        "answer_origin": client.origin != expected.origin,
        "answer_embedded": client.cross_origin is not False or "topOrigin" in outer,
        "answer_host": said.rp_id_hash != sha256(expected.rp_id.encode()).digest(),
        "answer_unverified": said.flags & flags != flags,
    }
    for code, gap in gaps.items():
        if gap:
            raise BadAnswer(code)
    _check_signature(answer, key)
    if (said.counter or key.sign_count) and said.counter <= key.sign_count:
        raise BadAnswer("answer_counter")
    return int(said.counter)


def _check_signature(answer: Answer, key: PublicKey) -> None:
    public = COSE[key.algorithm].from_cryptography_key(load_der_public_key(key.spki))
    signed = answer.authenticator_data + sha256(answer.client_data_json).digest()
    try:
        public.verify(signed, answer.signature)
    except InvalidSignature as forged:
        raise BadAnswer("answer_signature") from forged


def request_options(challenge: bytes, rp_id: str, keys: Iterable[bytes]) -> str:
    """What a browser asks keys for, as JSON (WebAuthn, PublicKeyCredentialRequestOptions)."""
    options = {
        "challenge": base64url(challenge),
        "rpId": rp_id,
        "allowCredentials": [{"type": "public-key", "id": base64url(key)} for key in keys],
        "userVerification": "required",
        "timeout": ANSWER_WITHIN,
    }
    return json.dumps(options)


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_base64url(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def passkeys_work(host: str, *, secure: bool) -> bool:
    """Can browsers make passkeys for this address? It has to be a name, over TLS, or the machine itself."""
    name = host.partition(":")[0]
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        ip_address(host.strip("[]") if host.startswith("[") else name)
    except ValueError:
        return secure and not host.startswith("[")
    return False


def platform_of(user_agent: str) -> str:
    """What a person calls the machine they are at; nothing where its browser does not tell."""
    names = {
        "iPhone": "iPhone",
        "iPad": "iPad",
        "Android": "Android",
        "Windows": "Windows",
        "CrOS": "Chromebook",
        "Macintosh": "Mac",
        "Linux": "Linux",
    }
    return next((name for sign, name in names.items() if sign in user_agent), "")
