"""The record of a certificate: it can be checked alone, and is the same for the same launch, ledger and moment."""

import json
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.utils import timezone

from accounts.actions import endorse_key
from audit.models import Entry, Head
from checklist.rules import ItemStatus
from signoff.actions import cancel_round
from signoff.certificate.record import digest, record_of, written
from signoff.certificate.source import decision_source, newest_round, section_source
from signoff.models import Signature
from signoff.rules import Vote
from signoff.statements import canonical, challenge_of, moment
from tests.factories.appointments import make_deputy
from tests.factories.conditions import make_wish
from tests.factories.launches import make_appointment, make_evidence, make_launch, set_items
from tests.factories.passkeys import make_key
from tests.factories.people import make_admin
from tests.factories.signatures import ask, make_acceptance, make_asked_slot, make_signature
from tests.signoff.acting import (
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    send_back,
    vote,
    vote_if,
    withdraw,
)
from tests.signoff.bundle.making import appointed, sign_with_key, tell
from tests.signoff.living import make_live_launch

pytestmark = pytest.mark.django_db

SECTION = {"items": ("Audit", "Keys")}


def of_decision(launch, number=None, now=None):
    launch = reread(launch)
    round_ = launch.rounds.get(number=number) if number else newest_round(launch)
    return record_of(decision_source(launch, round_, now or timezone.now()))


def of_section(section):
    return record_of(section_source(reread(section), timezone.now()))


def test_every_statement_and_content_has_the_digest_that_names_it():
    launch = make_go_launch(SECTION, executive=2)

    record = of_decision(launch)

    assert {row["sha256"] for row in record["signatures"]} == set(
        Signature.objects.values_list("sha256", flat=True)
    )
    for row in record["signatures"]:
        assert sha256(canonical(row["statement"])).hexdigest() == row["sha256"]
        assert row["statement"]["content"]["sha256"] in record["contents"]
    for name, content in record["contents"].items():
        assert sha256(canonical(content)).hexdigest() == name


def test_every_signature_says_where_it_lies_in_the_ledger():
    launch = make_go_launch(SECTION)

    record = of_decision(launch)

    for row in record["signatures"]:
        entry = Entry.objects.get(seq=row["ledger"]["seq"])
        assert bytes(entry.leaf_hash).hex() == row["ledger"]["leaf_hash"]
        assert json.loads(bytes(entry.leaf))["data"]["new"]["statement"] == row["sha256"]
    head = Head.objects.get()
    assert record["printed"]["ledger"] == {"size": head.size, "root": bytes(head.root).hex()}


def test_a_passkeys_answer_is_in_the_record_and_can_be_checked_with_the_record_alone():
    story = tell()

    rows = of_decision(story.launch)["signatures"]

    (row,) = [row for row in rows if row["level"] == "personal-key"]
    client = b64decode(row["proof"]["client_data_json"])
    key = load_der_public_key(b64decode(row["proof"]["public_key"]))
    signed = b64decode(row["proof"]["authenticator_data"]) + sha256(client).digest()
    key.verify(b64decode(row["proof"]["signature"]), signed, ECDSA(SHA256()))
    challenge = urlsafe_b64encode(challenge_of(canonical(row["statement"]))).rstrip(b"=")
    assert json.loads(client)["challenge"] == challenge.decode()
    assert row["identity_verified"] is True
    by_server = [row for row in rows if row["level"] == "server-attested"]
    assert {row["proof"]["kind"] for row in by_server} == {"server"}
    assert {row["identity_verified"] for row in by_server} == {None}


def test_whose_key_it_was_is_told_as_it_was_known_when_it_signed():
    section = make_launch(SECTION).sections.get()
    slot = ask(section)
    holder = appointed(slot)
    credential, key = make_key(holder)
    sign_with_key(slot, holder, key)
    endorse_key(credential, by=make_admin(), how="Met.")

    (row,) = of_section(section)["signatures"]

    assert row["identity_verified"] is False


def test_a_leaf_that_cannot_be_read_leaves_a_signature_without_a_place():
    launch, now = make_go_launch(SECTION), timezone.now()
    source = decision_source(launch, newest_round(launch), now)
    source.leaves.clear()

    assert [row["ledger"] for row in record_of(source)["signatures"]] == [None, None]


def test_the_record_is_the_same_to_the_byte_for_the_same_moment():
    launch, now = make_go_launch(SECTION), timezone.now()

    first, second = of_decision(launch, now=now), of_decision(launch, now=now)

    assert written(first) == written(second) == canonical(json.loads(written(first)))
    assert digest(first) == sha256(written(first)).hexdigest()


def test_a_decision_names_launch_round_votes_sections_and_how_it_stands():
    launch = make_go_launch(SECTION, executive=2, name="Aureus", version="1.0")

    record = of_decision(launch)

    assert (record["type"], record["about"]) == ("sentinel/certificate/v1", "decision")
    assert (record["launch"]["name"], record["launch"]["version"]) == ("Aureus", "1.0")
    assert (record["round"]["number"], record["round"]["state"]) == (1, "go")
    assert record["verdict"]["text"].startswith("APPROVED: 2 of 2 votes GO")
    assert record["verdict"]["items"] == {
        "total": 2,
        "settled": 2,
        "outstanding": 0,
        "accepted": 0,
    }
    by_digest = {row["sha256"]: row for row in record["signatures"]}
    votes = [by_digest[row["signature"]]["statement"]["vote"] for row in record["votes"]]
    assert votes == ["go", "go"]
    (section,) = record["sections"]
    assert section["state"] == "signed"
    assert by_digest[section["slots"][0]["signature"]]["statement"]["scope"] == "section:1"
    assert "items" not in section


