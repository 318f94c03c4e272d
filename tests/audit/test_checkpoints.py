"""Checkpoints: signed when something is signed, hourly otherwise, copied out, compared before anything is written."""

import logging
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from audit import actions, checkpoints, keys
from audit.clockwork import BETWEEN_CHECKPOINTS, keep_checkpoints
from audit.head import BrokenLedger, lock, state
from audit.keys import Purpose
from audit.ledger import _move_head
from audit.merkle import Frontier
from audit.models import Checkpoint, Entry, SaltedText
from audit.notes import open_note
from audit.verbs import Verb
from sentinel.errors import Refused
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge

pytestmark = pytest.mark.django_db


@pytest.fixture
def copy(settings, tmp_path):
    """A file outside the database that gets every checkpoint."""
    path = tmp_path / "checkpoints.txt"
    settings.CHECKPOINT_COPIES = [f"file://{path}"]
    return path


@pytest.fixture(autouse=True)
def watch(monkeypatch):
    """A process that has not looked yet."""
    monkeypatch.setattr(checkpoints, "watch", checkpoints.Watch())


@pytest.fixture
def no_key(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "none"


@pytest.fixture
def own_keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "keys"
    keys.make(Purpose.LOG)


def rewind(size):
    """Restore a backup: the log ends earlier, everything there fits together, and the server is started anew."""
    entries = list(Entry.objects.filter(seq__lt=size).order_by("seq"))
    texts = list(SaltedText.objects.filter(entry__lt=size))
    forge(
        "DELETE FROM audit_saltedtext",
        "DELETE FROM audit_checkpoint",
        "DELETE FROM audit_head",
        "DELETE FROM audit_entry",
    )
    frontier = Frontier()
    for entry in entries:
        frontier = frontier.append(bytes(entry.leaf_hash))
    Entry.objects.bulk_create(entries)
    SaltedText.objects.bulk_create(texts)
    _move_head(0, frontier, entries[-1].at)
    checkpoints.watch = checkpoints.Watch()  # as the server that is started on it


def test_what_seals_is_followed_by_a_checkpoint():
    make_entries(make_change())
    assert not Checkpoint.objects.exists()

    make_entries(make_change(), make_change(seals=True))

    row = Checkpoint.objects.get()
    claim, signed = open_note(row.note, [keys.log_key()[0]])
    assert (claim.size, claim.root) == (row.size, state().root) == (3, state().root)
    assert signed == {keys.log_key()[0]}


def test_without_a_key_the_work_goes_on_and_an_error_is_logged(no_key, caplog):
    make_entries(make_change(seals=True))

    assert state().size == 1
    assert not Checkpoint.objects.exists()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "manage.py keys init" in caplog.text


def test_the_clock_seals_what_was_written_within_the_hour(copy):
    now = timezone.now()
    make_entries(make_change(), now=now)
    keep_checkpoints(now)
    make_entries(make_change(), now=now)

    keep_checkpoints(now + BETWEEN_CHECKPOINTS - timedelta(seconds=1))
    assert Checkpoint.objects.count() == 1
    keep_checkpoints(now + BETWEEN_CHECKPOINTS)
    keep_checkpoints(now + 3 * BETWEEN_CHECKPOINTS)  # nothing was written since

    assert list(Checkpoint.objects.values_list("size", flat=True)) == [1, 2]
    assert copy.read_text().count("\n\n") == 4


def test_an_empty_log_has_nothing_to_seal():
    keep_checkpoints(timezone.now())

    assert not Checkpoint.objects.exists()


def test_a_copy_that_fails_is_said_so_and_the_others_go_on(settings, copy, tmp_path, caplog):
    (tmp_path / "taken").touch()
    settings.CHECKPOINT_COPIES = [f"file://{tmp_path}/taken/x", *settings.CHECKPOINT_COPIES]
    make_entries(make_change(seals=True))

    failures = checkpoints.push_newest()

    assert len(failures) == 1
    assert "taken" in failures[0]
    assert "taken" in caplog.text
    assert copy.exists()


@pytest.mark.parametrize("size", [1, 2])
def test_a_restored_backup_does_not_go_on_silently(copy, size):
    make_entries(*[make_change() for _ in range(3)], make_change(seals=True))
    checkpoints.push_newest()
    rewind(size)

    with pytest.raises(BrokenLedger, match="older backup"):
        make_entries(make_change())
    with pytest.raises(BrokenLedger, match="does not fit"):
        keep_checkpoints(timezone.now())

    assert state().size == size


def test_a_restored_backup_that_was_written_over_does_not_go_on_silently(copy):
    make_entries(make_change(), make_change(seals=True))
    checkpoints.push_newest()
    rewind(1)
    checkpoints.watch.look_away()
    make_entries(*[make_change() for _ in range(3)])  # longer again, and another one

    checkpoints.watch = checkpoints.Watch()
    with pytest.raises(BrokenLedger):
        make_entries(make_change())


def test_an_operator_goes_on_and_the_ledger_says_so(copy):
    make_entries(*[make_change() for _ in range(3)], make_change(seals=True))
    known = state()
    checkpoints.push_newest()
    rewind(2)

    actions.resume(reason="The disk failed.", now=timezone.now())
    checkpoints.push_newest()

    entry = Entry.objects.latest("seq")
    assert entry.action == Verb.RESUMED
    assert known.root.hex().encode() in bytes(entry.leaf)
    checkpoints.watch = checkpoints.Watch()
    make_entries(make_change())
    keep_checkpoints(timezone.now())


def test_there_is_nothing_to_resume_where_the_log_fits(copy):
    make_entries(make_change(seals=True))
    checkpoints.push_newest()

    with pytest.raises(Refused, match="nothing to resume"):
        actions.resume(reason="Why not?", now=timezone.now())


@pytest.mark.parametrize("act", [actions.resume, actions.rotate_log_key])
def test_an_operator_says_why(act):
    with pytest.raises(Refused, match="Say why"):
        act(reason="", now=timezone.now())


def test_what_stands_torn_or_foreign_in_a_copy_is_passed_over(copy):
    make_entries(make_change(seals=True))
    checkpoints.push_newest()
    good = copy.read_text()
    copy.write_text(good + good.replace("\n1\n", "\n9\n") + "somebody else\n")

    make_entries(make_change())


def test_without_a_key_nothing_is_compared_and_the_clock_goes_on(copy, no_key, caplog):
    copy.write_text("other/log\n9\nroot\n\n— other/log AAAA\n\n")

    make_entries(make_change())
    keep_checkpoints(timezone.now())

    assert state().size == 1
    assert "manage.py keys init" in caplog.text


def test_it_is_looked_now_and_then_only(copy, monkeypatch, django_assert_num_queries):
    make_entries(make_change(seals=True))
    checkpoints.push_newest()
    rewind_to_look = checkpoints.watch.looked_at
    monkeypatch.setattr(checkpoints, "monotonic", lambda: rewind_to_look + 59)
    copy.write_text(copy.read_text().replace("\n1\n", "\n2\n"))

    with django_assert_num_queries(0):
        checkpoints.watch()


def test_the_key_is_introduced_once_and_sealed():
    first = actions.introduce_log_key(timezone.now())
    again = actions.introduce_log_key(timezone.now())

    assert first == again == keys.log_key()[0]
    assert Entry.objects.doing([Verb.KEY_MADE]).count() == 1
    assert Checkpoint.objects.get().size == 1


def test_a_key_is_made_where_there_is_none(no_key):
    assert actions.introduce_log_key(timezone.now()) == keys.log_key()[0]


@pytest.mark.django_db(transaction=True)
def test_a_rotation_is_a_leaf_and_a_checkpoint_signed_by_both(own_keys):
    before = actions.introduce_log_key(timezone.now())

    after = actions.rotate_log_key(reason="The yearly change.", now=timezone.now())

    _claim, signed = open_note(Checkpoint.objects.latest("size").note, [before, after])
    assert signed == {before, after}
    assert keys.log_key()[0] == after
    assert before.name == after.name


@pytest.mark.django_db(transaction=True)
def test_a_rotation_that_is_not_committed_leaves_the_key(own_keys):
    before = actions.introduce_log_key(timezone.now())

    with transaction.atomic():
        actions.rotate_log_key(reason="The yearly change.", now=timezone.now())
        transaction.set_rollback(True)

    assert keys.log_key()[0] == before
    actions.rotate_log_key(reason="Again.", now=timezone.now())
    assert keys.log_key()[0] != before


def test_an_erased_text_leaves_a_leaf_that_says_why():
    make_entries(make_change(reason="A person's name."))

    actions.erase_text(0, "reason", by=None, reason="She asked for it.")

    assert list(SaltedText.objects.values_list("text", flat=True)) == ["She asked for it."]
    entry = Entry.objects.latest("seq")
    assert entry.action == Verb.TEXT_ERASED


def test_a_text_is_erased_once_and_with_a_reason():
    make_entries(make_change(reason="A person's name."))

    with pytest.raises(Refused, match="Say why"):
        actions.erase_text(0, "reason", by=None, reason="")
    actions.erase_text(0, "reason", by=None, reason="She asked for it.")
    with pytest.raises(Refused, match="no such text"):
        actions.erase_text(0, "reason", by=None, reason="Again.")
    with transaction.atomic():
        assert lock().size == 2
