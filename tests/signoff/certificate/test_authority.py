"""The authority's files: who vouches for whom, until when, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from sentinel.errors import Refused
from signoff.certificate import authority

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=365)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of keys as they were made; for tests that change nothing."""
    folder = tmp_path_factory.mktemp("made")
    authority.make(folder, now=NOW)
    return folder


@pytest.fixture
def own(made, tmp_path):
    """The same keys, to be changed."""
    for path in made.iterdir():
        copy = tmp_path / path.name
        copy.write_bytes(path.read_bytes())
    return tmp_path


def certificate(path):
    return x509.load_pem_x509_certificate(path.read_bytes())


def code(refusal):
    return refusal.value.error_list[0].code


def test_make_writes_a_root_and_a_sealing_certificate_for_their_owner_alone(made):
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in made.iterdir()}

    assert modes == dict.fromkeys(
        ["seal-root.key.pem", "seal-root.crt.pem", "seal-1.key.pem", "seal-1.crt.pem"], "0o400"
    )


def test_the_root_vouches_for_the_seal_and_for_nothing_below_it(made):
    root, seal = authority.root(made), certificate(made / "seal-1.crt.pem")

    seal.verify_directly_issued_by(root)

    limits = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (limits.ca, limits.path_length) == (True, 0)
    assert (root.not_valid_after_utc.year, seal.not_valid_after_utc.year) == (2046, 2028)


def test_the_sealing_certificate_is_for_documents_and_signs_no_other(made):
    found = certificate(made / "seal-1.crt.pem").extensions

    usage = found.get_extension_for_class(x509.KeyUsage).value
    purposes = found.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert (usage.digital_signature, usage.content_commitment) == (True, True)
    assert (usage.key_cert_sign, usage.crl_sign) == (False, False)
    assert [row.dotted_string for row in purposes] == ["1.3.6.1.5.5.7.3.36", "1.3.6.1.5.5.7.3.4"]


def test_make_is_refused_where_there_are_keys(made):
    with pytest.raises(Refused) as refusal:
        authority.make(made, now=NOW)

    assert code(refusal) == "seal_exists"


def test_rotation_keeps_the_root_and_the_old_certificate_and_drops_the_old_key(own):
    before = authority.fingerprint(own)

    sealing = authority.rotate(own, now=LATER)

    assert authority.fingerprint(own) == before
    assert authority.current(own) == sealing
    assert sorted(path.name for path in own.glob("seal-[0-9]*")) == [
        "seal-1.crt.pem",
        "seal-2.crt.pem",
        "seal-2.key.pem",
    ]
    certificate(sealing.certificate).verify_directly_issued_by(authority.root(own))


def test_rotation_needs_the_roots_private_key(own, tmp_path_factory):
    (own / "seal-root.key.pem").unlink()

    with pytest.raises(Refused) as refusal:
        authority.rotate(own, now=LATER)

    assert code(refusal) == "seal_root_away"
    assert authority.sealing_refusals(own, NOW) == []


def test_rotation_needs_a_root(tmp_path):
    with pytest.raises(Refused) as refusal:
        authority.rotate(tmp_path, now=NOW)

    assert code(refusal) == "seal_missing"
    assert authority.fingerprint(tmp_path) == ""


@pytest.mark.parametrize(
    ("lost", "now", "codes"),
    [
        (None, NOW, []),
        (None, NOW + timedelta(days=729), []),
        (None, NOW + timedelta(days=731), ["seal_expired"]),
        ("seal-1.key.pem", NOW, ["seal_missing"]),
        ("seal-1.crt.pem", NOW, ["seal_missing"]),
        ("seal-root.crt.pem", NOW, ["seal_missing"]),
    ],
)
def test_nothing_is_sealed_without_keys_that_are_valid(own, lost, now, codes):
    if lost:
        (own / lost).unlink()

    assert [reason.code for reason in authority.sealing_refusals(own, now)] == codes


@pytest.mark.parametrize(("days", "soon"), [(600, False), (671, True)])
def test_two_months_before_the_end_it_is_time_to_rotate(made, days, soon):
    assert authority.ends_soon(made, NOW + timedelta(days=days)) is soon
