"""What somebody who owns the database does to the ledger, by SQL past the triggers, and what the check says.

Each attack of SIGNATURES.md is one test here; docs/attacks.md lists them.
"""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from audit import actions, keys
from audit.merkle import BLOCK
from audit.models import Checkpoint, Entry, Head, SaltedText
from audit.notes import LogKey
from audit.verification import verify
from tests.attacks import logs
from tests.attacks.logs import make_log
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge

pytestmark = pytest.mark.django_db

SIZE = BLOCK + 40


@pytest.fixture(autouse=True)
def kept():
    """The ledger to attack; what somebody outside has kept of it."""
    notes = make_log(SIZE)
    assert verify(trusted=keys.log_key()[0], kept=notes).holds
    return notes


def found(kept=(), *, full=True, trusted=None):
    return verify(trusted=trusted or keys.log_key()[0], kept=kept, full=full).codes


def other_key():
    private = Ed25519PrivateKey.generate()
    return LogKey(keys.log_key()[0].name, private.public_key().public_bytes_raw()), private


def changed(seq=100):
    """The log's leaves with another deed in the place of one."""
    leaves = logs.all_leaves()
    leaves[seq] = leaves[seq] | {"subject": "thing:00000000-0000-4000-8000-000000000000"}
    return leaves


def test_a_leaf_is_edited():
    raw = bytes(Entry.objects.get(seq=9).leaf).replace(b"thing.changed", b"thing.chanced")
    forge(("UPDATE audit_entry SET leaf = %s WHERE seq = 9", [raw]))

    assert "hash_differs" in found() or "leaf_unreadable" in found()


@pytest.mark.parametrize(
    "column",
    [
        "action = 'thing.added'",
        "subject = 'thing:0'",
        "actor = launch_of_somebody",
        "launch = launch_of_somebody",
        "at = '2001-01-01 00:00:00+00:00'",
    ],
)
def test_only_a_column_that_serves_search_is_edited(column):
    somebody = "'00000000-0000-4000-8000-000000000000'"
    sql = f"UPDATE audit_entry SET {column.replace('launch_of_somebody', somebody)} WHERE seq = 9"
    forge(sql)

    assert found() == {"column_differs"}


def test_a_leaf_and_its_hash_are_edited():
    logs.rewrite(9, subject="thing:0")

    assert {"head_differs", "block_differs", "root_differs"} <= found()
    assert {"head_differs", "block_differs", "root_differs"} <= found(full=False)


def test_a_leaf_its_hash_the_blocks_and_the_head_are_edited():
    logs.rewrite(9, subject="thing:0")
    logs.fix_hashes()

    assert found() == found(full=False) == {"root_differs"}


def test_a_text_is_edited_or_has_another_salt():
    forge("UPDATE audit_saltedtext SET text = 'another reason' WHERE entry_id = 7")
    forge(f"UPDATE audit_saltedtext SET salt = {logs.binary(bytes(16))} WHERE entry_id = 14")

    result = verify(trusted=keys.log_key()[0])
    assert [(finding.code, finding.seq) for finding in result.findings] == [
        ("text_differs", 7),
        ("text_differs", 14),
    ]


def test_a_text_is_taken_away_without_saying_so():
    forge("DELETE FROM audit_saltedtext WHERE entry_id = 7")

    assert found() == {"text_missing"}


def test_a_text_is_put_where_none_was():
    SaltedText.objects.create(entry_id=8, path="reason", salt=bytes(16), text="Never said.")

    assert found() == {"text_unknown"}


@pytest.mark.parametrize("seq", [0, 9, SIZE - 1])
def test_a_row_is_deleted(seq):
    forge(f"DELETE FROM audit_saltedtext WHERE entry_id = {seq}")
    forge(f"DELETE FROM audit_entry WHERE seq = {seq}")

    assert found() & {"order", "head_differs"}
    assert found(full=False) & {"order", "head_differs"}


def test_a_row_is_deleted_and_the_rest_closed_up():
    leaves = logs.all_leaves()
    logs.rebuild(leaves[:9] + leaves[10:], keep_notes=True)

    assert {"seq_differs", "root_differs"} <= found()


def test_a_row_is_deleted_the_rest_closed_up_and_renumbered():
    leaves = logs.all_leaves()
    kept_ones = leaves[:9] + leaves[10:]
    logs.rebuild([leaf | {"seq": seq} for seq, leaf in enumerate(kept_ones)], keep_notes=True)

    assert "root_differs" in found()
    assert "root_differs" in found(full=False)


