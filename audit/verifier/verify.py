#!/usr/bin/env python3
"""Verify a bundle of evidence that Sentinel has exported, without trusting whoever made it.

    python3 verify.py evidence.zip --trust trust.json [--checkpoint old.txt] [--json]

Exit status: 0 everything holds, 1 something was altered, 2 something is missing and nothing was altered.
Needs no network and no Sentinel: Python 3.12, `cryptography`, `rfc8785`. One file: read it before you believe it.
README.md says what the parts of a bundle are; `trust.json` has to reach you by another way than the bundle.
"""

import argparse
import json
import re
import struct
import sys
import zipfile
import zlib
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rfc8785
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

BUNDLE_TYPE = "sentinel/evidence/v1"
TRUST_TYPE = "sentinel/trust/v1"
STATEMENT_TYPE = "sentinel/statement/v1"
SIGNED_AS = b"sentinel-signature-v1\n"
ATTESTATION = "attestation.json"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
PREDICATE_TYPE = "urn:uuid:e8020f4e-f01e-467f-a1ab-fe4a501bc704#launch-decision/v1"
MAX_FILES, MAX_BYTES = 20_000, 256 * 1024 * 1024
# Small files may shrink a thousandfold; of large ones what Sentinel writes stays far below this.
MAX_RATIO, RATIO_COUNTS_FROM = 200, 1024 * 1024
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(?:/[A-Za-z0-9][A-Za-z0-9._-]{0,127})?")
ENCRYPTED = 0x1
MAX_TOLD = 500
MAX_SAFE = 2**53
USER_PRESENT, USER_VERIFIED = 0x01, 0x04
AUTHENTICATOR_DATA_BYTES = 37

HOLDS, ALTERED, MISSING, NOTE = "holds", "altered", "missing", "note"

NOT_PROVED = (
    "Not proved by any of this: that what a person signed is true; that nobody forced them; that whoever made the "
    "bundle put every signature and withdrawal into it; that nothing was written to the ledger after this "
    "checkpoint; and, without a checkpoint kept by somebody else (--checkpoint), "
    "that the ledger was not made anew before anything here was signed, by somebody who had stolen its key."
)

type Value = dict[str, Any]

# What reading a value raises that is not of the form it should be.
MALFORMED = (KeyError, TypeError, AttributeError, ValueError, OverflowError, RecursionError)
UNREADABLE_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    RuntimeError,
    NotImplementedError,
    EOFError,
    LookupError,
    ValueError,
)


class Altered(Exception):
    """Something is not what it was, or is not what it claims to be."""


class Missing(Exception):
    """Something that the check needs is not in the bundle, or not in the trust file."""


def shown(text: str) -> str:
    """A text of somebody's as a terminal or a page may show it: no controls, no turned direction, no end of it."""
    safe = "".join(letter if _is_safe(letter) else "\ufffd" for letter in text[:MAX_TOLD])
    return f"{safe} \u2026" if len(text) > MAX_TOLD else safe


def _is_safe(letter: str) -> bool:
    code = ord(letter)
    return not (
        code < 0x20
        or 0x7F <= code < 0xA0
        or 0x202A <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
        or 0xD800 <= code < 0xE000
    )


@dataclass(frozen=True)
class Line:
    """One check: what came of it, about what, and a sentence; of a signature also its statement's digest."""

    outcome: str
    about: str
    told: str
    signature: str = ""


@dataclass
class Signature:
    """A signature as its statement and the ledger's entry tell of it, and how far that was checked.

    All that it says is the signer's word only where `holds`: every check of it holds then. The name is "" where the
    ledger tells of a signature whose statement is not there.
    """

    digest: str
    act: str
    vote: str = ""
    scope: str = ""
    slot: str = ""
    launch: str = ""
    person: str = ""
    name: str = ""
    authority: str = ""
    stands_in_for: str = ""
    at: str = ""
    log_size: int | None = None  # how many entries the ledger had when it was signed
    entry: int | None = None  # the number of its own entry
    kind: str = ""  # of its proof: KEY, SERVER, RECORDED; "" where none was found
    whose: bool | None = (
        None  # whether somebody had made sure whose key it is; None where no key signed
    )
    taken_back: str = ""  # when
    holds: bool = False


KEY, SERVER, RECORDED = "key", "server", "recorded"


