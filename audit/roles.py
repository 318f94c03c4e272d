"""The rights of the role that the app runs as on PostgreSQL: what no trigger refuses, and nothing that owns.

Read from the triggers that the migrations made, so that a table that is guarded gets no right that its guard refuses.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

REFUSING = {"_insert_only": {"UPDATE", "DELETE"}, "_no_update": {"UPDATE"}}
ROW_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")
FORWARD_ONLY = "_forward"
OWNERS_ALONE = {"django_migrations": ("SELECT",)}
CATALOGUE = """
    SELECT c.relname, coalesce(array_agg(t.tgname) FILTER (WHERE t.tgname IS NOT NULL), '{}')
    FROM pg_class c
    LEFT JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace
    GROUP BY c.relname ORDER BY c.relname
"""


@dataclass(frozen=True, slots=True)
class Grants:
    """What a role may do to which tables."""

    role: str
    tables: Mapping[str, tuple[str, ...]]

    def statements(self) -> Iterator[sql.Composable]:
        """The SQL that gives exactly this, for the tables' owner to run: what the role had before is taken away."""
        role = sql.Identifier(self.role)
        yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(_schema(), role)
        yield sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(_schema(), role)
        yield sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA {} TO {}").format(_schema(), role)
        for table, verbs in self.tables.items():
            listed = sql.SQL(", ").join(map(sql.SQL, verbs))
            yield sql.SQL("GRANT {} ON {} TO {}").format(listed, sql.Identifier(table), role)


def grants_for(role: str) -> Grants:
    """What the app needs of this database's tables. PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(CATALOGUE)
        return Grants(
            role, {table: _verbs(table, triggers) for table, triggers in cursor.fetchall()}
        )


def apply(grants: Grants) -> None:
    with connection.cursor() as cursor:
        for statement in grants.statements():
            cursor.execute(statement.as_string())


def _verbs(table: str, triggers: list[str]) -> tuple[str, ...]:
    if table in OWNERS_ALONE:
        return OWNERS_ALONE[table]
    refused = {
        verb
        for name in triggers
        for ending, verbs in REFUSING.items()
        if name.endswith(ending)
        for verb in verbs
    }
    if f"{table}{FORWARD_ONLY}" in triggers:
        refused.add("DELETE")
    return tuple(verb for verb in ROW_VERBS if verb not in refused)


def _schema() -> sql.Identifier:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return sql.Identifier(cursor.fetchone()[0])
