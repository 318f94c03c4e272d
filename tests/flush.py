"""Django empties all tables after a transactional test, which append-only triggers refuse.

So they step aside while it does, and come back as they were.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps

from django.db import transaction

POSTGRESQL_TRIGGERS = """
    SELECT tgrelid::regclass::text, quote_ident(tgname), tgenabled
    FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'
"""
POSTGRESQL_ENABLE = {"O": "ENABLE", "A": "ENABLE ALWAYS", "R": "ENABLE REPLICA"}


def past_triggers(execute_sql_flush):
    """Wrap a backend's flush: same signature, no trigger fires while it runs."""

    @wraps(execute_sql_flush)
    def flush(operations, sql_list):
        connection = operations.connection
        suspended = {"sqlite": sqlite_suspended, "postgresql": postgresql_suspended}
        with transaction.atomic(using=connection.alias), suspended[connection.vendor](connection):
            return execute_sql_flush(operations, sql_list)

    return flush


@contextmanager
def sqlite_suspended(connection) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _, sql in triggers:
            cursor.execute(sql)


@contextmanager
def postgresql_suspended(connection) -> Iterator[None]:
    """Plain ENABLE would leave a trigger open to replica mode: each gets back the mode it had."""
    with connection.cursor() as cursor:
        cursor.execute(POSTGRESQL_TRIGGERS)
        triggers = cursor.fetchall()
        for table in {table for table, _, _ in triggers}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        for table, trigger, mode in triggers:
            cursor.execute(f"ALTER TABLE {table} {POSTGRESQL_ENABLE[mode]} TRIGGER {trigger}")
