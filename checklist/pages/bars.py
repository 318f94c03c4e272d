"""A section's counts as a segmented bar: shares of 100, each with its count, its word and its rows."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checklist.rules import Counts, ItemStatus

SMALLEST = 7.0
WORDS: dict[ItemStatus, Promise] = {
    ItemStatus.DONE: _("done"),
    ItemStatus.NA: _("N/A"),
    ItemStatus.ATTENTION: _("attention"),
    ItemStatus.NOT_DONE: _("not done"),
    ItemStatus.UNSET: _("not set"),
}


@dataclass(frozen=True, slots=True)
class Segment:
    """One status' share of a bar, as components/bar.html draws it."""

    status: str
    label: str
    count: int
    x: float
    width: float
    url: str


def segments(counts: Counts, url: str, accepted: int = 0) -> tuple[Segment, ...]:
    """The parts of a bar, none so small that its count is cut off; each links to its rows under `url`.

    What is accepted is told beside the others and has no part of its own: it stays outstanding.
    """
    present = {status: getattr(counts, status.value) for status in WORDS}
    present = {status: count for status, count in present.items() if count}
    spare, total = 100 - SMALLEST * len(present), counts.total
    parts, x = [], 0.0
    for status, count in present.items():
        width = SMALLEST + spare * count / total
        address = f"{url}?status={status.value}"
        label = str(WORDS[status])
        parts.append(Segment(status.value, label, count, round(x, 2), round(width, 2), address))
        x += width
    if accepted:
        address = f"{url}?status=accepted"
        parts.append(Segment("accepted", str(_("accepted")), accepted, 100, 0, address))
    return tuple(parts)
