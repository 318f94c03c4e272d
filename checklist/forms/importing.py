"""The forms of bringing a checklist: the file, how it is read, and what its names stand for."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import PurePath
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Team
from checklist.forms.launches import LaunchForm
from checklist.imports.draft import Draft
from checklist.imports.files import MOST_BYTES
from checklist.imports.options import AS_IS, Options
from checklist.imports.template import Names
from sentinel.text import LineField, clean_line
from sentinel.uploads import BoundedFileField

ENDINGS = ".md,.markdown,.txt,.csv,.tsv,.xlsx,.json,.yml,.yaml"
COLUMN_LENGTH = 200
NAME_LENGTH, SLUG_LENGTH = 100, 50
MOST_UNKNOWN = 40  # of each kind; a file with more names no teams
MAKE, UNASKED = "make", "unasked"
ASKED = ("name", "version", "environment", "target_on", "owner_team", "classification")


class UploadForm(forms.Form):
    """A checklist that somebody has."""

    file = BoundedFileField(
        label=_("Your checklist"),
        help_text=_(
            "Markdown, CSV, TSV, XLSX, JSON, YAML or a GitHub issue form, of 10 MB at most."
        ),
        most=MOST_BYTES,
        accept=ENDINGS,
    )

    @property
    def name(self) -> str:
        """What the file is called, which decides nothing but the title of what names none."""
        told = getattr(self.files.get("file"), "name", "")
        return clean_line(PurePath(told).name)[:200] or "checklist"


class ReadingForm(forms.Form):
    """How the file is to be read, by somebody who knows it."""

    level = forms.ChoiceField(
        label=_("Headings that make sections"),
        choices=[
            ("", _("the nearest above an item")),
            ("1", _("down to level 1")),
            ("2", _("down to level 2")),
            ("3", _("down to level 3")),
            ("4", _("down to level 4")),
        ],
        required=False,
    )
    column = LineField(
        label=_("Column of the status"),
        max_length=COLUMN_LENGTH,
        required=False,
        widget=forms.Select,
    )
    bullets = forms.ChoiceField(
        label=_("Plain bullets are items"),
        choices=[
            ("", _("only where nothing has a box or a status")),
            ("yes", _("yes")),
            ("no", _("no")),
        ],
        required=False,
    )
    nested = forms.ChoiceField(
        label=_("Lines below an item"),
        choices=[("", _("are items and notes too")), ("no", _("are left out"))],
        required=False,
    )

    @property
    def options(self) -> Options:
        """As asked; what cannot be understood changes nothing."""
        if not self.is_valid():
            return AS_IS
        told = self.cleaned_data
        return Options(
            section_level=int(told["level"] or 0),
            status_column=told["column"],
            plain_bullets={"yes": True, "no": False}.get(told["bullets"]),
            nested=told["nested"] != "no",
        )

    @property
    def given(self) -> list[tuple[str, str]]:
        """What was asked, for the form that makes the template of it."""
        return [(name, str(self[name].value())) for name in self.fields if self[name].value()]

    def offer(self, draft: Draft | None) -> None:
        """Ask only what makes a difference to this file."""
        headings = [
            text for text in (draft.headings if draft else []) if len(text) <= COLUMN_LENGTH
        ]
        asked = str(self["column"].value() or "")
        choices = [("", say("told by headings and cells")), *((text, text) for text in headings)]
        if asked and asked not in headings:
            choices.append((asked, asked))
        self.fields["column"].widget.choices = choices
        if len(choices) == 1:
            del self.fields["column"]
        if draft and draft.format not in {"markdown", "unknown"}:
            for name in ("level", "bullets", "nested"):
                del self.fields[name]


@dataclass(frozen=True, slots=True)
class Unknown[Row: (Team, Authority)]:
    """A name that nobody has, by its bare form."""

    kind: type[Row]
    bare: str
    name: str

    @property
    def field(self) -> str:
        return f"{self.kind.__name__.lower()}-{sha256(self.bare.encode()).hexdigest()[:12]}"


class BringForm(forms.Form):
    """What the template is called, and what stands for each name that is not known here."""

    title = LineField(label=_("Name of the checklist"), max_length=200)

    def __init__(self, data: Any, *, draft: Draft, names: Names, may_make: bool) -> None:
        super().__init__(data, initial={"title": clean_line(draft.title)[:200]})
        self.names = names
        self.unknown: list[Unknown[Any]] = [
            *_unknown(Team, names.unknown_teams),
            *_unknown(Authority, names.unknown_authorities),
        ]
        self.more = len(names.unknown_teams) + len(names.unknown_authorities) - len(self.unknown)
        self.rows = {kind: _active(kind) for kind in {unknown.kind for unknown in self.unknown}}
        for unknown in self.unknown:
            self.fields[unknown.field] = self._choice(unknown, may_make=may_make)

    def _choice(self, unknown: Unknown[Any], *, may_make: bool) -> forms.ChoiceField:
        label = _("Team “%(name)s”") if unknown.kind is Team else _("Authority “%(name)s”")
        none = say("no team") if unknown.kind is Team else say("nobody yet")
        more = [(MAKE, say("make it"))] if may_make else []
        if unknown.kind is Authority:
            more.append((UNASKED, say("ask for no such signature")))
        known = [(str(pk), row.name) for pk, row in self.rows[unknown.kind].items()]
        return forms.ChoiceField(
            label=label % {"name": clean_line(unknown.name)[:NAME_LENGTH]},
            choices=[("", none), *more, *known],
            required=False,
        )

    @property
    def names_asked(self) -> list[forms.BoundField]:
        return [self[unknown.field] for unknown in self.unknown]

    def taught(self) -> Names:
        """The names, with what was chosen for those that were unknown; those to be made are not stored yet."""
        slugs = {kind: set(_slugs(kind)) for kind in self.rows}
        for unknown in self.unknown:
            chosen = self.cleaned_data[unknown.field]
            known = self.names.teams if unknown.kind is Team else self.names.authorities
            if chosen == UNASKED:
                self.names.unasked.add(unknown.bare)
            elif chosen == MAKE:
                known[unknown.bare] = _new(unknown, slugs[unknown.kind])
            elif chosen:
                known[unknown.bare] = self.rows[unknown.kind][chosen]
        return self.names


class LaunchPart(LaunchForm):
    """What a launch needs to be told to start from what was brought; the rest is changed in the launch."""

    use_required_attribute = False  # it stands in a form that makes a template without it, too

    def __init__(self, data: Any, *, draft: Draft, time_zone: str) -> None:
        super().__init__(data, initial={"name": clean_line(draft.title)[:200]})
        self.zone = time_zone
        for other in self.fields.keys() - set(ASKED):
            del self.fields[other]

    def details(self) -> dict[str, Any]:
        """What `start_launch` takes."""
        return self.cleaned_data | {"time_zone": self.zone}


def _unknown[Row: (Team, Authority)](
    kind: type[Row], names: Mapping[str, str]
) -> Iterator[Unknown[Row]]:
    for bare, name in list(names.items())[:MOST_UNKNOWN]:
        yield Unknown(kind, bare, name)


def _active(kind: type[Team | Authority]) -> dict[str, Any]:
    return {str(row.pk): row for row in kind.objects.filter(is_active=True)}


def _slugs(kind: type[Team | Authority]) -> Iterable[str]:
    return kind.objects.values_list("slug", flat=True)


def _new(unknown: Unknown[Any], taken: set[str]) -> Any:
    """A team or authority by this name, under a short name that is free."""
    name = clean_line(unknown.name)[:NAME_LENGTH].strip()
    base = slugify(name)[: SLUG_LENGTH - 5].strip("-") or unknown.kind.__name__.lower()
    numbered = (f"{base}-{number}" for number in count(2))
    slug = base if base not in taken else next(one for one in numbered if one not in taken)
    taken.add(slug)
    return unknown.kind(name=name, slug=slug)
