"""Signing with keys: a first signature makes one, an executive votes with theirs on a phone, a password still does."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.actions import endorse_key
from accounts.models import Credential
from checklist.actions.asking import ask_signature
from checklist.actions.launches import change_launch
from checklist.rules import ItemStatus
from signoff.models import Signature
from tests.browser.authenticators import Authenticator, give_key
from tests.browser.story import make_signed_stage, make_stage, press
from tests.factories.launches import set_items
from tests.factories.passkeys import SoftKey, make_key
from tests.factories.people import PASSWORD, make_admin, make_user
from tests.signoff.acting import make_round

pytestmark = pytest.mark.django_db(transaction=True)


def make_asked_stage():
    """Security is done, and its signature is asked for."""
    stage = make_stage()
    set_items(stage.section, status=ItemStatus.DONE)
    ask_signature(stage.section, by=stage.lead)
    return stage


def signing(stage):
    return reverse("signoff:sign", args=[stage.launch.slug, stage.section.number])


def digits(page):
    return page.locator("strong.digest").first.inner_text()


def test_a_first_signature_makes_a_key_and_signs_with_it(new_desk, mailoutbox):
    stage = make_asked_stage()
    ciso = new_desk(stage.ciso)
    authenticator = Authenticator(ciso)

    ciso.goto(signing(stage))
    ciso.get_by_role("link", name="Make a passkey").click()
    ciso.get_by_label("Password", exact=False).fill(PASSWORD)
    press(ciso, "Confirm")
    expect(ciso.get_by_label("Name", exact=False)).to_have_value("Key on this Linux")
    press(ciso, "Add the key")
    expect(ciso.get_by_role("radio", name="With your passkey")).to_be_checked()
    expect(ciso.get_by_label("Your password", exact=True)).to_be_hidden()
    authenticator.verify(False)
    press(ciso, "Sign")
    expect(ciso.get_by_text("As CISO I have reviewed section 1").first).to_be_visible()
    expect(ciso.get_by_text("Your key did not sign")).to_be_visible()
    shown = digits(ciso)
    authenticator.verify(True)
    press(ciso, "Sign with your key")

    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()
    expect(ciso.get_by_text("signed with a key of their own")).to_be_visible()
    expect(ciso.get_by_text("Identity not verified: nobody has made sure")).to_be_visible()
    assert digits(ciso) == shown
    assert Credential.objects.get().user == stage.ciso
    assert Signature.objects.get().level == "personal-key"
    assert stage.ciso.email in [to for message in mailoutbox for to in message.to]


def test_an_executive_votes_with_a_key_on_a_phone(new_phone):
    stage = make_signed_stage()
    change_launch(stage.launch, by=stage.manager, executive_keys=True)
    make_round(stage.launch)
    cto = new_phone(stage.cto)

    cto.goto(stage.launch.get_absolute_url())
    slot = stage.launch.slots.executive().get(authorities__slug="cto")
    cto.goto(reverse("signoff:vote", args=[stage.launch.slug, slot.pk]))
    expect(cto.get_by_text("make a passkey first")).to_be_visible()
    give_key(cto, stage.cto, name="Phone")
    cto.reload()
    press(cto, "GO")

    expect(cto.get_by_text("Your vote is cast: GO.")).to_be_visible()
    assert Signature.objects.get(act="vote").level == "personal-key"


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_password_signs_where_a_key_is_not_at_hand(new_context, sign_in, script):
    stage = make_asked_stage()
    ciso = new_context(java_script_enabled=script).new_page()
    sign_in(ciso, stage.ciso)
    *_key, authenticator = give_key(ciso, stage.ciso)
    authenticator.verify(False)

    ciso.goto(signing(stage))
    ciso.get_by_label("Comment").fill("Well done.")
    press(ciso, "Sign")
    if not script:
        expect(ciso.get_by_text("Signing with a key needs JavaScript")).to_be_visible()
        expect(ciso.get_by_role("button", name="Sign with your key")).to_be_disabled()
    ciso.get_by_role("link", name="Back").click()
    ciso.get_by_role("radio", name="With your password").check()
    ciso.get_by_label("Your password", exact=True).fill(PASSWORD)
    press(ciso, "Sign")

    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()
    expect(ciso.get_by_text("vouched for by this server")).to_be_visible()
    assert Signature.objects.get().comment == ("Well done." if script else "")


def test_from_the_section_two_gestures_sign_on_a_phone(new_phone):
    """Open, and confirm with the key: DESIGN's section page, a press, a touch."""
    stage = make_asked_stage()
    ciso = new_phone(stage.ciso)
    give_key(ciso, stage.ciso)
    ciso.goto(stage.section.get_absolute_url())

    ciso.get_by_role("link", name="Sign or return").click()
    press(ciso, "Sign")

    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()
    assert Signature.objects.get().level == "personal-key"


def test_an_older_key_vouches_for_a_newer_one(new_desk):
    person = make_user()
    desk = new_desk(person)
    older, _key, _authenticator = give_key(desk, person, name="Older")
    endorse_key(older, by=make_admin(), how="Met.")
    make_key(person, SoftKey(rp_id="localhost"), name="Newer")

    desk.goto(reverse("mfa_list_webauthn"))
    newer = desk.get_by_role("row").filter(has_text="Newer")
    newer.get_by_role("link", name="Vouch for it").click()
    press(desk, "Use the older key")

    expect(desk.get_by_text("You have vouched for “Newer”.")).to_be_visible()
    expect(desk.get_by_text("With the older key “Older”")).to_be_visible()
