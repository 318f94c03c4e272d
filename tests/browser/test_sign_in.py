"""Ways in: the form, an invitation, a forgotten password, a second factor, a passkey."""

import re
import time
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actions import invite
from accounts.rules import Role
from tests.factories.people import PASSWORD, make_admin, make_user

NEW_PASSWORD = "another long passphrase"
STEP = 30  # seconds that a one-time code counts
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page(new_context):
    return new_context().new_page()


def fill_in(page, person, password=PASSWORD):
    page.get_by_label("Email", exact=False).fill(person.email)
    page.get_by_label("Password", exact=False).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page):
    page.locator("summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(at("account_login"))


def prove(page):
    """What changes the ways in asks for the password once more."""
    page.get_by_label("Password", exact=False).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def at(name):
    return re.compile(rf"{reverse(name)}(\?.*)?$")


def link_in(message):
    """The path of the one link in a mail."""
    (link,) = re.findall(r"https?://\S+", message.body)
    return urlsplit(link).path


def code_of(secret):
    """The code that an app shows now, and for some seconds more."""
    if STEP - time.time() % STEP < 3:
        time.sleep(3)
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP))


def test_the_form_leads_to_where_one_wanted_to_go(page):
    person = make_user()

    page.goto(reverse("accounts:profile"))
    fill_in(page, person, "not my password")

    expect(page.get_by_text("are not correct")).to_be_visible()
    expect(page.get_by_label("Email", exact=False)).to_have_value(person.email)
    fill_in(page, person)
    expect(page).to_have_url(at("accounts:profile"))
    expect(page.get_by_label("Full name")).to_have_value(person.full_name)


def test_an_invitation_lets_one_person_in_once(page, new_context, mailoutbox, complaints):
    invite(email="guest@example.org", full_name="Maya Ito", role=Role.MEMBER, by=make_admin())
    (message,) = mailoutbox

    page.goto(link_in(message))
    page.get_by_label("Password*", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("Password, again").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Join").click()

    expect(page).to_have_url(at("checklist:my-work"))
    expect(page.locator("summary")).to_have_text("Maya Ito")
    assert complaints == []
    late = new_context().new_page()
    late.goto(link_in(message))
    expect(late.get_by_role("heading", level=1)).to_have_text("This link no longer works")
    assert [re.findall(r"\d{3}", heard) for heard in complaints] == [["410"]]
    complaints.clear()


def test_a_forgotten_password_is_replaced_from_the_mail(page, mailoutbox):
    person = make_user()

    page.goto(reverse("account_login"))
    page.get_by_role("link", name="Forgot").click()
    page.get_by_label("Email", exact=False).fill(person.email)
    page.get_by_role("main").get_by_role("button").click()
    expect(page).to_have_url(at("account_reset_password_done"))
    page.goto(link_in(mailoutbox[0]))
    page.get_by_label("New Password*", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("again", exact=False).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Save the password").click()

    expect(page).to_have_url(at("account_reset_password_from_key_done"))
    page.goto(reverse("account_login"))
    fill_in(page, person, NEW_PASSWORD)
    expect(page).to_have_url(at("checklist:my-work"))


def test_an_app_once_set_up_is_asked_for(page, sign_in):
    person = make_user()
    sign_in(page, person)

    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Set up").click()
    prove(page)
    secret = page.get_by_label("Secret").input_value()
    page.get_by_label("code", exact=False).fill(code_of(secret))
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)
    cache.clear()  # a code counts once: half a minute passes
    fill_in(page, person)

    expect(page).to_have_url(at("mfa_authenticate"))
    page.get_by_label("Code", exact=False).fill(code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(at("checklist:my-work"))


def test_a_passkey_once_added_lets_one_in(page, sign_in, mailoutbox):
    person = make_user()
    sign_in(page, person)
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})

    page.goto(reverse("mfa_index"))
    page.get_by_role("link", name="Add a key").click()
    prove(page)
    page.get_by_label("Name", exact=False).fill("Laptop")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    page.goto(reverse("mfa_list_webauthn"))
    expect(page.get_by_role("row").filter(has_text="Laptop")).to_contain_text("not verified")
    assert [message.to for message in mailoutbox if "key" in message.subject.lower()] == [
        [person.email]
    ]
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page).to_have_url(at("checklist:my-work"))
    expect(page.locator("summary")).to_have_text(person.full_name)
