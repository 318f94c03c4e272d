"""A section's pre-check as a list to work through: each gap with the address of its mend."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import ngettext

from checklist.models import Launch, Section
from checklist.rules import PreCheck
from checklist.words import sentence
from sentinel.reasons import Reason

MOST_LINES = 4
MENDS = {
    "outstanding": "#status",
    "acceptance_ended": "#status",
    "na_without_reason": "#na-reason",
    "evidence_missing": "#evidence",
    "evidence_expired": "#evidence",
    "open_question": "#comments",
    "no_owner": "#assign",
    "to_be_determined": "#note",
    "overdue": "#status",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A line of the pre-check, as components/reasons.html shows it."""

    text: str
    url: str
    who: str = ""


def gaps(reasons: Iterable[Reason], *, launch: Launch, section: Section) -> list[Gap]:
    """One line a gap; many of one kind become one line that links to the rows it counts."""
    by_code: dict[str, list[Reason]] = {}
    for reason in reasons:
        by_code.setdefault(reason.code, []).append(reason)
    lines = []
    for code, found in by_code.items():
        if len(found) > MOST_LINES:
            url = f"{section_url(launch, section)}?gap={code}"
            lines.append(Gap(_several(code, len(found)), url))
        else:
            lines += [Gap(sentence(reason), _mend(reason, launch, section)) for reason in found]
    return lines


def section_url(launch: Launch, section: Section) -> str:
    return reverse("checklist:section", args=[launch.slug, section.number])


def _mend(reason: Reason, launch: Launch, section: Section) -> str:
    kind, _colon, pk = reason.subject.partition(":")
    if kind != "item":
        return ""
    address = reverse("checklist:item", args=[launch.slug, section.number, pk])
    return address + MENDS.get(reason.code, "")


def _several(code: str, count: int) -> str:
    text = {
        "outstanding": ngettext(
            "%(n)d item is not settled.", "%(n)d items are not settled.", count
        ),
        "acceptance_ended": ngettext(
            "The acceptance of %(n)d item has ended.",
            "The acceptances of %(n)d items have ended.",
            count,
        ),
        "na_without_reason": ngettext(
            "%(n)d item is N/A without a reason.", "%(n)d items are N/A without a reason.", count
        ),
        "evidence_missing": ngettext(
            "%(n)d item is done without the evidence it demands.",
            "%(n)d items are done without the evidence they demand.",
            count,
        ),
        "evidence_expired": ngettext(
            "The evidence of %(n)d item has expired.",
            "The evidence of %(n)d items has expired.",
            count,
        ),
        "open_question": ngettext(
            "%(n)d item has an open question.", "%(n)d items have an open question.", count
        ),
        "no_owner": ngettext(
            "%(n)d outstanding item has no owner.", "%(n)d outstanding items have no owner.", count
        ),
        "to_be_determined": ngettext(
            "The note of %(n)d item says “TBD”.", "The notes of %(n)d items say “TBD”.", count
        ),
        "overdue": ngettext("%(n)d item is overdue.", "%(n)d items are overdue.", count),
    }[code]
    return text % {"n": count}


def items_with(code: str, check: PreCheck) -> set[str]:
    """The ids of the items that have one kind of gap."""
    reasons = [*check.errors, *check.warnings]
    return {reason.subject.partition(":")[2] for reason in reasons if reason.code == code}
