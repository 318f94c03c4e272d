"""Django's own command cannot make our people: it says what does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    requires_system_checks = []
    help = "Not here: use `manage.py invite EMAIL --role admin`."

    def run_from_argv(self, argv: list[str]) -> None:
        """Whatever Django's command would take, the answer is the same."""
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(
            "There are no superusers here. Invite an admin: manage.py invite EMAIL --role admin"
        )