def test_two_rows_change_places():
    forge(
        "UPDATE audit_entry SET seq = 99999 WHERE seq = 9",
        "UPDATE audit_entry SET seq = 9 WHERE seq = 10",
        "UPDATE audit_entry SET seq = 10 WHERE seq = 99999",
    )

    assert {"seq_differs", "head_differs"} <= found()


def test_a_row_is_put_between():
    leaves = logs.all_leaves()
    logs.rebuild([*leaves[:9], leaves[9], *leaves[9:]], keep_notes=True)

    assert {"seq_differs", "root_differs"} <= found()


def test_a_row_is_put_beyond_the_head():
    copied = "leaf, leaf_hash, at, actor, action, subject, launch FROM audit_entry WHERE seq = 9"
    forge(
        f"INSERT INTO audit_entry (seq, leaf, leaf_hash, at, actor, action, subject, launch) SELECT {SIZE}, {copied}"
    )

    assert "head_differs" in found()


def test_rows_are_written_past_the_rules_and_are_blessed_by_nobody(kept):
    """Whoever has the database can append; the check says how far checkpoints reach, and signs nothing itself."""
    make_entries(make_change())

    before = list(Checkpoint.objects.values_list("size", "note"))
    result = verify(trusted=keys.log_key()[0], kept=kept)

    assert (result.size, result.sealed) == (SIZE + 1, SIZE)
    assert list(Checkpoint.objects.values_list("size", "note")) == before
    assert Entry.objects.count() == SIZE + 1


def test_the_end_is_cut_off_and_the_head_set_back(kept):
    logs.rebuild(logs.all_leaves()[: SIZE - 5], keep_notes=True)
    assert "log_shorter" in found()

    forge("DELETE FROM audit_checkpoint WHERE size > 250")
    assert found() == set()  # this is the limit that the documentation names: inside, all fits
    assert "log_shorter" in found(kept)


def test_the_log_is_made_anew_without_the_key():
    logs.rebuild(changed(), keep_notes=True)
    assert found() == {"root_differs"}

    forge("DELETE FROM audit_checkpoint")
    assert found() == {"no_checkpoint"}


def test_the_log_is_made_anew_with_another_key():
    trusted, key = keys.log_key()[0], other_key()
    leaves = changed()
    leaves[0]["data"]["new"]["key"] = str(key[0])
    logs.rebuild(leaves, signers=[key], sizes=[1, 91, SIZE])

    assert {"key_foreign", "note_bad"} <= found(trusted=trusted)


def test_the_log_is_made_anew_with_the_stolen_key(kept):
    logs.rebuild(changed(), signers=[logs.stolen_key()], sizes=[1, 91, 181, 271, SIZE])

    assert found() == set()  # inside, all fits: only what is outside can tell
    assert found(kept) == {"root_differs"}


def test_a_checkpoint_is_edited():
    forge("UPDATE audit_checkpoint SET size = size + 1 WHERE size = 91")
    assert found() == {"note_foreign"}

    forge("UPDATE audit_checkpoint SET note = replace(note, '91', '92')")
    assert found() == {"note_bad"}


def test_a_checkpoint_is_taken_away(kept):
    forge("DELETE FROM audit_checkpoint WHERE size = 91")

    assert found() == set()  # its neighbours sign for the same entries
    assert found(kept) == {"checkpoint_missing"}


def test_all_checkpoints_are_taken_away():
    forge("DELETE FROM audit_checkpoint")

    assert found() == {"no_checkpoint"}


def test_two_people_are_shown_two_logs(kept):
    """Each sees a log that fits itself; once they compare what they keep, the lie is out."""
    logs.rebuild(changed(), signers=[logs.stolen_key()], sizes=[SIZE])
    shown_to_another = Checkpoint.objects.get().note

    assert found([shown_to_another]) == set()
    assert "root_differs" in found(kept)
    assert "root_differs" in found([shown_to_another, *kept])


def test_the_clock_is_set_back():
    at = Head.objects.get().at
    make_entries(make_change(), now=at - timedelta(days=3))

    leaf = logs.leaf_of(SIZE)
    assert leaf["at"] == logs.leaf_of(SIZE - 1)["at"]
    assert found() == set()


