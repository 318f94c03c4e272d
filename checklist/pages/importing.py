"""A file as it was understood, before anything is stored of it; and what was made of one."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import Permission, allows
from checklist.actions.bringing import may_undo, undo_refusals
from checklist.actions.templates import publish_refusals, refusal
from checklist.forms.importing import BringForm, LaunchPart, ReadingForm
from checklist.imports.draft import Draft, DraftItem, DraftSection, Link
from checklist.models import Launch, Origin, Upload
from checklist.rules import ItemStatus, Phase
from checklist.words import sentence

MOST_OPEN = 200  # items; of a longer list the sections are folded
MOST_LAUNCHES = 5
FEW_NAMES = 6  # of more, the choices are folded
MOST_SAID = 100  # sentences about what was set aside
SHORT = 400
WEB = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as it was understood."""

    line: int
    number: str
    text: str
    status: str
    label: str
    facts: list[str]
    links: list[Link]


@dataclass(frozen=True, slots=True)
class SectionPart:
    """A section as it was understood."""

    title: str
    facts: list[str]
    count: str
    rows: list[ItemRow]


@dataclass(frozen=True, slots=True)
class Brought:
    """A file that was read, and what is asked before something is made of it."""

    upload: Upload
    draft: Draft
    form: BringForm
    launch: LaunchPart | None


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the page shows of a file. Without a draft, `trouble` says why there is none."""

    upload: Upload
    reading: ReadingForm
    form: BringForm | None
    launch: LaunchPart | None
    trouble: str
    summary: list[str]
    statuses: list[tuple[str, str]]
    doubts: list[str]
    aside: list[str]
    aside_count: int
    left_out: int
    asks_names: bool
    sections: list[SectionPart]
    is_unfolded: bool


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a file, and what may be done with it now."""

    origin: Origin
    summary: list[str]
    missing: list[str]
    may_undo: bool
    why_kept: list[str]
    operates: bool
    launches: list[Launch]


def preview(
    upload: Upload,
    reading: ReadingForm,
    draft: Draft | None,
    *,
    brought: Brought | None = None,
    trouble: str = "",
) -> Preview:
    reading.offer(draft)
    aside = list(map(str, draft.aside)) if draft else []
    items = list(draft.items) if draft else []
    return Preview(
        upload=upload,
        reading=reading,
        form=brought.form if brought else None,
        launch=brought.launch if brought else None,
        trouble=trouble,
        summary=_summary(draft, len(items)) if draft else [],
        statuses=_statuses(items),
        doubts=list(map(str, draft.doubts))[:MOST_SAID] if draft else [],
        aside=aside[:MOST_SAID],
        aside_count=len(aside),
        left_out=max(0, len(aside) - MOST_SAID),
        asks_names=_asks_names(brought),
        sections=[_section(section) for section in draft.sections] if draft else [],
        is_unfolded=len(items) <= MOST_OPEN,
    )


def _asks_names(brought: Brought | None) -> bool:
    """Whether names are asked for at once: a few are, and all where something was refused."""
    if brought is None:
        return False
    refused = brought.form.errors or (brought.launch and brought.launch.errors)
    return bool(refused) or len(brought.form.unknown) <= FEW_NAMES


def _summary(draft: Draft, items: int) -> list[str]:
    return _counts(len(draft.sections), items, len(draft.all_slots))


def _counts(sections: int, items: int, slots: int) -> list[str]:
    return [
        ngettext("%(n)d section", "%(n)d sections", sections) % {"n": sections},
        _items(items),
        ngettext("%(n)d signature to give", "%(n)d signatures to give", slots) % {"n": slots},
    ]


def _items(count: int) -> str:
    return ngettext("%(n)d item", "%(n)d items", count) % {"n": count}


def _statuses(items: list[DraftItem]) -> list[tuple[str, str]]:
    counts = Counter(item.status for item in items)
    return [(s.value, f"{counts[s]} {s.label}") for s in ItemStatus if counts[s]]


def _section(section: DraftSection) -> SectionPart:
    return SectionPart(
        title=_cut(f"{section.number} {section.title}".strip()),
        facts=list(_section_facts(section)),
        count=_items(len(section.items)),
        rows=[_row(item) for item in section.items],
    )


def _section_facts(section: DraftSection) -> Iterator[str]:
    if section.phase is not Phase.READINESS:
        yield str(section.phase.label)
    if section.team:
        yield _("Team: %(team)s") % {"team": _cut(section.team)}
    for slot in section.slots:
        signers = _(" or ").join(slot.authorities)
        yield _("To be signed by %(signers)s") % {"signers": _cut(signers)}


def _row(item: DraftItem) -> ItemRow:
    return ItemRow(
        line=item.line,
        number=item.number[:20],
        text=_cut(item.text),
        status=item.status.value,
        label=str(item.status.label),
        facts=list(_item_facts(item)),
        links=[link for link in item.links if link.url.startswith(WEB)],
    )


def _item_facts(item: DraftItem) -> Iterator[str]:
    for words, told in (
        (_("Team: %(told)s"), item.team),
        (_("Owner: %(told)s"), item.owner),
        (_("Due: %(told)s"), item.due),
        (_("Note: %(told)s"), item.note),
        ("%(told)s", item.guidance),
    ):
        if told:
            yield words % {"told": _cut(told)}


def _cut(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}\u2026"


def made(origin: Origin, *, user: User) -> Made:
    version = origin.version
    sections, slots = version.sections.count(), version.slots.count()
    refused = undo_refusals(origin)
    missing = [] if version.is_published else publish_refusals(version)
    return Made(
        origin=origin,
        summary=_counts(sections, version.items.count(), slots),
        missing=refusal(missing).messages if missing else [],
        may_undo=may_undo(user, origin) and not refused,
        why_kept=list(map(sentence, refused)),
        operates=allows(user, Permission.OPERATE),
        launches=list(version.launches.visible_to(user)[:MOST_LAUNCHES]),
    )
