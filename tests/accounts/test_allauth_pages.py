"""Signing in and all around it: allauth's pages under our templates, closed doors, limits."""

import re
from smtplib import SMTPException

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.urls import NoReverseMatch, reverse

from accounts import actions
from accounts.adapter import AccountAdapter
from accounts.models import User
from tests.accounts.html import inline_code
from tests.factories.people import PASSWORD, make_admin, make_user

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NEW_PASSWORD = "another long passphrase"
NONSENSE = [
    "{}",
    "[]",
    "null",
    "no json",
    '{"id": "a"}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"clientDataJSON": "e30"}}',
]

VISITOR_PAGES = [
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
]
PERSONS_PAGES = [
    "account_logout",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]


def sign_in(client, user, password=PASSWORD, **more):
    return client.post(
        reverse("account_login"), {"login": user.email, "password": password, **more}
    )


def prove(client):
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def signed_in_as(client):
    return client.session.get("_auth_user_id")


def code(secret=SECRET):
    counter = next(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counter))


def link_in(message):
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def assert_ours(response):
    assert response.status_code == 200
    assert inline_code(response.text) == []
    assert response.text.count("<h1") == 1
    assert reverse("account_signup") not in response.text
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", VISITOR_PAGES)
def test_a_visitors_page_is_ours(client, name):
    assert_ours(client.get(reverse(name)))


@pytest.mark.parametrize("name", PERSONS_PAGES)
def test_a_persons_page_is_ours(client, name):
    user = make_user()
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    client.force_login(user)
    prove(client)

    assert_ours(client.get(reverse(name)))


def test_setting_up_an_app_is_ours(client):
    client.force_login(make_user())
    prove(client)

    assert_ours(client.get(reverse("mfa_activate_totp")))


def test_a_page_with_errors_is_ours(client):
    response = client.post(reverse("account_login"), {"login": "x", "password": ""})

    assert_ours(response)
    assert set(response.context["form"].errors) == {"login", "password"}


def test_nobody_registers(client):
    form = {"email": "new@example.org", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    response = client.post(reverse("account_signup"), form)

    assert "People join by invitation" in response.text
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "socialaccount_connections",
        "account_request_login_code",
        "account_signup_by_passkey",
        "mfa_signup_webauthn",
        "mfa_trust",
        "account_change_phone",
        "usersessions_list",
    ],
)
def test_what_we_do_not_offer_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("act", ["action_add", "action_remove", "action_primary", "action_send"])
def test_an_address_stays_as_it_is(client, act):
    user = make_user()
    client.force_login(user)
    prove(client)

    for email in ("other@example.org", user.email):
        client.post(reverse("account_email"), {"email": email, act: ""})

    user.refresh_from_db()
    addresses = EmailAddress.objects.values_list("email", "verified", "primary")
    assert list(addresses) == [(user.email, True, True)]


def test_a_person_signs_in_and_out(client):
    user = make_user(email="maya@example.org")

    arrived = client.post(
        reverse("account_login"), {"login": "Maya@Example.org", "password": PASSWORD}
    )
    inside = signed_in_as(client)
    left = client.post(reverse("account_logout"))

    assert (arrived.headers["Location"], inside) == (reverse("checklist:my-work"), str(user.pk))
    assert (left.headers["Location"], signed_in_as(client)) == (reverse("account_login"), None)


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:0"])
def test_signing_in_leads_nowhere_else(client, elsewhere):
    response = sign_in(client, make_user(), next=elsewhere)

    assert response.headers["Location"] == reverse("checklist:my-work")


def test_signing_in_leads_where_one_wanted_to_go(client):
    response = sign_in(client, make_user(), next=reverse("accounts:people"))

    assert response.headers["Location"] == reverse("accounts:people")


def test_whoever_left_is_told_so_and_stays_out(client):
    user = make_user(is_active=False)

    sign_in(client, user)

    assert signed_in_as(client) is None


def test_whoever_left_finds_their_open_session_ended(client):
    user = make_user()
    client.force_login(user)

    actions.deactivate(user, by=make_admin(), reason="Left")

    response = client.get(reverse("accounts:profile"))
    assert response.headers["Location"].startswith(reverse("account_login"))


def test_failed_attempts_are_counted(client):
    user = make_user()
    for _ in range(5):
        sign_in(client, user, password="wrong")

    response = sign_in(client, user)

    assert response.context["form"].errors == {
        "__all__": ["Too many failed login attempts. Try again later."]
    }
    assert signed_in_as(client) is None


def test_attempts_are_counted_for_an_address_that_is_nobodys_too(client):
    stranger = User(email="stranger@example.org")

    pages = [sign_in(client, stranger, password="wrong") for _ in range(6)]

    assert pages[5].context["form"].errors["__all__"] == [
        "Too many failed login attempts. Try again later."
    ]


