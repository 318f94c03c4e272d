"""Insert-only tables, held by the database itself: migration operations for both vendors.

A migration that rebuilds such a table on SQLite (AlterField, AddConstraint, AddField with a
default) drops its triggers silently: it must run the table's guard again. The tests list what must
bite: tests/audit/test_triggers.py.
"""

from collections.abc import Sequence
from typing import Any

from django.db import migrations

REFUSE = """
CREATE OR REPLACE FUNCTION sentinel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'append-only: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
END $$
"""


def run(*, postgresql: Sequence[str], sqlite: Sequence[str]) -> migrations.RunPython:
    """A migration step with SQL of its own for each database; going back is refused."""

    def forwards(apps: Any, schema_editor: Any) -> None:
        vendor = schema_editor.connection.vendor
        for statement in postgresql if vendor == "postgresql" else sqlite:
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(forwards)


def always(table: str, name: str, when: str, call: str = "sentinel_append_only()") -> list[str]:
    """A PostgreSQL trigger that also fires for a session in replica mode."""
    each = "STATEMENT" if "TRUNCATE" in when else "ROW"
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {call}",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
    ]


def abort(table: str, name: str, when: str, condition: str, message: str) -> list[str]:
    """A SQLite trigger that refuses with `message`."""
    clause = f"WHEN {condition} " if condition else ""
    refusal = f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} {when} ON {table} {clause}{refusal}",
    ]


def insert_only(
    table: str, *, unique: Sequence[Sequence[str]] = (("id",),)
) -> migrations.RunPython:
    """Rows of `table` can be inserted and nothing else.

    `unique` names every unique set of columns: SQLite's INSERT OR REPLACE deletes a row that
    collides in one of them without firing a DELETE trigger.
    """
    postgresql = [
        REFUSE,
        *always(table, f"{table}_insert_only", "BEFORE UPDATE OR DELETE"),
        *always(table, f"{table}_no_truncate", "BEFORE TRUNCATE"),
    ]
    sqlite = [
        *abort(table, f"{table}_no_update", "BEFORE UPDATE", "", f"append-only: UPDATE on {table}"),
        *abort(table, f"{table}_no_delete", "BEFORE DELETE", "", f"append-only: DELETE on {table}"),
    ]
    for columns in unique:
        taken = " AND ".join(f"{column} = NEW.{column}" for column in columns)
        sqlite += abort(
            table,
            f"{table}_no_replace_{'_'.join(columns)}",
            "BEFORE INSERT",
            f"EXISTS (SELECT 1 FROM {table} WHERE {taken})",  # noqa: S608 - names of our tables
            f"append-only: REPLACE on {table}",
        )
    return run(postgresql=postgresql, sqlite=sqlite)
