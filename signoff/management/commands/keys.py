"""manage.py keys: make this server's own keys, show what the world needs of them, replace one that is due."""

from argparse import ArgumentParser
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audit import keys
from audit.actions import introduce_log_key, rotate_log_key
from audit.keys import KeyProblem, Purpose
from sentinel.errors import Refused
from signoff.certificate import authority

# What is handed out as PEM; the ledger's key has a notation of its own, with its name.
PEM = (Purpose.SERVER, Purpose.ATTESTATION)


class Command(BaseCommand):
    help = "Makes, shows or replaces the keys of this server. They lie in SENTINEL_KEYS_DIR."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("init", help="make what is missing; what is there stays")
        showing = verbs.add_parser("show", help="the public keys, to be handed out")
        showing.add_argument(
            "which",
            nargs="?",
            choices=[purpose.value for purpose in PEM],
            help="this one alone, as a file: manage.py keys show attestation > attestation.pub",
        )
        rotating = verbs.add_parser("rotate", help="replace a key")
        rotating.add_argument(
            "which", choices=["log", "seal"], help="of the ledger, or of certificates"
        )
        rotating.add_argument(
            "--reason", default="", help="for log: why; it will stand in the ledger"
        )

    def handle(
        self, *args: Any, verb: str, which: str | None = None, reason: str = "", **options: Any
    ) -> None:
        try:
            match verb:
                case "init":
                    self._init()
                case "show" if which:
                    self.stdout.write(_public(Purpose(which)), ending="")
                case "show":
                    self._show()
                case "rotate" if which == "log":
                    self._rotate_log(reason)
                case "rotate":
                    self._rotate_seal()
        except KeyProblem as problem:
            raise CommandError(str(problem)) from problem
        except Refused as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal

    def _init(self) -> None:
        for purpose in Purpose:
            if not keys.path_of(purpose).exists():
                keys.make(purpose)
                self.stdout.write(f"Made {keys.path_of(purpose)}.")
        if authority.root(keys.folder()) is None:
            sealing = authority.make(keys.folder(), now=timezone.now())
            self.stdout.write(f"Made {sealing.root}, and {sealing.certificate} under it.")
        introduce_log_key(timezone.now())

    def _show(self) -> None:
        self.stdout.write(f"log: {keys.log_key()[0]}")
        for purpose in PEM:
            self.stdout.write(f"{purpose}:\n{_public(purpose)}", ending="")
        self.stdout.write(f"seal: SHA-256 {authority.fingerprint(keys.folder()) or '(none)'}")
        now = timezone.now()
        if authority.root(keys.folder()) and authority.ends_soon(keys.folder(), now):
            ends = authority.current(keys.folder()).expires_at
            self.stderr.write(f"The seal ends on {ends:%Y-%m-%d}: manage.py keys rotate seal")

    def _rotate_seal(self) -> None:
        sealing = authority.rotate(keys.folder(), now=timezone.now())
        self.stdout.write(f"Certificates are sealed by {sealing.certificate} from now on.")

    def _rotate_log(self, reason: str) -> None:
        key = rotate_log_key(reason=reason, now=timezone.now())
        self.stdout.write(f"The ledger's checkpoints are signed by {key} from now on. Hand it out.")


def _public(purpose: Purpose) -> str:
    public = keys.load(purpose).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
