"""Passkeys made, adopted, named, vouched for and revoked: what is kept, what the ledger says, who may."""

from base64 import b64encode
from hashlib import sha256

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from fido2.cose import EdDSA

from accounts import actions
from accounts.actions.credentials import adopt_key
from accounts.models import Credential
from accounts.passkeys import base64url
from accounts.verbs import Verb
from audit.models import Entry
from audit.reading import read
from audit.words import sentences
from sentinel.errors import Refused
from tests.accounts.ledger import actors, ledger
from tests.factories.passkeys import AAGUID, SITE, SoftKey, add_authenticator, make_key
from tests.factories.people import make_admin, make_manager, make_user

pytestmark = pytest.mark.django_db


def codes(refusal):
    found = refusal.value
    lists = found.error_dict.values() if hasattr(found, "error_dict") else [found.error_list]
    return [error.code for errors in lists for error in errors]


def adopt():
    actions.adopt_keys(timezone.now())


def test_a_new_key_has_its_row_and_its_leaf():
    person, key = make_user(), SoftKey(backed_up=True)

    row, _key = make_key(person, key, name="  My \u202elaptop ")

    spki = bytes(row.public_key)
    assert (row.user, row.label, bytes(row.credential_id)) == (
        person,
        "My laptop",
        key.credential_id,
    )
    assert row.enrolment == Entry.objects.latest("seq").seq
    act, subject, old, new, _why = ledger()[-1]
    assert (act, subject, old) == (Verb.KEY_ENROLLED, f"credential:{row.pk}", {})
    assert {name: new[name] for name in new if name != "label"} == {
        "user": str(person.pk),
        "public_key": b64encode(spki).decode(),
        "public_key_sha256": sha256(spki).hexdigest(),
        "credential_id": base64url(key.credential_id),
        "algorithm": "ES256",
        "aaguid": str(AAGUID),
        "backup_eligible": True,
        "backed_up": True,
        "rp_id": SITE,
        "identity_checked_by": None,
        "identity_checked": "reauthenticated",
    }
    assert actors()[-1] == person.pk


def test_a_key_that_cannot_sign_is_not_enrolled():
    person, key = make_user(), SoftKey()
    data = {"name": "Old", "credential": key.registration(EdDSA({1: 1, 3: -8, -1: 6, -2: b"k"}))}
    authenticator = Authenticator.objects.create(user=person, type="webauthn", data=data)

    with pytest.raises(Refused) as refused:
        actions.enrol_key(authenticator, rp_id=SITE)

    assert codes(refused) == ["key_algorithm"]
    adopt()
    assert Credential.objects.count() == 0


def test_a_key_is_one_persons_for_ever():
    _row, key = make_key(make_user())

    with pytest.raises(ValidationError), transaction.atomic():
        make_key(make_user(), key)

    assert Credential.objects.count() == 1


def test_keys_from_before_are_adopted_once():
    person = make_user()
    add_authenticator(person, SoftKey())
    add_authenticator(person, SoftKey(rp_id="elsewhere.example"))
    Authenticator.objects.create(user=person, type="webauthn", data={"name": "x", "credential": {}})

    for _ in range(2):
        adopt()
    adopt_key(Credential.objects.get().authenticator)  # by a second clock that saw it at once

    (row,) = Credential.objects.all()
    assert (row.rp_id, row.user) == (SITE, person)
    assert [line[3]["identity_checked"] for line in ledger() if line[0] == Verb.KEY_ENROLLED] == [
        "adopted"
    ]


def test_only_its_owner_names_a_key():
    person = make_user()
    row, _key = make_key(person)

    actions.rename_key(row, label=" Desk ", by=person)
    actions.rename_key(row, label="Desk", by=person)
    with pytest.raises(PermissionDenied):
        actions.rename_key(row, label="Mine", by=make_admin())

    row.refresh_from_db()
    assert row.label == "Desk"
    named = [line for line in ledger() if line[0] == Verb.KEY_RENAMED]
    assert [(str(old["label"]), str(new["label"])) for _a, _s, old, new, _r in named] == [
        ("Laptop", "Desk")
    ]


def test_an_admin_vouches_for_somebody_elses_key():
    person, admin = make_user(full_name="Maya Ito"), make_admin(full_name="Ada Root")
    row, _key = make_key(person)

    actions.endorse_key(row, by=admin, how="Met at the desk.")

    row.refresh_from_db()
    assert (row.is_endorsed, row.endorsed_by, row.endorsed_how) == (True, admin, "Met at the desk.")
    act, _subject, _old, new, _why = ledger()[-1]
    assert (act, str(new["identity_checked"]), new["endorsed_by"]) == (
        Verb.KEY_ENDORSED,
        "Met at the desk.",
        str(admin.pk),
    )
    assert actors()[-1] == admin.pk


