"""Attacks on a signature with a key: each is refused and signs nothing. And what must not disturb one that was given.

The answers are those of a real Chromium with a virtual authenticator; forged ones are such answers with bytes altered.
"""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from hashlib import sha256
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.actions import deactivate, revoke_key
from accounts.models import User
from accounts.passkeys import Answer, Expected, base64url, check_answer
from checklist.actions.appointments import end_appointment
from checklist.models import Appointment
from signoff.models import Pending, Proof, Signature
from signoff.statements import challenge_of
from tests.browser.authenticators import give_key
from tests.factories.launches import make_holder, make_item, make_launch
from tests.factories.passkeys import SoftKey, make_key
from tests.factories.people import make_admin
from tests.factories.signatures import ask
from tests.signoff.acting import at_once

pytestmark = pytest.mark.django_db(transaction=True)

UV = 0x04
ELSEWHERE = "http://localhost:1"
EVIL = "http://evil.localhost:1"
NOT_FOR_THIS = "This key's answer is not for what is signed here."
OVER = "This was signed already, or not within five minutes."

# A page asks the key once it is painted: here it never is, so that each attack asks at its own time.
NOT_AT_ONCE = "window.requestAnimationFrame = () => 0;"
# The page's own script asks the key; what it would send is kept instead.
ANSWER = """async () => {
  const form = document.querySelector("form[data-key-options]");
  const sent = new Promise((kept) => { form.submit = () => kept(form.elements.assertion.value); });
  form.requestSubmit();
  return await sent;
}"""
SEND = """(assertion) => {
  const form = document.querySelector("form[data-key-options]");
  form.elements.assertion.value = assertion;
  HTMLFormElement.prototype.submit.call(form);
}"""
WAITING = """(pk) => {
  document.querySelector("form[data-key-options]").elements.pending.value = pk;
}"""
FORM = """() => [...new FormData(document.querySelector("form[data-key-options]"))]"""
OPTIONS = """() => document.querySelector("form[data-key-options]").dataset.keyOptions"""
# What any script asks of a key: for tests that ask from another place, or for something else.
ASK = """async (options) => {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(options));
  return JSON.stringify((await navigator.credentials.get({ publicKey })).toJSON());
}"""
CREATE = """async (challenge) => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON({
    challenge, rp: { id: "localhost", name: "x" }, user: { id: "eA", name: "x", displayName: "x" },
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
  });
  return JSON.stringify((await navigator.credentials.create({ publicKey })).toJSON());
}"""


@pytest.fixture
def scene(new_context, sign_in):
    """Two sections whose signatures are asked for, their holder at a desk, and a key of theirs in it."""
    launch = make_launch({"items": ["Alpha"]}, {"items": ["Beta"]})
    first, second = (ask(section) for section in launch.sections.all())
    for authority in first.authorities.all():
        second.authorities.add(authority)
    holder = make_holder(first)
    context = new_context()
    context.add_init_script(NOT_AT_ONCE)
    page = context.new_page()
    sign_in(page, holder)
    row, key, authenticator = give_key(page, holder)
    return SimpleNamespace(
        launch=launch,
        slot=first,
        other=second,
        holder=holder,
        page=page,
        row=row,
        key=key,
        authenticator=authenticator,
    )


@pytest.fixture
def refusals(caplog):
    """The codes of answers that were refused."""
    return lambda: [
        record.args[0] for record in caplog.records if "answer was refused" in record.msg
    ]


def begin(scene, slot=None, page=None):
    """The first step: the statement is shown and waits."""
    page, section = page or scene.page, (slot or scene.slot).section
    page.goto(reverse("signoff:sign", args=[scene.launch.slug, section.number]))
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign with your key")
    page.wait_for_load_state()


def answer(scene):
    return json.loads(scene.page.evaluate(ANSWER))


def send(scene, given):
    scene.page.evaluate(SEND, given if isinstance(given, str) else json.dumps(given))
    scene.page.wait_for_load_state()


def expect_refused(scene, sentence):
    expect(scene.page.get_by_text(sentence).first).to_be_visible()
    assert not Signature.objects.exists()


def part(given, name):
    text = given["response"][name]
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def altered(given, **parts):
    changed = {name: base64url(value) for name, value in parts.items()}
    return given | {"response": given["response"] | changed}


def sending(scene, given):
    """A call that sends what the page would, without the page: in the same session, to the same address."""
    sent = dict(scene.page.evaluate(FORM)) | {"assertion": json.dumps(given)}
    cookies, address = scene.page.context.cookies(), urlsplit(scene.page.url)

    def send_it():
        client = Client()
        for cookie in cookies:
            client.cookies[cookie["name"]] = cookie["value"]
        return client.post(address.path, sent, headers={"Host": address.netloc}).status_code

    return send_it


