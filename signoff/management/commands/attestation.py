"""manage.py attestation: a fresh attestation of an approved launch, for a deploy gate."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklist.models import Launch
from sentinel.errors import Refused
from signoff.attestation.issuing import attestation_of


class Command(BaseCommand):
    help = (
        "Signs that a launch is approved now, for its artefact and environment, for a day at most."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("launch", help="its short name, as in its address")
        parser.add_argument("--out", type=Path, metavar="FILE", help="instead of printing it")

    def handle(self, *args: Any, launch: str, out: Path | None, **options: Any) -> None:
        found = Launch.objects.filter(slug=launch).first()
        if found is None:
            raise CommandError(f"There is no launch with the short name “{launch}”.")
        try:
            content = attestation_of(found, timezone.now())
        except Refused as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        if out is None:
            self.stdout.write(content.decode(), ending="")
            return
        try:
            out.write_bytes(content)
        except OSError as trouble:
            raise CommandError(f"{out} could not be written: {trouble.strerror}.") from trouble
        self.stdout.write(f"{out} is written.")