def test_an_entry_is_dated_back():
    leaves = logs.all_leaves()
    leaves[9]["at"] = "2001-01-01T00:00:00.000000Z"
    logs.rebuild(leaves, signers=[logs.stolen_key()], sizes=[SIZE])

    assert "time_goes_back" in found()


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\x00",
        b"null",
        b"[" * 100_000,
        b'{"v":1,"v":1}',
        b'{"v":1,"seq":9,"data":{"old":{},"new":{},"reason":1e400}}',
        b'{"v":1,"seq":9,"at":"x","actor":7,"action":[],"subject":{},"launch":"","data":{"old":{},"new":{},"reason":null}}',
    ],
)
def test_a_hostile_row_is_a_finding_and_no_crash(leaf):
    forge(("UPDATE audit_entry SET leaf = %s WHERE seq = 9", [leaf]))

    assert "leaf_unreadable" in found()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "column",
    [
        "leaf = 'text'",
        "leaf = 7",
        "leaf_hash = x'00'",
        "leaf_hash = 'text'",
        "at = x'00'",
        "subject = 7",
        "actor = 7.5",
    ],
)
def test_a_row_of_other_types_is_a_finding_and_no_crash(column):
    forge(f"UPDATE audit_entry SET {column} WHERE seq = 9")

    assert found()


def test_a_leaf_is_written_another_way():
    raw = bytes(Entry.objects.get(seq=9).leaf).replace(b",", b", ", 1)
    forge(
        (
            "UPDATE audit_entry SET leaf = %s, leaf_hash = %s WHERE seq = 9",
            [raw, logs.leaf_hash(raw)],
        )
    )

    assert "not_canonical" in found()


def test_a_rotation_is_forged():
    trusted, key = keys.log_key()[0], other_key()
    change = make_change(
        "key:00000000-0000-4000-8000-000000000000",
        action=actions.Verb.KEY_ROTATED,
        old={"key": str(trusted)},
        new={"purpose": "log", "key": str(key[0])},
    )
    make_entries(change)
    assert found(trusted=trusted) == {"key_chain"}

    logs.rebuild(logs.all_leaves(), signers=[key], sizes=[SIZE + 1], keep_notes=True)
    assert found(trusted=trusted) == {"note_unsigned"}


def test_a_second_key_is_introduced():
    key, _private = other_key()
    change = make_change(
        "key:00000000-0000-4000-8000-000000000000",
        action=actions.Verb.KEY_MADE,
        new={"purpose": "log", "key": str(key)},
    )
    make_entries(change)

    assert found() == {"key_chain"}


def test_the_head_is_gone():
    forge("DELETE FROM audit_head")

    assert "head_missing" in found()


def test_the_head_is_ahead():
    forge("UPDATE audit_head SET size = size + 1")

    assert "head_differs" in found()


def test_a_block_is_edited_taken_away_or_put():
    forge(f"UPDATE audit_tile SET root = {logs.binary(bytes(32))}")
    assert found() == found(full=False) == {"block_differs"}
    forge("DELETE FROM audit_tile")
    assert found() == {"block_differs"}


def test_a_block_of_no_entries_is_put():
    forge(f"INSERT INTO audit_tile (number, root) VALUES (7, {logs.binary(bytes(32))})")

    assert found() == {"block_differs"}


def test_without_the_key_nothing_is_called_proved():
    assert verify(trusted=None).codes == {"no_key"}


class TestMustNotDisturb:
    """What changes without harm to what was signed."""

    def test_an_erased_text(self, kept):
        actions.erase_text(7, "reason", by=None, reason="She asked for it.")

        result = verify(trusted=keys.log_key()[0], kept=kept)
        assert result.holds
        assert [(row.seq, row.path, row.told_in) for row in result.erasures] == [
            (7, "reason", SIZE)
        ]

    @pytest.mark.django_db(transaction=True)
    def test_a_rotated_key(self, kept, settings, tmp_path):
        before = keys.log_key()
        (tmp_path / "keys").mkdir()
        settings.KEYS_DIR = tmp_path / "keys"
        keys.write_private(keys.path_of(keys.Purpose.LOG), keys.pem_of(before[1]))
        keys.write_name(before[0])

        after = actions.rotate_log_key(reason="The yearly change.", now=timezone.now())
        make_entries(make_change(seals=True))

        for trusted in (before[0], after):
            assert verify(trusted=trusted, kept=kept).holds

    def test_another_name_of_the_host(self, kept, settings):
        settings.BASE_URL = "https://moved.example"
        make_entries(make_change(seals=True))

        assert found(kept) == set()
