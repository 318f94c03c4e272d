"""This server's own key files: one purpose each, outside the database, readable by their owner alone."""

import os
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ec import (
    generate_private_key as generate_p256,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings

from audit.notes import LogKey

READ_ONLY = 0o400
PRIVATE_FOLDER = 0o700
OTHERS = 0o077

type PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey


class Purpose(StrEnum):
    """What a key is for, and nothing else (SIGNATURES.md, "Keys")."""

    LOG = "log"  # signs checkpoints of the ledger
    SERVER = "server"  # signs statements of people who have no passkey
    ATTESTATION = "attestation"  # signs decisions for deploy gates


class KeyProblem(RuntimeError):
    """A key is missing, or lies where others can read it; the sentence says what an operator does."""


def folder() -> Path:
    return Path(settings.KEYS_DIR)


def path_of(purpose: Purpose) -> Path:
    return folder() / f"{purpose}.pem"


def log_name_path() -> Path:
    """The log's public key with its name, beside the private one: the name outlives a change of address."""
    return folder() / "log.vkey"


def make(purpose: Purpose) -> PrivateKey:
    """A new key, written where it belongs; FileExistsError where there is one."""
    key: PrivateKey
    key = (
        generate_p256(SECP256R1())
        if purpose is Purpose.ATTESTATION
        else Ed25519PrivateKey.generate()
    )
    write_private(path_of(purpose), pem_of(key))
    if purpose is Purpose.LOG and isinstance(key, Ed25519PrivateKey):
        write_name(LogKey(log_origin(), key.public_key().public_bytes_raw()))
    return key


def make_next_log_key() -> tuple[LogKey, Ed25519PrivateKey]:
    """The key that will follow, under the same name, in a file of its own; one that was never used is replaced."""
    name, key = log_key()[0].name, Ed25519PrivateKey.generate()
    next_path().unlink(missing_ok=True)
    write_private(next_path(), pem_of(key))
    return LogKey(name, key.public_key().public_bytes_raw()), key


def use_next_log_key() -> None:
    """Put the next key in the place of the one that was; the old private key is gone."""
    name, next_key = log_key()[0].name, load_pem_private_key(next_path().read_bytes(), None)
    if not isinstance(next_key, Ed25519PrivateKey):
        raise KeyProblem(f"{next_path()} holds a key of another kind.")
    next_path().replace(path_of(Purpose.LOG))
    write_name(LogKey(name, next_key.public_key().public_bytes_raw()))


def write_name(key: LogKey) -> None:
    log_name_path().write_text(f"{key}\n")


def next_path() -> Path:
    return folder() / "log-next.pem"


def pem_of(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def write_private(path: Path, content: bytes) -> None:
    """A new file that its owner alone can read; FileExistsError where there is one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, READ_ONLY), "wb") as file:
        file.write(content)


def log_origin() -> str:
    """What a new log is called: where it is when it begins (C2SP: an address without a scheme)."""
    return f"{urlsplit(settings.BASE_URL).hostname or 'localhost'}/ledger"


def log_key() -> tuple[LogKey, Ed25519PrivateKey]:
    """The key of the ledger, public and private; KeyProblem where there is none to use."""
    private = load(Purpose.LOG)
    try:
        key = LogKey.parse(log_name_path().read_text())
    except (OSError, ValueError) as broken:
        raise KeyProblem(
            f"{log_name_path()} cannot be read: it names the ledger's key."
        ) from broken
    if (
        not isinstance(private, Ed25519PrivateKey)
        or key.public != private.public_key().public_bytes_raw()
    ):
        raise KeyProblem(f"{log_name_path()} does not name the key in {path_of(Purpose.LOG)}.")
    return key, private


def attestation_key() -> EllipticCurvePrivateKey:
    """The key that signs decisions for gates; KeyProblem where there is none to use."""
    key = load(Purpose.ATTESTATION)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise KeyProblem(f"{path_of(Purpose.ATTESTATION)} holds a key of another kind.")
    return key


def load(purpose: Purpose) -> PrivateKey:
    """The key for a purpose; KeyProblem where there is none, or where others can read it."""
    path = path_of(purpose)
    try:
        about = path.stat()
    except OSError as missing:
        raise KeyProblem(f"There is no {path}: run manage.py keys init.") from missing
    if about.st_mode & OTHERS:
        raise KeyProblem(f"Others can read {path}: chmod 400 it, and think of replacing the key.")
    return _loaded(path, about.st_mtime_ns)


@lru_cache(maxsize=8)
def _loaded(path: Path, _changed: int) -> PrivateKey:
    """Read once a process and change of the file."""
    key = load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise KeyProblem(f"{path} holds a key of another kind.")
    return key
