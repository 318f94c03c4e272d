"""manage.py verify_ledger: does the stored ledger hold, against itself, its checkpoints, and notes kept elsewhere?"""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import keys
from audit.copies import copies, notes_in
from audit.notes import BadNote, LogKey
from audit.verification import Result, verify
from checklist.replay.comparing import check_rows
from signoff.verification import check_signatures, pinned_sizes

SHOWN = 50


class Command(BaseCommand):
    help = "Checks the ledger; reads only. Exits with 1 where something does not hold."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--full",
            action="store_true",
            help="read every leaf too, with its columns and texts, every signature, and what launches hold",
        )
        parser.add_argument("--key", default="", help="the log's key as you know it (name+id+key)")
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            help="a file with notes you kept",
        )

    def handle(
        self, *args: Any, full: bool, key: str, checkpoint: list[Path], **options: Any
    ) -> None:
        kept = [note for copy in copies() for note in copy.notes()]
        kept += [note for path in checkpoint for note in _notes(path)]
        shows = self.stderr.isatty() or options["verbosity"] > 1
        result = verify(
            trusted=_trusted(key),
            kept=kept,
            pinned=pinned_sizes(),
            full=full,
            progress=self._progress if shows else None,
        )
        if full:
            result.findings += [*check_signatures(result.roots), *check_rows()]
        self._tell(result, full=full, kept=len(kept))
        if not result.holds:
            raise CommandError(f"The ledger does not hold: {len(result.findings)} findings.")

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done:,} of {total:,} entries", ending="" if done < total else "\n")

    def _tell(self, result: Result, *, full: bool, kept: int) -> None:
        for finding in result.findings[:SHOWN]:
            self.stdout.write(self.style.ERROR(str(finding)))
        if len(result.findings) > SHOWN:
            self.stdout.write(f"… and {len(result.findings) - SHOWN} more.")
        for erasure in result.erasures[:SHOWN]:
            self.stdout.write(
                f"Entry {erasure.seq}: its text “{erasure.path}” was erased; "
                f"entry {erasure.told_in} says by whom and why."
            )
        if result.holds:
            self.stdout.write(
                f"The ledger holds: {result.size:,} entries, root {result.root.hex()}. "
                f"Checkpoints: {result.checkpoints}. Notes from outside: {kept}."
            )
        for limit in _limits(result, full=full, kept=kept):
            self.stdout.write(limit)


def _limits(result: Result, *, full: bool, kept: int) -> Iterator[str]:
    """What this check cannot say."""
    if result.size > result.sealed:
        yield (
            f"The newest {result.size - result.sealed:,} entries are under no checkpoint yet: "
            "whoever owns the database could still change them."
        )
    if result.lost:
        yield (
            f"{result.lost} kept notes tell of entries that a restored backup no longer has; "
            "the ledger says who went on, and why."
        )
    if not full:
        yield "Leaves, columns, texts, signatures and launches were not read: --full reads them."
    if not kept:
        yield (
            "No note from outside was compared: a cut-off end, "
            "or a log made anew with a stolen key, would not show."
        )


def _trusted(key: str) -> LogKey | None:
    try:
        return LogKey.parse(key) if key else keys.log_key()[0]
    except BadNote as bad:
        raise CommandError(f"--key: {bad}") from bad
    except keys.KeyProblem:
        return None


def _notes(path: Path) -> list[str]:
    found = list(notes_in(path))
    if not found:
        raise CommandError(f"{path}: there is no checkpoint in it.")
    return found
