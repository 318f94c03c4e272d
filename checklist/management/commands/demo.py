"""manage.py demo: people who may sign in, and the launch of the seed document."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.mail.outbox import quietly
from checklist import demo

REFUSED = (
    "The demo makes accounts that share one password. It is refused where DEBUG is off: "
    "--force makes it all the same."
)
UNKNOWN = "the one printed when they were made"
ANOTHER = "To give all of them another one: SENTINEL_DEMO_PASSWORD=… manage.py demo"


class Command(BaseCommand):
    help = "Makes the demo: accounts for every team, authority and role, and a launch to try out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="also where DEBUG is off")

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(REFUSED)
        try:
            with quietly():
                story = demo.tell(password=settings.DEMO_PASSWORD)
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stdout.write(f"The demo launch is {story.launch}. Its accounts:")
        width = max(len(account.email) for account in story.accounts)
        for account in story.accounts:
            self.stdout.write(f"  {account.email:{width}}  {account.name}: {account.part}")
        self.stdout.write(f"Their password: {story.password or UNKNOWN}")
        self.stdout.write(ANOTHER)
