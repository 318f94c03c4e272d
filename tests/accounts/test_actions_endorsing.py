"""An older key vouches for a newer one: only one that somebody vouched for, and over just that."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.actions import Endorsement
from accounts.passkeys import Answer, base64url
from accounts.verbs import Verb
from sentinel.errors import Refused
from tests.accounts.ledger import ledger
from tests.factories.passkeys import ORIGIN, make_key
from tests.factories.people import make_admin, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return make_user()


@pytest.fixture
def older(person):
    """A key that an admin has vouched for. Gives its row and the key."""
    row, key = make_key(person, name="Older")
    return actions.endorse_key(row, by=make_admin(), how="Met."), key


@pytest.fixture
def newer(person):
    return make_key(person, name="Newer")


def vouch(row, key, *, by=None, asked=None, **changes):
    asked = asked or Endorsement.asked(timezone.now())
    answer = Answer.read(key.answer(asked.challenge(row), **changes))
    return actions.endorse_own_key(
        row, by=by or row.user, asked=asked, answer=answer, origin=ORIGIN
    )


def refused(call):
    with pytest.raises(Refused) as found:
        call()
    return [error.code for error in found.value.error_list]


def test_an_older_key_vouches_and_the_leaf_keeps_its_word(person, older, newer):
    (old_row, old_key), (row, _key) = older, newer

    endorsed = vouch(row, old_key)

    assert (endorsed.endorsed_by, endorsed.endorsed_with) == (person, old_row)
    act, subject, _old, new, _why = ledger()[-1]
    assert (act, subject, new["endorsed_with"]) == (
        Verb.KEY_ENDORSED,
        f"credential:{row.pk}",
        str(old_row.pk),
    )
    said = json.loads(new["statement"])
    assert said["public_key_sha256"] == sha256(bytes(row.public_key)).hexdigest()
    assert {"authenticator_data", "client_data_json", "signature"} <= new.keys()
    old_row.refresh_from_db()
    assert old_row.sign_count == 1


def test_a_key_that_nobody_vouched_for_vouches_for_none(person, newer):
    row, _key = newer
    _other, other_key = make_key(person)

    assert refused(lambda: vouch(row, other_key)) == ["key_own"]


def test_no_key_vouches_for_itself_for_a_strangers_or_twice(person, older, newer):
    (old_row, old_key), (row, _key) = older, newer
    theirs, _their_key = make_key(make_user())

    found = [refused(lambda: vouch(old_row, old_key))]
    with pytest.raises(PermissionDenied):
        vouch(theirs, old_key, by=person)
    vouch(row, old_key)
    found.append(refused(lambda: vouch(row, old_key)))

    assert found == [["key_endorsed", "key_own"], ["key_endorsed"]]


def test_it_answers_to_just_this_within_five_minutes(older, newer):
    (_old_row, old_key), (row, _key) = older, newer
    late = Endorsement.asked(timezone.now() - timedelta(minutes=6))

    found = [
        refused(lambda: vouch(row, old_key, challenge=base64url(b"another"))),
        refused(lambda: vouch(row, old_key, asked=late)),
    ]

    assert found == [["endorsing_answer"], ["endorsing_over"]]


# The page


def own_url(row):
    return reverse("accounts:key-endorse-own", args=[row.pk])


def challenge_in(page):
    text = json.loads(page.context["options"])["challenge"]
    return text + "=" * (-len(text) % 4)


def answer_to(page, key):
    return key.answer(b"", challenge=challenge_in(page).rstrip("="))


def test_the_page_asks_the_older_key_once(client, person, older, newer):
    (_old_row, old_key), (row, _key) = older, newer
    client.force_login(person)
    listed = client.get(reverse("mfa_list_webauthn"))
    page = client.get(own_url(row))

    sent = {"assertion": answer_to(page, old_key)}
    done = client.post(own_url(row), sent)
    again = client.post(own_url(row), sent)

    row.refresh_from_db()
    assert own_url(row) in listed.text
    assert (done.url, row.is_endorsed) == (reverse("mfa_list_webauthn"), True)
    assert again.context["form"].has_error("__all__")


def test_what_was_asked_for_another_key_is_not_for_this_one(client, person, older, newer):
    (_old_row, old_key), (row, _key) = older, newer
    third, _third_key = make_key(person)
    client.force_login(person)
    page = client.get(own_url(row))

    refused_page = client.post(own_url(third), {"assertion": answer_to(page, old_key)})

    assert refused_page.context["form"].has_error("__all__", "endorsing_over")


def test_nonsense_and_no_older_key_are_said_in_words(client, person, newer):
    row, _key = newer
    client.force_login(person)

    page = client.post(own_url(row), {"assertion": "nonsense"})

    assert page.context["form"].has_error("assertion", "nonsense")
    assert "Ask an admin to vouch for this one" in page.text
    assert own_url(row) not in client.get(reverse("mfa_list_webauthn")).text