def test_too_many_attempts_are_turned_away_on_a_page_of_ours(client):
    for _ in range(30):
        client.post(reverse("account_login"), {})

    response = client.post(reverse("account_login"), {})

    assert response.status_code == 429
    assert "Too many attempts" in response.text
    assert inline_code(response.text) == []


def test_a_code_from_the_app_is_asked_and_enough(client):
    user = make_user()
    TOTP.activate(user, SECRET)

    first = sign_in(client, user)
    outside = signed_in_as(client)
    page = client.get(reverse("mfa_authenticate"))
    client.post(reverse("mfa_authenticate"), {"code": code()})

    assert (first.headers["Location"], outside) == (reverse("mfa_authenticate"), None)
    assert_ours(page)
    assert signed_in_as(client) == str(user.pk)


def test_a_wrong_code_keeps_one_outside(client):
    user = make_user()
    TOTP.activate(user, SECRET)
    sign_in(client, user)

    response = client.post(reverse("mfa_authenticate"), {"code": "12\x0034"})

    assert response.context["form"].errors
    assert signed_in_as(client) is None


def test_a_recovery_code_works_once(client):
    user = make_user()
    TOTP.activate(user, SECRET)
    spare = RecoveryCodes.activate(user).get_unused_codes()[0]

    inside = []
    for _ in range(2):
        sign_in(client, user)
        client.post(reverse("mfa_authenticate"), {"code": spare})
        inside.append(signed_in_as(client) is not None)
        client.post(reverse("account_logout"))

    assert inside == [True, False]


def test_a_second_factor_is_set_up_only_by_whoever_proves_who_they_are(client):
    client.force_login(make_user())

    pages = [client.get(reverse(n)) for n in ("mfa_activate_totp", "mfa_add_webauthn")]

    target = reverse("account_reauthenticate")
    assert [page.headers["Location"].partition("?")[0] for page in pages] == [target, target]


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_tells_its_owner(client):
    user = make_user()
    client.force_login(user)
    prove(client)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]

    client.post(reverse("mfa_activate_totp"), {"code": code(secret)})

    kinds = set(Authenticator.objects.values_list("type", flat=True))
    assert kinds == {"totp", "recovery_codes"}
    assert {message.to[0] for message in mail.outbox} == {user.email}


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_from_a_key_lets_nobody_in(client, answer):
    client.get(reverse("mfa_login_webauthn"))

    response = client.post(reverse("mfa_login_webauthn"), {"credential": answer})

    assert (response.status_code, signed_in_as(client)) == (302, None)


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_from_a_key_adds_none_and_proves_nothing(client, answer):
    client.force_login(make_user())
    prove(client)

    pages = []
    for name in ("mfa_add_webauthn", "mfa_reauthenticate_webauthn"):
        client.get(reverse(name))
        pages.append(client.post(reverse(name), {"name": "Key", "credential": answer}))

    assert pages[0].context["form"].errors
    assert [page.status_code < 500 for page in pages] == [True, True]
    assert not Authenticator.objects.exists()


def test_a_forgotten_password_is_replaced_by_mail(client):
    user = make_user()
    client.post(reverse("account_reset_password"), {"email": user.email.upper()})
    page = client.get(link_in(mail.outbox[0]), follow=True)

    done = client.post(
        page.request["PATH_INFO"], {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    )
    used = client.get(link_in(mail.outbox[0]), follow=True)

    user.refresh_from_db()
    assert_ours(page)
    assert done.headers["Location"] == reverse("account_reset_password_from_key_done")
    assert user.check_password(NEW_PASSWORD)
    assert "This link no longer works" in used.text


@pytest.mark.parametrize("fields", [{"email": "maya@example.org"}, {"is_active": False}])
def test_the_answer_does_not_tell_who_has_an_account(client, fields):
    user = make_user(**fields)
    asked = "stranger@example.org" if user.is_active else user.email

    response = client.post(reverse("account_reset_password"), {"email": asked})

    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_mail_trouble_does_not_tell_who_has_an_account(client, monkeypatch, caplog):
    def down(*args, **kwargs):
        raise SMTPException("down")

    monkeypatch.setattr("django.core.mail.message.EmailMessage.send", down)

    response = client.post(reverse("account_reset_password"), {"email": make_user().email})

    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert [record.levelname for record in caplog.records if record.name == "accounts.adapter"] == [
        "ERROR"
    ]


def test_mails_are_calm_and_lead_to_no_registration(client):
    client.post(reverse("account_reset_password"), {"email": make_user().email})

    (message,) = mail.outbox
    assert message.subject.startswith("Sentinel: ")
    assert "!" not in message.body
    assert reverse("account_signup") not in message.body


def test_a_weak_password_is_refused(client):
    user = make_user(full_name="Maya Ito")
    client.force_login(user)
    form = {"oldpassword": PASSWORD, "password1": "maya ito maya", "password2": "maya ito maya"}

    response = client.post(reverse("account_change_password"), form)

    assert response.context["form"].errors["password1"]
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_nobody_deletes_an_address():
    assert not AccountAdapter().can_delete_email(EmailAddress())
