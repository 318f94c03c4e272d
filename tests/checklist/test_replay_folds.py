"""Folding: every verb says what it did, what is hostile spoils nothing, and an act is whole."""

import pytest

from audit.leaves import Leaf, Part
from audit.reading import Redacted
from checklist.replay.folds import FOLDS
from checklist.replay.past import Past, fold, is_erased, merge, nothing, remove
from checklist.verbs import Verb
from signoff.verbs import Verb as SignoffVerb

NOON = "2026-03-01T12:00:00.000000Z"


def leaf(action="item.changed", *, seq=1, old=None, new=None, **others):
    fields = {"subject": "item:a", "actor": "someone", "at": NOON} | others
    data = {"old": old or {}, "new": new or {}, "reason": None}
    return Leaf(seq, {"seq": seq, "action": action, "data": data} | fields)


def test_every_verb_has_its_fold():
    assert FOLDS.keys() == {*Verb, *SignoffVerb}


def test_the_last_value_holds():
    told = [leaf(new={"status": "done", "note": "x"}), leaf(new={"status": "na"})]

    assert fold(told, {"item.changed": merge}).all("item") == {"a": {"status": "na", "note": "x"}}


def test_what_is_removed_is_gone():
    told = [leaf("item.added", new={"key": "k"}), leaf("item.removed", old={"key": "k"})]

    assert fold(told, {"item.added": merge, "item.removed": remove}).all("item") == {}


def test_a_verb_of_a_later_version_says_nothing():
    past = fold([leaf("item.painted", new={"colour": "red"})], FOLDS)

    assert (past.all("item"), past.unread) == ({}, 0)


@pytest.mark.parametrize(
    "hostile",
    [
        Leaf(1, None),
        leaf("evidence.added", new={}),
        leaf("evidence.removed", old={"evidence": "never added"}),
        leaf("comment.added", new={"comment": []}),
        leaf("item.removed"),
        leaf("item.accepted", new={"acceptance": "x"}),
        leaf("signature.signed", subject="slot:a", new={"signature": "x"}),
        leaf("signature.signed", subject="slot:a", new={"signature": "x", "material": "m"}),
        leaf("launch.unshared", subject="user:a"),
    ],
    ids=str,
)
def test_a_leaf_that_says_something_else_is_counted_and_not_believed(hostile):
    fine = leaf(new={"status": "done"}, subject="item:b")

    past = fold([hostile, fine], FOLDS)

    assert past.unread == 1
    assert past.all("item")["b"]["status"] == "done"


def test_texts_are_read_where_they_last_stood():
    salted = {"salted": "0" * 64}
    past = fold([leaf(seq=4, new={"note": salted}), leaf(seq=7, new={"note": salted})], FOLDS)

    assert past.entries_of_texts() == {7}
    assert past.entries_of_texts(without=["item"]) == set()
    assert past.all("item")["a"]["note"] == Part(7, "new.note", salted)
    past.restore({})
    assert past.all("item")["a"]["note"] == Redacted()


def test_an_erased_text_within_another_value_is_found():
    row = {"answers": {"complete": {"given": True, "reason": Redacted()}}, "title": "Backups"}

    assert is_erased(row, ["title", "answers"])
    assert not is_erased(row, ["title", "text"])


def test_one_act_writes_side_by_side_at_once():
    first = leaf(seq=1)

    assert leaf(seq=2).follows(first)
    assert not leaf(seq=3).follows(first)
    assert not leaf(seq=2, actor="another").follows(first)
    assert not leaf(seq=2, at="2026-03-01T12:00:00.000001Z").follows(first)
    assert not Leaf(2, None).follows(first)
    assert not leaf(seq=2).follows(Leaf(1, None))


def test_what_says_nothing_changes_nothing():
    past = Past()

    nothing(past, leaf(new={"status": "done"}))

    assert past.all("item") == {}


def test_a_leaf_that_cannot_be_read_has_no_fields():
    with pytest.raises(ValueError, match="Entry 3 cannot be read"):
        assert Leaf(3, None).at
    assert Leaf(3, None).subject == ""
