"""What differs between two snapshots, told in sentences."""

import pytest
from django.utils import timezone

from signoff.diff import Aspect, Difference, accepted_words, bare, differences

PDF = {"name": "Report", "url": "", "sha256": "ab" * 32, "verdict": None}
LINK = {"name": "Ticket", "url": "https://t.example/1", "sha256": "", "verdict": None}


def item(number="1.3", text="Certificates installed", **fields):
    return {
        "number": number,
        "text": text,
        "status": "done",
        "na_reason": "",
        "evidence_demanded": False,
        "evidence": [],
        "acceptance": None,
        "key": f"key-{number}",
        "id": f"id-{number}",
        "note": "",
        "owner": "",
    } | fields


def section(*items, title="Security", authorities=("ciso",)):
    return {
        "kind": "section",
        "section": {"number": "1", "title": title},
        "authorities": list(authorities),
        "items": list(items),
    }


def decision(**fields):
    return {
        "kind": "decision",
        "launch": {"name": "Aureus", "version": "1", "environment": "production", "artefact": ""},
        "sections": [{"number": "1", "title": "Security", "material": "aa", "signatures": []}],
        "answers": [{"question": "complete", "given": True, "reason": ""}],
        "authorities": ["cto"],
    } | fields


def told(old, new, **kwargs):
    return [str(change) for change in differences(old, new, **kwargs).material]


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ({}, {}, []),
        ({}, {"status": "attention"}, ["1.3 Certificates installed: done → needs attention"]),
        (
            {},
            {"status": "na", "na_reason": "The gateway does it."},
            ["1.3 Certificates installed: done → N/A, “The gateway does it.”"],
        ),
        (
            {"status": "na", "na_reason": "The gateway does it."},
            {"status": "unset"},
            ["1.3 Certificates installed: N/A → not set"],
        ),
        ({}, {"status": "na"}, ["1.3 Certificates installed: done → N/A"]),
        (
            {"status": "na", "na_reason": "One."},
            {"status": "na", "na_reason": "Two."},
            ["1.3 Certificates installed: why it does not apply, “One.” → “Two.”"],
        ),
        (
            {},
            {"text": "Certificates ordered"},
            ["1.3 Certificates ordered: reworded, formerly “1.3 Certificates installed”"],
        ),
        (
            {},
            {"evidence_demanded": True},
            ["1.3 Certificates installed: evidence demanded, no → yes"],
        ),
        (
            {"evidence": [LINK]},
            {"evidence": [PDF]},
            [
                "1.3 Certificates installed: evidence added, “Report (file abababab)”",
                "1.3 Certificates installed: evidence taken back, “Ticket (https://t.example/1)”",
            ],
        ),
        (
            {"evidence": [LINK, LINK]},
            {"evidence": [LINK]},
            ["1.3 Certificates installed: evidence taken back, “Ticket (https://t.example/1)”"],
        ),
        ({"owner": "M. Ito"}, {"owner": "R. Chen"}, []),
        ({"note": "One."}, {"note": "Two."}, []),
    ],
)
def test_an_item_s_change_is_a_sentence(before, after, sentences):
    assert told(section(item(**before)), section(item(**after))) == sentences


def test_items_added_and_removed_are_told_with_the_removed_last():
    old = section(item("1.1", "Audit"), item("1.2", "Keys"))
    new = section(item("1.2", "Keys"), item("1.4", "Firewall", status="unset"))

    assert told(old, new) == ["1.4 Firewall: added, not set", "1.1 Audit: removed"]


def test_the_order_of_items_is_no_change():
    rows = [item("1.1", "Audit"), item("1.2", "Keys")]

    assert not differences(section(*rows), section(*reversed(rows)))


def test_title_and_authorities_are_told_by_name():
    new = section(title="Safety", authorities=["ciso", "security-lead"])

    assert told(section(), new, names={"ciso": "CISO"}) == [
        "Title: “Security” → “Safety”",
        "Who may sign: CISO → CISO or security lead",
    ]


def test_edited_notes_are_told_apart_with_both_texts():
    found = differences(section(item(note="Old.")), section(item(note="New.")))

    assert found.notes == (
        Difference(Aspect.NOTE, "1.3 Certificates installed", "Old.", "New.", "id-1.3"),
    )
    assert (found.material, bool(found)) == ((), True)


def test_a_note_of_a_new_item_is_not_an_edit():
    assert differences(section(), section(item(note="New."))).notes == ()


def test_bare_contents_compare_without_notes():
    old, new = section(item(note="Old.")), section(item(note="New.", status="unset"))

    found = differences(bare(old), bare(new))

    assert (len(found.material), found.notes) == (1, ())
    assert old["items"][0]["note"] == "Old."
    assert bare(decision()) == decision()


def test_a_long_reason_is_shortened_in_the_sentence_and_kept_whole_beside_it():
    new = section(item(status="na", na_reason="Because " * 60))

    [change] = differences(section(item()), new).material

    assert len(str(change)) < 160
    assert change.new == "Because " * 60
    assert change.is_long


def test_a_short_change_says_everything():
    [change] = differences(section(item()), section(item(status="unset"))).material

    assert not change.is_long


@pytest.mark.parametrize(
    ("after", "sentences"),
    [
        ({}, []),
        (
            {"sections": [{"number": "1", "title": "Security", "material": "bb"}]},
            ["Section 1. Security: changed"],
        ),
        ({"sections": []}, ["Section 1. Security: removed"]),
        (
            {"answers": [{"question": "complete", "given": False, "reason": "Not yet."}]},
            [
                "All checklists complete? yes → no",
                "All checklists complete? Reason: nothing → “Not yet.”",
            ],
        ),
        (
            {"launch": decision()["launch"] | {"version": "2"}},
            ["Version: “1” → “2”"],
        ),
        ({"authorities": ["coo"]}, ["Who may sign: cto → coo"]),
    ],
)
def test_a_decision_s_change_is_a_sentence(after, sentences):
    assert told(decision(), decision(**after)) == sentences


def test_a_new_section_and_an_unknown_question_are_no_trouble():
    new = decision()
    new["sections"] = [*new["sections"], {"number": "2", "title": "Speed", "material": "cc"}]
    new["answers"] = []

    assert told(decision(), new) == ["Section 2. Speed: added, to be signed"]


def accepted(until, why):
    given = {"statement": "aa", "until": until}
    return item(acceptance=given, accepted_by="Rui", accepted_because=why, status="unset")


def test_an_acceptance_given_anew_shows_what_it_takes_the_place_of():
    first = accepted("2026-11-28T00:00:00+00:00", "The testers come on Thursday.")
    second = accepted("2026-12-05T00:00:00+00:00", "The testers come a week later.")

    [change] = differences(section(first), section(second)).material
    [given] = differences(section(item(status="unset")), section(first)).material

    assert change.old == (
        "accepted by Rui until the end of 27 November 2026, UTC: The testers come on Thursday."
    )
    assert change.new.startswith("accepted by Rui until the end of 4 December 2026, UTC: ")
    assert given.old == ""


def test_an_acceptance_ends_on_the_readers_clocks():
    item = {
        "acceptance": {"until": "2026-11-27T23:00:00Z"},
        "accepted_by": "Rui",
        "accepted_because": "It is cold.",
    }

    with timezone.override("Europe/Berlin"):
        here = accepted_words(item)
    with timezone.override("Asia/Tokyo"):
        there = accepted_words(item)

    assert here == "accepted by Rui until the end of 27 November 2026, CET: It is cold."
    assert there == "accepted by Rui until 28 November 2026, 08:00 JST: It is cold."
