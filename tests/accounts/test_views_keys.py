"""The pages of passkeys: one's own, those of others for admins, and allauth's ceremonies with our rows beside."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from accounts import actions
from accounts.models import Credential
from tests.factories.passkeys import SoftKey, add_authenticator, make_key
from tests.factories.people import PASSWORD, make_admin, make_manager, make_user

pytestmark = pytest.mark.django_db

OWN, ADD = reverse("mfa_list_webauthn"), reverse("mfa_add_webauthn")


@pytest.fixture
def as_person(client):
    """Somebody signed in who just gave their password."""

    def as_person(person):
        client.force_login(person)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return as_person


def revoking(row):
    return reverse("accounts:key-revoke", args=[row.pk])


def endorsing(row):
    return reverse("accounts:key-endorse", args=[row.pk])


def test_ones_keys_say_how_they_stand(client):
    person = make_user()
    kept, gone = make_key(person, name="Desk")[0], make_key(person, name="Phone")[0]
    actions.endorse_key(kept, by=make_admin(full_name="Ada Root"), how="Met <her>.")
    actions.revoke_key(gone, by=person, reason="Lost.")
    add_authenticator(person, SoftKey(), name="Old stick")
    client.force_login(person)

    page = client.get(OWN)

    assert [(row.key, row.mark.label) for row in page.context["rows"]] == [
        (kept, "Identity verified"),
        (gone, "Revoked"),
    ]
    assert "By Ada Root" in page.text
    assert "Met &lt;her&gt;." in page.text
    assert "Old stick" in page.text
    assert "cannot sign decisions here" in page.text


def test_without_keys_the_page_says_what_they_are_for(client):
    client.force_login(make_user())

    assert "No keys yet" in client.get(OWN).text


def test_admins_find_the_keys_of_others_among_people(client):
    person = make_user()
    row, _key = make_key(person, name="Desk")
    client.force_login(make_admin())
    address = reverse("accounts:person-keys", args=[person.pk])

    page = client.get(address)

    assert address in client.get(reverse("accounts:people")).text
    assert "Identity not verified" in page.text
    assert endorsing(row) in page.text


def test_others_find_no_way_to_them(client):
    make_key(make_user())
    client.force_login(make_manager())

    page = client.get(reverse("accounts:people"))

    assert "/keys/" not in page.text


def test_an_admin_vouches_and_says_how(as_person):
    row, _key = make_key(make_user())
    client = as_person(make_admin())

    client.get(endorsing(row))
    silent = client.post(endorsing(row), {"how": " "})
    client.post(endorsing(row), {"how": "Met at the desk."})

    row.refresh_from_db()
    assert silent.context["form"].has_error("how")
    assert row.endorsed_how == "Met at the desk."


def test_an_admin_cannot_vouch_for_themselves(as_person):
    admin = make_admin()
    row, _key = make_key(admin)

    page = as_person(admin).post(endorsing(row), {"how": "It is me."})

    assert page.context["form"].has_error("__all__", "key_own")
    assert endorsing(row) not in as_person(admin).get(OWN).text


@pytest.mark.parametrize("by_admin", [True, False])
def test_a_key_is_revoked_with_a_reason_and_its_owner_is_told(as_person, by_admin):
    person = make_user()
    row, _key = make_key(person)
    client = as_person(make_admin() if by_admin else person)

    client.get(revoking(row))
    done = client.post(revoking(row), {"reason": "Lost."})

    row.refresh_from_db()
    back = reverse("accounts:person-keys", args=[person.pk]) if by_admin else OWN
    assert (done.url, row.is_live) == (back, False)
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_a_stranger_revokes_nothing(as_person):
    row, _key = make_key(make_user())

    page = as_person(make_manager()).post(revoking(row), {"reason": "Because."})

    row.refresh_from_db()
    assert (page.status_code, row.is_live) == (404, True)


def test_allauths_way_to_remove_a_key_leads_to_revoking_it(as_person):
    person = make_user()
    row, _key = make_key(person)
    old = add_authenticator(person, SoftKey())
    client = as_person(person)

    led = client.get(reverse("mfa_remove_webauthn", args=[row.authenticator_id]))
    client.post(reverse("mfa_remove_webauthn", args=[old.pk]))

    assert led.url == revoking(row)
    assert list(Authenticator.objects.filter(type="webauthn")) == [row.authenticator]


def test_a_name_is_the_same_in_both_rows(as_person):
    person = make_user()
    row, _key = make_key(person)
    old = add_authenticator(person, SoftKey())
    client = as_person(person)

    for authenticator in (row.authenticator, old):
        client.post(reverse("mfa_edit_webauthn", args=[authenticator.pk]), {"name": "Desk"})

    row.refresh_from_db()
    names = [row.wrap().name for row in Authenticator.objects.filter(type="webauthn")]
    assert (row.label, names) == ("Desk", ["Desk", "Desk"])


def test_browsers_are_asked_for_keys_that_can_sign(as_person):
    client = as_person(make_user())

    page = client.get(ADD, headers={"User-Agent": "Mozilla/5.0 (Macintosh)"})

    options = page.context["js_data"]["creation_options"]["publicKey"]
    assert {kind["alg"] for kind in options["pubKeyCredParams"]} == {-7, -257}
    assert page.context["form"]["name"].value() == "Key on this Mac"


def test_who_was_sent_for_a_key_is_led_back_to_a_page_of_ours(as_person):
    client = as_person(make_user())

    ours, theirs = (client.get(ADD, {"next": url}) for url in ("/launches/", "//evil.example/"))

    assert (ours.context["back"], theirs.context["back"]) == ("/launches/", "")


def test_a_key_made_for_another_request_is_not_added(as_person):
    client = as_person(make_user())
    client.get(ADD)

    page = client.post(ADD, {"name": "Key", "credential": json.dumps(SoftKey().registration())})

    assert page.context["form"].errors
    assert not Credential.objects.exists()