@dataclass
class Report:
    """What came of all checks; and of the ledger and the signatures what was checked of them."""

    lines: list[Line] = field(default_factory=list)
    signatures: list[Signature] = field(default_factory=list)
    size: int | None = None  # of the ledger, by the bundle's checkpoint
    kept_size: int | None = (
        None  # by the checkpoint that somebody kept, where it is the beginning of this ledger
    )

    def add(self, outcome: str, about: str, told: str, signature: str = "") -> None:
        self.lines.append(Line(outcome, shown(about), shown(told), signature))

    def check(self, about: str, told: str, call: Callable[[], Any], signature: str = "") -> Any:
        """Do one check; `told`, if anything, is said where it holds. Gives what the check gave, or None."""
        try:
            found = call()
        except Altered as altered:
            self.add(ALTERED, about, str(altered), signature)
        except Missing as missing:
            self.add(MISSING, about, str(missing), signature)
        except MALFORMED:
            self.add(
                ALTERED, about, "A part of it is not of the form that Sentinel writes.", signature
            )
        else:
            if told:
                self.add(HOLDS, about, told, signature)
            return found
        return None

    def note(self, about: str, told: str, signature: str = "") -> None:
        self.add(NOTE, about, told, signature)

    def holds_since(self, place: int) -> bool:
        """Whether every line from this one on holds."""
        return not {line.outcome for line in self.lines[place:]} & {ALTERED, MISSING}

    @property
    def status(self) -> int:
        outcomes = {line.outcome for line in self.lines}
        return 1 if ALTERED in outcomes else 2 if MISSING in outcomes else 0


# Reading: a zip and JSON from somebody who may wish us ill.


def _once(pairs: list[tuple[str, Any]]) -> Value:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Altered("A name stands twice in the same object.")
    return found


def _no_float(number: str) -> Any:
    raise Altered(f"It holds {number}, which no statement and no entry can hold.")


def _safe_int(number: str) -> int:
    if len(number) > 17 or abs(int(number)) >= MAX_SAFE:
        raise Altered("It holds a number that is too large.")
    return int(number)


DECODER = json.JSONDecoder(
    object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float, parse_int=_safe_int
)


def parsed(raw: bytes, what: str) -> Any:
    try:
        return DECODER.decode(raw.decode())
    except (ValueError, RecursionError) as broken:
        raise Altered(f"{what} cannot be read.") from broken


def canonical(raw: bytes, what: str) -> Value:
    """An object in RFC 8785's notation: two notations of the same thing would have two digests."""
    value = parsed(raw, what)
    try:
        if isinstance(value, dict) and rfc8785.dumps(value) == raw:
            return value
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError) as broken:
        raise Altered(f"{what} cannot be read.") from broken
    raise Altered(f"{what} is not in the notation that it was written in.")


def _check_infos(infos: list[zipfile.ZipInfo]) -> None:
    """What the zip says of its files, before one of them is unpacked."""
    names = {info.filename for info in infos}
    if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_BYTES:
        raise Altered("The bundle is larger than any that Sentinel makes.")
    if len(names) != len(infos):
        raise Altered("A name stands twice in the bundle.")
    if not all(PLAIN_NAME.fullmatch(name) for name in names):
        raise Altered("A file in the bundle has a name that Sentinel gives to none.")
    for info in infos:
        if info.flag_bits & ENCRYPTED:
            raise Altered("A file in the bundle is locked with a password.")
        if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Altered("A file in the bundle is packed in a way that Sentinel does not use.")
        if info.file_size > max(RATIO_COUNTS_FROM, MAX_RATIO * info.compress_size):
            raise Altered("A file in the bundle is packed too tightly to be Sentinel's.")


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One file, and never more of it than the zip says: ZipFile.read would unpack all that is there."""
    with archive.open(info) as packed:
        content = packed.read(info.file_size)
        if len(content) != info.file_size or packed.read(1):
            raise Altered("A file in the bundle has not the size that it is said to have.")
        return content


@dataclass
class Bundle:
    """The files of a bundle, by name."""

    files: Mapping[str, bytes]

    @classmethod
    def read(cls, raw: bytes) -> "Bundle":
        try:
            with zipfile.ZipFile(BytesIO(raw)) as archive:
                infos = [info for info in archive.infolist() if not info.is_dir()]
                _check_infos(infos)
                return cls({info.filename: _unpacked(archive, info) for info in infos})
        except UNREADABLE_ZIP as broken:
            raise Altered("This is no zip file, or it is damaged.") from broken

    def need(self, name: str) -> bytes:
        if name not in self.files:
            raise Missing(f"The bundle has no {name}.")
        return self.files[name]

    def json(self, name: str) -> Any:
        return parsed(self.need(name), name)

    def below(self, folder: str) -> list[str]:
        return sorted(name for name in self.files if name.startswith(f"{folder}/"))


def text_of(value: Any, *path: str) -> str:
    """A text at a place of a value; Altered where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if not isinstance(value, str):
        raise Altered(f"{'.'.join(path)} is not there, or is no text.")
    return value


def bytes_of(text: Any) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (ValueError, TypeError) as broken:
        raise Altered("A value is not in base64.") from broken


def hash_of(text: Any) -> bytes:
    try:
        raw = bytes.fromhex(text)
    except (ValueError, TypeError) as broken:
        raise Altered("A hash is not in hexadecimal.") from broken
    if len(raw) != 32:
        raise Altered("A hash has not 32 bytes.")
    return raw


