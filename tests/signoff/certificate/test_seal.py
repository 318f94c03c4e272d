"""The seal, held against what an attacker does to a file, by our own checking and by programs that do not know us."""

import asyncio
import shutil
import subprocess
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from threading import Thread

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.generic import NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from sentinel.errors import Refused
from signoff.certificate import authority, checking
from signoff.certificate.aside import aside
from signoff.certificate.checking import checked
from signoff.certificate.seal import sealed
from tests.signoff.acting import make_go_launch
from tests.signoff.certificate.making import certificate_of, unsealed

pytestmark = pytest.mark.django_db  # else a run of this file alone would have no database

SECTION = {"items": ("Audit", "Keys")}


@pytest.fixture(scope="module")
def pdf(django_db_setup, django_db_blocker, made_seal_keys):
    """A decision's certificate, not sealed yet."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(KEYS_DIR=made_seal_keys):
            made = unsealed(make_go_launch(SECTION))
        transaction.set_rollback(True)
    return made


@pytest.fixture(scope="module")
def whole(pdf, made_seal_keys):
    return sealed(pdf, made_seal_keys, now=timezone.now())


@pytest.fixture
def codes(made_seal_keys):
    """What our own checking finds in some bytes."""

    def codes(data, root=None):
        root = root or authority.root(made_seal_keys)
        return checked(data, root, now=timezone.now()).codes

    return codes


def program(*arguments):
    done = subprocess.run(
        [shutil.which(arguments[0]), *arguments[1:]], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def trusting(folder, tmp_path):
    """A store of certificates, as poppler reads it, that trusts our root alone."""
    store = tmp_path / "nss"
    store.mkdir()
    program("certutil", "-N", "-d", store, "--empty-password")
    root = folder / "seal-root.crt.pem"
    program("certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root)
    return store


def test_pyhanko_finds_it_intact_trusted_and_covering_all(whole, made_seal_keys):
    reader = PdfFileReader(BytesIO(whole))
    root = asn1.Certificate.load(authority.root(made_seal_keys).public_bytes(Encoding.DER))

    (signature,) = reader.embedded_signatures
    status = aside(lambda: validate_pdf_signature(signature, ValidationContext(trust_roots=[root])))

    assert status.bottom_line
    assert status.summary().startswith("INTACT:TRUSTED")
    assert (status.coverage.name, status.modification_level.name) == ("ENTIRE_FILE", "NONE")


def test_poppler_finds_it_valid_and_its_certificate_trusted(whole, made_seal_keys, tmp_path):
    path = tmp_path / "certificate.pdf"
    path.write_bytes(whole)

    said = program("pdfsig", "-nssdir", trusting(made_seal_keys, tmp_path), path)

    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate Validation: Certificate is Trusted." in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Total document signed" in said


def test_poppler_does_not_trust_it_where_nobody_trusts_our_root(whole, made_seal_keys, tmp_path):
    other = tmp_path / "other"
    authority.make(other, now=timezone.now())
    path = tmp_path / "certificate.pdf"
    path.write_bytes(whole)

    said = program("pdfsig", "-nssdir", trusting(other, tmp_path), path)

    assert "Signature Validation: Signature is Valid." in said
    assert "Certificate is Trusted" not in said


def test_our_checking_finds_it_ours_whole_and_its_record_right(whole, made_seal_keys):
    now = timezone.now()

    found = checked(whole, authority.root(made_seal_keys), now=now)

    assert (found.codes, found.holds) == (["sealed", "whole", "record"], True)
    assert found.findings[0].text == "Sealed by this installation."
    assert found.record["about"] == "decision"
    assert abs(found.sealed_at - now) < timedelta(minutes=5)


def test_the_seal_keeps_what_pdf_a_claims_and_the_version_it_is_of(pdf, whole):
    before, after = (PdfReader(BytesIO(data)) for data in (pdf, whole))

    claims = [reader.root_object["/Metadata"].get_data() for reader in (before, after)]

    assert claims[0] == claims[1]
    assert after.pdf_header == "%PDF-1.7"
    assert "/Version" not in after.root_object
    assert whole.startswith(pdf)


@pytest.mark.parametrize("share", [0.001, 0.2, 0.5, 0.9, 0.999])
def test_one_byte_altered_is_detected(codes, pdf, whole, share):
    data = bytearray(whole)
    data[int(len(pdf) * share)] ^= 1

    assert codes(bytes(data)) in (["altered"], ["no_pdf"])


def test_a_signature_altered_itself_is_detected(codes, whole):
    (signature,) = PdfFileReader(BytesIO(whole)).embedded_signatures
    value = signature.signer_info["signature"].native.hex().upper().encode()
    other = value[:-1] + (b"0" if value[-1:] != b"0" else b"1")
    assert whole.count(value) == 1

    assert codes(whole.replace(value, other)) == ["altered"]


def test_nothing_hides_behind_the_signature_in_its_place(codes, whole):
    end = whole.index(b">", whole.index(b"/Contents <"))
    assert whole[end - 8 : end] == b"00000000"

    assert codes(whole[: end - 8] + b"c0ffee00" + whole[end:]) == ["no_seal"]


def test_a_later_revision_is_detected(codes, whole):
    writer = IncrementalPdfFileWriter(BytesIO(whole))
    page = writer.root["/Pages"]["/Kids"][0]
    page[NameObject("/Painted")] = TextStringObject("over")
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)

    found = codes(out.getvalue())

    assert found == ["sealed", "added", "record"]


@pytest.mark.parametrize("tail", [b"\n", b"% nothing\n"])
def test_anything_behind_the_end_is_detected(codes, whole, tail):
    assert codes(whole + tail) == ["sealed", "added", "record"]


def test_the_seal_of_another_authority_is_not_ours(codes, pdf, tmp_path):
    authority.make(tmp_path, now=timezone.now())

    assert codes(sealed(pdf, tmp_path, now=timezone.now())) == ["foreign"]


def test_what_nobody_sealed_is_said_to_be_so(codes, pdf):
    assert codes(pdf) == ["no_seal"]


def test_a_seal_of_before_a_rotation_stays_ours(codes, pdf, tmp_path):
    authority.make(tmp_path, now=timezone.now())
    before = sealed(pdf, tmp_path, now=timezone.now())
    authority.rotate(tmp_path, now=timezone.now())
    after = sealed(pdf, tmp_path, now=timezone.now())

    root = authority.root(tmp_path)
    assert codes(before, root) == codes(after, root) == ["sealed", "whole", "record"]


def test_a_seal_stays_good_after_its_certificate_has_expired(whole, made_seal_keys):
    found = checked(
        whole, authority.root(made_seal_keys), now=timezone.now() + timedelta(days=3000)
    )

    assert found.holds


def test_a_seal_dated_before_its_certificate_is_out_of_time(pdf, tmp_path):
    authority.make(tmp_path, now=timezone.now() + timedelta(days=10))
    later = timezone.now() + timedelta(days=11)

    found = checked(sealed(pdf, tmp_path, now=later), authority.root(tmp_path), now=later)

    assert found.codes == ["sealed", "out_of_time", "whole", "record"]


def test_nothing_is_sealed_with_an_expired_certificate(pdf, tmp_path):
    authority.make(tmp_path, now=datetime(2020, 1, 1, tzinfo=UTC))

    with pytest.raises(Refused) as refusal:
        sealed(pdf, tmp_path, now=timezone.now())

    assert refusal.value.error_list[0].code == "seal_expired"


def test_nothing_is_ours_before_there_are_keys(whole):
    assert checked(whole, None, now=timezone.now()).codes == ["no_root"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_pdf"),
        (b"PK\x03\x04", "no_pdf"),
        (b"%PDF-1.7", "no_seal"),
        (b"%PDF-1.7 /ByteRange [0 9 9 9]", "no_seal"),
        (b"%PDF-1.7 /ByteRange [0 9 999999999 999999999]", "no_seal"),
        (b"%PDF-1.7 <aabb>/ByteRange [0 9 15 3]", "no_seal"),
    ],
)
def test_what_is_no_certificate_gets_one_sentence(codes, data, code):
    assert codes(data) == [code]


def test_a_file_that_names_a_million_places_takes_no_hours(codes):
    """Each place is a stretch that has to be looked at, and there are as many as fit into an upload."""
    began = time.monotonic()

    places = b"/ByteRange [0 9 999999 3]" * 800_000
    assert codes(b"%PDF-1.7 <" + b"a" * 2_000_000 + places) == ["no_seal"]
    assert time.monotonic() - began < 5


def test_what_is_larger_than_any_certificate_is_not_looked_into(codes, monkeypatch):
    assert codes(b"%PDF-" + bytes(checking.MOST_BYTES)) == ["too_large"]


def test_what_our_key_sealed_and_is_no_certificate_is_told_apart(codes, pdf, made_seal_keys):
    bare = pdf.replace(b"(record.json)", b"(other0.json)")

    assert codes(sealed(bare, made_seal_keys, now=timezone.now())) == ["sealed", "unread"]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_damage_crashes_the_checking_or_passes_it(codes, whole, data):
    at = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 2000))
    junk = data.draw(st.binary(max_size=200))
    damaged = whole[:at] + junk + whole[at + length :]

    assert damaged == whole or "whole" not in codes(damaged)


class Stamps(BaseHTTPRequestHandler):
    """A timestamp authority (RFC 3161) on this machine."""

    stamper = None

    def do_POST(self):
        asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.stamper.request_tsa_response(asked).dump()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Say nothing."""


