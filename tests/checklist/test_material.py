"""What a signature is over: what changes its digest, what does not, and digests frozen for ever."""

import unicodedata
from dataclasses import replace

import pytest

from checklist import material
from checklist.rules import ItemStatus
from tests.checklist.facts import NOW, make_item_facts, make_proof

ITEM = make_item_facts(
    ItemStatus.NA,
    na_reason="Not used.",
    evidence_demanded=True,
    evidence=(make_proof("Scan"), make_proof("Report", sha256="ab" * 32, url="")),
)
OTHER = make_item_facts(id="b", number="1.2", text="Café")
ITEMS = [ITEM, OTHER]
LAUNCH = {
    "id": "l",
    "name": "Aureus",
    "version": "1.0",
    "environment": "production",
    "artefact": "",
}


def section_digest(title="Security", items=ITEMS):
    return material.digest(material.of_section(title, items))


def decision_digest(launch=LAUNCH, sections=None, answers="answers", authorities=("cto", "ciso")):
    sections = {"1": "a", "2": "b"} if sections is None else sections
    return material.digest(material.of_decision(launch, sections, answers, authorities))


@pytest.mark.parametrize(
    "change",
    [
        {"id": "other"},
        {"note": "Another wording"},
        {"has_owner": True},
        {"due_at": NOW},
        {"open_questions": 3},
        {"evidence": tuple(reversed(ITEM.evidence))},
        {"evidence": tuple(replace(proof, expires_at=NOW) for proof in ITEM.evidence)},
        {"text": unicodedata.normalize("NFD", ITEM.text)},
    ],
)
def test_what_is_not_material_changes_no_digest(change):
    assert section_digest(items=[replace(ITEM, **change), OTHER]) == section_digest()


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1.3"},
        {"text": "Other keys"},
        {"status": ItemStatus.DONE},
        {"na_reason": "Not here."},
        {"evidence_demanded": False},
        {"evidence": ()},
        {"evidence": ITEM.evidence[:1]},
        {"evidence": (*ITEM.evidence, make_proof("Third"))},
        {"evidence": (replace(ITEM.evidence[0], name="Other"), ITEM.evidence[1])},
        {"evidence": (replace(ITEM.evidence[0], url="https://example.org/2"), ITEM.evidence[1])},
        {"evidence": (ITEM.evidence[0], replace(ITEM.evidence[1], sha256="cd" * 32))},
    ],
)
def test_what_is_material_changes_the_digest(change):
    assert section_digest(items=[replace(ITEM, **change), OTHER]) != section_digest()


def test_a_section_is_its_title_and_the_set_of_its_items():
    assert section_digest(items=[OTHER, ITEM]) == section_digest()
    assert section_digest(title="Safety") != section_digest()
    assert section_digest(items=[ITEM]) != section_digest()
    assert section_digest(items=[ITEM, ITEM, OTHER]) != section_digest()
    assert section_digest(items=[]) != section_digest()


def test_a_slot_is_its_section_and_its_authorities_in_any_order():
    def of(*slot):
        return material.digest(material.of_slot(*slot))

    assert of("a", ["ciso", "lead"]) == of("a", ["lead", "ciso"])
    assert len({of("a", ["ciso"]), of("a", ["ciso", "lead"]), of("b", ["ciso"])}) == 3


@pytest.mark.parametrize(
    "change",
    [
        *({"launch": LAUNCH | {name: "other"}} for name in LAUNCH),
        {"sections": {"1": "a", "2": "c"}},
        {"sections": {"1": "a"}},
        {"sections": {"1": "a", "3": "b"}},
        {"answers": "others"},
        {"authorities": ("cto",)},
    ],
)
def test_what_is_material_to_a_decision_changes_its_digest(change):
    assert decision_digest(**change) != decision_digest()


def test_a_decision_does_not_depend_on_the_order_of_things():
    turned = dict(reversed(LAUNCH.items()))

    assert decision_digest(turned, {"2": "b", "1": "a"}, authorities=("ciso", "cto")) == (
        decision_digest()
    )


def test_two_spellings_of_one_text_are_one_content_in_one_order():
    composed = [make_item_facts(text=text) for text in ("é", "f", "e\u0301a")]
    spelt = [replace(item, text=unicodedata.normalize("NFD", item.text)) for item in composed]

    assert section_digest("Café", composed) == section_digest("Cafe\u0301", spelt)


def test_digests_are_frozen():
    """A change of these makes every signature ever given stale."""
    assert material.digest({"a": 1}) == (
        "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    )
    assert section_digest() == ("49146566dbb8ddbfb7a259ac092da667978ac2268a5efd36f52c6aa183f62da0")
    assert material.digest(material.of_slot(section_digest(), ["security-lead", "ciso"])) == (
        "d3aec7a0340018685a7f7aceb882521f72051a7428ff8a679a6a22cfc5e723a3"
    )
    assert decision_digest() == ("56e5227eacf31750bbed1b7d70cce6aa7d2d5b6ed99ad8e5abca84348de9685a")
