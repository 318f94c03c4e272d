"""Invite somebody and print the link: how the first admin comes into an empty installation."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import actions
from accounts.models import Invitation
from accounts.rules import Role
from sentinel.text import clean_email


class Command(BaseCommand):
    help = "Invite a person and print their one-time link. Nothing is mailed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--role", choices=Role.values, default=Role.MEMBER.value)
        parser.add_argument("--name", default="", help="full name; they can correct it")

    def handle(self, *args: Any, email: str, role: str, name: str, **options: Any) -> None:
        """Withdraw an open invitation for the same address: the newest link is the one."""
        open_ones = Invitation.objects.usable(timezone.now()).filter(email=clean_email(email))
        try:
            for invitation in open_ones:
                actions.revoke_invitation(invitation, by=None)
            invitation = actions.invite(
                email=email, role=Role(role), full_name=name, by=None, by_mail=False
            )
        except ValidationError as refused:
            raise CommandError(" ".join(refused.messages)) from refused
        self.stdout.write(actions.make_link(invitation))
