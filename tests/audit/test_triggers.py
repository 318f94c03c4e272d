"""The database itself refuses to rewrite the ledger."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from audit.models import Checkpoint, Entry, Head, SaltedText, Tile
from tests.audit.making import make_change, make_entries

pytestmark = pytest.mark.django_db

GUARDED = (Entry, Head, SaltedText, Tile, Checkpoint)
COLUMNS = "(seq, leaf, leaf_hash, at, actor, action, subject, launch)"
REWRITE = "ON CONFLICT (seq) DO UPDATE SET action = 'x'"
HEAD = "(id, size, frontier, root, at)"
HASHES = "root, root, at FROM audit_head"
COPY = "leaf, leaf_hash, at, actor, action, subject, launch FROM audit_entry WHERE seq = 0"
TEXT = "entry_id, path, salt, 'other' FROM audit_saltedtext"

ATTACKS = [
    "UPDATE audit_entry SET action = 'x' WHERE seq = 1",
    "UPDATE audit_entry SET leaf = leaf",
    "UPDATE audit_entry SET seq = 9 WHERE seq = 2",
    "DELETE FROM audit_entry WHERE seq = 0",
    "DELETE FROM audit_entry WHERE seq = 2",
    f"INSERT INTO audit_entry {COLUMNS} SELECT 7, {COPY}",
    f"INSERT INTO audit_entry {COLUMNS} SELECT -1, {COPY}",
    f"INSERT INTO audit_entry {COLUMNS} SELECT 1, {COPY}",
    f"INSERT INTO audit_entry {COLUMNS} SELECT 1, {COPY} {REWRITE}",
    "UPDATE audit_head SET size = size - 1",
    "UPDATE audit_head SET size = size + 1",
    "UPDATE audit_head SET size = 0",
    "UPDATE audit_head SET root = leaf_hash FROM audit_entry WHERE seq = 0",
    "UPDATE audit_head SET at = at",
    "DELETE FROM audit_head",
    f"INSERT INTO audit_head {HEAD} SELECT 2, 3, {HASHES}",
    "UPDATE audit_saltedtext SET text = 'other'",
    "UPDATE audit_saltedtext SET salt = salt",
    "UPDATE audit_tile SET root = root",
    "DELETE FROM audit_tile",
    "UPDATE audit_checkpoint SET note = note",
    "DELETE FROM audit_checkpoint",
]
ATTACKS_ON_SQLITE = [
    f"INSERT OR REPLACE INTO audit_entry {COLUMNS} SELECT 1, {COPY}",
    f"INSERT OR REPLACE INTO audit_entry {COLUMNS} SELECT 7, {COPY}",
    f"INSERT OR IGNORE INTO audit_entry {COLUMNS} SELECT 7, {COPY}",
    "UPDATE OR REPLACE audit_entry SET seq = 1 WHERE seq = 2",
    "UPDATE OR IGNORE audit_entry SET action = 'x'",
    f"INSERT OR REPLACE INTO audit_head {HEAD} SELECT 1, 3, {HASHES}",
    "UPDATE OR IGNORE audit_head SET size = size - 1",
    f"INSERT OR REPLACE INTO audit_saltedtext (id, entry_id, path, salt, text) SELECT id, {TEXT}",
    f"INSERT OR REPLACE INTO audit_saltedtext (entry_id, path, salt, text) SELECT {TEXT}",
    "INSERT OR REPLACE INTO audit_tile SELECT number, x'00' FROM audit_tile",
    "INSERT OR REPLACE INTO audit_checkpoint SELECT size, '', at FROM audit_checkpoint",
]
ATTACKS_ON_POSTGRESQL = [
    "TRUNCATE audit_entry CASCADE",
    "TRUNCATE audit_head",
    "TRUNCATE audit_saltedtext",
    "TRUNCATE audit_tile",
    "TRUNCATE audit_checkpoint",
    "TRUNCATE audit_head, audit_saltedtext, audit_entry",
]
TRIGGERS = {
    "sqlite": {
        "audit_checkpoint_no_delete",
        "audit_checkpoint_no_replace_size",
        "audit_checkpoint_no_update",
        "audit_entry_next",
        "audit_entry_no_delete",
        "audit_entry_no_replace_seq",
        "audit_entry_no_update",
        "audit_head_first",
        "audit_head_forward",
        "audit_head_no_delete",
        "audit_saltedtext_no_replace",
        "audit_saltedtext_no_update",
        "audit_tile_no_delete",
        "audit_tile_no_replace_number",
        "audit_tile_no_update",
    },
    "postgresql": {
        ("audit_checkpoint_insert_only", "A"),
        ("audit_checkpoint_no_truncate", "A"),
        ("audit_entry_insert_only", "A"),
        ("audit_entry_next", "A"),
        ("audit_entry_no_truncate", "A"),
        ("audit_head_forward", "A"),
        ("audit_head_no_truncate", "A"),
        ("audit_saltedtext_no_truncate", "A"),
        ("audit_saltedtext_no_update", "A"),
        ("audit_tile_insert_only", "A"),
        ("audit_tile_no_truncate", "A"),
    },
}
CATALOGUE = {
    "sqlite": """
        SELECT name FROM sqlite_master
        WHERE type = 'trigger' AND tbl_name LIKE 'audit~_%' ESCAPE '~'
    """,
    "postgresql": """
        SELECT tgname, tgenabled::text FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'audit~_%' ESCAPE '~'
    """,
}


@pytest.fixture(autouse=True)
def entries():
    return make_rows()


def make_rows():
    """At least a row in each guarded table."""
    made = make_entries(make_change(reason="a reason"), make_change(), make_change())
    Tile.objects.create(number=0, root=bytes(32))
    Checkpoint.objects.create(size=3, note="a note", at=made[-1].at)
    connection.check_constraints()  # else PostgreSQL defers, and refuses TRUNCATE for that alone
    return made


def run(*statements):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        return cursor.rowcount


def rows():
    return [list(model.objects.order_by("pk").values()) for model in GUARDED]


def assert_refused(*statements):
    before = rows()
    with pytest.raises(IntegrityError, match=r"append-only|only moves forward|head_is_one_row"):
        run(*statements)
    assert rows() == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_ledger_cannot_be_rewritten(attack):
    assert_refused(attack)


@pytest.mark.sqlite
@pytest.mark.parametrize("attack", ATTACKS_ON_SQLITE)
def test_replacing_is_rewriting(attack):
    assert_refused(attack)


@pytest.mark.postgresql
@pytest.mark.parametrize("attack", ATTACKS_ON_POSTGRESQL)
def test_nothing_is_truncated(attack):
    assert_refused(attack)


@pytest.mark.postgresql
@pytest.mark.parametrize("attack", [*ATTACKS, *ATTACKS_ON_POSTGRESQL])
def test_replica_mode_opens_no_way_around(attack):
    assert_refused("SET LOCAL session_replication_role = replica", attack)


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "attack",
    [
        f"INSERT INTO public.audit_entry {COLUMNS} SELECT 8, {COPY.replace('FROM ', 'FROM public.')}",
        "UPDATE audit_head SET size = 8",
    ],
)
def test_a_temporary_table_cannot_stand_in_for_the_ledger(attack):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_entry (seq bigint) ON COMMIT DROP")
        cursor.execute("INSERT INTO pg_temp.audit_entry VALUES (7)")

    with pytest.raises(IntegrityError, match=r"append-only|only moves forward"):
        run(attack)


def test_the_head_cannot_go_back_in_time():
    insert = f"INSERT INTO audit_entry {COLUMNS} SELECT 3, {COPY}"

    assert_refused(insert, "UPDATE audit_head SET size = 4, at = '2001-01-01 00:00:00+00:00'")


def test_the_head_cannot_be_made_ahead_of_its_entries():
    assert_refused(f"INSERT INTO audit_head {HEAD} SELECT 2, 9, {HASHES}")


def test_the_ledger_cannot_be_deleted_through_the_models(entries):
    for rows_of in (Entry.objects.filter(seq=2), Head.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows_of.delete()


def test_a_text_can_be_erased(entries):
    assert run("DELETE FROM audit_saltedtext") == 1

    assert not SaltedText.objects.exists()
    assert Entry.objects.count() == 3


def test_all_triggers_are_there_and_none_is_open_to_replica_mode():
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[connection.vendor])
        found = cursor.fetchall()

    wanted = TRIGGERS[connection.vendor]
    assert set(found) == {row if isinstance(row, tuple) else (row,) for row in wanted}


@pytest.mark.django_db(transaction=True)
def test_the_triggers_bite_again_after_the_tests_flush():
    call_command("flush", interactive=False, verbosity=0)
    make_rows()

    for attack in ATTACKS:
        assert_refused(attack)
