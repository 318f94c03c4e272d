"""manage.py publish_template: freeze a version that a fixture or the admin brought as a draft."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from checklist.actions.templates import publish_template
from checklist.models import TemplateVersion
from sentinel.errors import Refused


class Command(BaseCommand):
    help = "Publishes a checklist template's version, so that launches can be started from it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the template's short name")
        parser.add_argument("--number", type=int, default=1, help="its version (default: 1)")

    def handle(self, *args: Any, slug: str, number: int, **options: Any) -> None:
        version = TemplateVersion.objects.filter(slug=slug, number=number).first()
        if version is None:
            raise CommandError(f"There is no version {number} of a template called “{slug}”.")
        if version.is_published:
            self.stdout.write(f"{version} is already published.")
            return
        try:
            publication = publish_template(version, by=None)
        except Refused as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stdout.write(f"{version} is published. Its SHA-256 is {publication.sha256}.")