def test_a_deputy_and_a_reason_are_in_the_statement():
    slot = make_asked_slot("Audit")
    held = make_appointment(slot.authorities.get())
    deputy = make_deputy(held).holder
    signature = make_signature(slot, deputy, comment="Seen with my own eyes.")

    (row,) = of_section(slot.section)["signatures"]

    stated = row["statement"]
    assert stated["signer"]["standing_in_for"]["name"] == held.holder.full_name
    assert stated["comment"] == "Seen with my own eyes."
    assert (row["level"], row["stands"]) == (signature.level, True)


def test_what_was_signed_stays_and_counts_no_longer_once_it_has_changed():
    launch = make_go_launch(SECTION)
    set_items(launch.sections.get(), status=ItemStatus.NA, na_reason="Elsewhere.")

    record = of_decision(launch)

    assert [row["stands"] for row in record["signatures"]] == [False, False]
    assert record["sections"][0]["slots"][0]["state"] == "stale"
    signed = record["contents"][record["signatures"][0]["statement"]["content"]["sha256"]]
    assert {item["status"] for item in signed["items"]} == {"done"}
    assert record["verdict"]["code"] == "not-ready"
    assert record["verdict"]["blockers"] != []


def test_a_round_that_is_over_is_over_what_its_last_vote_was_over():
    launch = make_signed_launch(SECTION)
    make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Keys were lost.")
    section = launch.sections.get()
    title = section.title
    type(section).objects.filter(pk=section.pk).update(title="Reworded")

    record = of_decision(launch)

    assert (record["round"]["state"], record["over"]) == ("no_go", "the last vote")
    assert [row["title"] for row in record["sections"]] == [title]
    assert record["votes"][0]["signature"] is not None
    assert {row["statement"]["act"] for row in record["signatures"]} == {"sign", "vote"}


def test_a_cancelled_round_in_which_nobody_voted_covers_nothing():
    launch = make_signed_launch(SECTION)
    round_ = make_round(launch)
    cancel_round(round_, by=launch.created_by, reason="Too early.")

    record = of_decision(launch)

    assert (record["round"]["close_reason"], record["over"]) == ("Too early.", "the last vote")
    assert (record["sections"], record["signatures"]) == ([], [])


def test_an_earlier_round_is_told_as_it_was_beside_a_newer_one():
    launch = make_signed_launch(SECTION)
    slot = launch.slots.executive().get()
    make_round(launch)
    vote(slot, value=Vote.NO_GO, comment="Not like this.")
    make_round(reread(launch), what_changed="All is mended.")
    vote(slot)

    before, after = of_decision(launch, 1), of_decision(launch, 2)

    votes = [
        row["statement"]["vote"]
        for record in (before, after)
        for row in record["signatures"]
        if row["statement"]["act"] == "vote"
    ]
    assert votes == ["no_go", "go"]
    assert after["round"]["what_changed"] == "All is mended."


def test_a_withdrawn_vote_is_told_with_its_withdrawal_and_lies_nowhere():
    launch = make_signed_launch(SECTION, executive=2)
    make_round(launch)
    cast = vote(launch.slots.executive().first())
    withdraw(cast)

    record = of_decision(launch)

    told = [(row["statement"]["act"], row["stands"]) for row in record["signatures"]]
    assert told[1:] == [("vote", False), ("withdraw", False)]
    assert [row["signature"] for row in record["votes"]] == [None, None]


def test_a_signature_withdrawn_while_it_is_live_is_told_with_its_withdrawal():
    launch = make_live_launch()
    signature = Signature.objects.get(act="sign")
    withdraw(signature)

    record = of_decision(launch)

    told = {row["statement"]["act"]: row["stands"] for row in record["signatures"]}
    assert told["sign"] is False
    assert "withdraw" in told
    assert record["launch"]["live_at"] == moment(reread(launch).live_at)


def test_conditions_and_acceptances_are_told_with_who_promised_them():
    slot = make_asked_slot("Audit", "Keys", executive=[[]])
    set_items(slot.section, status=ItemStatus.NOT_DONE)
    given = make_acceptance(*slot.section.items.all(), reason="Until the tool arrives.")

    record = of_section(slot.section)

    rows = record["acceptances"]
    assert [(row["text"], row["reason"]) for row in rows] == [
        ("Audit", "Until the tool arrives."),
        ("Keys", "Until the tool arrives."),
    ]
    assert {row["statement"] for row in rows} == {given.sha256}
    assert [row["sha256"] for row in record["signatures"]] == [given.sha256]


def test_conditions_of_the_round_are_told_with_their_owner_and_day():
    launch = make_signed_launch(SECTION)
    make_round(launch)
    vote_if(launch.slots.executive().get(), make_wish("Rotate the keys", before_launch=True))

    (condition,) = of_decision(launch)["conditions"]

    assert (condition["text"], condition["before_launch"]) == ("Rotate the keys", True)
    assert (condition["done_at"], condition["ended"]) == (None, "")


def test_an_unsigned_section_gives_its_items_as_they_are():
    launch = make_launch(SECTION)
    section = launch.sections.get()
    make_evidence(section.items.first(), name="Report")

    record = of_section(section)

    (told,) = record["sections"]
    assert [item["text"] for item in told["items"]] == ["Audit", "Keys"]
    assert [proof["name"] for proof in told["items"][0]["evidence"]] == ["Report"]
    assert (record["round"], record["votes"], record["signatures"]) == (None, [], [])


def test_a_returned_section_says_who_returned_it_and_why():
    slot = make_asked_slot("Audit")
    returned = send_back(slot, comment="Show me the report.")

    record = of_section(slot.section)

    (told,) = record["sections"][0]["slots"]
    assert (told["state"], told["signature"]) == ("returned", None)
    assert told["returned"]["by"] == returned.signer_name
    assert told["returned"]["reason"] == "Show me the report."
