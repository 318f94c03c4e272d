"""Checkpoints as text, C2SP tlog-checkpoint in a signed note (Ed25519), and proofs, C2SP tlog-proof.

Values in, values out.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import HASH_BYTES

ED25519 = b"\x01"
ID_BYTES = 4
DASH = "\N{EM DASH}"


class BadNote(ValueError):
    """The note is not well formed, says what no checkpoint says, or nobody known has signed it."""


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log's public key under the log's name; `str` gives it as C2SP writes it: name+id+key."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell a note's reader which key to try."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:ID_BYTES]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "LogKey":
        """Read what `str` gave; BadNote where it is something else."""
        try:
            name, given, encoded = text.strip().split("+", 2)
            raw = b64decode(encoded, validate=True)
        except (ValueError, NotBase64) as broken:
            raise BadNote("This is no key of a log.") from broken
        key = cls(name, raw[1:])
        if raw[:1] != ED25519 or len(key.public) != HASH_BYTES or key.id.hex() != given:
            raise BadNote("This is no key of a log.")
        return key


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: its name, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def signed_note(checkpoint: Checkpoint, signers: Iterable[tuple[LogKey, Ed25519PrivateKey]]) -> str:
    """The checkpoint with a signature line of each signer."""
    text = checkpoint.text
    lines = [
        f"{DASH} {key.name} {b64encode(key.id + private.sign(text.encode())).decode()}\n"
        for key, private in signers
    ]
    return text + "\n" + "".join(lines)


def proof_text(index: int, path: Iterable[bytes], note: str, *, extra: bytes = b"") -> str:
    """That a leaf is in the log that a note is of, in one file. `extra` helps the reader, and proves nothing itself."""
    lines = ["c2sp.org/tlog-proof@v1"]
    if extra:
        lines.append(f"extra {b64encode(extra).decode()}")
    hashes = (b64encode(part).decode() for part in path)
    return "\n".join([*lines, f"index {index}", *hashes, "", note])


def open_note(note: str, known: Iterable[LogKey]) -> tuple[Checkpoint, frozenset[LogKey]]:
    """The checkpoint, and which of the known keys have signed it.

    BadNote where none has, where a known key's signature is wrong, and for whatever is no checkpoint. Lines by
    unknown keys are passed over, as C2SP asks.
    """
    head, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise BadNote("This is no signed note.")
    text, keys = head + "\n", {(key.name, key.id): key for key in known}
    signed = set()
    for line in tail.removesuffix("\n").split("\n"):
        name, raw = _signature_line(line)
        if key := keys.get((name, raw[:ID_BYTES])):
            _check(key, raw[ID_BYTES:], text)
            signed.add(key)
    if not signed:
        raise BadNote("No known key has signed this note.")
    return _checkpoint(text), frozenset(signed)


def _check(key: LogKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature as wrong:
        raise BadNote(f"The signature of {key.name} does not fit.") from wrong


def _signature_line(line: str) -> tuple[str, bytes]:
    try:
        dash, name, encoded = line.split(" ")
        raw = b64decode(encoded, validate=True)
    except (ValueError, NotBase64) as broken:
        raise BadNote("A signature line cannot be read.") from broken
    if dash != DASH:
        raise BadNote("A signature line cannot be read.")
    return name, raw


def _checkpoint(text: str) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4 or not (lines[1].isascii() and lines[1].isdecimal()):
        raise BadNote("This is no checkpoint.")
    try:
        root = b64decode(lines[2], validate=True)
    except (ValueError, NotBase64) as broken:
        raise BadNote("This is no checkpoint.") from broken
    checkpoint = Checkpoint(lines[0], int(lines[1]), root)
    if len(root) != HASH_BYTES or checkpoint.text != text:
        raise BadNote("This is no checkpoint.")
    return checkpoint
