"""manage.py import_checklist: read checklists that people bring; make drafts of templates, or launches, from them."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Team, User
from checklist.actions.bringing import keep_upload, start_brought
from checklist.actions.templates import bring_template
from checklist.imports.draft import Draft, document
from checklist.imports.files import NotRead, read_file
from checklist.imports.template import Names, rows_of, version_of
from checklist.models import Launch
from sentinel.text import clean_email, clean_line

ENDINGS = frozenset({".md", ".markdown", ".txt", ".csv", ".tsv", ".xlsx", ".json", ".yml", ".yaml"})
NOT_READ = 2
BAR = 30
NAME_LENGTH = 200


class Command(BaseCommand):
    help = (
        "Reads checklists in Markdown, CSV, XLSX, JSON, YAML and GitHub's templates, and makes a draft of a template "
        "from each, or starts a launch. Ends with 2 where one of them is no checklist."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="files, or folders of them"
        )
        parser.add_argument("--as", dest="kind", choices=["template", "launch"], default="template")
        parser.add_argument("--by", metavar="EMAIL", help="who starts the launch")
        parser.add_argument("--team", metavar="SLUG", help="the launch's owner team")
        parser.add_argument("--launch-version", default="1.0", metavar="TEXT", help="default: 1.0")
        parser.add_argument("--environment", default="production", help="default: production")
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

    def _bring(self, path: Path, *, dry_run: bool, kind: str, **options: Any) -> bool:
        """Read a file, and make what was asked for. Gives whether it could be read."""
        try:
            content = path.read_bytes()
            draft = read_file(path.name, content)
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
            self._make(path.name, content, draft, kind, options)
        return True

    def _make(
        self, name: str, content: bytes, draft: Draft, kind: str, options: dict[str, Any]
    ) -> None:
        names = Names.known()
        try:
            if kind == "launch":
                launch = _start(name, content, draft, names, options)
                self.stderr.write(f"{launch} is started: {launch.get_absolute_url()}")
            else:
                version = bring_template(version_of(draft), by=None, rows=rows_of(draft, names))
                publish = f"manage.py publish_template {version.slug}"
                self.stderr.write(f"The draft {version} is made: {publish}")
        except ValidationError as refusal:
            raise CommandError("\n".join(refusal.messages)) from refusal
        except PermissionDenied as denied:
            raise CommandError(str(denied)) from denied
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


@transaction.atomic
def _start(
    name: str, content: bytes, draft: Draft, names: Names, options: dict[str, Any]
) -> Launch:
    """Start a launch as the page does. No signature is asked of authorities that nobody here has."""
    by = User.objects.active().filter(email=clean_email(options["by"] or "")).first()
    team = Team.objects.filter(slug=options["team"] or "").first()
    if by is None or team is None:
        raise CommandError(
            "Say who starts the launch (--by EMAIL), and for which team (--team SLUG)."
        )
    names.meet(draft)
    names.unasked |= names.unknown_authorities.keys()
    return start_brought(
        keep_upload(name, content, by=by),
        draft,
        by=by,
        names=names,
        name=clean_line(draft.title)[:NAME_LENGTH],
        version=options["launch_version"],
        environment=options["environment"],
        owner_team=team,
        time_zone=by.time_zone,
    )


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
