"""The organisation's own certificate authority: a root, and the sealing certificates it has issued, as files.

The root's private key serves `rotate` alone, and may be kept elsewhere in between. A sealing certificate that was
replaced stays, so that it can be told apart from a foreign one; its private key does not.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from audit.keys import write_private
from sentinel.reasons import Reason
from signoff.words import refuse

ROOT_YEARS, SEAL_YEARS = 20, 2
KEY_BITS = (
    3072  # RSA: a seal on an elliptic curve would make a PDF 2.0 of it, and PDF/A-3 is PDF 1.7
)
WARN_BEFORE = timedelta(days=60)
YEAR = timedelta(days=365.25)
ROOT_KEY, ROOT_CERTIFICATE = "seal-root.key.pem", "seal-root.crt.pem"
SEAL_KEY, SEAL_CERTIFICATE = "seal-{number}.key.pem", "seal-{number}.crt.pem"
NUMBERED = re.compile(r"seal-(\d+)\.crt\.pem")
DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336

type PrivateKey = rsa.RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Sealing:
    """What a seal is made with: the files of its key and certificate, and of the root that vouches for it."""

    key: Path
    certificate: Path
    root: Path

    @property
    def expires_at(self) -> datetime:
        return _certificate(self.certificate).not_valid_after_utc


def make(folder: Path, *, now: datetime) -> Sealing:
    """Make a root and its first sealing certificate. Refused where there is a root already."""
    if (folder / ROOT_CERTIFICATE).exists():
        refuse([Reason("seal_exists")])
    key = _new_key()
    name = _name("Sentinel root")
    root = (
        _builder(name, key, now, ROOT_YEARS)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / ROOT_KEY, _pem(key))
    write_private(folder / ROOT_CERTIFICATE, root.public_bytes(serialization.Encoding.PEM))
    return _issue(folder, 1, now)


def rotate(folder: Path, *, now: datetime) -> Sealing:
    """Replace the sealing certificate by a new one of the same root."""
    refuse(rotation_refusals(folder))
    newest = _newest(folder)
    sealing = _issue(folder, newest + 1, now)
    (folder / SEAL_KEY.format(number=newest)).unlink(missing_ok=True)
    return sealing


def rotation_refusals(folder: Path) -> list[Reason]:
    """Why no further sealing certificate can be issued here."""
    if not (folder / ROOT_CERTIFICATE).exists():
        return [Reason("seal_missing")]
    if not (folder / ROOT_KEY).exists():
        return [Reason("seal_root_away", params={"file": ROOT_KEY})]
    return []


def sealing_refusals(folder: Path, now: datetime) -> list[Reason]:
    """Why nothing can be sealed with what is here; an empty list means it can."""
    number = _newest(folder)
    needed = [folder / ROOT_CERTIFICATE, folder / SEAL_KEY.format(number=number)]
    if not number or not all(path.exists() for path in needed):
        return [Reason("seal_missing")]
    if current(folder).expires_at <= now:
        return [Reason("seal_expired")]
    return []


def current(folder: Path) -> Sealing:
    """What is sealed with now. Ask `sealing_refusals` first."""
    return _sealing(folder, _newest(folder))


def ends_soon(folder: Path, now: datetime) -> bool:
    """Whether it is time to rotate: whoever looks at the keys is told so."""
    return current(folder).expires_at - WARN_BEFORE <= now


def root(folder: Path) -> x509.Certificate | None:
    """The root's certificate: what a reader trusts, or not."""
    path = folder / ROOT_CERTIFICATE
    return _certificate(path) if path.exists() else None


def fingerprint(folder: Path) -> str:
    """SHA-256 of the root's certificate in hex, to be told by another way than the certificate's; "" without one."""
    found = root(folder)
    return found.fingerprint(hashes.SHA256()).hex() if found else ""


def _issue(folder: Path, number: int, now: datetime) -> Sealing:
    issuer = _certificate(folder / ROOT_CERTIFICATE)
    issuing = serialization.load_pem_private_key((folder / ROOT_KEY).read_bytes(), password=None)
    key = _new_key()
    usages = [DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    certificate = (
        _builder(_name(f"Sentinel seal {number}"), key, now, SEAL_YEARS)
        .issuer_name(issuer.subject)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(issuing, hashes.SHA256())  # type: ignore[arg-type]  # we made it
    )
    sealing = _sealing(folder, number)
    write_private(sealing.key, _pem(key))
    write_private(sealing.certificate, certificate.public_bytes(serialization.Encoding.PEM))
    return sealing


def _builder(
    name: x509.Name, key: PrivateKey, now: datetime, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + years * YEAR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _new_key() -> PrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _name(what: str) -> x509.Name:
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, host[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, what),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    seals = not signs_certificates
    return x509.KeyUsage(
        digital_signature=seals,
        content_commitment=seals,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _newest(folder: Path) -> int:
    """The number of the newest sealing certificate; 0 where there is none."""
    names = (NUMBERED.fullmatch(path.name) for path in folder.glob("seal-*.crt.pem"))
    return max((int(match[1]) for match in names if match), default=0)


def _sealing(folder: Path, number: int) -> Sealing:
    return Sealing(
        folder / SEAL_KEY.format(number=number),
        folder / SEAL_CERTIFICATE.format(number=number),
        folder / ROOT_CERTIFICATE,
    )


def _certificate(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
