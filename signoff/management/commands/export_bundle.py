"""manage.py export_bundle: all evidence of a launch in one file, to be verified elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklist.models import Launch
from sentinel.errors import Refused
from signoff.bundle.writing import make_bundle


class Command(BaseCommand):
    help = "Writes every signature of a launch with what it rests on, for verify.py to check."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("launch", help="its short name, as in its address")
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--kept",
            type=int,
            action="append",
            default=[],
            metavar="SIZE",
            help="also prove the ledger of this size, of which somebody keeps a checkpoint",
        )

    def handle(self, *args: Any, launch: str, out: Path, kept: list[int], **options: Any) -> None:
        found = Launch.objects.filter(slug=launch).first()
        if found is None:
            raise CommandError(f"There is no launch with the short name “{launch}”.")
        try:
            out.write_bytes(make_bundle(found, now=timezone.now(), also=tuple(kept)))
        except Refused as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except OSError as trouble:
            raise CommandError(f"{out} could not be written: {trouble.strerror}.") from trouble
        self.stdout.write(f"{out} is written. Hand the trust file out by another way.")
