"""manage.py export_trust: the trust file that bundles are checked against."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit.keys import KeyProblem
from audit.models import Entry
from signoff.bundle.trust import trust_file
from signoff.bundle.writing import written


class Command(BaseCommand):
    help = "Writes whose keys count: to be handed out by another way than the bundles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, required=True, metavar="FILE")

    def handle(self, *args: Any, out: Path, **options: Any) -> None:
        try:
            out.write_bytes(written(trust_file()) + b"\n")
        except (KeyProblem, Entry.DoesNotExist) as problem:
            told = (
                str(problem)
                if isinstance(problem, KeyProblem)
                else "Nothing was written to the ledger yet."
            )
            raise CommandError(told) from problem
        except OSError as trouble:
            raise CommandError(f"{out} could not be written: {trouble.strerror}.") from trouble
        self.stdout.write(f"{out} is written.")
