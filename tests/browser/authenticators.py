"""A virtual authenticator of Chromium: keys whose rows are here, answering as real ones do."""

from base64 import b64encode

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.factories.passkeys import SoftKey, make_key

SITE = "localhost"
KIND = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """The one of a page. It holds no key at first."""

    def __init__(self, page):
        self.devices = page.context.new_cdp_session(page)
        self.devices.send("WebAuthn.enable")
        made = self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": KIND})
        self.id = made["authenticatorId"]

    def send(self, verb, **more):
        return self.devices.send(f"WebAuthn.{verb}", {"authenticatorId": self.id} | more)

    def hold(self, key, *, rp_id=SITE):
        """Give it a key that was made elsewhere."""
        private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": b64encode(key.credential_id).decode(),
            "isResidentCredential": True,
            "rpId": rp_id,
            "privateKey": b64encode(private).decode(),
            "userHandle": b64encode(key.credential_id[:16]).decode(),
            "signCount": 1,
        }
        self.send("addCredential", credential=credential)

    def drop(self, key):
        self.send("removeCredential", credentialId=b64encode(key.credential_id).decode())

    def verify(self, verified):
        """Whether it recognises the finger."""
        self.send("setUserVerified", isUserVerified=verified)


def give_key(page, person, name="Laptop"):
    """A key that signs for a person, in the authenticator of their page. Gives all three."""
    authenticator = Authenticator(page)
    row, key = make_key(person, SoftKey(rp_id=SITE), name=name)
    authenticator.hold(key)
    return row, key, authenticator
