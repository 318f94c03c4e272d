"""Writing checklist templates: a draft is saved, published once, copied into the next draft."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Team, User
from audit.ledger import Change, Salted, append, difference
from checklist.material import digest
from checklist.models import (
    Publication,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)
from checklist.rules import Phase
from checklist.verbs import TemplateVerb as Verb
from sentinel.errors import Refused
from sentinel.reasons import Reason
from sentinel.text import clean_line, clean_text

type Row = TemplateSection | TemplateItem | TemplateSlot
type Named = Collection[Team] | Collection[Authority] | None

CONTENT_VERSION = 1
KEY_LENGTH = 80
LINES = frozenset({"name", "edition", "next_review", "number", "title", "text"})
TEXTS = frozenset({"description", "guidance"})
SALTED = (LINES | TEXTS) - {"number"}
KINDS: dict[type[models.Model], str] = {
    TemplateVersion: "template",
    TemplateSection: "template_section",
    TemplateItem: "template_item",
    TemplateSlot: "template_slot",
}
COPIED: dict[type[models.Model], tuple[str, ...]] = {
    TemplateVersion: (
        *("slug", "name", "description", "edition"),
        *("classification", "owner_team", "next_review"),
    ),
    TemplateSection: ("key", "position", "number", "title", "phase", "guidance"),
    TemplateItem: (
        *("key", "position", "number", "text", "guidance"),
        *("evidence_demanded", "team", "authority"),
    ),
    TemplateSlot: ("key", "position", "title"),
}
NAMED: dict[type[models.Model], str] = {TemplateSection: "teams", TemplateSlot: "authorities"}

SENTENCES = {
    "published": _("%(version)s is published and stays as it is. Make a new version of it."),
    "draft_exists": _("Version %(number)s is a draft already: edit that one."),
    "foreign": _("%(row)s belongs to another version."),
    "no_sections": _("A template needs at least one section."),
    "section_without_items": _("Section %(section)s has no items yet."),
    "duplicate_number": _("Section %(section)s has more than one item numbered %(number)s."),
    "slot_without_authorities": _("“%(slot)s” names nobody who may sign it."),
}


def refusal(reasons: Iterable[Reason]) -> Refused:
    """All reasons as one refusal, each with its code and sentence."""
    return Refused(
        [ValidationError(SENTENCES[r.code], code=r.code, params=r.params) for r in reasons]
    )


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A row of a draft as it should be; a section with its teams, a slot with its authorities."""

    record: Row
    named: Named = None


@dataclass(frozen=True, slots=True)
class DraftEdit:
    """What is to become of a draft's rows: added or changed, sections first, and taken out."""

    rows: Sequence[DraftRow] = ()
    removed: Sequence[Row] = ()


@transaction.atomic
def save_template_draft(
    version: TemplateVersion, *, by: User | None, edit: DraftEdit | None = None
) -> TemplateVersion:
    """Store a draft as given: its own fields, and its rows. Nothing else edits a template."""
    now, edit = timezone.now(), edit or DraftEdit()
    changes = _store_version(version)
    for row in edit.removed:
        changes += _remove(row, version)
    for draft in edit.rows:
        changes += _store_row(draft, version)
    append(changes, actor=_actor(by), now=now)
    return version


@transaction.atomic
def bring_template(
    version: TemplateVersion, *, by: User | None, rows: Sequence[DraftRow]
) -> TemplateVersion:
    """Store a new draft with all its rows at once."""
    now = timezone.now()
    append(add_draft(version, rows), actor=_actor(by), now=now)
    return version


def add_draft(version: TemplateVersion, rows: Sequence[DraftRow]) -> list[Change]:
    """A step: a new draft with rows as they are, their keys and places given, and its entries. Few queries."""
    changes = _store_version(version)
    for draft in rows:
        draft.record.version = version
        _clean(draft.record)
        draft.record.clean_fields(exclude=["version", "section", "team", "authority"])
    sections, items, slots = (
        [draft for draft in rows if isinstance(draft.record, kind)]
        for kind in (TemplateSection, TemplateItem, TemplateSlot)
    )
    TemplateSection.objects.bulk_create(draft.record for draft in sections)  # type: ignore[misc]
    TemplateItem.objects.bulk_create(draft.record for draft in items)  # type: ignore[misc]
    TemplateSlot.objects.bulk_create(draft.record for draft in slots)  # type: ignore[misc]
    teams, authorities = TemplateSection.teams.through, TemplateSlot.authorities.through
    teams.objects.bulk_create(
        teams(templatesection_id=draft.record.pk, team_id=team.pk)
        for draft in sections
        for team in draft.named or ()
    )
    authorities.objects.bulk_create(
        authorities(templateslot_id=draft.record.pk, authority_id=authority.pk)
        for draft in slots
        for authority in draft.named or ()
    )
    for draft in (*sections, *items, *slots):
        changes += _change("added", draft.record, {}, draft.named)
    return changes


