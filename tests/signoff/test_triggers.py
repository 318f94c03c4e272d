"""The database itself refuses to change signatures and what they were over."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from signoff.models import Proof, Signature, Snapshot
from tests.signoff.acting import make_asked_launch, sign

pytestmark = pytest.mark.django_db

COLUMNS = [field.column for field in Signature._meta.concrete_fields]
OTHERS = {"id": "'11111111111111111111111111111111'", "sha256": "'other'", "nonce": "'other'"}


def quoted(name):
    return f'"{name}"' if name in COLUMNS else name


def copying(*kept):
    """Columns and values of a row like the first one; the same only in what is `kept`."""
    values = [name if name in kept else OTHERS.get(name, name) for name in COLUMNS]
    columns, chosen = (
        ", ".join(f'"{n}"' if n in COLUMNS else n for n in c) for c in (COLUMNS, values)
    )
    return f"signoff_signature ({columns}) SELECT {chosen} FROM signoff_signature LIMIT 1"  # noqa: S608


SNAPSHOT = "signoff_snapshot (sha256, content, created_at) SELECT sha256, 'x', created_at"

REWRITE = "ON CONFLICT (sha256) DO UPDATE SET content = 'x'"

ATTACKS = [
    "UPDATE signoff_signature SET comment = 'other'",
    "UPDATE signoff_signature SET signer_name = signer_name",
    "UPDATE signoff_signature SET sha256 = 'x', nonce = 'x'",
    "UPDATE signoff_signature SET signer_id = (SELECT id FROM accounts_user LIMIT 1)",
    "DELETE FROM signoff_signature",
    "UPDATE signoff_snapshot SET content = 'x'",
    "UPDATE signoff_snapshot SET sha256 = 'x'",
    "DELETE FROM signoff_snapshot",
    "UPDATE signoff_proof SET origin = 'x'",
    "UPDATE signoff_proof SET signature = signature",
    "DELETE FROM signoff_proof",
    f"INSERT INTO {copying('id')}",
    f"INSERT INTO {copying('nonce')}",
    f"INSERT INTO {copying('sha256')}",
    f"INSERT INTO {SNAPSHOT} FROM signoff_snapshot",
    f"INSERT INTO {SNAPSHOT} FROM signoff_snapshot WHERE true {REWRITE}",
    f"INSERT INTO {copying('id')} ON CONFLICT (id) DO UPDATE SET comment = 'x'",
    f"INSERT INTO {copying('nonce')} ON CONFLICT (nonce) DO UPDATE SET comment = 'x'",
]
ATTACKS_ON_SQLITE = [
    f"INSERT OR REPLACE INTO {copying('id')}",
    f"INSERT OR REPLACE INTO {copying('nonce')}",
    f"INSERT OR REPLACE INTO {copying('sha256')}",
    f"INSERT OR IGNORE INTO {copying('id')}",
    f"REPLACE INTO {copying('id', 'nonce', 'sha256')}",
    f"INSERT OR REPLACE INTO {SNAPSHOT} FROM signoff_snapshot",
    "UPDATE OR REPLACE signoff_signature SET comment = 'x'",
    "UPDATE OR IGNORE signoff_snapshot SET content = 'x'",
]
ATTACKS_ON_POSTGRESQL = [
    "TRUNCATE signoff_proof",
    "TRUNCATE signoff_signature CASCADE",
    "TRUNCATE signoff_snapshot CASCADE",
    "TRUNCATE signoff_condition, signoff_standing, signoff_proof, signoff_signature, signoff_snapshot",
]
TRIGGERS = {
    "sqlite": {
        "signoff_proof_no_delete",
        "signoff_proof_no_replace_record_id",
        "signoff_proof_no_update",
        "signoff_signature_no_delete",
        "signoff_signature_no_replace_id",
        "signoff_signature_no_replace_nonce",
        "signoff_signature_no_replace_sha256",
        "signoff_signature_no_update",
        "signoff_snapshot_no_delete",
        "signoff_snapshot_no_replace_sha256",
        "signoff_snapshot_no_update",
    },
    "postgresql": {
        ("signoff_proof_insert_only", "A"),
        ("signoff_proof_no_truncate", "A"),
        ("signoff_signature_insert_only", "A"),
        ("signoff_signature_no_truncate", "A"),
        ("signoff_snapshot_insert_only", "A"),
        ("signoff_snapshot_no_truncate", "A"),
    },
}
CATALOGUE = {
    "sqlite": """
        SELECT name FROM sqlite_master
        WHERE type = 'trigger' AND tbl_name LIKE 'signoff~_%' ESCAPE '~'
    """,
    "postgresql": """
        SELECT tgname, tgenabled::text FROM pg_trigger
        WHERE NOT tgisinternal AND tgrelid::regclass::text LIKE 'signoff~_%' ESCAPE '~'
    """,
}


@pytest.fixture(autouse=True)
def signature():
    signature = sign(make_asked_launch().slots.get(), comment="Fine.")
    connection.check_constraints()  # else PostgreSQL defers, and refuses TRUNCATE for that alone
    return signature


def run(*statements):
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rows():
    rows = [
        row
        for model in (Signature, Snapshot, Proof)
        for row in model.objects.order_by("pk").values_list()
    ]
    return [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in rows]


def assert_refused(*statements):
    before = rows()
    with pytest.raises(IntegrityError, match=r"append-only|unique constraint"):
        run(*statements)
    assert rows() == before


@pytest.mark.parametrize("attack", ATTACKS)
def test_signatures_and_snapshots_are_inserted_and_never_changed(attack):
    assert_refused(attack)


@pytest.mark.sqlite
@pytest.mark.parametrize("attack", ATTACKS_ON_SQLITE)
def test_replacing_is_changing(attack):
    assert_refused(attack)


@pytest.mark.postgresql
@pytest.mark.parametrize("attack", ATTACKS_ON_POSTGRESQL)
def test_nothing_is_truncated(attack):
    assert_refused(attack)


@pytest.mark.postgresql
@pytest.mark.parametrize("attack", [*ATTACKS, *ATTACKS_ON_POSTGRESQL])
def test_replica_mode_opens_no_way_around(attack):
    assert_refused("SET LOCAL session_replication_role = replica", attack)


def test_the_models_open_no_way_around(signature):
    signature.comment = "Other."
    attempts = [signature.save, Proof.objects.all().delete, Snapshot.objects.all().delete]
    attempts.append(lambda: Signature.objects.update(comment="Other."))

    for attempt in attempts:
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()

    assert Signature.objects.get().comment == "Fine."


def test_another_row_can_be_inserted():
    run(f"INSERT INTO {copying()}")

    assert Signature.objects.count() == 2


def test_all_triggers_are_there_and_none_is_open_to_replica_mode():
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE[connection.vendor])
        found = cursor.fetchall()

    wanted = TRIGGERS[connection.vendor]
    assert set(found) == {row if isinstance(row, tuple) else (row,) for row in wanted}


@pytest.mark.django_db(transaction=True)
def test_the_triggers_bite_again_after_the_tests_flush():
    call_command("flush", interactive=False, verbosity=0)
    sign(make_asked_launch().slots.get())

    for attack in ATTACKS:
        assert_refused(attack)