def test_as_a_measure_an_answer_that_nobody_touched_signs(scene):
    begin(scene)

    send(scene, answer(scene))

    expect(scene.page.get_by_text("is signed.").first).to_be_visible()
    assert Signature.objects.get().level == "personal-key"


def test_an_answer_for_one_section_signs_no_other(scene, refusals):
    begin(scene)
    given = answer(scene)
    begin(scene, scene.other)

    send(scene, given)

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_challenge"]


def test_an_answer_signs_once(scene):
    begin(scene)
    send_it = sending(scene, answer(scene))

    assert [send_it(), send_it()] == [302, 200]
    assert Signature.objects.count() == 1


def test_an_answer_of_a_sign_in_signs_nothing(scene, refusals):
    scene.page.goto(reverse("checklist:my-work"))
    options = {"challenge": base64url(b"l" * 32), "rpId": "localhost"}
    of_sign_in = json.loads(scene.page.evaluate(ASK, json.dumps(options)))
    begin(scene)

    send(scene, of_sign_in)

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_challenge"]


def test_an_answer_to_a_statement_signs_nobody_in(scene, client):
    begin(scene)
    given = answer(scene)
    client.get(reverse("mfa_login_webauthn"), headers={"X-Requested-With": "XMLHttpRequest"})

    client.post(reverse("mfa_login_webauthn"), {"credential": json.dumps(given)})

    assert "_auth_user_id" not in client.session


def test_another_persons_key_signs_nothing(scene):
    other = make_holder(scene.slot)
    row, key = make_key(other, SoftKey(rp_id="localhost"))
    scene.authenticator.hold(key)
    begin(scene)
    options = json.loads(scene.page.evaluate(OPTIONS))
    options["allowCredentials"] = [{"type": "public-key", "id": base64url(key.credential_id)}]

    send(scene, scene.page.evaluate(ASK, json.dumps(options)))

    expect_refused(scene, "This key is none of yours that signs here")
    assert row.user == other


def test_without_a_finger_the_browser_gives_no_answer(scene):
    scene.authenticator.verify(False)
    begin(scene)

    scene.page.get_by_role("button", name="Sign with your key").click()

    expect_refused(scene, "Your key did not sign")


def test_an_answer_without_a_finger_signs_nothing(scene, refusals):
    scene.authenticator.verify(False)
    begin(scene)
    options = json.loads(scene.page.evaluate(OPTIONS)) | {"userVerification": "discouraged"}

    send(scene, scene.page.evaluate(ASK, json.dumps(options)))

    expect_refused(scene, "Your key did not make sure that it is you")
    assert refusals() == ["answer_unverified"]


def test_a_forged_finger_is_found(scene, refusals):
    scene.authenticator.verify(False)
    begin(scene)
    options = json.loads(scene.page.evaluate(OPTIONS)) | {"userVerification": "discouraged"}
    given = json.loads(scene.page.evaluate(ASK, json.dumps(options)))
    data = bytearray(part(given, "authenticatorData"))
    data[32] |= UV

    send(scene, altered(given, authenticatorData=bytes(data)))

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_signature"]


def test_an_answer_given_at_another_origin_signs_nothing(scene, refusals):
    begin(scene)
    options = scene.page.evaluate(OPTIONS)
    scene.page.route(f"{ELSEWHERE}/**", lambda route: route.fulfill(body="<title>x</title>"))
    scene.page.goto(f"{ELSEWHERE}/")
    given = scene.page.evaluate(ASK, options)
    assert json.loads(part(json.loads(given), "clientDataJSON"))["origin"] == ELSEWHERE

    expect_refused_after_all(scene, given)

    assert refusals() == ["answer_origin"]


def expect_refused_after_all(scene, given):
    """Sent with the very statement that waits, from a page that asks anew."""
    waiting = Pending.objects.get()
    begin(scene)
    scene.page.evaluate(WAITING, str(waiting.pk))
    send(scene, given)
    expect_refused(scene, NOT_FOR_THIS)


def test_an_answer_of_another_site_signs_nothing(scene, refusals):
    begin(scene)
    options = json.loads(scene.page.evaluate(OPTIONS)) | {"rpId": "evil.localhost"}
    scene.authenticator.drop(scene.key)
    scene.authenticator.hold(scene.key, rp_id="evil.localhost")
    scene.page.route(f"{EVIL}/**", lambda route: route.fulfill(body="<title>x</title>"))
    scene.page.goto(f"{EVIL}/")
    given = scene.page.evaluate(ASK, json.dumps(options))
    data = part(json.loads(given), "authenticatorData")
    assert data[:32] == sha256(b"evil.localhost").digest()

    expect_refused_after_all(scene, given)

    assert refusals() == ["answer_origin"]


