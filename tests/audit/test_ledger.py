"""What an append writes, what it refuses, and that the head always tells of all entries."""

import json
import logging
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone as clock
from django.utils.translation import gettext_lazy
from rfc8785 import IntegerDomainError

from audit.head import BrokenLedger, lock, state
from audit.ledger import Change, Salted, append, difference
from audit.merkle import EMPTY_ROOT, Frontier, leaf_hash
from audit.models import Entry, Head, SaltedText
from tests.audit.making import Act, make_change, make_entries

ACTOR = UUID("00000000-0000-4000-8000-00000000000a")
LAUNCH = UUID("00000000-0000-4000-8000-00000000000b")
ITEM = UUID("00000000-0000-4000-8000-00000000000c")
NOON = datetime(2026, 3, 1, 12, 0, 0, 120, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def recomputed():
    """The log's frontier, from nothing but the leaves."""
    frontier = Frontier()
    for leaf in Entry.objects.oldest_first().values_list("leaf", flat=True):
        frontier = frontier.append(leaf_hash(bytes(leaf)))
    return frontier


def leaf_of(entry):
    return json.loads(Entry.objects.get(seq=entry.seq).leaf)


def test_leaf_v1_is_frozen_to_the_byte():
    change = Change(
        action=Act.CHANGED,
        subject=f"item:{ITEM}",
        launch=LAUNCH,
        old={"status": "unset", "due_on": None, "note": Salted("")},
        new={
            "status": "done",
            "due_on": date(2026, 3, 2),
            "note": Salted("Prüfung\nbestanden"),
            "places": 3,
            "teams": [ITEM],
            "asked": True,
            "at": datetime(2026, 3, 1, 13, 0, tzinfo=timezone(timedelta(hours=1))),
            "evidence": {"name": Salted("r.pdf"), "ids": ("a", "b")},
        },
        reason="Because “it” is",
    )

    [entry] = make_entries(change, actor=ACTOR, now=NOON)

    digests = {
        text.path: sha256(bytes(text.salt) + text.text.encode()).hexdigest()
        for text in SaltedText.objects.filter(entry=entry)
    }
    expected = (
        f'{{"action":"thing.changed","actor":"00000000-0000-4000-8000-00000000000a",'
        '"at":"2026-03-01T12:00:00.000120Z",'
        f'"data":{{"new":{{"asked":true,"at":"2026-03-01T12:00:00.000000Z","due_on":"2026-03-02",'
        f'"evidence":{{"ids":["a","b"],"name":{{"salted":"{digests["new.evidence.name"]}"}}}},'
        f'"note":{{"salted":"{digests["new.note"]}"}},"places":3,"status":"done",'
        '"teams":["00000000-0000-4000-8000-00000000000c"]},'
        f'"old":{{"due_on":null,"note":{{"salted":"{digests["old.note"]}"}},"status":"unset"}},'
        f'"reason":{{"salted":"{digests["reason"]}"}}}},'
        '"launch":"00000000-0000-4000-8000-00000000000b","seq":0,'
        '"subject":"item:00000000-0000-4000-8000-00000000000c","v":1}'
    )
    assert bytes(Entry.objects.get().leaf) == expected.encode()


def test_a_leaf_without_people_launch_or_reason_is_frozen_too():
    make_entries(Change(action=Act.ADDED, subject="thing:1", new={"name": "x"}), now=NOON)

    assert bytes(Entry.objects.get().leaf) == (
        b'{"action":"thing.added","actor":null,"at":"2026-03-01T12:00:00.000120Z",'
        b'"data":{"new":{"name":"x"},"old":{},"reason":null},'
        b'"launch":null,"seq":0,"subject":"thing:1","v":1}'
    )


def test_the_search_columns_repeat_the_leaf():
    make_entries(make_change(f"item:{ITEM}", launch=LAUNCH), actor=ACTOR, now=NOON)

    entry = Entry.objects.get()
    assert (entry.seq, entry.at, entry.actor, entry.action, entry.subject, entry.launch) == (
        *(0, NOON, ACTOR, "thing.changed"),
        *(f"item:{ITEM}", LAUNCH),
    )
    assert bytes(entry.leaf_hash) == leaf_hash(bytes(entry.leaf))


def test_free_text_is_only_beside_the_leaf():
    [entry] = make_entries(make_change(new={"note": Salted("secret words")}, reason="secret why"))

    assert b"secret" not in bytes(Entry.objects.get().leaf)
    texts = SaltedText.objects.filter(entry=entry).values_list("path", "text")
    assert set(texts) == {("new.note", "secret words"), ("reason", "secret why")}


def test_equal_texts_have_unequal_digests():
    [entry] = make_entries(make_change(old={"note": Salted("same")}, new={"note": Salted("same")}))

    data = leaf_of(entry)["data"]
    assert data["old"]["note"] != data["new"]["note"]
    assert {len(bytes(salt)) for salt in SaltedText.objects.values_list("salt", flat=True)} == {16}


def test_texts_are_normalised_before_they_are_hashed():
    decomposed, composed = "Zu\u0308rich", "Z\u00fcrich"

    [entry] = make_entries(
        make_change(new={"place": decomposed, "note": Salted(decomposed)}, reason=decomposed)
    )

    assert leaf_of(entry)["data"]["new"]["place"] == composed
    assert set(SaltedText.objects.values_list("text", flat=True)) == {composed}


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), b"bytes", {1, 2}, object(), gettext_lazy("lazy"), [{"deep": 0.1}]]
)
def test_a_leaf_refuses_values_that_have_no_one_form(value):
    with pytest.raises(TypeError, match=r"new\.field"):
        make_entries(make_change(new={"field": value}))

    assert not Entry.objects.exists()