@pytest.mark.parametrize("make_person", [make_user, make_manager])
def test_nobody_but_an_admin_vouches(make_person):
    row, _key = make_key(make_user())

    with pytest.raises(PermissionDenied):
        actions.endorse_key(row, by=make_person(), how="Met.")

    assert not Credential.objects.get().is_endorsed


def test_nobody_vouches_for_their_own_key_twice_or_for_one_that_is_gone():
    admin, other = make_admin(), make_admin()
    own, gone, done = (make_key(person)[0] for person in (admin, make_user(), make_user()))
    actions.revoke_key(gone, by=gone.user, reason="Lost.")
    actions.endorse_key(done, by=other, how="Met.")

    found = []
    for row in (own, gone, done):
        with pytest.raises(Refused) as refused:
            actions.endorse_key(row, by=admin, how="Met.")
        found.append(codes(refused))

    assert found == [["key_own"], ["key_revoked"], ["key_endorsed"]]


def test_who_vouches_says_how():
    row, _key = make_key(make_user())

    with pytest.raises(Refused) as refused:
        actions.endorse_key(row, by=make_admin(), how="")

    assert codes(refused) == ["reason_required"]


@pytest.mark.parametrize("by_admin", [True, False])
def test_a_revoked_key_signs_nobody_in_and_its_row_stays(by_admin):
    person = make_user()
    row, _key = make_key(person)
    RecoveryCodes.activate(person)

    actions.revoke_key(row, by=make_admin() if by_admin else person, reason="Lost on a train.")

    row.refresh_from_db()
    assert (row.is_live, row.authenticator, row.revoke_reason) == (False, None, "Lost on a train.")
    assert not Authenticator.objects.exists()
    act, subject, _old, new, why = ledger()[-1]
    assert (act, subject, why) == (Verb.KEY_REVOKED, f"credential:{row.pk}", "Lost on a train.")
    assert new["user"] == str(person.pk)


def test_what_is_revoked_is_so_once_by_its_owner_or_an_admin_and_for_a_reason():
    person = make_user()
    row, _key = make_key(person)

    with pytest.raises(PermissionDenied):
        actions.revoke_key(row, by=make_manager(), reason="Because.")
    with pytest.raises(Refused) as silent:
        actions.revoke_key(row, by=person, reason="")
    actions.revoke_key(row, by=person, reason="Lost.")
    with pytest.raises(Refused) as twice:
        actions.revoke_key(row, by=person, reason="Lost.")

    assert [codes(silent), codes(twice)] == [["reason_required"], ["key_revoked"]]


def test_a_key_that_is_gone_already_from_signing_in_is_revoked_all_the_same():
    person = make_user()
    row, _key = make_key(person)
    row.authenticator.delete()

    actions.revoke_key(Credential.objects.get(), by=person, reason="Lost.")

    assert not Credential.objects.get().is_live


@pytest.mark.parametrize(
    "fields",
    [
        {"endorsed_at": timezone.now()},
        {"revoked_at": timezone.now()},
        {"endorsed_at": timezone.now(), "endorsed_how": "Met.", "own": True},
    ],
)
def test_the_database_keeps_half_a_word_out(fields):
    row, _key = make_key(make_user())
    changes = dict(fields)
    if changes.pop("own", False):
        changes["endorsed_by"] = row.user

    with pytest.raises(IntegrityError), transaction.atomic():
        Credential.objects.filter(pk=row.pk).update(**changes)

    assert Credential.objects.get().is_live


def test_a_use_is_remembered_without_a_leaf():
    row, _key = make_key(make_user())
    before, now = Entry.objects.count(), timezone.now()

    actions.note_key_use(row, sign_count=9, now=now)

    row.refresh_from_db()
    assert (row.sign_count, row.last_used_at, Entry.objects.count()) == (9, now, before)


def test_the_ledgers_lines_read_well():
    person, admin = make_user(full_name="Maya Ito"), make_admin(full_name="Ada Root")
    row, _key = make_key(person)
    actions.endorse_key(row, by=admin, how="Met.")
    actions.revoke_key(row, by=person, reason="Lost.")

    lines = sentences(read(Entry.objects.filter(subject=f"credential:{row.pk}").order_by("seq")))

    assert [str(line).rpartition(", ")[0] for line in lines] == [
        "Laptop: passkey made; of Maya Ito; at testserver, Maya Ito",
        "Laptop: passkey vouched for; of Maya Ito, Ada Root",
        "Laptop: passkey revoked “Lost.”, Maya Ito",
    ]