def remove_draft(version: TemplateVersion) -> list[Change]:
    """A step: take a whole draft away, with its entries. Few queries."""
    version = _locked_draft(version)
    rows: list[TemplateVersion | Row] = [
        *version.slots.prefetch_related("authorities"),
        *version.items.all(),
        *version.sections.prefetch_related("teams"),
        version,
    ]
    changes = [_removed(row) for row in rows]
    version.delete()
    return changes


@transaction.atomic
def publish_template(
    version: TemplateVersion, *, by: User | None, now: datetime | None = None
) -> Publication:
    """Freeze a version for good: launches can be started from it, and nobody edits it any more."""
    now = now or timezone.now()
    publication, change = publish(version, by=by, now=now)
    append([change], actor=_actor(by), now=now)
    return publication


def publish(
    version: TemplateVersion, *, by: User | None, now: datetime
) -> tuple[Publication, Change]:
    """A step: the publication of a draft, and its entry."""
    version = _locked_draft(version)
    if reasons := publish_refusals(version):
        raise refusal(reasons)
    publication = Publication(
        version=version,
        published_at=now,
        published_by=by,
        sha256=digest(content_of(version)),
    )
    publication.full_clean(exclude=["published_by"])
    publication.save(force_insert=True)
    new = {
        "slug": version.slug,
        "number": version.number,
        "published_at": now,
        "sha256": publication.sha256,
    }
    return publication, Change(Verb.TEMPLATE_PUBLISHED, _subject(version), new=new)


@transaction.atomic
def new_template_version(version: TemplateVersion, *, by: User | None) -> TemplateVersion:
    """Copy a version into the draft of the next. Keys stay, so that versions can be compared."""
    now = timezone.now()
    siblings = TemplateVersion.objects.select_for_update(no_key=True).filter(slug=version.slug)
    numbers = {row.number for row in siblings}
    if draft := TemplateVersion.objects.drafts().filter(slug=version.slug).first():
        raise refusal([Reason("draft_exists", params={"number": draft.number})])
    old = TemplateVersion.objects.get(pk=version.pk)
    copy = _copy(old, number=max(numbers) + 1)
    changes = [*_store_version(copy), *_copy_rows(old, copy)]
    append(changes, actor=_actor(by), now=now)
    return copy


def _copy_rows(old: TemplateVersion, copy: TemplateVersion) -> list[Change]:
    sections = {row.pk: _copy(row, version=copy) for row in old.sections.all()}
    slots = {
        row.pk: _copy(row, version=copy, section=row.section_id and sections[row.section_id])
        for row in old.slots.all()
    }
    items = [
        _copy(row, version=copy, section=sections[row.section_id])
        for row in old.items.select_related("team", "authority")
    ]
    TemplateSection.objects.bulk_create(sections.values())
    TemplateItem.objects.bulk_create(items)
    TemplateSlot.objects.bulk_create(slots.values())
    for section in old.sections.prefetch_related("teams"):
        sections[section.pk].teams.set(section.teams.all())
    for slot in old.slots.prefetch_related("authorities"):
        slots[slot.pk].authorities.set(slot.authorities.all())
    rows: list[Row] = [*sections.values(), *items, *slots.values()]
    return [change for row in rows for change in _change("added", row, {})]


def publish_refusals(version: TemplateVersion) -> list[Reason]:
    """Every reason why this draft cannot be published yet."""
    sections = list(version.sections.prefetch_related("items"))
    reasons = [] if sections else [Reason("no_sections")]
    for section in sections:
        params = {"section": str(section)}
        numbers = [item.number for item in section.items.all() if item.number]
        if section.phase == Phase.READINESS and not section.items.all():
            reasons.append(Reason("section_without_items", params=params))
        reasons += [
            Reason("duplicate_number", params=params | {"number": number})
            for number in sorted({n for n in numbers if numbers.count(n) > 1})
        ]
    reasons += [
        Reason("slot_without_authorities", params={"slot": slot.title})
        for slot in version.slots.filter(authorities=None)
    ]
    return reasons


def content_of(version: TemplateVersion) -> dict[str, Any]:
    """All that a version asks, in order, rows named by key and slug: what its digest is over."""
    slots = list(version.slots.prefetch_related("authorities"))
    sections = version.sections.prefetch_related("teams", "items__team", "items__authority")
    return {
        "v": CONTENT_VERSION,
        "slug": version.slug,
        "number": version.number,
        "name": version.name,
        "description": version.description,
        "edition": version.edition,
        "classification": str(version.classification),
        "owner_team": version.owner_team.slug if version.owner_team else None,
        "next_review": version.next_review,
        "sections": [
            {
                "key": section.key,
                "number": section.number,
                "title": section.title,
                "phase": str(section.phase),
                "guidance": section.guidance,
                "teams": sorted(team.slug for team in section.teams.all()),
                "items": [_item_content(item) for item in section.items.all()],
                "slots": _slot_contents(slots, section),
            }
            for section in sections
        ],
        "slots": _slot_contents(slots, None),
    }


def _item_content(item: TemplateItem) -> dict[str, Any]:
    return {
        "key": item.key,
        "number": item.number,
        "text": item.text,
        "guidance": item.guidance,
        "evidence_demanded": item.evidence_demanded,
        "team": item.team.slug if item.team else None,
        "authority": item.authority.slug if item.authority else None,
    }


