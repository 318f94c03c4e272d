"""The pages of access tokens: lists, the secret shown once, and the proof that it is you."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken
from accounts.token_pages import ENDED_SHOWN, scope_words
from tests.factories.people import PASSWORD, make_admin, make_token, make_user

pytestmark = pytest.mark.django_db

TOKENS, NEW = reverse("accounts:tokens"), reverse("accounts:token-new")
SERVICES, NEW_SERVICE = reverse("accounts:service-tokens"), reverse("accounts:service-token-new")


def sent(**others):
    given = {"once": uuid4(), "name": "Pipeline", "scopes": ["verdict:read"], "days": "30"}
    return given | others


@pytest.fixture
def as_person(client):
    """Somebody signed in who just gave their password."""

    def as_person(person):
        client.force_login(person)
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        return client

    return as_person


def test_the_secret_is_shown_once(as_person):
    client = as_person(make_user())

    made = client.post(NEW, sent(name="Gate <1>"))
    later = client.get(TOKENS)

    secret = made.context["secret"]
    assert secret in made.text
    assert "no-store" in made.headers["Cache-Control"]
    assert [secret in later.text, secret[:8] in later.text] == [False, True]
    assert "Gate &lt;1&gt;" in later.text
    assert "never" in later.text


def test_reloading_makes_no_second_one(as_person):
    client, form = as_person(make_user()), sent()
    client.post(NEW, form)

    again = client.post(NEW, form)

    assert "This token was made already" in again.text
    assert "snt_" not in again.text
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize("address", [NEW, NEW_SERVICE])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_session_alone_makes_none(client, address, method):
    client.force_login(make_admin())

    response = getattr(client, method)(address, sent())

    assert response.url.startswith(reverse("account_reauthenticate"))
    assert ApiToken.objects.count() == 0


def test_what_was_sent_is_made_once_the_password_is_given(client):
    client.force_login(make_user())
    asked = client.post(NEW, sent())

    made = client.post(asked.url, {"password": PASSWORD, "next": NEW})

    assert made.context["secret"] in made.text


def test_who_has_nothing_to_prove_it_with_is_refused(client):
    person = make_user()
    person.set_unusable_password()
    person.save()
    client.force_login(person)

    assert client.get(NEW).status_code == 403
    assert client.post(NEW, sent()).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"days": "366"}, {"days": "x"}, {"scopes": ["all"]}, {"scopes": []}, {"name": " "}]
)
def test_what_the_form_refuses(as_person, wrong):
    client = as_person(make_user())

    response = client.post(NEW, sent(**wrong))

    assert response.context["form"].errors
    assert ApiToken.objects.count() == 0


def test_a_person_sees_and_revokes_their_own(client):
    person = make_user()
    mine = make_token(owner=person, name="Mine")
    other = make_token("other", owner=make_user(), name="Hers")
    client.force_login(person)

    page = client.get(TOKENS)
    answers = [
        client.post(reverse("accounts:token-revoke", args=[token.pk])).status_code
        for token in (mine, other)
    ]

    assert ["Mine" in page.text, "Hers" in page.text] == [True, False]
    assert answers == [302, 404]
    assert ApiToken.objects.get(revoked_at=None) == other


def test_revoking_twice_is_a_sentence(client):
    person = make_user()
    token = make_token(owner=person, revoked_at=timezone.now())
    client.force_login(person)

    page = client.post(reverse("accounts:token-revoke", args=[token.pk]), follow=True)

    assert "This token was revoked already." in page.text


def test_admins_make_tokens_of_services(as_person):
    admin = make_admin(full_name="Astrid")
    client = as_person(admin)

    made = client.post(NEW_SERVICE, sent(launch_slug="aureus-1-0"))
    client.post(NEW_SERVICE, sent(name="Everything"))
    page = client.get(SERVICES)

    assert made.context["token"].owner is None
    assert "only of aureus-1-0" in page.text
    assert "of every internal launch" in page.text
    assert "made by Astrid" in page.text
    assert "Pipeline" not in client.get(TOKENS).text


def test_an_admin_revokes_a_service_s_token_and_finds_no_person_s_there(client):
    client.force_login(make_admin())
    service, personal = make_token(), make_token("other", owner=make_user())

    answers = [
        client.post(reverse("accounts:service-token-revoke", args=[token.pk])).status_code
        for token in (service, personal)
    ]

    assert answers == [302, 404]
    assert ApiToken.objects.get(revoked_at=None) == personal


def test_what_ended_is_shown_apart_and_not_for_ever(client):
    person, now = make_user(), timezone.now()
    make_token("live", owner=person)
    for number in range(ENDED_SHOWN + 1):
        make_token(f"old {number}", owner=person, expires_at=now - timedelta(hours=number))
    client.force_login(person)

    page = client.get(TOKENS).context["page"]

    assert [row.label for row in page.usable] == ["in use"]
    assert [row.label for row in page.ended] == ["expired"] * ENDED_SHOWN
    assert not any(row.is_usable for row in page.ended)


def test_nothing_yet_is_said_kindly(client):
    client.force_login(make_user())

    assert "No token is in use" in client.get(TOKENS).text


def test_only_operators_are_shown_the_way_to_tokens_of_services(client):
    shown = []
    for person in (make_user(), make_admin()):
        client.force_login(person)
        shown.append(SERVICES in client.get(reverse("accounts:profile")).text)

    assert shown == [False, True]


def test_a_scope_of_another_version_has_words():
    assert [scope_words(code) for code in ("verdict:read", "rockets:launch")] == [
        "read verdicts",
        "something unknown here",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_how_often_the_lists_ask(client, django_assert_num_queries, count):
    admin = make_admin()
    for number in range(count):
        make_token(f"mine {number}", owner=admin)
        make_token(f"service {number}")
    client.force_login(admin)

    for address in (TOKENS, SERVICES):
        with django_assert_num_queries(4):
            client.get(address)
