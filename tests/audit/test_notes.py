"""Signed notes: as C2SP writes them, and nothing else."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.notes import BadNote, Checkpoint, LogKey, open_note, signed_note

# The example in the documentation of Go's sumdb/note, which C2SP's signed-note specifies.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
CLAIM = Checkpoint("sentinel.example/ledger", 7, bytes(range(32)))


def make_signer(name=CLAIM.origin):
    private = Ed25519PrivateKey.generate()
    return LogKey(name, private.public_key().public_bytes_raw()), private


@pytest.fixture
def signer():
    return make_signer()


def test_a_key_of_another_implementation_is_read_and_written_as_it_was():
    assert str(LogKey.parse(GO_KEY)) == GO_KEY


def test_a_signature_of_another_implementation_is_checked():
    key = LogKey.parse(GO_KEY)

    with pytest.raises(BadNote, match="no checkpoint"):  # its signature is good, its text is none
        open_note(GO_NOTE, [key])
    with pytest.raises(BadNote, match="does not fit"):
        open_note(GO_NOTE.replace("answer", "Answer"), [key])


def test_a_signed_note_gives_back_its_checkpoint(signer):
    other = make_signer("witness.example/w1")

    assert open_note(signed_note(CLAIM, [signer, other]), [signer[0], other[0]]) == (
        CLAIM,
        {signer[0], other[0]},
    )


def test_a_line_by_an_unknown_key_is_passed_over(signer):
    note = signed_note(CLAIM, [signer, make_signer("witness.example/w1")])

    assert open_note(note, [signer[0]]) == (CLAIM, {signer[0]})


def test_a_note_that_only_unknown_keys_signed_is_refused(signer):
    with pytest.raises(BadNote, match="No known key"):
        open_note(signed_note(CLAIM, [make_signer()]), [signer[0]])


@pytest.mark.parametrize(
    "change",
    [
        ("\n7\n", "\n8\n"),
        ("sentinel.example", "sentinel.invalid", 1),
        (b64encode(CLAIM.root).decode(), b64encode(bytes(32)).decode()),
    ],
)
def test_what_was_changed_after_signing_is_refused(signer, change):
    with pytest.raises(BadNote, match="does not fit"):
        open_note(signed_note(CLAIM, [signer]).replace(*change), [signer[0]])


@pytest.mark.parametrize(
    "text",
    [
        "o\n7\nAAAA\n",
        f"o\n07\n{b64encode(bytes(32)).decode()}\n",
        f"o\n\N{ARABIC-INDIC DIGIT SEVEN}\n{b64encode(bytes(32)).decode()}\n",
        f"o\n-7\n{b64encode(bytes(32)).decode()}\n",
        f"o\n7\n{b64encode(bytes(32)).decode()}\nextra\n",
        "o\n7\n*\n",
        "o\n",
    ],
)
def test_a_text_that_is_no_checkpoint_is_refused_though_it_is_signed(signer, text):
    key, private = signer
    line = b64encode(key.id + private.sign(text.encode())).decode()

    with pytest.raises(BadNote, match="no checkpoint"):
        open_note(f"{text}\n— {key.name} {line}\n", [key])


@pytest.mark.parametrize(
    "note",
    ["", "\n\n", "text", "text\n\n", "text\n\n— name *\n", "text\n\n- name AAAA\n", "a\n\n— b"],
)
def test_what_is_no_signed_note_is_refused(signer, note):
    with pytest.raises(BadNote):
        open_note(note, [signer[0]])


@pytest.mark.parametrize("key", ["", "a+b", "a+b+*", GO_KEY.replace("c74f", "c74e"), GO_KEY[:-4]])
def test_what_is_no_key_is_refused(key):
    with pytest.raises(BadNote, match="no key of a log"):
        LogKey.parse(key)
