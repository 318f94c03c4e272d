"""Leaves come back as written, erased texts as a mark, hostile rows as lines that say so."""

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from audit.ledger import Salted
from audit.merkle import leaf_hash
from audit.models import Entry, SaltedText
from audit.reading import Redacted, Written, read
from tests.audit.making import Act, make_change, make_entries

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ACTOR, LAUNCH = uuid4(), uuid4()
LEAF = {
    "v": 1,
    "seq": 0,
    "at": "2026-03-01T12:00:00.000000Z",
    "actor": str(ACTOR),
    "action": "thing.changed",
    "subject": "thing:1",
    "launch": None,
    "data": {"old": {"size": 1}, "new": {"size": 2}, "reason": None},
}


def nested(levels):
    value = {}
    for _ in range(levels):
        value = {"more": value}
    return value


def row(raw, **columns):
    """An entry as it might stand in a table that somebody tampered with."""
    columns = {
        "seq": 0,
        "at": NOON,
        "actor": ACTOR,
        "action": "thing.changed",
        "subject": "thing:1",
    } | columns
    raw = raw if isinstance(raw, bytes | str) else json.dumps(raw).encode()
    hashed = leaf_hash(raw) if isinstance(raw, bytes) else b""
    return Entry(leaf=raw, **({"leaf_hash": hashed} | columns))


HOSTILE = [
    b"",
    b"\xff\x00",
    b"null",
    b"[]",
    b"3",
    b'"text"',
    b"{}",
    b'{"v":1,"v":1}',
    b"[" * 100_000,
    "text where bytes belong",
    LEAF | {"v": 2},
    LEAF | {"v": None},
    LEAF | {"at": "yesterday"},
    LEAF | {"at": 5},
    LEAF | {"at": "2026-03-01T12:00:00"},
    LEAF | {"at": "99999-03-01T12:00:00Z"},
    LEAF | {"actor": 7},
    LEAF | {"actor": "nobody"},
    LEAF | {"launch": {}},
    LEAF | {"subject": ["thing:1"]},
    LEAF | {"data": None},
    LEAF | {"data": []},
    LEAF | {"data": {}},
    LEAF | {"data": {"old": [], "new": {}, "reason": None}},
    LEAF | {"data": {"old": {}, "new": None, "reason": None}},
    LEAF | {"data": {"old": {}, "new": {}, "reason": "plain"}},
    LEAF | {"data": {"old": {}, "new": {}, "reason": {"salted": 1}}},
    LEAF | {"data": {"old": {"size": 1.5}, "new": {}, "reason": None}},
    LEAF | {"data": {"old": {"size": float("nan")}, "new": {}, "reason": None}},
    LEAF | {"data": {"old": {}, "new": nested(40), "reason": None}},
    {name: LEAF[name] for name in LEAF if name != "subject"},
    json.dumps(LEAF).encode() + b"}",
    json.dumps(LEAF).replace("1}", "1" * 5000 + "}").encode(),
]


def test_a_line_says_what_was_written(db):
    change = make_change(
        "thing:1",
        action=Act.CHANGED,
        launch=LAUNCH,
        old={"note": Salted("before"), "tags": [Salted("a"), "b"]},
        new={"note": Salted("after"), "file": {"name": Salted("r.pdf"), "size": 3, "kept": True}},
        reason="because",
    )

    [line] = read(make_entries(change, actor=ACTOR, now=NOON))

    assert line.readable
    assert (line.seq, line.at, line.actor, line.action) == (0, NOON, ACTOR, "thing.changed")
    assert (line.subject, line.launch, line.reason) == ("thing:1", LAUNCH, "because")
    assert line.old == {"note": "before", "tags": ["a", "b"]}
    assert line.new == {"note": "after", "file": {"name": "r.pdf", "size": 3, "kept": True}}


def test_what_people_wrote_is_told_from_what_the_code_wrote(db):
    [line] = read(make_entries(make_change(new={"note": Salted("done"), "status": "done"})))

    assert [type(line.new[name]) for name in ("note", "status")] == [Written, str]


@pytest.mark.parametrize("count", [1, 3])
def test_all_texts_of_a_page_take_one_query(db, django_assert_num_queries, count):
    make_entries(*[make_change(new={"note": Salted("n")}, reason="r") for _ in range(count)])
    entries = list(Entry.objects.all())

    with django_assert_num_queries(1):
        read(entries)


def test_nothing_to_read_asks_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        assert read([]) == []


def test_lines_keep_the_order_of_their_entries(db):
    make_entries(*[make_change() for _ in range(3)])

    assert [line.seq for line in read(Entry.objects.newest_first())] == [2, 1, 0]


def test_an_erased_text_leaves_a_mark(db):
    entries = make_entries(make_change(new={"note": Salted("private"), "size": 1}, reason="why"))
    SaltedText.objects.all().delete()

    [line] = read(entries)

    assert line.new == {"note": Redacted(), "size": 1}
    assert (line.reason, str(line.reason)) == (Redacted(), "[text erased]")


def test_a_text_put_in_the_place_of_an_erased_one_is_not_shown(db):
    entries = make_entries(make_change(reason="the first words"))
    SaltedText.objects.all().delete()
    SaltedText.objects.create(entry=entries[0], path="reason", salt=b"0" * 16, text="other words")

    [line] = read(entries)

    assert line.reason == Redacted(altered=True)
    assert "other words" not in str(line.reason)


def test_a_leaf_as_it_should_be_is_readable(db):
    assert read([row(LEAF)])[0].readable


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_leaf_becomes_a_line_that_cannot_be_read(db, raw):
    [line] = read([row(raw)])

    assert (line.readable, line.seq, line.at) == (False, 0, NOON)
    assert (line.actor, line.action, line.subject, line.launch) == (None, "", "", None)
    assert (line.old, line.new, line.reason) == ({}, {}, "")


@pytest.mark.parametrize(
    "columns",
    [
        {"seq": 4},
        {"at": timezone.now()},
        {"actor": None},
        {"actor": UUID(int=1)},
        {"action": "thing.added"},
        {"subject": "thing:2"},
        {"launch": LAUNCH},
        {"leaf_hash": b"x" * 32},
    ],
)
def test_a_row_whose_columns_tell_otherwise_cannot_be_read(db, columns):
    assert not read([row(LEAF, **columns)])[0].readable


def test_a_hostile_row_of_the_table_spoils_no_other_line(db):
    make_entries(make_change(), make_change(reason="fine"))
    Entry.objects.create(
        seq=2, leaf=b"\x00not json", leaf_hash=b"", at=NOON, action="x", subject="x"
    )

    assert [line.readable for line in read(Entry.objects.all())] == [True, True, False]
