"""An authenticator made of software: registrations and assertions as a browser would send them, with their keys."""

import json
from dataclasses import dataclass, field
from secrets import token_bytes
from uuid import UUID

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from fido2.cose import ES256, RS256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.actions import enrol_key
from accounts.passkeys import base64url

SITE = "testserver"
ORIGIN = "http://testserver"
FLAGS = AuthenticatorData.FLAG
AAGUID = UUID("adce0002-35bc-c60a-648b-0b25f1f05503")


def digest(data):
    hashed = Hash(SHA256())
    hashed.update(data)
    return hashed.finalize()


@dataclass
class SoftKey:
    """One passkey: what it says when it is made, and what it answers."""

    private: object = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    rp_id: str = SITE
    backed_up: bool = False
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: token_bytes(32))

    @classmethod
    def rsa(cls):
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @property
    def cose(self):
        kind = RS256 if isinstance(self.private, rsa.RSAPrivateKey) else ES256
        return kind.from_cryptography_key(self.private.public_key())

    def registration(self, cose=None):
        """What allauth is sent, and keeps."""
        flags = FLAGS.UP | FLAGS.UV | FLAGS.AT | (FLAGS.BE | FLAGS.BS) * self.backed_up
        attested = AttestedCredentialData.create(
            Aaguid(AAGUID.bytes), self.credential_id, cose or self.cose
        )
        said = AuthenticatorData.create(digest(self.rp_id.encode()), flags, self.count, attested)
        client = CollectedClientData.create("webauthn.create", token_bytes(32), ORIGIN)
        return {
            "id": base64url(self.credential_id),
            "rawId": base64url(self.credential_id),
            "type": "public-key",
            "response": {
                "attestationObject": base64url(AttestationObject.create("none", said, {})),
                "clientDataJSON": base64url(client),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }

    def answer(self, challenge, /, *, flags=FLAGS.UP | FLAGS.UV, rp_id=None, client=None, **said):
        """An assertion over a challenge, as a page sends it; `said` changes the client data."""
        self.count += 1
        data = AuthenticatorData.create(digest((rp_id or self.rp_id).encode()), flags, self.count)
        said = {
            "type": "webauthn.get",
            "challenge": base64url(challenge),
            "origin": ORIGIN,
            "crossOrigin": False,
        } | said
        client = client or json.dumps(said, separators=(",", ":")).encode()
        return json.dumps(
            {
                "id": base64url(self.credential_id),
                "type": "public-key",
                "response": {
                    "authenticatorData": base64url(data),
                    "clientDataJSON": base64url(client),
                    "signature": base64url(self.sign(data + digest(client))),
                },
            }
        )

    def sign(self, data):
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), SHA256())
        return self.private.sign(data, ec.ECDSA(SHA256()))


def add_authenticator(user, key, name="Laptop"):
    """A key as allauth keeps it, for signing in."""
    data = {"name": name, "credential": key.registration()}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def make_key(user, key=None, *, name="Laptop"):
    """A key that signs. Gives its row and the key itself."""
    key = key or SoftKey()
    return enrol_key(add_authenticator(user, key, name), rp_id=key.rp_id), key
