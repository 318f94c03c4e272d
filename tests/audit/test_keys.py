"""The server's own keys: files that their owner alone can read, one purpose each."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from audit import keys
from audit.keys import KeyProblem, Purpose


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    return settings.KEYS_DIR


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        (Purpose.LOG, Ed25519PrivateKey),
        (Purpose.SERVER, Ed25519PrivateKey),
        (Purpose.ATTESTATION, EllipticCurvePrivateKey),
    ],
)
def test_a_key_is_made_for_its_purpose_and_read_again(purpose, kind):
    made = keys.make(purpose)

    assert isinstance(made, kind)
    assert keys.load(purpose).public_key() == made.public_key()
    assert keys.path_of(purpose).stat().st_mode & 0o777 == 0o400
    assert keys.folder().stat().st_mode & 0o777 == 0o700


def test_a_key_that_is_there_is_never_overwritten():
    keys.make(Purpose.LOG)

    with pytest.raises(FileExistsError):
        keys.make(Purpose.LOG)


def test_a_missing_key_says_what_to_do():
    with pytest.raises(KeyProblem, match=r"manage\.py keys init"):
        keys.load(Purpose.LOG)


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644])
def test_a_key_that_others_can_read_is_not_used(mode):
    keys.make(Purpose.LOG)
    keys.path_of(Purpose.LOG).chmod(mode)

    with pytest.raises(KeyProblem, match="chmod 400"):
        keys.load(Purpose.LOG)


def test_a_key_of_another_kind_is_not_used():
    other = generate_private_key(65537, 2048)
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keys.write_private(keys.path_of(Purpose.SERVER), pem)

    with pytest.raises(KeyProblem, match="another kind"):
        keys.load(Purpose.SERVER)


def test_the_logs_name_is_where_it_began(settings):
    settings.BASE_URL = "https://sentinel.example:8443/x"
    keys.make(Purpose.LOG)
    settings.BASE_URL = "https://moved.example"

    assert keys.log_key()[0].name == "sentinel.example/ledger"


def test_a_name_that_is_not_the_keys_is_not_used():
    keys.make(Purpose.LOG)
    other = keys.make_next_log_key()[0]
    keys.write_name(other)

    with pytest.raises(KeyProblem, match="does not name the key"):
        keys.log_key()


@pytest.mark.parametrize("content", ["", "nonsense"])
def test_a_name_that_cannot_be_read_is_said_so(content):
    keys.make(Purpose.LOG)
    keys.log_name_path().write_text(content)

    with pytest.raises(KeyProblem, match="cannot be read"):
        keys.log_key()


def test_the_next_key_takes_the_place_of_the_one_before():
    keys.make(Purpose.LOG)
    before = keys.log_key()[0]
    keys.make_next_log_key()
    following = keys.make_next_log_key()[0]  # the first was never used

    assert keys.log_key()[0] == before
    keys.use_next_log_key()

    assert keys.log_key()[0] == following
    assert following.name == before.name
    assert not keys.next_path().exists()
    assert keys.path_of(Purpose.LOG).stat().st_mode & 0o777 == 0o400
