"""A launch that is approved, its attestation, and the real gate that is asked to let its artefact through."""

import json
import os
import subprocess
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from audit import keys
from signoff.attestation.dsse import envelope
from signoff.statements import canonical
from tests.signoff.acting import make_go_launch

GATE = Path(__file__).resolve().parents[3] / "deploy" / "gate" / "gate.sh"
ARTEFACT = b"What will be deployed.\n"
DIGEST = sha256(ARTEFACT).hexdigest()


def make_attested(**fields):
    """A launch that may go, with three executives, about an artefact that is built."""
    return make_go_launch(**{"executive": 3, "artefact_digest": DIGEST} | fields)


def payload_of(envelope):
    """What was signed."""
    return json.loads(b64decode(json.loads(envelope)["payload"]))


def signed(value):
    """A statement as whoever has stolen the key would sign it."""
    return envelope(canonical(value), keys.attestation_key())


def rewritten(envelope, **members):
    """The same envelope with members of its JSON replaced, its signature kept."""
    return json.dumps(json.loads(envelope) | members).encode()


def encoded(raw):
    return b64encode(raw).decode()


def public_pem(private):
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@dataclass
class Gate:
    """A folder with an artefact, a public key and an attestation, and the script over them."""

    folder: Path
    slots: list
    slug: str

    @classmethod
    def before(cls, attestation, folder):
        predicate = payload_of(attestation)["predicate"]
        slots = [slot["key"] for slot in predicate["slots"]]
        gate = cls(folder, slots, predicate["launch"]["slug"])
        (folder / "artefact").write_bytes(ARTEFACT)
        gate.put_key(public_pem(keys.attestation_key()))
        gate.put(attestation)
        return gate

    @property
    def envelope(self):
        return (self.folder / "attestation.json").read_bytes()

    @property
    def statement(self):
        return payload_of(self.envelope)

    def put(self, content):
        (self.folder / "attestation.json").write_bytes(content)

    def put_key(self, pem):
        (self.folder / "attestation.pub").write_bytes(pem)

    def run(self, *more, slots=None, token=None, home="/nonexistent", **options):
        """The script's status and what it says; `options` replace what it is usually asked."""
        usual = {
            "envelope": "attestation.json",
            "key": "attestation.pub",
            "artefact": "artefact",
            "environment": "production",
        }
        named = [part for name, value in (usual | options).items() for part in (f"--{name}", value)]
        asked = [part for slot in (slots or self.slots) for part in ("--slot", slot)]
        done = subprocess.run(
            [GATE, *named, *asked, *more],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": home, "SENTINEL_TOKEN": token or ""},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert (done.returncode == 0) == done.stdout.startswith("ALLOWED"), done
        return done.returncode, (done.stdout + done.stderr).strip()