def test_the_site_in_an_answer_cannot_be_exchanged(scene, refusals):
    begin(scene)
    given = answer(scene)
    data = part(given, "authenticatorData")

    send(scene, altered(given, authenticatorData=sha256(b"evil.localhost").digest() + data[32:]))

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_host"]


def test_an_answer_given_in_a_frame_signs_nothing(scene, refusals, live_server):
    begin(scene)
    options = scene.page.evaluate(OPTIONS)
    framed = f"{live_server.url}/framed"
    scene.page.route(framed, lambda route: route.fulfill(body="<title>x</title>"))
    frame = f'<iframe src="{framed}" allow="publickey-credentials-get *"></iframe>'
    scene.page.route(
        f"{EVIL}/**", lambda route: route.fulfill(body=frame, content_type="text/html")
    )
    scene.page.goto(f"{EVIL}/")
    given = scene.page.frames[1].evaluate(ASK, options)
    said = json.loads(part(json.loads(given), "clientDataJSON"))
    assert (said["origin"], said["crossOrigin"]) == (live_server.url, True)

    expect_refused_after_all(scene, given)

    assert refusals() == ["answer_embedded"]


def test_the_making_of_a_key_signs_nothing(scene, refusals):
    begin(scene)
    challenge = json.loads(scene.page.evaluate(OPTIONS))["challenge"]
    given = answer(scene)
    made = json.loads(scene.page.evaluate(CREATE, challenge))
    said = part(made, "clientDataJSON")
    assert json.loads(said)["type"] == "webauthn.create"

    send(scene, altered(given, clientDataJSON=said))

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_type"]


def test_what_the_browser_said_counts_byte_for_byte(scene, refusals):
    begin(scene)
    given = answer(scene)
    said = json.loads(part(given, "clientDataJSON"))

    send(scene, altered(given, clientDataJSON=json.dumps(said).encode()))

    expect_refused(scene, NOT_FOR_THIS)
    assert refusals() == ["answer_signature"]


def test_a_revoked_key_signs_nothing(scene):
    begin(scene)
    given = answer(scene)
    revoke_key(scene.row, by=scene.holder, reason="Lost.")

    send(scene, given)

    assert not Signature.objects.exists()


def test_who_was_a_holder_signs_nothing(scene):
    begin(scene)
    given = answer(scene)
    for held in Appointment.objects.filter(holder=scene.holder):
        end_appointment(held, by=make_admin())

    send(scene, given)

    expect_refused(scene, "You hold none of the authorities that may sign here.")


def test_a_holder_who_is_gone_before_the_first_step_gets_no_statement(scene):
    section = scene.slot.section
    scene.page.goto(reverse("signoff:sign", args=[scene.launch.slug, section.number]))
    for held in Appointment.objects.filter(holder=scene.holder):
        end_appointment(held, by=make_admin())

    scene.page.get_by_role("button", name="Sign", exact=True).click()

    expect_refused(scene, "You hold none of the authorities that may sign here.")
    assert not Pending.objects.exists()


def test_what_changed_while_the_key_was_asked_is_not_signed(scene):
    begin(scene)
    given = answer(scene)
    make_item(scene.slot.section, text="Gamma")

    send(scene, given)

    expect_refused(scene, "This has changed while you were signing.")
    expect(scene.page.get_by_text("Gamma").first).to_be_visible()


def test_a_statement_waits_for_five_minutes(scene):
    begin(scene)
    given = answer(scene)
    Pending.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    send(scene, given)

    expect_refused(scene, OVER)


def test_of_two_tabs_one_signs(scene):
    begin(scene)
    send_it = sending(scene, answer(scene))

    assert sorted(at_once(send_it, send_it)) == [200, 302]
    assert Signature.objects.count() == 1


def test_a_given_signature_outlives_its_key_its_signer_and_its_address(scene, settings):
    begin(scene)
    send(scene, answer(scene))
    expect(scene.page.get_by_text("is signed.").first).to_be_visible()
    signature = Signature.objects.get()

    revoke_key(scene.row, by=scene.holder, reason="Lost.")
    User.objects.filter(pk=scene.holder.pk).update(full_name="Other Name")
    deactivate(User.objects.get(pk=scene.holder.pk), by=make_admin(), reason="Left.")
    settings.BASE_URL = "https://elsewhere.example"

    proof = Proof.objects.get()
    kept = Answer(
        b"",
        bytes(proof.authenticator_data),
        bytes(proof.client_data_json),
        bytes(proof.signature),
    )
    expected = Expected(challenge_of(bytes(signature.statement)), proof.rp_id, proof.origin)
    row = proof.credential
    row.sign_count = 0
    assert check_answer(kept, row.answering, expected) > 0
    assert bytes(row.public_key) == bytes(proof.public_key)
    signature.refresh_from_db()
    assert signature.signer_name == scene.holder.full_name
