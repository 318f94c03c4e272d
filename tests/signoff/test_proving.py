"""What proves a signature: a key's answer to the very statement, or this server's key; and what is refused."""

import logging
from datetime import timedelta
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils import timezone

from accounts.actions import endorse_key, revoke_key
from accounts.passkeys import Answer
from accounts.requests import Site
from audit import keys
from audit.models import Entry
from audit.reading import read
from sentinel.errors import Refused
from signoff.actions import return_section, sign_section
from signoff.actions.proving import Unanswered, prepare
from signoff.clockwork import forget_unsigned
from signoff.models import Pending, Proof, Signature
from signoff.presence import PASSKEY, KeyAnswer, Presence
from signoff.rules import Level
from signoff.statements import SIGNED_AS, challenge_of
from tests.checklist.aftermath import codes
from tests.factories.launches import make_holder
from tests.factories.passkeys import ORIGIN, SITE, make_key
from tests.factories.people import make_admin, make_user
from tests.factories.signatures import make_asked_slot, seen_in
from tests.signoff.acting import server_key_sha256, sign

pytestmark = pytest.mark.django_db

SESSION = "a" * 64
HERE = Site(SITE, ORIGIN)


@pytest.fixture
def slot():
    return make_asked_slot("Alpha")


@pytest.fixture
def holder(slot):
    return make_holder(slot)


def signing(slot, **others):
    """An act that waits for whoever is there."""
    fields = {"seen": seen_in(slot), "comment": "Fine."} | others
    return lambda presence: sign_section(slot, presence=presence, **fields)


def prepared(slot, holder):
    return prepare(signing(slot), user=holder, session=SESSION)


def answer_of(key, pending, **changes):
    return Answer.read(key.answer(challenge_of(bytes(pending.statement)), **changes))


def presence(user, pending, answer, *, session=SESSION, site=HERE):
    return Presence(user, PASSKEY, KeyAnswer(pending.pk, session, answer, site))


def refused(act, given):
    with pytest.raises(Refused) as found:
        act(given)
    assert not Signature.objects.exists()
    return codes(found.value)


def test_a_statement_that_waits_leaves_nothing_else(slot, holder):
    before = Entry.objects.count()

    pending = prepared(slot, holder)

    assert Signature.objects.count() == 0
    assert Entry.objects.count() == before
    assert pending.sha256 == sha256(bytes(pending.statement)).hexdigest()
    assert (pending.user, pending.session, pending.log_size) == (holder, SESSION, before)


def test_what_the_rules_refuse_never_waits(slot):
    with pytest.raises(Refused):
        prepared(slot, make_user())

    assert Pending.objects.count() == 0


def test_without_an_answer_no_act_goes_further_than_its_statement(slot, holder):
    with pytest.raises(Unanswered):
        signing(slot)(Presence(holder, PASSKEY))

    assert Signature.objects.count() == 0


def test_a_key_signs_the_very_statement_that_was_shown(slot, holder):
    row, key = make_key(holder)
    pending = prepared(slot, holder)
    answer = answer_of(key, pending)

    signature = signing(slot)(presence(holder, pending, answer))

    proof = Proof.objects.get()
    assert bytes(signature.statement) == bytes(pending.statement)
    assert (signature.level, signature.sha256, signature.signed_at) == (
        Level.PERSONAL_KEY,
        pending.sha256,
        pending.at,
    )
    assert (proof.record, proof.kind, proof.credential) == (signature, "passkey", row)
    assert [bytes(part) for part in (proof.client_data_json, proof.authenticator_data)] == [
        answer.client_data_json,
        answer.authenticator_data,
    ]
    assert (proof.rp_id, proof.origin, proof.enrolment) == (SITE, ORIGIN, row.enrolment)
    assert bytes(proof.public_key) == bytes(row.public_key)
    row.refresh_from_db()
    assert (row.sign_count, row.last_used_at is None) == (1, False)
    assert Pending.objects.count() == 0


