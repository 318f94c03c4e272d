"""What a given file is, as far as its seal tells: whether we sealed it, whole, and what its record says.

The file may come from anybody. Its seal is checked over its bare bytes first; only bytes that a key of ours has sealed
are read as a PDF, so that a hostile file meets no parser of PDF. Slow to import: it needs pyHanko.
"""

import asyncio
import json
import logging
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from itertools import islice
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext_lazy as _
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import extract_certificate_info
from pyhanko.sign.validation import async_validate_detached_cms, validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from signoff.certificate.aside import aside
from signoff.certificate.record import RECORD_NAME, RECORD_TYPE, Value
from signoff.statements import canonical

logger = logging.getLogger(__name__)

MOST_BYTES = 50_000_000
BYTE_RANGE = re.compile(rb"/ByteRange ?\[ ?0 (\d{1,9}) (\d{1,9}) (\d{1,9}) ?\]")
CONTENTS = re.compile(rb"<([0-9a-fA-F]{2,200000})>")
MOST_SEALS, MOST_CONTENTS = 100, 200_002  # a file may name a million places, and take hours

SENTENCES = {
    "too_large": _("The file is larger than any certificate: it was not looked into."),
    "no_pdf": _("This is no PDF."),
    "no_seal": _("The file carries no seal of the kind that a certificate has."),
    "foreign": _("The file is sealed, but not by this installation."),
    "altered": _("The file was changed after it was sealed."),
    "added": _("Something was added to the file after it was sealed."),
    "no_root": _("The keys of this installation have not been made, so no seal can be known as its own."),
    "out_of_time": _("The seal's certificate was not valid on the day that the seal names."),
    "unread": _("It was sealed by this installation, and cannot be read as one of its certificates."),
    "statement": _("A statement in the record does not have the digest that the record gives it."),
    "content": _("What was signed does not have the digest that the record gives it."),
    "sealed": _("Sealed by this installation."),
    "whole": _("Nothing was changed or added since."),
    "record": _("The record is attached, and every digest in it is right."),
    "timestamped": _("A timestamp authority says when, too; whether you trust it is for you to decide."),
}  # fmt: skip
GOOD = frozenset({"sealed", "whole", "record", "timestamped"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: a code for programs, a sentence for people."""

    code: str

    @property
    def good(self) -> bool:
        return self.code in GOOD

    @property
    def text(self) -> str:
        return str(SENTENCES[self.code])


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `record` is what the sealed part of the file holds; nothing where no part is ours."""

    findings: tuple[Finding, ...]
    record: Value | None = None
    sealed_at: datetime | None = None

    @property
    def holds(self) -> bool:
        """It is a certificate of this installation, as it left it."""
        return all(finding.good for finding in self.findings)

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature over bytes, as it lies in the file: what it covers, and its CMS object."""

    covered: bytes
    end: int
    signed: cms.SignedData


def checked(data: bytes, root: x509.Certificate | None, *, now: datetime) -> Checked:
    """What these bytes are, whatever they are. `root`: the certificate of our own authority."""
    if len(data) > MOST_BYTES:
        return _bad("too_large")
    if not data.startswith(b"%PDF-"):
        return _bad("no_pdf")
    if root is None:
        return _bad("no_root")
    try:
        return _checked(data, root, now)
    except Exception:  # whatever a hostile file makes a parser raise, it is one finding
        logger.info("A file could not be read as a certificate", exc_info=True)
        return _bad("no_seal")


def _bad(*codes: str) -> Checked:
    return Checked(tuple(map(Finding, codes)))


def _checked(data: bytes, root: x509.Certificate, now: datetime) -> Checked:
    seal = _seal(data)
    if seal is None:
        return _bad("no_seal")
    if not _is_ours(seal, root):
        return _bad("foreign")
    status = _status(seal, root, now)
    if not (status.valid and status.intact):
        return _bad("altered")
    if not status.trusted:
        return _bad("foreign")
    codes = ["sealed"]
    whole, revision = len(data) == seal.end, data[: seal.end]
    try:
        reader = PdfFileReader(BytesIO(revision))
        pdf = _pdf_status(reader, root, now)
        record = _record(reader)
    except Exception:  # as above: we sealed something that is none of our certificates
        logger.info("A sealed file could not be read as a certificate", exc_info=True)
        return _bad(*codes, "unread")
    codes += _time_codes(pdf)
    codes.append("whole" if whole and _is_whole(pdf) else "added")
    return Checked(
        tuple(map(Finding, [*codes, *_record_codes(record)])), record, pdf.signer_reported_dt
    )


def _seal(data: bytes) -> Seal | None:
    """The first seal whose bytes are laid out as a certificate's: all but the signature itself, from the start."""
    for match in islice(BYTE_RANGE.finditer(data), MOST_SEALS):
        first, second, length = map(int, match.groups())
        end = second + length
        gap = CONTENTS.fullmatch(data[first:second]) if second - first <= MOST_CONTENTS else None
        if gap and end <= len(data):
            blob = bytes.fromhex(gap[1].decode())
            info = cms.ContentInfo.load(blob)
            if any(blob[len(info.dump()) :]):
                return None  # the place of the signature is the one part that no signature covers
            return Seal(data[:first] + data[second:end], end, info["content"])
    return None


def _is_ours(seal: Seal, root: x509.Certificate) -> bool:
    """Whether the seal names a certificate that our root has issued; whether it is that one's, its signature says."""
    signer = extract_certificate_info(seal.signed).signer_cert
    try:
        x509.load_der_x509_certificate(signer.dump()).verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _status(seal: Seal, root: x509.Certificate, now: datetime) -> StandardCMSSignatureStatus:
    """The signature over the bare bytes. That its certificate has expired by now does not make it foreign."""
    signer = extract_certificate_info(seal.signed).signer_cert
    moment = min(now, signer.not_valid_after)
    checked = async_validate_detached_cms(seal.covered, seal.signed, _trusting(root, moment))
    return aside(lambda: asyncio.run(checked))


def _trusting(root: x509.Certificate, moment: datetime) -> ValidationContext:
    anchor = asn1.Certificate.load(root.public_bytes(Encoding.DER))
    return ValidationContext(trust_roots=[anchor], moment=moment, allow_fetching=False)


def _pdf_status(reader: PdfFileReader, root: x509.Certificate, now: datetime) -> PdfSignatureStatus:
    (signature,) = reader.embedded_signatures
    moment = min(now, signature.signer_cert.not_valid_after)
    return aside(lambda: validate_pdf_signature(signature, _trusting(root, moment)))


def _time_codes(status: PdfSignatureStatus) -> list[str]:
    """Whether the certificate was valid when the seal says it was made, and whether somebody else says when, too."""
    at, certificate = status.signer_reported_dt, status.signing_cert
    valid = at and certificate.not_valid_before <= at <= certificate.not_valid_after
    codes = [] if valid else ["out_of_time"]
    return [*codes, "timestamped"] if status.timestamp_validity else codes


def _is_whole(status: PdfSignatureStatus) -> bool:
    """The seal covers the file, and no later revision changes what it shows."""
    return (
        status.coverage is not None
        and status.coverage.name == "ENTIRE_FILE"
        and status.modification_level is not None
        and status.modification_level.name == "NONE"
    )


def _record(reader: PdfFileReader) -> Value:
    """The record that is attached, by the name that we give it."""
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    files = {str(names[at]): names[at + 1] for at in range(0, len(names), 2)}
    record: Any = json.loads(files[RECORD_NAME]["/EF"]["/F"].data)
    if record["type"] != RECORD_TYPE:
        raise ValueError("The record is of another type.")
    return dict(record)


def _record_codes(record: Value) -> list[str]:
    """Whether statements and contents have the digests that the record gives them."""
    statements = {row["sha256"]: row["statement"] for row in record["signatures"]}
    codes = [
        code
        for code, values in (("statement", statements), ("content", record["contents"]))
        if any(sha256(canonical(value)).hexdigest() != key for key, value in values.items())
    ]
    return codes or ["record"]
