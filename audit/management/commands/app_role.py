"""manage.py app_role NAME: give the app's role the rights that it needs, and none by which history changes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from audit import roles


class Command(BaseCommand):
    help = (
        "Grants a PostgreSQL role what the app needs: of the ledger it can read and append. "
        "Run it as the owner of the tables after each migration; the role must exist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="the role that DATABASE_URL of the running app names")
        parser.add_argument("--show", action="store_true", help="print the SQL and change nothing")

    def handle(self, *args: Any, role: str, show: bool, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("SQLite knows no roles: there, whoever can write the file owns it.")
        grants = roles.grants_for(role)
        if show:
            for statement in grants.statements():
                self.stdout.write(f"{statement.as_string()};")
            return
        with transaction.atomic():
            roles.apply(grants)
        self.stdout.write(f"{role} may read and append to the ledger, and change no line of it.")
