"""Attacks on an attestation, each put to the real gate: it lets nothing through but what was decided GO.

What the product refuses to sign is signed here by whoever has the key all the same: the gate has rules of its own.
"""

import json
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from audit import keys
from checklist.models import Launch
from signoff.attestation.dsse import PAYLOAD_TYPE, envelope
from signoff.attestation.issuing import attestation_of
from signoff.models import Signature
from signoff.statements import canonical
from signoff.verdict_document import verdict_document
from tests.factories.people import make_token
from tests.signoff.acting import make_go_launch, vote, withdraw
from tests.signoff.attestation.gating import (
    DIGEST,
    Gate,
    encoded,
    make_attested,
    public_pem,
    rewritten,
    signed,
)

pytestmark = pytest.mark.django_db

ALLOWED = (0, f"ALLOWED: sha256:{DIGEST} for production")
NO_SIGNATURE = "DENIED: No signature in the envelope is by the key."
NO_ENVELOPE = "DENIED: The envelope is not a DSSE envelope."
NO_BASE64 = "DENIED: The payload is not in base64."
NO_FORM = "DENIED: What was signed is not of the form that Sentinel writes."
PAST = "2001-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def attestation(django_db_setup, django_db_blocker):
    """A real one, made once: of its launch nothing stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = attestation_of(make_attested(), timezone.now())
        transaction.set_rollback(True)
    return made


@pytest.fixture
def gate(attestation, tmp_path):
    return Gate.before(attestation, tmp_path)


@pytest.fixture
def gate_at(tmp_path):
    """Before an attestation that was issued some time from now, or ago."""

    def gate_at(**ahead):
        now = timezone.now() + timedelta(**ahead)
        return Gate.before(attestation_of(make_attested(), now), tmp_path)

    return gate_at


def test_what_was_decided_is_let_through(gate):
    assert gate.run() == ALLOWED
    assert gate.run(artefact=f"sha256:{DIGEST.upper()}") == ALLOWED
    assert gate.run("--max-age", "60", slots=gate.slots[:1]) == ALLOWED


# The envelope


def test_one_byte_of_the_payload_is_changed(gate):
    payload = canonical(gate.statement).replace(b"production", b"Production")

    gate.put(rewritten(gate.envelope, payload=encoded(payload)))

    assert gate.run(environment="Production") == (1, NO_SIGNATURE)


def test_the_type_of_the_payload_is_changed(gate):
    gate.put(rewritten(gate.envelope, payloadType="application/json"))

    assert gate.run() == (1, "DENIED: The payload is not of the type that in-toto statements have.")


def test_the_key_signed_the_same_bytes_as_something_else(gate):
    payload = canonical(gate.statement)
    as_text = b"DSSEv1 10 text/plain %d %s" % (len(payload), payload)
    for bare in (payload, as_text):
        made = keys.attestation_key().sign(bare, ec.ECDSA(SHA256()))

        gate.put(rewritten(gate.envelope, signatures=[{"sig": encoded(made)}]))

        assert gate.run() == (1, NO_SIGNATURE)


def test_another_key_signed(gate):
    other = ec.generate_private_key(ec.SECP256R1())

    gate.put(envelope(canonical(gate.statement), other))

    assert gate.run() == (1, NO_SIGNATURE)


def test_another_key_signed_under_the_name_of_the_right_one(gate):
    other, right = ec.generate_private_key(ec.SECP256R1()), json.loads(gate.envelope)
    forged = json.loads(envelope(canonical(gate.statement), other))["signatures"][0]
    forged["keyid"] = right["signatures"][0]["keyid"]

    gate.put(rewritten(gate.envelope, signatures=[forged]))

    assert gate.run() == (1, NO_SIGNATURE)


def test_the_signature_is_the_right_keys_over_another_decision(gate):
    made = json.loads(signed(gate.statement | {"subject": []}))["signatures"]

    gate.put(rewritten(gate.envelope, signatures=made))

    assert gate.run() == (1, NO_SIGNATURE)


def test_a_foreign_signature_beside_the_right_one_takes_nothing_from_it(gate):
    right = json.loads(gate.envelope)["signatures"]
    others = [{"sig": ""}, {"sig": 1}, {}, {"sig": encoded(b"nothing")}]

    gate.put(rewritten(gate.envelope, signatures=[*others, *right, *others]))

    assert gate.run() == ALLOWED


def test_base64_in_the_other_alphabet_is_the_same(gate):
    whole = json.loads(gate.envelope)
    whole["signatures"][0]["sig"] = whole["signatures"][0]["sig"].translate(
        str.maketrans("+/", "-_")
    )

    gate.put(
        rewritten(json.dumps(whole), payload=whole["payload"].translate(str.maketrans("+/", "-_")))
    )

    assert gate.run() == ALLOWED


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"signatures": []}, "DENIED: Nobody has signed the envelope."),
        ({"signatures": [{"sig": "AAAA"}] * 17}, "more signatures than any that Sentinel makes."),
        ({"signatures": {"0": {}}}, NO_ENVELOPE),
        ({"signatures": None}, NO_ENVELOPE),
        ({"payload": None}, NO_ENVELOPE),
        ({"payload": ""}, NO_BASE64),
        ({"payload": "e30"}, NO_BASE64),
        ({"payload": "e31="}, NO_BASE64),
        ({"payload": "e30=\n"}, NO_BASE64),
        ({"payload": "e30=e30="}, NO_BASE64),
        ({"payload": "\u00e9"}, NO_BASE64),
        ({"payloadType": [PAYLOAD_TYPE]}, "The payload is not of the type"),
    ],
)
def test_the_envelope_is_malformed(gate, members, told):
    gate.put(rewritten(gate.envelope, **members))

    status, said = gate.run()

    assert (status, told in said) == (1, True), said


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"",
        lambda raw: b"null",
        lambda raw: b"[]",
        lambda raw: b"no JSON",
        lambda raw: raw + raw,
        lambda raw: raw[:-4],
        lambda raw: raw + b"\0",
        lambda raw: raw.replace(b"payloadType", b"payload\0Type"),
        lambda raw: b" " * 1_048_577 + raw,
        lambda raw: b"[" * 20_000,
    ],
)
def test_the_file_is_no_envelope(gate, spoil):
    gate.put(spoil(gate.envelope))

    status, said = gate.run()

    assert (status, said.count("\n")) == (1, 0)
    assert said.startswith("DENIED: The envelope is ")


# What was signed: by the right key, and not what the gate asks for


def test_the_artefact_is_another(gate):
    (gate.folder / "artefact").write_bytes(b"Something else.")

    told = "DENIED: The decision is about another artefact."
    assert gate.run() == (1, told)
    assert gate.run(artefact="sha256:" + "0" * 64) == (1, told)


@pytest.mark.parametrize("environment", ["staging", "Production", "production ", "*"])
def test_the_environment_is_another(gate, environment):
    told = "DENIED: The decision is about another environment."
    assert gate.run(environment=environment) == (1, told)


def test_it_has_expired(gate_at):
    assert gate_at(hours=-24).run() == (1, "DENIED: The attestation has expired.")


def test_it_is_older_than_the_gate_accepts(gate_at):
    gate = gate_at(hours=-2)

    assert gate.run() == ALLOWED
    told = "DENIED: The attestation is older than this gate accepts."
    assert gate.run("--max-age", "3600") == (1, told)


def test_it_comes_from_the_future(gate_at):
    assert gate_at(seconds=30).run() == ALLOWED  # clocks differ
    told = "DENIED: The attestation was issued in the future: look at the clocks."
    assert gate_at(hours=1).run() == (1, told)


def test_a_role_is_missing_that_this_gate_demands(gate):
    told = "DENIED: Nobody has decided GO in the slot the-board."
    assert gate.run(slots=[*gate.slots, "the-board"]) == (1, told)


def without_a_vote(predicate):
    predicate["signatures"].pop()


def without_a_slot_and_its_vote(predicate):
    predicate["signatures"].pop()
    predicate["slots"].pop()


def voted_no_go(predicate):
    predicate["signatures"][1]["vote"] = "no_go"


def voted_twice_in_one_slot(predicate):
    predicate["signatures"].append(predicate["signatures"][0])


def named_a_slot_twice(predicate):
    predicate["slots"].append(predicate["slots"][0])


def promised(predicate):
    predicate["signatures"][0]["vote"] = "conditional"
    predicate["conditions"] = [{"text": "Rotate.", "beforeLaunch": True, "done": False}]


def promised_vaguely(predicate):
    predicate["conditions"] = [{"text": "Rotate."}]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (without_a_vote, "Nobody has decided GO in the slot"),
        (without_a_slot_and_its_vote, "Nobody has decided GO in the slot"),
        (voted_no_go, "Somebody has not decided GO."),
        (voted_twice_in_one_slot, "A slot is signed twice."),
        (named_a_slot_twice, "A slot is named twice."),
        (promised, "What had to be done before the launch is not done."),
        (promised_vaguely, "What had to be done before the launch is not done."),
        ({"decision": "NO-GO"}, "The decision is not GO."),
        ({"decision": None}, "The decision is not GO."),
        ({"environment": None}, "another environment"),
        ({"expiresAt": PAST}, "has expired"),
        ({"expiresAt": "2999-01-01T00:00:00Z"}, "valid for longer than a day"),
        ({"expiresAt": "3"}, NO_FORM),
        ({"expiresAt": 9_999_999_999}, NO_FORM),
        ({"expiresAt": "2999-02-31T00:00:00Z"}, NO_FORM),
        ({"expiresAt": "2999-01-01T00:00:00+01:00"}, NO_FORM),
        ({"issuedAt": None}, NO_FORM),
        ({"issuedAt": f"{PAST}\n"}, NO_FORM),
        ({"signatures": []}, "Nobody has decided GO in the slot"),
        ({"signatures": {}}, NO_FORM),
        ({"signatures": None}, NO_FORM),
        ({"signatures": [1]}, NO_FORM),
        ({"slots": None}, NO_FORM),
        ({"conditions": {}}, NO_FORM),
        ({"conditions": None}, NO_FORM),
    ],
)
def test_what_the_product_never_signs_is_denied_all_the_same(gate, change, told):
    statement = gate.statement
    if callable(change):
        change(statement["predicate"])
    else:
        statement["predicate"] |= change
    gate.put(signed(statement))

    status, said = gate.run()

    assert (status, told in said) == (1, True), said


def test_a_promise_that_was_kept_or_is_for_later_stops_nothing(gate):
    statement = gate.statement
    statement["predicate"]["signatures"][0]["vote"] = "conditional"
    statement["predicate"]["conditions"] = [
        {"text": "Rotate.", "beforeLaunch": True, "done": True},
        {"text": "Report.", "beforeLaunch": False, "done": False},
    ]
    gate.put(signed(statement))

    assert gate.run() == ALLOWED


def test_a_slot_has_not_decided_that_this_gate_does_not_ask_for(gate):
    statement = gate.statement
    statement["predicate"]["signatures"].pop()
    gate.put(signed(statement))

    told = "DENIED: An executive slot has not decided."
    assert gate.run(slots=gate.slots[:1]) == (1, told)


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"_type": "https://in-toto.io/Statement/v0.1"}, "no in-toto statement"),
        ({"predicateType": "https://slsa.dev/provenance/v1"}, "not about the decision"),
        ({"subject": []}, "not about one artefact"),
        ({"subject": None}, "not about one artefact"),
        ({"subject": [{"digest": {"sha512": DIGEST}}]}, "another artefact"),
        ({"subject": [{"digest": {"sha256": None}}]}, "another artefact"),
        ({"subject": [1]}, NO_FORM),
        ({"predicate": None}, NO_FORM),
        ({"predicate": []}, NO_FORM),
    ],
)
def test_the_statement_is_another(gate, members, told):
    gate.put(signed(gate.statement | members))

    status, said = gate.run()

    assert (status, told in said) == (1, True), said


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"null", b"{} {}", b"\xff\0", b"no JSON"])
def test_the_key_signed_something_else_altogether(gate, payload):
    gate.put(envelope(payload, keys.attestation_key()))

    status, said = gate.run()

    assert (status, said.startswith("DENIED: ")) == (1, True)


def test_the_home_of_whoever_runs_it_changes_no_rule(gate):
    statement = gate.statement
    promised(statement["predicate"])
    gate.put(signed(statement))
    (gate.folder / ".jq").write_text("def all(values; rule): true;")

    told = "DENIED: What had to be done before the launch is not done."
    assert gate.run(home=str(gate.folder)) == (1, told)


# The gate used wrongly lets nothing through


@pytest.mark.parametrize(
    ("more", "options"),
    [
        (["--what", "ever"], {}),
        (["--max-age"], {}),
        (["--max-age", "1h"], {}),
        (["--max-age", "0"], {}),
        (["--offline-ok"], {}),
        (["--verdict", "https://sentinel.example/api"], {}),
        ([], {"artefact": "nowhere"}),
        ([], {"artefact": "sha256:12"}),
        ([], {"envelope": "nowhere"}),
        ([], {"envelope": "."}),
        ([], {"key": "nowhere"}),
        ([], {"key": "artefact"}),
        ([], {"environment": ""}),
        (["--help"], {}),
    ],
)
def test_it_is_used_wrongly(gate, more, options):
    status, said = gate.run(*more, **options)

    assert (status, "Usage: gate.sh" in said or "key is no" in said) == (2, True)


@pytest.mark.parametrize(
    "address",
    ["http://sentinel.example/x", "ftp://localhost/x", "https://x/\n", 'https://x/"', "https://"],
)
def test_the_verdict_is_asked_by_https_alone(gate, address):
    status, said = gate.run("--verdict", address, token="a")

    assert (status, "--verdict takes an https address." in said) == (2, True)


def test_a_token_cannot_say_anything_else_to_curl(gate):
    token = 'a"\nurl = "https://elsewhere.example'
    status, said = gate.run("--verdict", "https://localhost/x", token=token)

    assert (status, "holds no access token" in said) == (2, True)


@pytest.mark.parametrize(
    "private", [Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP384R1())]
)
def test_the_key_is_of_another_kind(gate, private):
    gate.put_key(public_pem(private))

    status, said = gate.run()

    assert (status, "The key is not on the curve P-256." in said) == (2, True)


# Asking Sentinel itself


@pytest.fixture
def online(transactional_db, live_server, tmp_path):
    """A gate, and how it asks the real verdict of its launch."""
    gate = Gate.before(attestation_of(make_attested(), timezone.now()), tmp_path)
    make_token()
    return gate, ["--verdict", f"{live_server.url}{verdict_of(gate.slug)}"]


def verdict_of(slug):
    return reverse("signoff:verdict-api", args=[slug])


def test_sentinel_says_that_it_still_is(online):
    gate, asked = online

    assert gate.run(*asked, token="its-secret") == ALLOWED


def test_a_vote_was_withdrawn_since(online):
    gate, asked = online
    withdraw(Signature.objects.filter(act="vote").first())

    assert gate.run() == ALLOWED  # until it expires: what an attestation alone cannot know
    told = "DENIED: Sentinel says that this is not approved any more."
    assert gate.run(*asked, token="its-secret") == (1, told)
    assert gate.run(*asked, "--offline-ok", token="its-secret") == (1, told)


def test_the_artefact_was_changed_and_decided_anew_since(online):
    gate, asked = online
    launch = Launch.objects.get(slug=gate.slug)
    launch.artefact_digest = "0" * 64
    launch.save()
    for slot in launch.slots.executive():
        vote(slot, slot.signed_by)

    assert verdict_document(launch, timezone.now()).verdict.approved
    told = "DENIED: Sentinel says that this is not approved any more."
    assert gate.run(*asked, token="its-secret") == (1, told)


def test_another_launch_is_approved(online, live_server):
    gate, _asked = online
    other = make_go_launch(artefact_digest=DIGEST)
    address = f"{live_server.url}{verdict_of(other.slug)}"

    told = "DENIED: Sentinel says that this is not approved any more."
    assert gate.run("--verdict", address, token="its-secret") == (1, told)


def test_the_token_is_not_known(online):
    gate, asked = online

    told = "DENIED: Sentinel does not tell how the launch stands (status 401)."
    assert gate.run(*asked, "--offline-ok", token="another") == (1, told)


SILENT = "DENIED: Sentinel does not answer, and this gate does not let through without it."


def test_sentinel_cannot_be_reached(gate):
    asked = ["--verdict", "http://127.0.0.1:9/verdict"]

    assert gate.run(*asked, token="a") == (1, SILENT)
    assert gate.run(*asked, "--offline-ok", token="a") == ALLOWED


@pytest.fixture
def answering():
    """A server that gives one answer to all who ask."""
    servers = []

    def answering(status, body=b"", **headers):
        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                """Say nothing: what is asked is not what the test is about."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/verdict"

    yield answering
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [429, 500, 503])
def test_sentinel_says_not_now(gate, answering, status):
    asked = ["--verdict", answering(status)]

    assert gate.run(*asked, token="a") == (1, SILENT)
    assert gate.run(*asked, "--offline-ok", token="a") == ALLOWED


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"null"),
        (200, b"<html>"),
        (200, b'{"verdict": {"approved": "true"}}'),
        (200, b" " * 2_000_000),
        (204, b""),
        (302, b""),
        (404, b""),
    ],
)
def test_whoever_answers_is_no_sentinel_that_approves(gate, answering, status, body):
    asked = ["--verdict", answering(status, body, Location="http://127.0.0.1:9/")]

    assert gate.run(*asked, "--offline-ok", token="a")[0] == 1


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("verdict", {"approved": False}),
        ("launch", {"artefact_digest": "0" * 64}),
        ("launch", {"artefact_digest": ""}),
        ("launch", {"environment": "staging"}),
        ("launch", {"slug": "another"}),
    ],
)
def test_sentinel_says_otherwise(gate, answering, part, value):
    launch = {
        "slug": gate.slug,
        "environment": "production",
        "artefact_digest": f"sha256:{DIGEST}",
    }
    said = {"verdict": {"approved": True}, "launch": launch}
    assert gate.run("--verdict", answering(200, json.dumps(said).encode()), token="a") == ALLOWED
    said[part] |= value

    status, told = gate.run("--verdict", answering(200, json.dumps(said).encode()), token="a")

    assert (status, told) == (1, "DENIED: Sentinel says that this is not approved any more.")
