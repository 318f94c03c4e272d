"""A flush empties append-only tables and leaves their triggers as they were."""

import pytest
from django.core.management import call_command
from django.db import connection

TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": """
        SELECT tgrelid::regclass::text, tgname, tgenabled
        FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2
    """,
}


def triggers():
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        return cursor.fetchall()


@pytest.mark.django_db(transaction=True)
def test_triggers_are_the_same_after_a_flush():
    before = triggers()

    call_command("flush", interactive=False, verbosity=0)

    assert triggers() == before != []
