"""Lines of the ledger as sentences: never a code, an id or JSON, and few queries."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from audit import words
from audit.reading import Line, Redacted, Written
from audit.words import Described, sentences

ITO, CHEN, ITEM, TEAM = (UUID(int=number, version=4) for number in range(1, 5))
AT = datetime(2026, 3, 3, 13, 2, tzinfo=UTC)
STATUSES = {"done": gettext_lazy("Done"), "attention": "Needs attention"}
NAMES = {
    "user": {ITO: Described("M. Ito", "/people/1/"), CHEN: Described("R. Chen")},
    "item": {ITEM: Described("1.3 TLS/SSL certificates installed", "/items/3/")},
    "team": {TEAM: Described("Platform")},
}


@pytest.fixture(autouse=True)
def registered():
    """What apps bring, and the ids each kind was asked for."""
    asked = []

    def describe(kind):
        def names(ids):
            asked.append((kind, ids))
            return {uuid: NAMES[kind][uuid] for uuid in ids if uuid in NAMES[kind]}

        return names

    for kind in NAMES:
        words.register_subjects(kind, describe(kind), noun=f"a {kind}")
    words.register_phrases({"item.changed": "", "slot.signed": gettext_lazy("signed")})
    words.register_fields(
        {"item.status": "", "owner": "owner", "due_on": gettext_lazy("due"), "key": None}
    )
    words.register_links({"item.owner": "user", "teams": "team"})
    words.register_values("status", STATUSES.__getitem__)
    return asked


def line(old=None, new=None, **fields):
    defaults = {
        "seq": 1,
        "at": AT,
        "actor": ITO,
        "action": "item.changed",
        "subject": f"item:{ITEM}",
        "launch": None,
        "old": old or {},
        "new": new or {},
        "reason": "",
    }
    return Line(**(defaults | fields))


def said(*lines):
    return [str(sentence) for sentence in sentences(lines)]


def told(old, new, **fields):
    """What the sentence says between the subject and the person."""
    [sentence] = sentences([line(old, new, actor=None, **fields)])
    return sentence.text.split(": ", 1)[1].removesuffix(", Sentinel")


def test_a_change_reads_as_the_design_has_it():
    assert said(line({"status": "done"}, {"status": "attention"})) == [
        "1.3 TLS/SSL certificates installed: Done → Needs attention, M. Ito, Tue 13:02"
    ]


def test_times_are_the_readers():
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        [sentence] = sentences([line({"status": "done"}, {"status": "attention"})])

    assert (sentence.when, sentence.clock) == ("Tue 22:02", "22:02")


def test_several_fields_are_told_in_the_order_of_their_registration():
    old = {"due_on": None, "note": Written(""), "owner": None, "status": "done"}
    new = {
        "due_on": "2026-03-09",
        "note": Written("TBD"),
        "owner": str(CHEN),
        "status": "attention",
    }

    assert told(old, new) == ("Done → Needs attention; owner R. Chen; due 9 Mar 2026; note “TBD”")


def test_a_field_that_did_not_change_is_not_told():
    old, new = {"status": "done", "order": 1}, {"status": "done", "order": 2}

    assert told(old, new) == "order 1 → 2"


def test_a_field_that_is_not_to_be_told_is_not():
    assert told({"key": "a", "order": 1}, {"key": "b", "order": 2}) == "order 1 → 2"
    assert told({"key": "a"}, {"key": "b"}) == "changed"


def test_a_creation_is_told_in_a_word():
    assert told({}, {"status": "done", "text": Written("x"), "owner": str(CHEN)}) == "added"


def test_a_removal_is_told_in_a_word():
    assert told({"status": "done", "text": Written("x")}, {}) == "removed"


def test_an_act_has_its_phrase_before_what_changed():
    assert told({"order": 1}, {"order": 2}, action="slot.signed") == "signed; order 1 → 2"
    assert told({}, {"digest": "ab" * 32}, action="slot.signed") == "signed"


def test_a_creation_tells_the_fields_that_its_act_asks_for():
    words.register_phrases({"vote.cast": "voted"}, told={"vote.cast": ["vote", "key", "absent"]})
    words.register_fields({"vote": ""})
    words.register_values("vote", {"no_go": "NO-GO"}.__getitem__)

    assert told({}, {"vote": "no_go", "key": "x", "nonce": "y"}, action="vote.cast") == (
        "voted; NO-GO"
    )


def test_a_reason_is_quoted():
    assert told({"order": 1}, {"order": 2}, reason=Written("We have to")) == (
        "order 1 → 2 “We have to”"
    )


def test_a_reason_that_was_erased_leaves_its_mark():
    assert told({}, {}, reason=Redacted()) == "changed [text erased]"


def test_erased_texts_leave_their_mark_even_on_both_sides():
    assert told({"note": Redacted()}, {"note": Redacted(altered=True)}) == (
        "note [text erased] → [text does not match the ledger]"
    )
    assert told({"note": Redacted()}, {"note": Redacted()}) == (
        "note [text erased] → [text erased]"
    )


def test_long_texts_are_short_with_the_whole_beside():
    long = Written("word " * 50)

    [sentence] = sentences(
        [line({"note": Written("")}, {"note": long}, reason=Written("why\nnot"))]
    )

    assert str(sentence.changes[0]).startswith("note “word word")
    assert len(str(sentence.changes[0])) < 110
    assert sentence.whole == [("reason", "why\nnot"), ("note now", long)]


@pytest.mark.parametrize(
    "text", ["done", str(CHEN), "2026-03-01", f"user:{CHEN}", '{"a": 1}', "a_b", "ab" * 32]
)
def test_what_people_wrote_is_never_interpreted(text):
    assert told({"status": None}, {"status": Written(text)}) == f"“{text}”"


def test_ids_become_names():
    assert told({"teams": []}, {"teams": [str(TEAM), str(TEAM)]}) == ("teams Platform, Platform")
    assert told({"holder": None}, {"holder": f"user:{CHEN}"}) == "holder R. Chen"


@pytest.mark.parametrize(
    ("value", "reading"),
    [
        (str(UUID(int=99, version=4)), "a user, no longer here"),
        ("not an id", "not an id"),
        (7, "7"),
        (True, "yes"),
        ([1, [2, None]], "1, 2, none"),
        ([Written("a b"), Redacted(), Written("")], "a b, [text erased], none"),
        ({"owner": str(CHEN), "key": "k", "size": 2}, "owner R. Chen, size 2"),
        ({"a": {"b": {"c": f"team:{TEAM}"}}}, "a b c Platform"),
        (f"unheard-of:{ITEM}", "unheard of, no longer here"),
        (f":{ITEM}", ":…"),
    ],
)
def test_any_value_has_a_reading(value, reading):
    assert told({"owner": None}, {"owner": value}) == f"owner {reading}"


def test_a_code_that_was_given_up_is_shown_plainly():
    assert told({"status": "done"}, {"status": "half_done"}) == "Done → half done"
    assert told({"status": "done"}, {"status": ["attention", "x_y"]}) == (
        "Done → Needs attention, x y"
    )


def test_nobody_and_strangers_have_names_too():
    stranger = UUID(int=50, version=4)
    lines = [line({}, {}, actor=None), line({}, {}, actor=stranger)]

    assert [sentence.actor for sentence in sentences(lines)] == ["Sentinel", "someone unknown"]


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        ({"new": {"number": "1.9", "text": Written("WAF")}}, "1.9 WAF"),
        ({"old": {"title": Written("Rollback")}}, "Rollback"),
        ({"old": {"name": Redacted(), "number": "2"}}, "a item, no longer here"),
        ({"old": {"name": {"hostile": 1}}}, "a item, no longer here"),
        ({"subject": f"thing:{ITEM}"}, "thing, no longer here"),
        ({"subject": "item:no-id"}, "something, no longer here"),
        ({"subject": ""}, "something, no longer here"),
        ({"subject": ":"}, "something, no longer here"),
    ],
)
def test_a_subject_that_is_gone_is_called_by_what_the_line_knows(fields, label):
    gone = {"subject": f"item:{UUID(int=77, version=4)}"}

    [sentence] = sentences([line(**(gone | fields))])

    assert (sentence.label, sentence.url) == (label, "")


def test_a_long_name_is_shortened():
    words.register_subjects("item", lambda ids: {ITEM: Described("long " * 60, "/x/")})

    [sentence] = sentences([line()])

    assert (len(sentence.label) <= 81, sentence.url) == (True, "/x/")


@pytest.mark.parametrize(
    ("action", "phrase"),
    [("other.signed_out", "signed out"), ("", ""), ("odd", "odd"), ("item.changed", "changed")],
)
def test_an_act_without_words_is_still_told(action, phrase):
    assert told({}, {}, action=action) == phrase


def test_a_line_that_cannot_be_read_says_so():
    unreadable = Line(1234, AT, None, "", "", None, {}, {}, "", readable=False)

    [sentence] = sentences([unreadable])

    assert str(sentence) == "Entry 1234: this entry cannot be read, Tue 13:02"
    assert not sentence.readable


@pytest.mark.parametrize("count", [1, 3])
def test_each_kind_is_asked_once_a_page(registered, count):
    lines = [
        line({"owner": str(ITO), "teams": [str(TEAM)]}, {"owner": str(CHEN), "teams": []})
        for _ in range(count)
    ]

    sentences(lines)

    assert sorted(registered, key=lambda call: call[0]) == [
        ("item", {ITEM}),
        ("team", {TEAM}),
        ("user", {ITO, CHEN}),
    ]


def test_registering_again_replaces():
    words.register_subjects("item", lambda ids: {ITEM: Described("New name")})
    words.register_phrases({"slot.signed": "signed again"})

    assert said(line({}, {}, action="slot.signed")) == ["New name: signed again, M. Ito, Tue 13:02"]


def test_topics_are_what_the_registered_acts_make_up():
    words.register_topics({"item": gettext_lazy("Items")})

    assert words.topics() == {"item": "Items", "slot": "Slot"}
    assert words.acts_of("item") == ["item.changed"]
    assert words.acts_of("nothing") == []


def test_what_goes_away_is_said_to_be_none():
    assert told({"holder": f"user:{CHEN}"}, {"holder": None}) == "holder R. Chen → none"
