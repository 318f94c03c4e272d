"""manage.py certificate: a decision's or a section's certificate as a file, sealed."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from checklist.models import Launch
from sentinel.errors import Refused
from signoff.certificate.issuing import Certificate, certify_decision, certify_section
from signoff.certificate.source import newest_round


class Command(BaseCommand):
    help = (
        "Writes the certificate of a launch's decision, or of one of its sections, as a sealed PDF."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("launch", help="its short name, as in its address")
        about = parser.add_mutually_exclusive_group()
        about.add_argument("--section", metavar="NUMBER", help="of this section")
        about.add_argument(
            "--round", type=int, metavar="NUMBER", help="of this round (default: the newest)"
        )
        parser.add_argument(
            "--out",
            type=Path,
            metavar="FILE",
            required=True,
            help="a file, written over if it is there",
        )

    def handle(self, *args: Any, launch: str, out: Path, **options: Any) -> None:
        found = Launch.objects.for_page().filter(slug=launch).first()
        if found is None:
            raise CommandError(f"There is no launch with the short name “{launch}”.")
        try:
            made = _certificate(found, options["section"], options["round"], timezone.now())
            out.write_bytes(made.content)
        except Refused as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        except OSError as trouble:
            raise CommandError(f"{out} could not be written: {trouble.strerror}.") from trouble
        self.stdout.write(f"{out} is written.")


def _certificate(
    launch: Launch, section: str | None, number: int | None, now: datetime
) -> Certificate:
    if section is not None:
        row = launch.sections.select_related("launch__owner_team").filter(number=section).first()
        if row is None:
            raise CommandError(f"“{launch}” has no section {section}.")
        return certify_section(row, now=now)
    rounds = launch.rounds.select_related("opened_by")
    round_ = rounds.filter(number=number).first() if number else newest_round(launch)
    if round_ is None:
        raise CommandError(f"“{launch}” has no such round of decision.")
    return certify_decision(launch, round_, now=now)
