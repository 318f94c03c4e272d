"""What authenticators say: registrations read, every flaw of an assertion found."""

import json
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2.cose import ES256, EdDSA

from accounts.passkeys import (
    Algorithm,
    Answer,
    BadAnswer,
    Expected,
    PublicKey,
    base64url,
    check_answer,
    passkeys_work,
    platform_of,
    read_registration,
)
from tests.factories.passkeys import AAGUID, FLAGS, ORIGIN, SITE, SoftKey

CHALLENGE = sha256(b"what is signed").digest()
EXPECTED = Expected(CHALLENGE, SITE, ORIGIN)


def public(key, count=0):
    read = read_registration(key.registration())
    return PublicKey(read.public_key, read.algorithm, count)


def spki(key):
    return key.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def code_of(call):
    with pytest.raises(BadAnswer) as refused:
        call()
    return refused.value.code


@pytest.mark.parametrize(
    ("key", "algorithm"), [(SoftKey(), Algorithm.ES256), (SoftKey.rsa(), Algorithm.RS256)]
)
def test_a_registration_is_read_as_other_tools_read_it(key, algorithm):
    read = read_registration(key.registration())

    assert (read.algorithm, read.public_key) == (algorithm, spki(key))
    assert (read.credential_id, read.aaguid) == (key.credential_id, AAGUID)
    assert (read.backup_eligible, read.backed_up, read.sign_count) == (False, False, 0)
    assert read.rp_id_hash == sha256(SITE.encode()).digest()


def test_a_copied_key_is_told_from_one_that_stays():
    read = read_registration(SoftKey(backed_up=True).registration())

    assert (read.backup_eligible, read.backed_up) == (True, True)


@pytest.mark.parametrize(
    "cose", [EdDSA({1: 1, 3: -8, -1: 6, -2: b"k" * 32}), ES256({1: 2, 3: -7, -1: 2, -2: b"x"})]
)
def test_a_key_that_others_could_not_check_is_refused(cose):
    registration = SoftKey().registration(cose)

    assert code_of(lambda: read_registration(registration)) == "key_algorithm"


@pytest.mark.parametrize("key", [SoftKey(), SoftKey.rsa()])
def test_an_answer_over_just_this_holds_and_tells_the_count(key):
    key.count = 6

    assert check_answer(Answer.read(key.answer(CHALLENGE)), public(key), EXPECTED) == 7


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("answer_type", {"type": "webauthn.create"}),
        ("answer_challenge", {"challenge": base64url(b"another statement")}),
        ("answer_origin", {"origin": "https://evil.example"}),
        ("answer_origin", {"origin": f"{ORIGIN}:8000"}),
        ("answer_embedded", {"crossOrigin": True}),
        ("answer_embedded", {"topOrigin": ORIGIN}),
        ("answer_host", {"rp_id": "evil.example"}),
        ("answer_unverified", {"flags": FLAGS.UP}),
        ("answer_unverified", {"flags": FLAGS.UV}),
        ("answer_unreadable", {"client": b"{}"}),
        ("answer_unreadable", {"client": b"\xff"}),
    ],
)
def test_an_answer_over_something_else_is_refused(code, changes):
    key = SoftKey()
    answer = Answer.read(key.answer(CHALLENGE, **changes))

    assert code_of(lambda: check_answer(answer, public(key), EXPECTED)) == code


def test_another_key_answers_for_nobody():
    answer = Answer.read(SoftKey().answer(CHALLENGE))

    assert code_of(lambda: check_answer(answer, public(SoftKey()), EXPECTED)) == "answer_signature"


@pytest.mark.parametrize(("kept", "holds"), [(0, True), (4, True), (5, False), (9, False)])
def test_a_count_that_goes_back_tells_of_a_copy(kept, holds):
    key = SoftKey(count=4)
    answer = Answer.read(key.answer(CHALLENGE))

    if holds:
        assert check_answer(answer, public(key, kept), EXPECTED) == 5
    else:
        found = code_of(lambda: check_answer(answer, public(key, kept), EXPECTED))
        assert found == "answer_counter"


def test_a_key_that_never_counts_is_good():
    key = SoftKey(count=-1)

    assert check_answer(Answer.read(key.answer(CHALLENGE)), public(key), EXPECTED) == 0


@pytest.mark.parametrize(
    "text", ["", "nonsense", "[]", "{}", '{"id": 1}', "[" * 20_000, json.dumps({"id": "é"})]
)
def test_nonsense_is_no_answer(text):
    assert code_of(lambda: Answer.read(text)) == "answer_unreadable"


@pytest.mark.parametrize(
    ("host", "secure", "works"),
    [
        ("localhost:8000", False, True),
        ("sentinel.localhost", False, True),
        ("sentinel.example.org", True, True),
        ("sentinel.example.org", False, False),
        ("192.0.2.7:8000", True, False),
        ("127.0.0.1", False, False),
        ("[::1]:8000", True, False),
    ],
)
def test_where_passkeys_work(host, secure, works):
    assert passkeys_work(host, secure=secure) is works


@pytest.mark.parametrize(
    ("agent", "platform"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X)", "iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64)", "Linux"),
        ("Mozilla/5.0 (Linux; Android 15)", "Android"),
        ("curl/8", ""),
    ],
)
def test_a_machine_is_called_as_its_owner_calls_it(agent, platform):
    assert platform_of(agent) == platform
