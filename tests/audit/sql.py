"""What somebody does who owns the database: rows changed by SQL, the triggers put aside and back."""

from django.db import connection, transaction

from tests.flush import postgresql_suspended, sqlite_suspended

SUSPENDED = {"sqlite": sqlite_suspended, "postgresql": postgresql_suspended}


def forge(*statements):
    """Run statements, each a string or a string and its values, past every trigger."""
    connection.check_constraints()  # PostgreSQL alters no table that has checks waiting
    with transaction.atomic(), SUSPENDED[connection.vendor](connection):
        with connection.cursor() as cursor:
            for statement in statements:
                sql, values = (statement, None) if isinstance(statement, str) else statement
                cursor.execute(sql, values)
        connection.check_constraints()


def key(pk):
    """A row's id as the database writes it."""
    return pk.hex if connection.vendor == "sqlite" else pk
