"""Recomputing what is kept: statement, content and material fit together, and are what was signed."""

import json
from hashlib import sha256

import pytest

from checklist import material
from checklist.rules import ItemStatus
from signoff.pages.content import facts_of
from tests.factories.launches import make_evidence, set_items
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
)

pytestmark = pytest.mark.django_db


def parts(signature):
    """The statement, and the content that it names, as they are kept."""
    signature.refresh_from_db()
    return json.loads(bytes(signature.statement)), json.loads(bytes(signature.snapshot.content))


def test_the_statement_s_digest_is_the_signature_s():
    signature = make_signature(make_asked_slot())

    assert sha256(bytes(signature.statement)).hexdigest() == signature.sha256


@pytest.mark.parametrize("make", [make_signature, make_return])
def test_the_content_s_digest_is_the_one_in_the_statement(make):
    signature = make(make_asked_slot())

    statement, _content = parts(signature)

    kept = bytes(signature.snapshot.content)
    assert statement["content"] == {
        "kind": "section",
        "sha256": sha256(kept).hexdigest(),
        "bytes": len(kept),
        "material": signature.material,
    }
    assert signature.snapshot_id == sha256(kept).hexdigest()


def test_the_material_can_be_made_again_from_the_content():
    slot = make_asked_slot("Audit", "Keys", "Firewall")
    make_evidence(slot.section.items.first(), name="Überprüfung")
    signature = make_signature(slot)

    _statement, content = parts(signature)

    section = material.digest(material.of_section(content["section"]["title"], facts_of(content)))
    assert material.digest(material.of_slot(section, content["authorities"])) == signature.material


def test_a_vote_s_material_can_be_made_again_from_its_content():
    launch = make_ready_launch({"items": ("Audit",)}, {"items": ("Speed",)})
    make_round(launch)
    vote = make_vote(launch.slots.executive().get(), comment="Well done.")

    statement, content = parts(vote)

    sections = {row["number"]: row["material"] for row in content["sections"]}
    answers = material.digest(content["answers"])
    value = material.of_decision(content["launch"], sections, answers, content["authorities"])
    assert material.digest(value) == vote.material
    assert (statement["scope"], statement["vote"], statement["comment"]) == (
        "decision:1",
        "go",
        "Well done.",
    )


def test_a_vote_names_every_signature_beneath_it():
    launch = make_ready_launch({"items": ("Audit",)}, {"items": ("Speed",)})
    make_round(launch)
    vote = make_vote(launch.slots.executive().get())

    _statement, content = parts(vote)

    signed = launch.signatures.filter(act="sign").values_list("sha256", flat=True)
    beneath = [row["sha256"] for section in content["sections"] for row in section["signatures"]]
    assert sorted(beneath) == sorted(signed)


def test_what_was_signed_stays_what_it_was():
    slot = make_asked_slot("Audit")
    signature = make_signature(slot)

    set_items(slot.section, status=ItemStatus.NOT_DONE, text="Something else", note="Later.")

    _statement, content = parts(signature)
    assert [(row["text"], row["status"]) for row in content["items"]] == [("Audit", "done")]
    assert sha256(bytes(signature.snapshot.content)).hexdigest() == signature.snapshot_id