@pytest.mark.parametrize("endorsed", [True, False])
def test_the_leaf_names_the_key_and_whether_somebody_vouches_for_it(slot, holder, endorsed):
    row, key = make_key(holder)
    if endorsed:
        endorse_key(row, by=make_admin(), how="Met.")
    pending = prepared(slot, holder)

    signing(slot)(presence(holder, pending, answer_of(key, pending)))

    (line,) = read(Entry.objects.doing(["signature.signed"]))
    told = ("level", "presence", "proof", "credential", "public_key_sha256", "identity_verified")
    assert [line.new[name] for name in told] == [
        "personal-key",
        "passkey",
        "passkey",
        str(row.pk),
        sha256(bytes(row.public_key)).hexdigest(),
        endorsed,
    ]


def test_an_answer_counts_once(slot, holder):
    _row, key = make_key(holder)
    pending = prepared(slot, holder)
    given = presence(holder, pending, answer_of(key, pending))
    signing(slot)(given)

    with pytest.raises(Refused) as again:
        return_section(slot, presence=given, comment="No.")

    assert codes(again.value) == ["signing_over"]


def test_it_counts_for_five_minutes_in_its_session_and_for_its_person(slot, holder):
    _row, key = make_key(holder)
    other = make_holder(slot)
    _other_row, other_key = make_key(other)
    pending = prepared(slot, holder)
    act, answer = signing(slot), answer_of(key, pending)

    found = [
        refused(act, presence(holder, pending, answer, session="b" * 64)),
        refused(act, presence(other, pending, answer_of(other_key, pending))),
    ]
    Pending.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    found.append(refused(act, presence(holder, pending, answer)))

    assert found == [["signing_over"]] * 3


def test_another_comment_is_another_statement(slot, holder):
    _row, key = make_key(holder)
    pending = prepared(slot, holder)
    given = presence(holder, pending, answer_of(key, pending))

    assert refused(signing(slot, comment="Splendid."), given) == ["changed_meanwhile"]


def test_only_ones_own_live_key_of_this_site_answers(slot, holder):
    row, key = make_key(holder)
    _theirs, their_key = make_key(make_user())
    pending, act = prepared(slot, holder), signing(slot)

    found = [
        refused(act, presence(holder, pending, answer_of(their_key, pending))),
        refused(
            act,
            presence(holder, pending, answer_of(key, pending), site=Site("x.example", ORIGIN)),
        ),
    ]
    revoke_key(row, by=holder, reason="Lost.")
    found.append(refused(act, presence(holder, pending, answer_of(key, pending))))

    assert found == [["key_unknown"]] * 3


def test_a_flawed_answer_signs_nothing_and_is_logged(slot, holder, caplog):
    _row, key = make_key(holder)
    pending = prepared(slot, holder)
    answer = answer_of(key, pending, origin="https://evil.example")

    assert refused(signing(slot), presence(holder, pending, answer)) == ["answer_origin"]
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_without_a_key_of_their_own_this_servers_key_signs(slot, holder):
    signature = sign(slot, holder)

    proof = Proof.objects.get()
    assert (signature.level, proof.kind, proof.credential) == (
        Level.SERVER_ATTESTED,
        "server",
        None,
    )
    assert sha256(bytes(proof.public_key)).hexdigest() == server_key_sha256()
    load_der_public_key(bytes(proof.public_key)).verify(
        bytes(proof.signature), SIGNED_AS + bytes(signature.statement)
    )


@pytest.mark.parametrize("kind", ["missing", "another"])
def test_without_that_key_the_signature_is_recorded_and_an_error_logged(
    slot, holder, settings, tmp_path, caplog, kind
):
    settings.KEYS_DIR = str(tmp_path)
    if kind == "another":
        path = keys.path_of(keys.Purpose.SERVER)
        keys.write_private(path, keys.pem_of(generate_private_key(SECP256R1())))

    signature = sign(slot, holder)

    assert (signature.level, Proof.objects.count()) == (Level.RECORDED, 0)
    said = [record.message for record in caplog.records if "only recorded" in record.message]
    assert len(said) == 1


def test_the_clock_forgets_what_nobody_signed(slot, holder):
    pending = prepared(slot, holder)

    forget_unsigned(pending.expires_at)
    kept = Pending.objects.count()
    forget_unsigned(pending.expires_at + timedelta(seconds=1))

    assert (kept, Pending.objects.count()) == (1, 0)
