"""manage.py checkpoint: show the newest, copy it out, or go on after a backup was restored."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit.actions import resume, seal_when_changed
from audit.checkpoints import push_newest
from audit.copies import copies
from audit.models import Checkpoint
from sentinel.errors import Refused


class Command(BaseCommand):
    help = "Shows the newest checkpoint of the ledger, copies it out, or resumes after a restored backup."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("show", help="the newest one, as text")
        verbs.add_parser("push", help="sign how the log stands, and bring every copy up to date")
        going_on = verbs.add_parser("resume", help="go on with a log that does not fit its copies")
        going_on.add_argument("--reason", required=True, help="why: it will stand in the ledger")

    def handle(self, *args: Any, verb: str, reason: str = "", **options: Any) -> None:
        match verb:
            case "show":
                self._show()
            case "push":
                self._push()
            case "resume":
                self._resume(reason)

    def _show(self) -> None:
        newest = Checkpoint.objects.order_by("size").last()
        if newest is None:
            raise CommandError(
                "There is no checkpoint yet: manage.py keys init, then manage.py checkpoint push."
            )
        self.stdout.write(newest.note, ending="")

    def _push(self) -> None:
        seal_when_changed()
        if failures := push_newest():
            raise CommandError("\n".join(failures))
        self.stdout.write(f"Copies that are up to date: {len(copies())}.")

    def _resume(self, reason: str) -> None:
        try:
            resume(reason=reason, now=timezone.now())
        except Refused as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self._push()