def salted_in(data: Value) -> Iterator[tuple[str, str]]:
    """Where an entry has the digest of a text in its place: "reason", "new.name", "new.items.2"."""
    waiting: list[tuple[str, Any]] = list(data.items())
    while waiting:
        path, value = waiting.pop()
        if (
            isinstance(value, dict)
            and set(value) == {"salted"}
            and isinstance(value["salted"], str)
        ):
            yield path, value["salted"]
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}", part) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}.{place}", part) for place, part in enumerate(value)]


# The ledger: RFC 9162's tree, C2SP's signed note.


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_by_inclusion(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a leaf's proof leads to (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        raise Altered("An entry's number is beyond the checkpoint.")
    first, last, node = index, size - 1, leaf
    for part in path:
        if last == 0:
            raise Altered("A proof is too long.")
        if first & 1 or first == last:
            node = node_hash(part, node)
            first, last = _skipped(first, last)
        else:
            node = node_hash(node, part)
        first, last = first >> 1, last >> 1
    if last:
        raise Altered("A proof is too short.")
    return node


def roots_by_consistency(
    old: int, new: int, old_root: bytes, path: list[bytes]
) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to (RFC 9162, 2.1.4.2)."""
    if old == new:
        return old_root, old_root
    path = [old_root, *path] if old & (old - 1) == 0 else list(path)
    if not path:
        raise Altered("A proof is too short.")
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    before = after = path[0]
    for part in path[1:]:
        if last == 0:
            raise Altered("A proof is too long.")
        if first & 1 or first == last:
            before, after = node_hash(part, before), node_hash(part, after)
            first, last = _skipped(first, last)
        else:
            after = node_hash(after, part)
        first, last = first >> 1, last >> 1
    if last:
        raise Altered("A proof is too short.")
    return before, after


def _skipped(first: int, last: int) -> tuple[int, int]:
    """Past the levels on which a node has no right neighbour."""
    while not first & 1 and first:
        first, last = first >> 1, last >> 1
    return first, last


@dataclass(frozen=True)
class LogKey:
    name: str
    id: bytes
    public: bytes

    @classmethod
    def parse(cls, text: Any) -> "LogKey":
        try:
            name, given, encoded = str(text).strip().split("+", 2)
        except ValueError as broken:
            raise Altered("The trust file holds no key of a log.") from broken
        raw = bytes_of(encoded)
        identity = sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != b"\x01" or len(raw) != 33 or identity.hex() != given:
            raise Altered("The trust file holds no key of a log.")
        return cls(name, identity, raw[1:])


@dataclass(frozen=True)
class Checkpoint:
    size: int
    root: bytes


def checkpoint_in(note: bytes, keys: Iterable[LogKey]) -> Checkpoint:
    """What a signed note says, if one of these keys has signed it. Mail programs may have changed its line ends."""
    try:
        whole = note.decode().replace("\r\n", "\n")
        text, _, tail = whole.rstrip("\n").rpartition("\n\n")
    except UnicodeDecodeError as broken:
        raise Altered("The checkpoint cannot be read.") from broken
    text += "\n"
    signatures = [parts for line in tail.split("\n") if len(parts := line.split(" ")) == 3]
    names = set()
    for key in keys:
        for dash, name, encoded in signatures:
            raw = bytes_of(encoded)
            if dash == "\u2014" and name == key.name and raw[:4] == key.id:
                _check(
                    Ed25519PublicKey.from_public_bytes(key.public),
                    raw[4:],
                    text.encode(),
                    "checkpoint",
                )
                names.add(name)
    lines = text.split("\n")
    if not names:
        raise Altered(
            "The checkpoint is not signed by a key of the ledger that the trust file names."
        )
    if (
        len(lines) != 4
        or lines[0] not in names
        or not (lines[1].isascii() and lines[1].isdecimal())
    ):
        raise Altered("The checkpoint cannot be read.")
    root = bytes_of(lines[2])
    if len(root) != 32:
        raise Altered("The checkpoint cannot be read.")
    return Checkpoint(int(lines[1]), root)


def _check(key: Any, signature: bytes, message: bytes, what: str) -> None:
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
        elif isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
            key.verify(signature, message, ec.ECDSA(SHA256()))
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, message, padding.PKCS1v15(), SHA256())
        else:
            raise Altered(f"The {what}'s key is of a kind that signs nothing here.")
    except (InvalidSignature, ValueError) as wrong:
        raise Altered(f"The signature of the {what} does not fit.") from wrong


def public_key(spki: bytes) -> Any:
    try:
        return load_der_public_key(spki)
    except (ValueError, UnsupportedAlgorithm) as broken:
        raise Altered("A public key cannot be read.") from broken


# What is trusted from elsewhere.


@dataclass
class Trust:
    """The trust file: whose word counts, told by another way than the bundle."""

    value: Value

    @classmethod
    def read(cls, raw: bytes) -> "Trust":
        value = parsed(raw, "The trust file")
        if not isinstance(value, dict) or value.get("type") != TRUST_TYPE:
            raise Altered(f"The trust file is not of the type {TRUST_TYPE}.")
        return cls(value)

    def listed(self, name: str) -> list[Any]:
        found = self.value.get(name, [])
        if not isinstance(found, list):
            raise Altered(f"The trust file's {name} cannot be read.")
        return found

    @property
    def log_keys(self) -> list[LogKey]:
        return [LogKey.parse(text) for text in self.listed("log_keys")]

    def person_of(self, fingerprint: str) -> Value | None:
        """Whose key this is, as the trust file has it."""
        for row in self.listed("credentials"):
            if isinstance(row, dict) and row.get("key_sha256") == fingerprint:
                return row
        return None


# One bundle.


@dataclass
class Verification:
    """A bundle, what it is checked against, and what came of it so far."""

    bundle: Bundle
    trust: Trust
    report: Report
    kept: bytes | None = None
    checkpoint: Checkpoint | None = None
    leaves: dict[int, Value] = field(default_factory=dict)
    statements: dict[str, Value] = field(default_factory=dict)
    proofs: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    def run(self) -> None:
        check = self.report.check
        manifest = check("bundle", "It is a bundle of evidence.", self._manifest)
        if manifest is None:
            return
        self.checkpoint = check(
            "ledger", "The ledger's own key has signed how it stood.", self._checkpoint
        )
        if self.checkpoint is None:
            return
        self.report.size = self.checkpoint.size
        self._entries()
        check(
            "ledger",
            "The first entry is the one that this installation is known by.",
            self._instance,
        )
        self._texts()
        for name in self.bundle.below("statements"):
            self._statement(name)
        self._listed(manifest)
        self._beside()
        if self.kept is not None:
            self.report.kept_size = check(
                "outside",
                "The checkpoint that you kept is the beginning of this ledger.",
                self._outside,
            )

    def _manifest(self) -> Value:
        manifest = self.bundle.json("manifest.json")
        if not isinstance(manifest, dict) or manifest.get("type") != BUNDLE_TYPE:
            raise Altered(f"This is no bundle of the type {BUNDLE_TYPE}.")
        return manifest

    def _checkpoint(self) -> Checkpoint:
        keys = self.trust.log_keys
        if not keys:
            raise Missing("The trust file names no key of the ledger.")
        return checkpoint_in(self.bundle.need("log/checkpoint.txt"), keys)

    def _entries(self) -> None:
        """Every entry in the bundle: readable, its own number, and in the ledger that the checkpoint is of."""
        names = self.bundle.below("leaves")
        for name in names:
            leaf = self.report.check("ledger", "", partial(self._included, name))
            if leaf is not None:
                self.leaves[leaf["seq"]] = leaf
        if len(self.leaves) == len(names):
            told = f"{len(names)} entries are in the ledger, where they say they are."
            self.report.add(HOLDS, "ledger", told)

    def _included(self, name: str) -> Value:
        raw = self.bundle.need(name)
        leaf = canonical(raw, name)
        seq = leaf.get("seq")
        if (
            name != f"leaves/{seq}.json"
            or not isinstance(seq, int)
            or not isinstance(leaf.get("data"), dict)
        ):
            raise Altered(f"{name} holds another entry.")
        path = self._paths("log/inclusion.json").get(str(seq))
        if path is None:
            raise Missing(f"There is no proof that entry {seq} is in the ledger.")
        if self.checkpoint is None or self.checkpoint.root != root_by_inclusion(
            leaf_hash(raw), seq, self.checkpoint.size, [hash_of(part) for part in path]
        ):
            raise Altered(f"Entry {seq} is not in the ledger that the checkpoint is of.")
        return leaf

    def _paths(self, name: str) -> dict[str, list[str]]:
        """The proofs in a file, read once for all entries."""
        if name not in self.proofs:
            paths = self.bundle.json(name)
            if not isinstance(paths, dict) or not all(
                isinstance(path, list) for path in paths.values()
            ):
                raise Altered(f"{name} cannot be read.")
            self.proofs[name] = paths
        return self.proofs[name]

    @cached_property
    def told(self) -> dict[str, Value]:
        """The entry that tells of a signature, by its statement's digest."""
        found: dict[str, Value] = {}
        for leaf in self.leaves.values():
            new = leaf["data"].get("new")
            if isinstance(new, dict) and isinstance(new.get("statement"), str):
                found.setdefault(new["statement"], leaf)
        return found

    @cached_property
    def takings_back(self) -> dict[str, str]:
        """When a signature was taken back, by its statement's digest: as the entries say, and the statements there."""
        found: dict[str, str] = {}
        for digest, leaf in self.told.items():
            raw = self.bundle.files.get(f"statements/{digest}.json", b"")
            if raw and leaf["data"]["new"].get("act") in {"withdraw", "set_aside"}:
                statement = parsed(raw, "A statement")
                target = statement.get("target") if isinstance(statement, dict) else None
                if isinstance(target, str):
                    found.setdefault(target, str(leaf.get("at")))
        return found

    def _instance(self) -> None:
        known = text_of(self.trust.value, "instance")
        if 0 not in self.leaves:
            raise Missing("The bundle has no first entry.")
        if leaf_hash(self.bundle.need("leaves/0.json")).hex() != known:
            raise Altered("This ledger begins otherwise than the one that the trust file names.")

    def _consistent(self, size: int, root: bytes, what: str) -> None:
        """That the ledger of an older size is the beginning of this one."""
        if size < 0:
            raise Altered(f"{what} is over a ledger of less than nothing.")
        if self.checkpoint is None or size > self.checkpoint.size:
            raise Missing(f"{what} is newer than the bundle's checkpoint.")
        if size == 0:
            return
        path = self._paths("log/consistency.json").get(str(size))
        if path is None:
            raise Missing(
                f"There is no proof that the ledger of {size} entries is the beginning of this one."
            )
        before, after = roots_by_consistency(
            size, self.checkpoint.size, root, [hash_of(part) for part in path]
        )
        if (before, after) != (root, self.checkpoint.root):
            raise Altered(
                f"{what} was over another ledger: its first {size} entries were changed since."
            )

    def _outside(self) -> int:
        kept = checkpoint_in(self.kept or b"", self.trust.log_keys)
        self._consistent(kept.size, kept.root, "The checkpoint that you kept")
        return kept.size

    def _texts(self) -> None:
        """What people wrote beside entries: each text the one that its entry has the digest of, or not there at all."""
        kept = self.report.check("ledger", "", self._kept_texts)
        if kept is None:
            return
        places = {
            (str(seq), path): digest
            for seq, leaf in self.leaves.items()
            for path, digest in salted_in(leaf["data"])
        }
        erased = [place for place in places if place[1] not in kept.get(place[0], {})]
        self.report.check(
            "ledger",
            f"{len(places) - len(erased)} texts are those that were written with the entries.",
            lambda: self._same_texts(kept, places),
        )
        for seq, path in erased:
            self.report.note("ledger", f"Entry {seq} once had a text ({path}) that was erased.")

    def _kept_texts(self) -> Value:
        kept = self.bundle.json("texts.json")
        if not isinstance(kept, dict) or not all(isinstance(row, dict) for row in kept.values()):
            raise Altered("texts.json cannot be read.")
        return kept

    def _same_texts(self, kept: Value, places: Mapping[tuple[str, str], str]) -> None:
        entries = {str(seq) for seq in self.leaves}
        for seq, texts in kept.items():
            if seq not in entries:
                raise Missing(f"There are texts of entry {seq}, and no such entry.")
            for path, row in texts.items():
                salt = bytes.fromhex(text_of(row, "salt"))
                digest = sha256(
                    salt + text_of(row, "text").encode(errors="surrogatepass")
                ).hexdigest()
                if places.get((seq, path)) != digest:
                    raise Altered(
                        f"A text beside entry {seq} ({path}) is not the one that was written."
                    )

    # One signature.

    def _statement(self, name: str) -> None:
        digest = name.removeprefix("statements/").removesuffix(".json")
        first = len(self.report.lines)
        statement = self.report.check(
            name,
            "The statement is the one that its digest names.",
            lambda: self._stated(name),
            digest,
        )
        if statement is None:
            return
        self.statements[digest] = statement
        one = _signature(statement, digest)
        self.report.signatures.append(one)
        self._check_one(one, statement, self.bundle.need(name))
        one.holds = self.report.holds_since(first)

    def _check_one(self, one: Signature, statement: Value, raw: bytes) -> None:
        """Everything about a signature whose statement is the one that its digest names."""
        about = f"{one.name or '?'}, {one.act or '?'}, {one.digest[:8]}"
        check = partial(self.report.check, about, signature=one.digest)
        content = check(
            "What was signed is in the bundle, to the byte.", lambda: self._content(statement)
        )
        one.launch = content or ""
        leaf = check(
            "The ledger has an entry of this signature, and says the same.",
            lambda: self._leaf(statement, one.digest),
        )
        one.entry = leaf["seq"] if leaf else None
        check(
            "Its signer signed how the ledger stood then, and it is the beginning of the ledger as it is now.",
            lambda: self._pinned(statement),
        )
        if (seq := statement.get("appointment")) is not None:
            told = "The ledger has an entry by which its signer holds the authority."
            check(told, lambda: self._appointed(seq, statement))
        self._proof(one, statement, raw, leaf, about)
        if at := self.takings_back.get(one.digest):
            one.taken_back = at
            self.report.note(about, f"It was taken back at {at}: it stands no longer.", one.digest)

    def _stated(self, name: str) -> Value:
        raw = self.bundle.need(name)
        if name != f"statements/{sha256(raw).hexdigest()}.json":
            raise Altered("The statement was changed: its digest is not the one that names it.")
        statement = canonical(raw, "The statement")
        if statement.get("type") != STATEMENT_TYPE:
            raise Altered("This is no statement.")
        if statement.get("instance") != self.trust.value.get("instance"):
            raise Altered("The statement was made in another installation.")
        return statement

    def _content(self, statement: Value) -> str:
        """That what was signed is there; gives the launch's name, where that is in it."""
        digest = text_of(statement, "content", "sha256")
        content = self.bundle.need(f"snapshots/{digest}.json")
        if sha256(content).hexdigest() != digest or len(content) != statement["content"].get(
            "bytes"
        ):
            raise Altered("What was signed is not what is in the bundle.")
        launch = parsed(content, "What was signed").get("launch")
        return (
            f"{launch.get('name', '')} {launch.get('version', '')}"
            if isinstance(launch, dict)
            else ""
        )

    def _leaf(self, statement: Value, digest: str) -> Value:
        leaf = self.told.get(digest)
        if leaf is None:
            raise Missing("The bundle has no entry of this signature.")
        new = leaf["data"]["new"]
        told = {
            "act": statement.get("act"),
            "vote": statement.get("vote", ""),
            "slot": text_of(statement, "slot", "id"),
            "signer": text_of(statement, "signer", "id"),
            "meaning": statement.get("meaning"),
            "snapshot": text_of(statement, "content", "sha256"),
            "material": text_of(statement, "content", "material"),
        }
        wrong = [name for name, value in told.items() if new.get(name) != value]
        if wrong:
            raise Altered(f"The ledger says otherwise of {', '.join(wrong)}.")
        if text_of(leaf, "at")[:19] < text_of(statement, "time")[:19]:
            raise Altered("The statement is dated later than its entry in the ledger.")
        return leaf

    def _pinned(self, statement: Value) -> None:
        log = statement.get("log")
        size = log.get("size") if isinstance(log, dict) else None
        if not isinstance(size, int):
            raise Altered("The statement does not say how the ledger stood.")
        self._consistent(size, hash_of(text_of(statement, "log", "root")), "This signature")

    def _appointed(self, seq: Any, statement: Value) -> None:
        if seq not in self.leaves:
            raise Missing(f"The bundle has no entry {seq}, by which the signer was appointed.")
        leaf = self.leaves[seq]
        holder = leaf["data"].get("new", {}).get("holder")
        if not str(leaf.get("action", "")).startswith("appointment.") or holder != text_of(
            statement, "signer", "id"
        ):
            raise Altered(f"Entry {seq} is not the signer's appointment.")

    def _proof(
        self, one: Signature, statement: Value, raw: bytes, leaf: Value | None, about: str
    ) -> None:
        check = partial(self.report.check, about, signature=one.digest)
        new = leaf["data"]["new"] if leaf else {}
        if new.get("level") == "recorded":
            one.kind = RECORDED
            told = "It was recorded only: this installation says that it was given, and nobody else does."
            self.report.note(about, told, one.digest)
            return
        proof = check(
            "The bundle has its proof.", lambda: self._proof_of(f"proofs/{one.digest}.json", leaf)
        )
        if not proof:
            return
        if proof.get("kind") == "server":
            one.kind = SERVER
            told = "This installation's key signed the statement; that the person did so is its word alone."
            check(told, lambda: self._by_server(proof, raw))
            return
        one.kind = KEY
        person = check(
            "The signer's own key signed the digest of just this statement, and made sure that it is them.",
            lambda: self.by_key(proof, raw),
        )
        check(
            "The key is the signer's: the trust file says so, and the ledger entered it before.",
            lambda: self._whose(proof, statement, leaf),
        )
        one.whose = new.get("identity_verified") is True
        if person is not None and new.get("identity_verified") is False:
            self.report.note(about, "Nobody had made sure yet whose key it is.", one.digest)

    def _proof_of(self, name: str, leaf: Value | None) -> Value:
        if name not in self.bundle.files:
            raise Missing("The proof of this signature is not in the bundle.")
        proof = self.bundle.json(name)
        if not isinstance(proof, dict) or proof.get("kind") not in {"passkey", "server"}:
            raise Altered("Its proof cannot be read.")
        if leaf:
            told = leaf["data"]["new"]
            mine = sha256(bytes_of(proof.get("public_key"))).hexdigest()
            if told.get("proof") != proof["kind"] or told.get("public_key_sha256") != mine:
                raise Altered("The ledger tells of another proof.")
        return proof

    def _by_server(self, proof: Value, raw: bytes) -> None:
        spki = bytes_of(proof.get("public_key"))
        if proof["public_key"] not in self.trust.listed("server_keys"):
            raise Altered(
                "The key that signed is none of this installation's that the trust file names."
            )
        _check(public_key(spki), bytes_of(proof.get("signature")), SIGNED_AS + raw, "installation")

    def by_key(self, proof: Value, raw: bytes) -> bool:
        client, data = (
            bytes_of(proof.get("client_data_json")),
            bytes_of(proof.get("authenticator_data")),
        )
        said = parsed(client, "What the browser signed")
        challenge = urlsafe_b64encode(sha256(SIGNED_AS + raw).digest()).rstrip(b"=").decode()
        if not isinstance(said, dict) or said.get("type") != "webauthn.get":
            raise Altered("The key was not asked to sign.")
        if said.get("challenge") != challenge:
            raise Altered("The key signed another statement.")
        if said.get("crossOrigin", False) is not False or "topOrigin" in said:
            raise Altered("The key signed inside a page of somebody else.")
        host = proof.get("rp_id")
        if host not in self.trust.listed("rp_ids"):
            raise Altered("The key signed for a site that the trust file does not name.")
        self._check_origin(text_of(said, "origin"), str(host))
        if len(data) < AUTHENTICATOR_DATA_BYTES or data[:32] != sha256(str(host).encode()).digest():
            raise Altered("The key signed for another site.")
        if data[32] & (USER_PRESENT | USER_VERIFIED) != USER_PRESENT | USER_VERIFIED:
            raise Altered("The key did not make sure who was there.")
        key = public_key(bytes_of(proof.get("public_key")))
        _check(key, bytes_of(proof.get("signature")), data + sha256(client).digest(), "key")
        return True

    @staticmethod
    def _check_origin(origin: str, host: str) -> None:
        parts = urlsplit(origin)
        named = parts.hostname or ""
        safe = parts.scheme == "https" or (parts.scheme == "http" and named == "localhost")
        if not safe or (named != host and not named.endswith(f".{host}")):
            raise Altered("The key signed on a page of another site.")

    def _whose(self, proof: Value, statement: Value, leaf: Value | None) -> None:
        fingerprint = sha256(bytes_of(proof.get("public_key"))).hexdigest()
        signer = text_of(statement, "signer", "id")
        known = self.trust.person_of(fingerprint)
        if known is None or known.get("person") != signer:
            raise Altered("The trust file does not name this key as the signer's.")
        seq = proof.get("enrolment")
        if not isinstance(seq, int) or seq not in self.leaves:
            raise Missing("The bundle has no entry by which this key was entered.")
        entered = self.leaves[seq]
        new = entered["data"].get("new", {})
        if (
            entered.get("action") != "credential.enrolled"
            or new.get("public_key_sha256") != fingerprint
            or new.get("user") != signer
        ):
            raise Altered("The entry by which the key was entered is another's.")
        if leaf is not None:
            self._check_revoked(str(entered.get("subject")), seq, leaf["seq"])

    def _check_revoked(self, subject: str, entered: int, signed: int) -> None:
        if entered >= signed:
            raise Altered("The key was entered after it signed.")
        for seq, other in self.leaves.items():
            if (
                other.get("action") == "credential.revoked"
                and other.get("subject") == subject
                and seq < signed
            ):
                raise Altered("The key had been revoked when it signed.")

    def _listed(self, manifest: Value) -> None:
        """Nothing that the manifest promises is gone, and every signature that an entry tells of is there."""
        promised = manifest.get("signatures")
        promised = promised if isinstance(promised, list) else []
        gone = sorted(
            ({str(digest) for digest in promised} | set(self.told)) - set(self.statements)
        )
        for digest in gone:
            if digest in self.told:
                self.report.signatures.append(_untold(self.told[digest], digest))
        if gone:
            are = "signature is" if len(gone) == 1 else "signatures are"
            told = f"{len(gone)} {are} not in the bundle as signed: {gone[0][:8]} \u2026"
            self.report.add(MISSING, "bundle", told)
        else:
            told = f"All {len(self.statements)} signatures that are promised are there."
            self.report.add(HOLDS, "bundle", told)

    # What lies beside the evidence.

    def _beside(self) -> None:
        if ATTESTATION in self.bundle.files:
            told = (
                "The attestation is signed by this installation, and rests on votes that are here."
            )
            until = self.report.check("attestation", told, self._attestation)
            if until is not None:
                self.report.note("attestation", f"It counts for a deployment until {until}.")
        for name in self.bundle.below("certificates"):
            self.report.note(
                "certificate",
                f"{name} is here to be read. Its seal is not checked by this program: a PDF reader or pdfsig shows it.",
            )

    def _attestation(self) -> str:
        """Check the attestation against its key and the votes that it names. Gives when it ends."""
        envelope = self.bundle.json(ATTESTATION)
        payload = bytes_of(envelope["payload"])
        if envelope["payloadType"] != PAYLOAD_TYPE:
            raise Altered("The attestation is not of the type that an attestation has.")
        signed = (
            b"DSSEv1 %d %s %d " % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload)) + payload
        )
        self._by_any(envelope["signatures"], signed)
        statement = canonical(payload, "The attestation")
        if statement["predicateType"] != PREDICATE_TYPE:
            raise Altered("The attestation is about something else than the decision of a launch.")
        told = statement["predicate"]
        for row in told["signatures"]:
            self._vote(row, text_of(told, "launch", "id"))
        return text_of(told, "expiresAt")

    def _by_any(self, signatures: list[Any], signed: bytes) -> None:
        """One of the signatures is by a key that the trust file names."""
        keys = [public_key(bytes_of(text)) for text in self.trust.listed("attestation_keys")]
        if not keys:
            raise Missing("The trust file names no key of attestations.")
        for key in keys:
            for signature in signatures:
                try:
                    _check(key, bytes_of(signature["sig"]), signed, "attestation")
                except Altered:
                    continue
                return
        raise Altered("The attestation is not signed by a key that the trust file names.")

    def _vote(self, row: Value, launch: str) -> None:
        digest = text_of(row, "statement", "sha256")
        statement = self.statements.get(digest)
        if statement is None:
            raise Missing("A vote that the attestation names is not in the bundle.")
        same = (statement.get("act"), statement.get("vote"), text_of(statement, "launch", "id"))
        if same != ("vote", row["vote"], launch):
            raise Altered("The attestation says something else of a vote than its voter did.")