def _slot_contents(
    slots: Iterable[TemplateSlot], section: TemplateSection | None
) -> list[dict[str, Any]]:
    return [
        {
            "key": slot.key,
            "title": slot.title,
            "authorities": sorted(authority.slug for authority in slot.authorities.all()),
        }
        for slot in slots
        if slot.section_id == (section.pk if section else None)
    ]


def _store_version(version: TemplateVersion) -> list[Change]:
    """Write a version's own fields; where it is stored already, only behind its lock as a draft."""
    stored = TemplateVersion.objects.filter(pk=version.pk).first()
    before = _facts(_locked_draft(stored)) if stored else {}
    _clean(version)
    version.full_clean()
    version.save()
    return _change("changed" if stored else "created", version, before)


def _locked_draft(version: TemplateVersion) -> TemplateVersion:
    """The version as it is behind its lock, refused where it is published."""
    locked = TemplateVersion.objects.select_for_update(of=("self",), no_key=True).get(pk=version.pk)
    if locked.is_published:
        raise refusal([Reason("published", params={"version": str(locked)})])
    return locked


def _store_row(draft: DraftRow, version: TemplateVersion) -> list[Change]:
    row = draft.record
    stored = type(row).objects.filter(pk=row.pk).first()
    _refuse_foreign([row.section] if isinstance(row, TemplateItem | TemplateSlot) else [], version)
    _refuse_foreign([stored], version)
    before = _facts(stored) if stored else {}
    row.version = version
    _clean(row)
    _complete(row)
    row.full_clean()
    row.save()
    if draft.named is not None:
        getattr(row, NAMED[type(row)]).set(draft.named)
    return _change("changed" if stored else "added", row, before)


def _remove(row: Row, version: TemplateVersion) -> list[Change]:
    """Take a row out of a draft, a section with all that it holds."""
    stored = type(row).objects.filter(pk=row.pk, version=version).first()
    if stored is None:
        return []
    held: list[Row] = (
        [*stored.items.all(), *stored.slots.all()] if isinstance(stored, TemplateSection) else []
    )
    changes = [change for inner in held for change in _remove(inner, version)]
    changes.append(_removed(stored))
    stored.delete()
    return changes


def _removed(row: TemplateVersion | Row) -> Change:
    many = NAMED.get(type(row))
    named = list(getattr(row, many).all()) if many else None
    return Change(Verb(f"{KINDS[type(row)]}.removed"), _subject(row), old=_facts(row, named))


def _refuse_foreign(rows: Iterable[Row | None], version: TemplateVersion) -> None:
    """A row stays in its version, and its section is of that same version."""
    for row in rows:
        if row and row.version_id != version.pk:
            raise refusal([Reason("foreign", params={"row": str(row)})])


def _clean(record: TemplateVersion | Row) -> None:
    """What people typed, made safe to keep."""
    for names, clean in ((LINES, clean_line), (TEXTS, clean_text)):
        for name in names & vars(record).keys():
            if isinstance(text := getattr(record, name), str):
                setattr(record, name, clean(text))


def _complete(row: Row) -> None:
    """Give a new row a key, made from its words once and for all, and a place at the end."""
    siblings = type(row).objects.filter(version_id=row.version_id).exclude(pk=row.pk)
    if not row.key:
        taken = set(siblings.values_list("key", flat=True))
        words = row.text if isinstance(row, TemplateItem) else row.title
        base = slugify(words.replace("/", " "))[: KEY_LENGTH - 5].strip("-") or "row"
        row.key = next(key for key in _numbered(base) if key not in taken)
    if row.position is None:
        last = siblings.aggregate(last=models.Max("position"))["last"]
        row.position = (last or 0) + 1


def _numbered(base: str) -> Iterator[str]:
    return chain([base], (f"{base}-{number}" for number in count(2)))


def _copy[M: models.Model](record: M, **fields: Any) -> M:
    """An unsaved twin of a row, with a few fields of its own."""
    return type(record)(**{n: getattr(record, n) for n in COPIED[type(record)]} | fields)


def _facts(record: TemplateVersion | Row, named: Named = None) -> dict[str, Any]:
    """All fields of a row as a leaf carries them; what people typed is salted. `named`, if known, asks no query."""
    many = NAMED.get(type(record), "")
    values = model_to_dict(record, exclude=[many] if named is not None else None)
    if many:
        rows = values[many] if named is None else named
        values[many] = sorted(str(row.pk) for row in rows)
    return {n: Salted(v) if n in SALTED else v for n, v in values.items()}


def _change(
    what: str, record: TemplateVersion | Row, before: dict[str, Any], named: Named = None
) -> list[Change]:
    """The ledger's line for a row as it is now; none where nothing differs from before."""
    old, new = difference(before, _facts(record, named))
    verb = Verb(f"{KINDS[type(record)]}.{what}")
    return [Change(verb, _subject(record), old=old if before else {}, new=new)] if new else []


def _subject(record: TemplateVersion | Row) -> str:
    return f"{KINDS[type(record)]}:{record.pk}"


def _actor(by: User | None) -> UUID | None:
    return by.pk if by else None
