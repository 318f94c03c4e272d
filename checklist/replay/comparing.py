"""A launch's rows as the database has them, against what the ledger says was put there. Read-only.

What somebody changes by SQL past the actions has no entry. Compared is what leaves tell, value by value; what code
derives from that is not, but for the digest of each section, which decides whether a signature still covers it.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from audit.leaves import leaves
from audit.models import Entry
from audit.reading import Redacted, decoded, texts_of
from audit.verification import Finding
from checklist import material, reading
from checklist.actions.templates import content_of
from checklist.models import Acceptance, Comment, Evidence, Launch, Participant, Publication
from checklist.replay.folds import FOLDS
from checklist.replay.past import Past, Row, fold
from checklist.replay.rebuilding import finish
from checklist.replay.rows import MODELS, fields_of, is_whole, value_of
from checklist.verbs import TemplateVerb, Verb

# Whom the four eyes ask for is not part of how a launch stood.
UNTOLD = {"status_by", "status_at"}
ATTEMPTS = 5


def check_rows() -> Iterator[Finding]:
    """What of launches, and of the templates below them, is not in the database as the ledger has it."""
    yield from _check_templates()
    started = _started()
    for launch in Launch.objects.for_page().order_by("pk").iterator(chunk_size=100):
        started.pop(str(launch.pk), None)
        yield from check_launch(launch)
    for pk, seq in started.items():
        yield Finding("row_missing", f"the launch {pk} that it started is gone.", seq)


def _check_templates() -> Iterator[Finding]:
    """A published version is what was published: launches and statements name its digest."""
    told = {
        leaf["subject"].partition(":")[2]: (seq, leaf["data"]["new"].get("sha256"))
        for seq, leaf in _told([TemplateVerb.TEMPLATE_PUBLISHED])
    }
    for row in Publication.objects.select_related("version__owner_team").order_by("pk"):
        seq, published = told.get(str(row.pk), (None, row.sha256))
        if not published == row.sha256 == material.digest(content_of(row.version)):
            sentence = f"the template {row.version} is not what was published."
            yield Finding("template_differs", sentence, seq)


def _told(verbs: list[StrEnum]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The readable leaves of some verbs, with their numbers."""
    rows = Entry.objects.doing(verbs).values_list("seq", "leaf", "leaf_hash")
    found = ((seq, decoded(raw, digest)) for seq, raw, digest in rows.iterator(chunk_size=500))
    return ((seq, leaf) for seq, leaf in found if leaf)


def _started() -> dict[str, int]:
    """The launches that the ledger tells of, with the entry that does."""
    return {leaf["subject"].partition(":")[2]: seq for seq, leaf in _told([Verb.LAUNCH_STARTED])}


def check_launch(launch: Launch) -> list[Finding]:
    """One launch. What seems not to fit while somebody works on it is looked at again."""
    found: list[Finding] = []
    for _attempt in range(ATTEMPTS):
        before = _newest(launch)
        found = list(_compared(launch))
        if not found or _newest(launch) == before:
            break
    return found


def _newest(launch: Launch) -> int | None:
    newest = Entry.objects.of_launch(launch.pk).newest_first()
    return newest.values_list("seq", flat=True).first()


def _compared(launch: Launch) -> Iterator[Finding]:
    """Its rows, one by one; none told of that is gone, none there that nobody told of."""
    past = fold(leaves(Entry.objects.of_launch(launch.pk), launch.pk), FOLDS)
    if past.unread or not is_whole(past.all("launch").get(str(launch.pk), {}), "launch"):
        told = f"its rows were not compared, as entries cannot be read: {past.unread}."
        yield _finding("rows_unread", launch, told)
        return
    past.restore(texts_of(past.entries_of_texts()))
    finish(past)
    for kind, found in _live(launch).items():
        rows = {_id(row): row for row in found}
        yield from _check_kind(launch, kind, past.all(kind), rows)
    yield from _check_joins(launch, past)
    yield from _check_digests(launch)


def _finding(code: str, launch: Launch, told: str) -> Finding:
    return Finding(code, f"Launch {launch.slug}: {told}")


