"""manage.py export_checklist: a launch's whole checklist as a file, with who has signed what."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklist.models import Launch
from signoff.export.formats import FORMATS, export


class Command(BaseCommand):
    help = "Writes a launch's checklist as a document: items, signatures, questions, decision."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("launch", help="its short name, as in its address")
        parser.add_argument(
            "--format", dest="extension", default="md", help=f"{', '.join(FORMATS)} (default: md)"
        )
        parser.add_argument(
            "-o", "--output", type=Path, metavar="FILE", help="a file, written over if it is there"
        )

    def handle(
        self, *args: Any, launch: str, extension: str, output: Path | None, **options: Any
    ) -> None:
        if extension not in FORMATS:
            known = ", ".join(FORMATS)
            raise CommandError(
                f"“{extension}” is no format that can be written. There is: {known}."
            )
        found = Launch.objects.for_page().filter(slug=launch).first()
        if found is None:
            raise CommandError(f"There is no launch with the short name “{launch}”.")
        exported = export(found, extension, now=timezone.now())
        if output is None:
            self.stdout.write(exported.content.decode(), ending="")
            return
        try:
            output.write_bytes(exported.content)
        except OSError as trouble:
            raise CommandError(f"{output} could not be written: {trouble.strerror}.") from trouble
