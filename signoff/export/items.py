"""A section's items as rows of the document, and the columns they are shown in: a further column is one entry here."""

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from checklist.models import Evidence, Item, Section
from checklist.pages.acceptance import acceptance_words
from checklist.rules import OUTSTANDING, ItemStatus, Phase
from signoff.export.document import Cell, Column, ItemRow, Items, Piece, plain
from signoff.export.source import Source

BOX = "[ ]"
SYMBOLS = {
    ItemStatus.UNSET: BOX,
    ItemStatus.DONE: "✅",
    ItemStatus.ATTENTION: "⚠️",
    ItemStatus.NOT_DONE: "❌",
    ItemStatus.NA: "N/A",
}
TICKED = frozenset({ItemStatus.UNSET, ItemStatus.DONE})


def notes_of(row: ItemRow) -> Cell:
    """The note, and before it why the item does not apply: said once where both say the same."""
    if row.status is not ItemStatus.NA or row.na_reason in {"", row.note}:
        return plain(row.note)
    reason = Piece(row.na_reason, label=_("N/A"))
    return (reason, Piece(row.note, label=_("Note"))) if row.note else (reason,)


COLUMNS = (
    Column("#", lambda row: plain(row.number), frozenset({Phase.READINESS, Phase.POST_LAUNCH})),
    Column(lazy("Item"), lambda row: plain(row.text), frozenset(Phase)),
    Column(lazy("Responsible"), lambda row: plain(row.responsible), frozenset({Phase.POST_LAUNCH})),
    Column(lazy("Status"), lambda row: (row.mark,), frozenset(Phase)),
    Column(lazy("Notes"), notes_of, frozenset({Phase.READINESS})),
    Column(lazy("Accepted"), lambda row: row.accepted),
    Column(lazy("Evidence"), lambda row: row.evidence),
    Column(lazy("Owner"), lambda row: plain(row.owner)),
    Column(lazy("Due"), lambda row: (Piece(row.due, whole=True),) if row.due else ()),
)


def items_of(source: Source, section: Section) -> Items:
    """A section's items with the columns that have something to show."""
    rows = tuple(row_of(item, source) for item in source.items_of(section))
    phase = Phase(section.phase)
    columns = tuple(c for c in COLUMNS if phase in c.always or any(map(c.cell, rows)))
    return Items(rows, columns, _("No items yet."), ticks=_only_ticks(phase, rows))


def _only_ticks(phase: Phase, rows: Sequence[ItemRow]) -> bool:
    """A review's items that say nothing but their text, and are done or not."""
    return phase is Phase.REVIEW and all(
        row.status in TICKED
        and not any(
            (row.number, row.note, row.responsible, row.owner, row.due, row.evidence, row.accepted)
        )
        for row in rows
    )


def row_of(item: Item, source: Source) -> ItemRow:
    status = ItemStatus(item.status)
    return ItemRow(
        number=item.number,
        text=item.text,
        status=status,
        mark=Piece(str(status.label), state=status.value, symbol=SYMBOLS[status]),
        note=item.note,
        na_reason=item.na_reason,
        accepted=_accepted(item, source) if status in OUTSTANDING else (),
        responsible=_responsible(item),
        owner=str(item.owner or ""),
        due=date_format(item.due_on, "j M Y") if item.due_on else "",
        evidence=tuple(_proof(proof, source) for proof in source.proofs.get(item.pk, ())),
    )


def _accepted(item: Item, source: Source) -> Cell:
    """The acceptance that was given last, in force or not, with its signature and its reason."""
    words = acceptance_words(item, source.launch, source.now)
    if item.acceptance is None or words is None:
        return ()
    short, url = item.acceptance.statement[:8], f"{settings.BASE_URL}{words.url}"
    return (
        Piece(words.text),
        Piece(short, label=_("Signature"), url=url),
        Piece(words.reason, label=_("Reason")),
    )


def _responsible(item: Item) -> str:
    """Whom the item names itself: under this heading the word "Team" says nothing more."""
    named = [item.team.name.removesuffix(" Team")] if item.team else []
    return ", ".join([*named, *([item.authority.name] if item.authority else [])])


def _proof(proof: Evidence, source: Source) -> Piece:
    """A link as it is; a file with its digest, by which anybody can tell it from another."""
    if proof.url:
        return Piece(proof.name, url=proof.url)
    url = reverse("checklist:evidence-file", args=[source.launch.slug, proof.pk])
    text = _("%(name)s (SHA-256 %(sha256)s)") % {"name": proof.name, "sha256": proof.sha256}
    return Piece(text, url=f"{settings.BASE_URL}{url}")