def _live(launch: Launch) -> dict[str, QuerySet[Any]]:
    """The rows of each kind that leaves tell of; evidence and comments are their launch's by their items."""
    of_items = {"item__launch": launch}
    return {
        "launch": Launch.objects.filter(pk=launch.pk),
        "section": launch.sections.all(),
        "slot": launch.slots.all(),
        "risk": launch.risks.all(),
        "acceptance": Acceptance.objects.filter(launch=launch),
        "item": launch.items.select_related("acceptance"),
        "evidence": Evidence.objects.standing().filter(**of_items),
        "comment": Comment.objects.filter(**of_items),
    }


def _id(row: Model) -> str:
    """What the ledger calls a row; an acceptance by its signature."""
    return str(row.signature if isinstance(row, Acceptance) else row.pk)


def _check_kind(
    launch: Launch, kind: str, told: Mapping[str, Row], live: Mapping[str, Model]
) -> Iterator[Finding]:
    name = MODELS[kind]._meta.verbose_name
    for pk in told.keys() - live.keys():
        yield _finding("row_missing", launch, f"the {name} {pk} is gone, and no entry removed it.")
    for pk in live.keys() - told.keys():
        yield _finding("row_unknown", launch, f"no entry tells of the {name} {pk}.")
    for pk in told.keys() & live.keys():
        for field in _unlike(kind, told[pk], live[pk]):
            sentence = f"“{field}” of the {name} {live[pk]} is not what the ledger says."
            yield _finding("row_differs", launch, sentence)


def _unlike(kind: str, told: Row, live: Model) -> Iterator[str]:
    """The fields that the ledger has otherwise. An erased text is compared with nothing."""
    fields = fields_of(kind)
    for name, value in told.items():
        field = fields.get(name)
        if field is None or name in UNTOLD or isinstance(value, Redacted):
            continue
        if name == "acceptance":
            found = getattr(live, name)
            differs = (found and _id(found)) != value
        elif isinstance(
            value, datetime
        ):  # its leaf's own time, which may be later by what the action waited
            differs = getattr(live, field.attname) is None
        else:
            differs = _plain(value_of(field, value)) != _plain(getattr(live, field.attname))
        if differs:
            yield name


def _plain(value: Any) -> Any:
    """Of two spellings of a text, one."""
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


def _check_joins(launch: Launch, past: Past) -> Iterator[Finding]:
    """Who may do what: a section's teams, a slot's authorities, the launch's managers; and what a risk concerns."""
    for section in launch.sections.prefetch_related("teams"):
        told = past.row("section", str(section.pk)).get("teams", [])
        if set(told) != {str(team.pk) for team in section.teams.all()}:
            yield _finding("row_differs", launch, f"the teams of {section} are other ones.")
    for slot in launch.slots.prefetch_related("authorities"):
        told = past.row("slot", str(slot.pk)).get("authorities", [])
        now = {authority.slug for authority in slot.authorities.all()}
        if set(told) != now or set(slot.authority_slugs) != now:
            yield _finding("row_differs", launch, f"the authorities of {slot} are other ones.")
    for risk in launch.risks.prefetch_related("items"):
        told = past.row("risk", str(risk.pk)).get("items", [])
        if set(told) != {str(item.pk) for item in risk.items.all()}:
            yield _finding("row_differs", launch, f"{risk} concerns other items.")
    told_of = {UUID(pk): bool(row.get("is_manager")) for pk, row in past.all("participant").items()}
    rows = Participant.objects.filter(launch=launch).values_list("user", "is_manager")
    if dict(rows) != told_of:
        yield _finding("row_differs", launch, "its participants or managers are other people.")


def _check_digests(launch: Launch) -> Iterator[Finding]:
    """Each section's digest is of what is in it: were it an old one, a signature would stand over a change."""
    for section in launch.sections.all():
        facts = reading.item_facts(launch, section.items.all())
        if material.digest(material.of_section(section.title, facts)) != section.material:
            yield _finding(
                "digest_differs", launch, f"the digest of {section} is of something else."
            )
