"""manage.py import_checklist: read checklists that people bring, and make drafts of templates from them."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from checklist.actions.templates import bring_template
from checklist.imports.draft import Draft, document
from checklist.imports.files import NotRead, read_file
from checklist.imports.template import Names, rows_of, version_of

ENDINGS = frozenset({".md", ".markdown", ".txt", ".csv", ".tsv", ".xlsx", ".json", ".yml", ".yaml"})
NOT_READ = 2
BAR = 30


class Command(BaseCommand):
    help = (
        "Reads checklists in Markdown, CSV, XLSX, JSON, YAML and GitHub's templates, and makes a draft of a template "
        "from each. Ends with 2 where one of them is no checklist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="files, or folders of them"
        )
        parser.add_argument("--as", dest="kind", choices=["template"], default="template")
        parser.add_argument("--dry-run", action="store_true", help="only say what is understood")
        parser.add_argument("--json", action="store_true", help="a document of JSON a file")

    def handle(self, *args: Any, files: Sequence[Path], **options: Any) -> None:
        paths = list(_every(files))
        if not paths:
            raise CommandError("There is no file to read.", returncode=NOT_READ)
        failed = False
        for place, path in enumerate(paths, 1):
            self._progress(place, len(paths), path)
            failed |= not self._bring(path, **options)
        if failed:
            sys.exit(NOT_READ)

    def _bring(self, path: Path, *, dry_run: bool, **options: Any) -> bool:
        """Read a file, and make what was asked for. Gives whether it could be read."""
        try:
            draft = read_file(path.name, path.read_bytes())
        except OSError as trouble:
            raise CommandError(f"{path}: {trouble.strerror}.", returncode=NOT_READ) from trouble
        except NotRead as refused:
            self.stderr.write(str(refused))
            if options["json"] and refused.draft:
                self._say_json(refused.draft, path)
            return False
        if options["json"]:
            self._say_json(draft, path)
        else:
            self._say(draft, path)
        if not dry_run:
            self._make(draft)
        return True

    def _make(self, draft: Draft) -> None:
        names = Names.known()
        try:
            version = bring_template(version_of(draft), by=None, rows=rows_of(draft, names))
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        self.stderr.write(f"The draft {version} is made: manage.py publish_template {version.slug}")
        if names.unknown:
            unknown = ", ".join(f"“{name}”" for name in sorted(names.unknown))
            self.stderr.write(f"There is no team or authority called {unknown}: left out.")

    def _say_json(self, draft: Draft, path: Path) -> None:
        self.stdout.write(json.dumps({"file": str(path)} | document(draft), ensure_ascii=False))

    def _say(self, draft: Draft, path: Path) -> None:
        told = document(draft)
        statuses = ", ".join(
            f"{told[name]} {words}"
            for name, words in (
                ("done", "done"),
                ("attention", "need attention"),
                ("not_done", "not done"),
                ("na", "N/A"),
                ("unset", "not set"),
            )
            if told[name]
        )
        self.stdout.write(f"{path}: “{draft.title}”, {draft.format}")
        self.stdout.write(
            f"  {told['sections']} sections, {told['items']} items ({statuses}), {told['slots']} places to sign"
        )
        for section in draft.sections:
            number = f"{section.number} " if section.number else ""
            self.stdout.write(f"  {number}{section.title}: {len(section.items)}")
        for warning in told["warnings"]:
            self.stdout.write(f"  ! {warning}")

    def _progress(self, place: int, count: int, path: Path) -> None:
        """A bar, where several files are read and somebody looks on."""
        if count > 1 and self.stderr.isatty():
            full = BAR * place // count
            bar = "█" * full + "░" * (BAR - full)
            end = "\n" if place == count else ""
            self.stderr.write(f"\r{bar} {place}/{count} {path.name[:40]:40}", ending=end)


def _every(files: Sequence[Path]) -> Iterator[Path]:
    """The files, and those in folders that may be checklists, in order."""
    for path in files:
        if path.is_dir():
            found = (
                one for one in path.rglob("*") if one.suffix.casefold() in ENDINGS and one.is_file()
            )
            yield from sorted(found)
        else:
            yield path
