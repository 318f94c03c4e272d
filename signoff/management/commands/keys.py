"""manage.py keys: make this server's own keys, show what the world needs of them, replace the ledger's."""

from argparse import ArgumentParser
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import keys
from audit.actions import introduce_log_key, rotate_log_key
from audit.keys import KeyProblem, Purpose
from sentinel.errors import Refused


class Command(BaseCommand):
    help = "Makes, shows or replaces the keys of this server. They lie in SENTINEL_KEYS_DIR."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("init", help="make what is missing; what is there stays")
        verbs.add_parser("show", help="the public keys, to be handed out")
        rotating = verbs.add_parser("rotate", help="replace the ledger's key")
        rotating.add_argument("--reason", required=True, help="why: it will stand in the ledger")

    def handle(self, *args: Any, verb: str, reason: str = "", **options: Any) -> None:
        try:
            match verb:
                case "init":
                    self._init()
                case "show":
                    self._show()
                case "rotate":
                    self._rotate(reason)
        except KeyProblem as problem:
            raise CommandError(str(problem)) from problem
        except Refused as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal

    def _init(self) -> None:
        for purpose in Purpose:
            if not keys.path_of(purpose).exists():
                keys.make(purpose)
                self.stdout.write(f"Made {keys.path_of(purpose)}.")
        introduce_log_key(timezone.now())

    def _show(self) -> None:
        self.stdout.write(f"log: {keys.log_key()[0]}")
        for purpose in (Purpose.SERVER, Purpose.ATTESTATION):
            public = keys.load(purpose).public_key()
            pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
            self.stdout.write(f"{purpose}:\n{pem}", ending="")

    def _rotate(self, reason: str) -> None:
        key = rotate_log_key(reason=reason, now=timezone.now())
        self.stdout.write(f"The ledger's checkpoints are signed by {key} from now on. Hand it out.")
