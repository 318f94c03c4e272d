"""The role that the app runs as does its work, and cannot rewrite the ledger even by SQL of its own."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from audit import actions, roles
from audit.models import Entry
from tests.audit.making import make_change, make_entries
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
)

ROLE = "sentinel_app"
REFUSED = r"permission denied|must be owner|must be superuser"
GUARDED = {
    "audit_entry": "action",
    "audit_tile": "root",
    "audit_checkpoint": "note",
    "signoff_signature": "comment",
    "signoff_snapshot": "content",
    "checklist_publication": "version_id",
}
ATTACKS = [
    *(f"UPDATE {table} SET {column} = {column}" for table, column in GUARDED.items()),
    *(f"DELETE FROM {table}" for table in GUARDED),
    *(f"TRUNCATE {table} CASCADE" for table in (*GUARDED, "audit_head", "audit_saltedtext")),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in (*GUARDED, "audit_head")),
    "UPDATE audit_saltedtext SET text = text",
    "DELETE FROM audit_head",
    "DROP TABLE audit_entry CASCADE",
    "DROP TRIGGER audit_entry_insert_only ON audit_entry",
    "CREATE OR REPLACE FUNCTION sentinel_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "SET session_replication_role = replica",
    "ALTER TABLE audit_entry OWNER TO sentinel_app",
    "DELETE FROM django_migrations",
    "CREATE TABLE audit_entry_of_mine (seq bigint)",
    "COPY audit_entry TO PROGRAM 'cat'",
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_app():
    """From here on the connection has the rights of the app's role, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    roles.apply(roles.grants_for(ROLE))

    def become():
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")

    return become


@pytest.mark.postgresql
@pytest.mark.parametrize("attack", ATTACKS)
def test_the_app_cannot_rewrite_what_was_written(as_app, attack):
    actions.introduce_log_key(timezone.now())
    as_app()

    with pytest.raises(ProgrammingError, match=REFUSED), transaction.atomic():
        run(attack)


def run(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.postgresql
def test_the_app_can_do_its_work(as_app):
    as_app()
    make_entries(make_change(reason="A reason."))
    slot = make_asked_slot()
    make_signature(slot)
    launch = make_ready_launch()
    make_round(launch)
    for executive in launch.slots.filter(section=None):
        make_vote(executive)
    actions.erase_text(0, "reason", by=None, reason="She asked for it.")

    assert Entry.objects.count() > 10


@pytest.mark.postgresql
def test_the_command_gives_the_rights_and_can_be_run_again():
    run(f"CREATE ROLE {ROLE}")
    told, shown = StringIO(), StringIO()

    call_command("app_role", ROLE, stdout=told)
    call_command("app_role", ROLE, stdout=told)
    call_command("app_role", ROLE, show=True, stdout=shown)

    assert "change no line of it" in told.getvalue()
    assert 'GRANT SELECT, INSERT ON "audit_entry" TO "sentinel_app";' in shown.getvalue()
    assert 'GRANT SELECT, INSERT, UPDATE ON "audit_head" TO "sentinel_app";' in shown.getvalue()
    assert (
        'GRANT SELECT, INSERT, DELETE ON "audit_saltedtext" TO "sentinel_app";' in shown.getvalue()
    )
    assert 'GRANT SELECT ON "django_migrations" TO "sentinel_app";' in shown.getvalue()


@pytest.mark.postgresql
def test_a_name_is_only_a_name():
    shown = StringIO()
    call_command("app_role", 'a"; DROP TABLE audit_entry; --', show=True, stdout=shown)

    assert 'TO "a""; DROP TABLE audit_entry; --";' in shown.getvalue()


@pytest.mark.postgresql
def test_a_role_that_is_not_there_is_an_error():
    with pytest.raises(ProgrammingError, match="does not exist"):
        call_command("app_role", "nobody_like_this")


@pytest.mark.sqlite
def test_sqlite_knows_no_roles():
    with pytest.raises(CommandError, match="no roles"):
        call_command("app_role", ROLE)
