"""manage.py erase_text: take away a text that somebody wrote, as the law may ask; every proof goes on holding."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.actions import erase_text
from audit.models import SaltedText
from sentinel.errors import Refused


class Command(BaseCommand):
    help = (
        "Erases a text beside an entry of the ledger, and enters who and why. "
        "What was signed stays in its snapshot. Without a place: says which texts the entry has."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("entry", type=int, help="the entry's number")
        parser.add_argument("path", nargs="?", default="", help='its place there, as "reason"')
        parser.add_argument("--reason", default="", help="why: it will stand in the ledger")

    def handle(self, *args: Any, entry: int, path: str, reason: str, **options: Any) -> None:
        if not path:
            self._list(entry)
            return
        try:
            erase_text(entry, path, by=None, reason=reason)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stdout.write(f"The text “{path}” of entry {entry} is erased.")

    def _list(self, entry: int) -> None:
        rows = SaltedText.objects.filter(entry=entry).order_by("path")
        paths = list(rows.values_list("path", flat=True))
        if not paths:
            raise CommandError(f"Entry {entry} has no text beside it.")
        self.stdout.write("\n".join(paths))