def _signature(statement: Value, digest: str) -> Signature:
    """What a statement says of itself; whatever is not of the right form is left out here, and found by its check."""
    signer, slot, log = (
        part if isinstance(part := statement.get(name), dict) else {}
        for name in ("signer", "slot", "log")
    )
    of_another = signer.get("standing_in_for")
    size = log.get("size")
    return Signature(
        digest=digest,
        act=_text(statement, "act"),
        vote=_text(statement, "vote"),
        scope=_text(statement, "scope"),
        slot=_text(slot, "title"),
        person=_text(signer, "id"),
        name=_text(signer, "name"),
        authority=_text(signer, "authority"),
        stands_in_for=_text(of_another, "name") if isinstance(of_another, dict) else "",
        at=_text(statement, "time"),
        log_size=size if isinstance(size, int) else None,
    )


def _untold(leaf: Value, digest: str) -> Signature:
    """A signature that the ledger tells of, and whose statement is not in the bundle."""
    new = leaf["data"]["new"]
    return Signature(
        digest=shown(digest),
        act=_text(new, "act"),
        vote=_text(new, "vote"),
        person=_text(new, "signer"),
        at=_text(leaf, "at"),
        entry=leaf["seq"],
    )


def _text(value: Value, name: str) -> str:
    found = value.get(name)
    return shown(found) if isinstance(found, str) else ""


