"""Attestations on their way out: by a token, from the decision page, from the command line, and the public key."""

import json
from base64 import b64decode
from io import StringIO

import pytest
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.core.management import CommandError, call_command
from django.urls import reverse

from audit import keys
from checklist.rules import Classification
from signoff.bundle.trust import trust_file
from tests.factories.launches import make_launch
from tests.factories.people import make_token, make_user
from tests.signoff.acting import make_go_launch, make_round, make_signed_launch
from tests.signoff.attestation.gating import DIGEST, Gate, make_attested, payload_of

pytestmark = pytest.mark.django_db


def api(launch):
    return reverse("signoff:attestation-api", args=[launch.slug])


def page_of(launch):
    return reverse("signoff:decision", args=[launch.slug])


def file_of(launch):
    return reverse("signoff:attestation", args=[launch.slug])


@pytest.fixture
def ask(client):
    """What a service is answered that asks for an attestation."""
    make_token()

    def ask(launch, secret="its-secret", method="get", **headers):  # noqa: S107
        sent = {"Authorization": f"Bearer {secret}"} | headers
        return getattr(client, method)(api(launch), headers=sent)

    return ask


@pytest.fixture
def get(client):
    """A page as somebody reads it who may see no more than anybody."""
    client.force_login(make_user())
    return client.get


# By a token


def test_a_program_is_given_what_the_gate_lets_through(ask, tmp_path):
    response = ask(make_attested())

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Authorization" in response.headers["Vary"]
    assert Gate.before(response.content, tmp_path).run()[0] == 0


def test_a_program_is_told_why_there_is_none(ask):
    launch = make_signed_launch()
    make_round(launch)

    response = ask(launch)

    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    not_approved = "It is not approved now (READY TO DECIDE: 2 items settled, 1 section signed)."
    no_artefact = (
        "This launch names no artefact: a manager gives its SHA-256, and the votes are given anew."
    )
    assert response.json() == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "code": "not_attested",
        "detail": f"{not_approved} {no_artefact}",
        "reasons": [
            {"code": "approval_missing", "text": not_approved},
            {"code": "artefact_missing", "text": no_artefact},
        ],
    }


def test_who_may_not_see_the_launch_learns_nothing_of_it(ask):
    launch = make_attested(classification=Classification.RESTRICTED)

    answers = [ask(launch), ask(launch, "no-such"), ask(launch, method="post")]

    assert [(a.status_code, a.json()["code"]) for a in answers] == [
        (404, "not_found"),
        (401, "token_invalid"),
        (405, "method_not_allowed"),
    ]


def test_a_token_that_asks_too_often_waits(ask, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"api_token": "1/m/key"}
    launch = make_launch()

    assert [ask(launch).status_code for _ in range(2)] == [409, 429]


# From the decision page


def test_an_approved_launch_leads_to_its_attestation(get, tmp_path):
    launch = make_attested()

    page, response = get(page_of(launch)), get(file_of(launch))

    assert f'href="{file_of(launch)}"' in page.text
    name = f"{launch.slug}-attestation.json"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["Content-Type"] == "application/json"
    assert "no-store" in response.headers["Cache-Control"]
    assert Gate.before(response.content, tmp_path).run()[0] == 0


def test_an_approved_launch_without_an_artefact_says_so(get):
    launch = make_go_launch()

    page = " ".join(get(page_of(launch)).text.split())

    assert "No attestation: This launch names no artefact" in page
    assert file_of(launch) not in page


def test_what_is_not_approved_offers_none(get):
    launch = make_signed_launch(artefact_digest=DIGEST)
    make_round(launch)

    page = get(page_of(launch)).text

    assert "ttestation" not in page


def test_asking_all_the_same_leads_back_and_says_why(get):
    launch = make_signed_launch(artefact_digest=DIGEST)

    response = get(file_of(launch), follow=True)

    assert response.redirect_chain == [(page_of(launch), 302)]
    assert "It is not approved now (READY TO DECIDE" in response.text


# From the command line


def test_the_command_prints_it_or_writes_it(tmp_path):
    launch, out, path = make_attested(), StringIO(), tmp_path / "attestation.json"

    call_command("attestation", launch.slug, stdout=out)
    told = StringIO()
    call_command("attestation", launch.slug, out=path, stdout=told)

    assert told.getvalue() == f"{path} is written.\n"
    subjects = [payload_of(made)["subject"] for made in (out.getvalue(), path.read_bytes())]
    assert subjects[0] == subjects[1] == [{"name": str(launch), "digest": {"sha256": DIGEST}}]


def test_the_command_says_why_there_is_none(tmp_path):
    with pytest.raises(CommandError, match="no launch with the short name “none”"):
        call_command("attestation", "none")
    with pytest.raises(CommandError, match=r"It is not approved now \(NOT READY"):
        call_command("attestation", make_launch().slug)
    with pytest.raises(CommandError, match="could not be written"):
        call_command("attestation", make_attested().slug, out=tmp_path)


def test_the_trust_file_names_the_key():
    make_attested()

    (key,) = json.loads(json.dumps(trust_file()))["attestation_keys"]

    assert load_der_public_key(b64decode(key)) == keys.attestation_key().public_key()
