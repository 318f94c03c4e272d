"""What an attestation says, when there is none, and that code which is not ours reads and verifies it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from django.utils import timezone
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from audit import keys, notes
from audit.actions import seal_when_changed
from audit.models import Checkpoint
from audit.verifier.verify import root_by_inclusion
from checklist.actions.asking import ask_signature
from checklist.actions.launches import change_launch
from checklist.rules import ItemStatus, Phase, day_ends
from signoff.actions import cancel_round, keep_condition
from signoff.attestation.dsse import key_id
from signoff.attestation.issuing import attestation_of
from signoff.attestation.predicate import PREDICATE_TYPE, second
from signoff.models import Condition, Round, Signature
from signoff.rules import Vote
from signoff.statements import canonical
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge
from tests.checklist.aftermath import refused
from tests.factories.conditions import make_wish
from tests.factories.launches import make_evidence, make_launch, make_lead, manager_of
from tests.factories.people import make_authority
from tests.factories.signatures import make_acceptance
from tests.factories.signatures import make_round as make_derived_round
from tests.signoff.acting import (
    make_round,
    make_signed_launch,
    reread,
    sign,
    vote,
    vote_if,
    withdraw,
)
from tests.signoff.attestation.gating import DIGEST, make_attested, payload_of
from tests.signoff.living import make_live_launch, make_rolled_back_launch, make_unapproved_launch

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, 0, 0, 900_000, tzinfo=UTC)


def predicate_of(launch, now=None):
    return payload_of(attestation_of(launch, now or timezone.now()))["predicate"]


# What it says


def test_the_whole_of_it(settings):
    settings.BASE_URL = "https://sentinel.example"
    launch = make_attested(executive=1)
    slot, given = launch.slots.get(section=None), Signature.objects.get(act="vote")
    log = keys.log_key()[0]

    statement = payload_of(attestation_of(launch, NOON))

    predicate = statement.pop("predicate")
    assert statement == {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": f"{launch.name} 1.0", "digest": {"sha256": DIGEST}}],
        "predicateType": "urn:uuid:e8020f4e-f01e-467f-a1ab-fe4a501bc704#launch-decision/v1",
    }
    (signature,) = predicate.pop("signatures")
    place, stated = signature.pop("log"), predicate.pop("log")
    assert predicate == {
        "decision": "GO",
        "round": 1,
        "environment": "production",
        "launch": {
            "id": str(launch.pk),
            "slug": launch.slug,
            "name": launch.name,
            "version": "1.0",
            "url": f"https://sentinel.example{launch.get_absolute_url()}",
        },
        "decidedAt": f"{given.signed_at:%Y-%m-%dT%H:%M:%SZ}",
        "issuedAt": "2026-11-24T12:00:00Z",
        "expiresAt": "2026-11-25T12:00:00Z",
        "slots": [
            {
                "key": slot.key,
                "title": "Executive Sign-Off",
                "authorities": slot.authority_slugs,
            }
        ],
        "conditions": [],
        "instance": json.loads(bytes(given.statement))["instance"],
    }
    assert signature == {
        "slot": slot.key,
        "vote": "go",
        "meaning": given.meaning_text,
        "authority": given.authority_name,
        "name": given.signer_name,
        "standingInFor": "",
        "person": str(given.signer_id),
        "at": f"{given.signed_at:%Y-%m-%dT%H:%M:%SZ}",
        "level": "server-attested",
        "statement": {"sha256": given.sha256},
    }
    claim, _keys = notes.open_note(stated.pop("checkpoint"), [log])
    assert stated == {"origin": claim.origin, "size": claim.size, "root": claim.root.hex()}
    assert set(place) == {"index", "leafHash", "inclusion"}


def test_the_ledger_has_every_vote_that_it_names():
    launch = make_attested()
    make_entries(*[make_change() for _ in range(300)])
    seal_when_changed()

    predicate = predicate_of(launch)

    log = predicate["log"]
    for signature in predicate["signatures"]:
        place = signature["log"]
        path = [bytes.fromhex(part) for part in place["inclusion"]]
        root = root_by_inclusion(
            bytes.fromhex(place["leafHash"]), place["index"], log["size"], path
        )
        assert root.hex() == log["root"]
    assert len(predicate["signatures"]) == 3


def test_another_implementation_verifies_and_reads_it():
    launch = make_attested()
    public = keys.attestation_key().public_key()

    content = json.loads(attestation_of(launch, timezone.now()))

    envelope = Envelope.from_dict(content)
    key = SSlibKey.from_crypto(public, keyid=key_id(public))
    assert envelope.verify([key], 1) == {key_id(public): key}
    said = json.loads(envelope.payload)
    assert canonical(said) == envelope.payload
    subjects = [ResourceDescriptor(**subject).pb for subject in said["subject"]]
    statement = Statement(subjects, said["predicateType"], said["predicate"])
    statement.validate()
    assert statement.pb.predicate_type == PREDICATE_TYPE


def test_another_implementation_sees_a_changed_byte():
    public = keys.attestation_key().public_key()
    content = json.loads(attestation_of(make_attested(), timezone.now()))
    envelope = Envelope.from_dict(content)
    envelope.payload = envelope.payload.replace(b"production", b"Production")

    with pytest.raises(VerificationError):
        envelope.verify([SSlibKey.from_crypto(public, keyid=key_id(public))], 1)


def test_each_one_is_new():
    launch = make_attested()

    first, second = (attestation_of(launch, NOON + timedelta(hours=at)) for at in (0, 1))

    assert [payload_of(made)["predicate"]["issuedAt"] for made in (first, second)] == [
        "2026-11-24T12:00:00Z",
        "2026-11-24T13:00:00Z",
    ]


@pytest.mark.parametrize("digest", [DIGEST, f"sha256:{DIGEST}", f"SHA256:{DIGEST.upper()}"])
def test_the_digest_is_the_same_however_it_is_written(digest):
    statement = payload_of(attestation_of(make_attested(artefact_digest=digest), NOON))

    assert statement["subject"][0]["digest"] == {"sha256": DIGEST}


def test_names_of_any_script_are_kept():
    launch = make_attested(name="Zo\u00eb \u674e \u0645\u062d\u0645\u062f")

    assert predicate_of(launch)["launch"]["name"] == "Zo\u00eb \u674e \u0645\u062d\u0645\u062f"


def test_conditions_are_told_with_what_became_of_them():
    launch = make_signed_launch(artefact_digest=DIGEST)
    make_round(launch)
    kept, later = make_wish("Rotate", before_launch=True), make_wish("Report")
    vote_if(launch.slots.get(section=None), kept, later)
    with refused("approval_missing"):
        attestation_of(reread(launch), timezone.now())
    promise = Condition.objects.get(text="Rotate")
    keep_condition(promise, by=promise.owner, note="Rotated.")

    predicate = predicate_of(reread(launch))

    assert predicate["signatures"][0]["vote"] == "conditional"
    assert predicate["conditions"] == [
        {"text": "Rotate", "due": "2100-01-01", "beforeLaunch": True, "done": True},
        {"text": "Report", "due": "2100-01-01", "beforeLaunch": False, "done": False},
    ]


# How long it is valid


def make_accepted(until_on):
    """Approved with an item that is accepted until a day, and a proof after the launch that ends on it as well."""
    launch = make_launch(
        {"items": ["Alpha", "Beta"]},
        {"items": ["Watch"], "phase": Phase.POST_LAUNCH},
        executive=[[make_authority()]],
        artefact_digest=DIGEST,
    )
    section, after = launch.sections.order_by("position")
    section.items.filter(text="Alpha").update(status=ItemStatus.DONE)
    make_acceptance(section.items.get(text="Beta"), until_on=until_on)
    after.items.update(evidence_demanded=True)
    make_evidence(after.items.get(), expires_on=until_on - timedelta(days=1))
    ask_signature(reread(section), by=make_lead(section))
    sign(section.slots.get())
    make_derived_round(launch)
    vote(launch.slots.get(section=None))
    return reread(launch)


def test_it_ends_when_an_acceptance_does():
    until_on = timezone.localdate() + timedelta(days=9)
    launch = make_accepted(until_on)
    ends = day_ends(until_on, launch.time_zone)

    at = {hours: ends - timedelta(hours=hours) for hours in (48, 24, 1, 0)}

    assert predicate_of(launch, at[48])["expiresAt"] == second(at[24])
    assert predicate_of(launch, at[24])["expiresAt"] == second(ends)
    assert predicate_of(launch, at[1])["expiresAt"] == second(ends)
    with refused("approval_missing", "items_outstanding"):
        attestation_of(launch, at[0])


# When there is none


def open_round():
    launch = make_signed_launch(artefact_digest=DIGEST)
    make_round(launch)
    return launch


def no_go():
    launch = open_round()
    vote(launch.slots.get(section=None), value=Vote.NO_GO, comment="Not like this.")
    return launch


def cancelled():
    launch = open_round()
    cancel_round(Round.objects.get(launch=launch), by=manager_of(launch), reason="Late.")
    return launch


def withdrawn():
    launch = make_attested()
    withdraw(Signature.objects.filter(act="vote").first())
    return launch


def of_another_artefact():
    """What was voted about was built anew: the votes are stale."""
    launch = make_attested()
    change_launch(launch, by=manager_of(launch), artefact_digest="0" * 64)
    return launch


@pytest.mark.parametrize(
    "make",
    [
        open_round,
        no_go,
        cancelled,
        withdrawn,
        of_another_artefact,
        lambda: make_live_launch(artefact_digest=DIGEST),
        lambda: make_unapproved_launch(artefact_digest=DIGEST),
        lambda: make_rolled_back_launch(artefact_digest=DIGEST),
    ],
)
def test_what_is_not_approved_is_not_attested(make):
    launch = reread(make())

    with refused("approval_missing"):
        attestation_of(launch, timezone.now())


def test_all_that_is_in_the_way_is_told():
    launch = make_launch({}, {})

    with refused(
        "approval_missing",
        "items_outstanding",
        "slot_waiting",
        "items_outstanding",
        "slot_waiting",
        "artefact_missing",
    ):
        attestation_of(launch, timezone.now())


@pytest.mark.parametrize(
    ("digest", "code"),
    [("", "artefact_missing"), ("sha512:" + "a" * 128, "artefact_not_sha256")],
)
def test_without_the_sha256_of_an_artefact_there_is_none(digest, code):
    launch = make_attested(artefact_digest=digest)

    with refused(code):
        attestation_of(launch, timezone.now())


@pytest.mark.parametrize("missing", [keys.Purpose.ATTESTATION, keys.Purpose.LOG])
def test_without_its_keys_there_is_none(settings, tmp_path, missing):
    launch = make_attested()
    settings.KEYS_DIR = tmp_path
    for purpose in set(keys.Purpose) - {missing}:
        keys.make(purpose)

    with refused("keys_missing"):
        attestation_of(launch, timezone.now())


def test_a_key_of_another_kind_does_not_sign(settings, tmp_path):
    launch = make_attested()
    settings.KEYS_DIR = tmp_path
    keys.make(keys.Purpose.LOG)
    other = generate_private_key(SECP384R1())
    keys.write_private(keys.path_of(keys.Purpose.ATTESTATION), keys.pem_of(other))

    with refused("keys_missing"):
        attestation_of(launch, timezone.now())


def test_votes_that_no_checkpoint_covers_are_not_attested_yet():
    launch = make_attested()
    newest = Checkpoint.objects.latest("size").size
    forge(("DELETE FROM audit_checkpoint WHERE size = %s", [newest]))
    with refused("checkpoint_missing"):
        attestation_of(launch, timezone.now())
    forge("DELETE FROM audit_checkpoint")
    with refused("checkpoint_missing"):
        attestation_of(launch, timezone.now())


def test_a_checkpoint_that_another_key_signed_does_not_count(settings, tmp_path):
    launch = make_attested()
    settings.KEYS_DIR = tmp_path
    for purpose in keys.Purpose:
        keys.make(purpose)

    with refused("checkpoint_missing"):
        attestation_of(launch, timezone.now())


@pytest.mark.parametrize("count", [1, 3])
def test_how_often_it_asks(django_assert_num_queries, count):
    launch = make_attested(executive=count)

    with django_assert_num_queries(10):
        attestation_of(launch, timezone.now())