def verify(bundle: bytes, trust: bytes, checkpoint: bytes | None = None) -> Report:
    """Check a bundle against a trust file, and against a checkpoint that somebody kept elsewhere."""
    report = Report()
    trusted = report.check("trust", "The trust file can be read.", lambda: Trust.read(trust))
    read = report.check("bundle", "The bundle can be read.", lambda: Bundle.read(bundle))
    if trusted is not None and read is not None:
        try:
            Verification(read, trusted, report, checkpoint).run()
        except Missing as missing:
            report.add(MISSING, "bundle", str(missing))
        except Altered as altered:
            report.add(ALTERED, "bundle", str(altered))
        except MALFORMED:
            told = "A part of the bundle is not of the form that Sentinel writes."
            report.add(ALTERED, "bundle", told)
    return report


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Verify a bundle of evidence that Sentinel has exported."
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument(
        "--trust", type=Path, required=True, help="the trust file, which reached you by another way"
    )
    parser.add_argument(
        "--checkpoint", type=Path, help="a checkpoint that you, or somebody else, kept"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON a check")
    given = parser.parse_args(arguments)
    try:
        kept = given.checkpoint.read_bytes() if given.checkpoint else None
        report = verify(given.bundle.read_bytes(), given.trust.read_bytes(), kept)
    except OSError as trouble:
        print(f"{trouble.filename}: {trouble.strerror}", file=sys.stderr)
        return 2
    for line in report.lines:
        if given.json:
            print(
                json.dumps(
                    {"outcome": line.outcome, "about": line.about, "told": line.told}
                    | ({"signature": line.signature} if line.signature else {}),
                    ensure_ascii=False,
                )
            )
        else:
            print(f"{line.outcome.upper():8} {line.about}: {line.told}")
    if not given.json:
        verdict = {0: "EVERYTHING HOLDS.", 1: "SOMETHING WAS ALTERED.", 2: "SOMETHING IS MISSING."}
        print(f"\n{verdict[report.status]}\n{NOT_PROVED}")
    return report.status


if __name__ == "__main__":
    sys.exit(main())