def test_a_leaf_refuses_numbers_that_json_readers_would_round():
    with pytest.raises(IntegerDomainError):
        make_entries(make_change(new={"size": 2**53}))


def test_a_leaf_refuses_a_moment_without_a_zone():
    naive = datetime(2026, 3, 1, 12, 0)  # noqa: DTZ001 - the very thing to refuse

    with pytest.raises(ValueError, match="zone"):
        make_entries(make_change(new={"at": naive}))


def test_appending_many_at_once_gives_the_root_of_appending_one_by_one():
    changes = [make_change() for _ in range(9)]
    with transaction.atomic():
        append(changes, actor=ACTOR, now=NOON)
        at_once = state()
        transaction.set_rollback(True)

    for change in changes:
        make_entries(change, actor=ACTOR, now=NOON)

    assert (state().size, state().root) == (at_once.size, at_once.root) == (9, recomputed().root())


def test_the_head_tells_of_all_entries_after_every_append():
    for size in (1, 3, 1, 7, 2):
        make_entries(*[make_change() for _ in range(size)])

        head = Head.objects.get()
        assert (head.size, bytes(head.frontier), bytes(head.root)) == (
            recomputed().size,
            recomputed().to_bytes(),
            recomputed().root(),
        )
        assert head.at == Entry.objects.newest_first()[0].at


def test_an_empty_log_has_a_state_too():
    assert (state().size, state().root) == (0, EMPTY_ROOT)


def test_nothing_to_append_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert append([], actor=None, now=clock.now()) == []


@pytest.mark.parametrize("count", [1, 3])
def test_many_entries_take_as_many_queries_as_one(django_assert_num_queries, count):
    make_entries()
    changes = [make_change(reason="why") for _ in range(count)]

    with django_assert_num_queries({"sqlite": 4, "postgresql": 5}[connection.vendor]):
        append(changes, actor=ACTOR, now=clock.now())


def test_time_never_goes_back():
    make_entries(now=NOON)

    make_entries(now=NOON - timedelta(hours=1))
    make_entries(now=NOON + timedelta(seconds=1))

    times = list(Entry.objects.oldest_first().values_list("at", flat=True))
    assert times == [NOON, NOON, NOON + timedelta(seconds=1)]
    assert "clock" not in leaf_of(Entry.objects.get(seq=1))


def test_a_clock_far_behind_the_head_is_told_and_stops_nothing(caplog):
    ahead = clock.now() + timedelta(hours=1)
    make_entries(now=ahead)

    with caplog.at_level(logging.ERROR, logger="audit.ledger"):
        [entry] = make_entries(now=clock.now())

    assert [(record.name, record.levelname) for record in caplog.records] == [
        ("audit.ledger", "ERROR")
    ]
    assert entry.at == ahead
    told = datetime.fromisoformat(leaf_of(entry)["clock"])
    assert timedelta() <= clock.now() - told < timedelta(minutes=1)


def test_a_clock_a_second_behind_is_nothing_to_tell(caplog):
    make_entries(now=clock.now() + timedelta(seconds=1))

    [entry] = make_entries(now=clock.now())

    assert caplog.records == []
    assert "clock" not in leaf_of(entry)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [lock, lambda: append([make_change()], actor=None, now=NOON)])
def test_the_ledger_is_only_written_inside_a_transaction(act):
    with pytest.raises(TransactionManagementError):
        act()

    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_leaves_nothing_behind():
    make_entries(now=NOON)
    before = state()

    with transaction.atomic():
        append([make_change(reason="never mind")], actor=ACTOR, now=clock.now())
        transaction.set_rollback(True)

    assert state() == before
    assert (Entry.objects.count(), SaltedText.objects.count()) == (1, 0)
    make_entries()
    assert state().root == recomputed().root()


@pytest.mark.parametrize(
    ("frontier", "root"),
    [(b"", b"another root"), (b"x" * 32, EMPTY_ROOT), (b"x", EMPTY_ROOT)],
    ids=["root", "frontier", "stump"],
)
def test_a_head_that_contradicts_itself_stops_all_writing(frontier, root):
    Head.objects.create(size=0, frontier=frontier, root=root, at=NOON)

    with pytest.raises(BrokenLedger):
        make_entries()


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_log():
    writers, rounds = {"postgresql": 16, "sqlite": 4}[connection.vendor], 5
    start, errors = threading.Barrier(writers), []

    def write():
        start.wait()
        try:
            for _ in range(rounds):
                make_entries(make_change(reason="a race"), make_change(), actor=ACTOR)
        except Exception as error:  # noqa: BLE001 - a thread's error has to reach the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    seqs = list(Entry.objects.oldest_first().values_list("seq", flat=True))
    assert seqs == list(range(writers * rounds * 2))
    assert (state().size, state().root) == (len(seqs), recomputed().root())
    times = list(Entry.objects.oldest_first().values_list("at", flat=True))
    assert times == sorted(times)


def test_difference_names_both_sides_of_what_changed():
    before = {"status": "unset", "owner": None, "note": Salted("a")}
    after = {"status": "done", "owner": None, "note": Salted("a"), "due_on": date(2026, 3, 1)}

    assert difference(before, after) == (
        {"status": "unset", "due_on": None},
        {"status": "done", "due_on": date(2026, 3, 1)},
    )