def make_stamper():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Timestamps")])
    now = timezone.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, SHA256())
    )
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return DummyTimeStamper(
        asn1.Certificate.load(certificate.public_bytes(Encoding.DER)),
        asn1_keys.PrivateKeyInfo.load(private),
    )


@pytest.fixture
def stamps():
    Stamps.stamper = make_stamper()
    server = HTTPServer(("127.0.0.1", 0), Stamps)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_timestamp_authority_says_when_too(codes, pdf, made_seal_keys, stamps):
    stamped = sealed(pdf, made_seal_keys, now=timezone.now(), timestamps=stamps)

    assert codes(stamped) == ["sealed", "timestamped", "whole", "record"]


def test_a_timestamp_authority_that_does_not_answer_is_named(pdf, made_seal_keys):
    with pytest.raises(Refused) as refusal:
        sealed(pdf, made_seal_keys, now=timezone.now(), timestamps="http://127.0.0.1:9/")

    assert refusal.value.error_list[0].code == "tsa_silent"


@pytest.mark.django_db
@pytest.mark.usefixtures("seal_keys")
def test_a_certificate_made_whole_holds(codes):
    certificate = certificate_of(make_go_launch(SECTION))

    assert certificate.name.endswith("-decision-1.pdf")
    assert codes(certificate.content) == ["sealed", "whole", "record"]


def test_it_works_where_an_event_loop_runs(pdf, whole, made_seal_keys, codes):
    """As under an asynchronous server, and beside our own browser tests."""

    async def seal_and_check():
        return codes(sealed(pdf, made_seal_keys, now=timezone.now()))

    assert aside(lambda: asyncio.run(seal_and_check())) == codes(whole)
