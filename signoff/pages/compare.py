"""Two rounds side by side: what changed between what their votes were over, from what was signed then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from checklist.models import Launch
from signoff.diff import Aspect, Difference, Differences, differences
from signoff.listed import conditions_changed
from signoff.models import Round, Signature
from signoff.pages.changes import ChangeLine, Changes, lines
from signoff.pages.content import content_of
from signoff.pages.decision import RoundLines, round_lines
from signoff.pages.past_round import last_vote, round_numbered
from signoff.pages.table import Table

type Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ComparePage:
    """Everything that the comparison shows. `why_not`: nothing was signed that could be compared."""

    launch: Launch
    old: RoundLines
    new: RoundLines
    old_number: int
    new_number: int
    numbers: list[int]
    changes: Changes | None
    why_not: str


def compare_page(found: Table, old: str, new: str) -> ComparePage:
    """Two rounds by their numbers; left out, the newest and the one before it. 404 where there is no such pair."""
    before, after = _number(old, found, 1), _number(new, found, 0)
    rounds = round_numbered(found, before), round_numbered(found, after)
    votes = [last_vote(found, round_) for round_ in rounds]
    told = [round_lines(round_, found) for round_ in rounds]
    why_not = _why_not(rounds, votes)
    given = [vote for vote in votes if vote is not None]
    return ComparePage(
        launch=found.launch,
        old=told[0],
        new=told[1],
        old_number=before,
        new_number=after,
        numbers=sorted(round_.number for round_ in found.rounds),
        changes=None if why_not else _changes(*given),
        why_not=why_not,
    )


def _why_not(rounds: Sequence[Round], votes: Sequence[Signature | None]) -> str:
    """Why there is nothing to compare; nothing where there is."""
    if rounds[0] == rounds[1]:
        return _("Choose two rounds: a round is the same as itself.")
    for round_, vote in zip(rounds, votes, strict=True):
        if vote is None:
            text = _("Nobody voted in %(round)s, so nothing was signed that could be compared.")
            return text % {"round": round_}
    return ""


def _number(text: str, found: Table, place: int) -> int:
    """A round's number as an address has it; else that of the newest, or of the one before."""
    if text.isdecimal() and text.isascii() and len(text) < 6:
        return int(text)
    if text or not found.rounds:
        raise Http404("This launch has no such round.")
    return found.rounds[min(place, len(found.rounds) - 1)].number


def _changes(old: Signature, new: Signature) -> Changes:
    """What differs between what two votes were over; a changed section item by item, as far as it was signed then."""
    before, after = content_of(old.snapshot), content_of(new.snapshot)
    # Who may sign in the voter's own slot is no part of the round.
    found = differences(before, {**after, "authorities": before["authorities"]})
    signed = _signed([before, after], found)
    material: list[ChangeLine] = []
    notes: list[ChangeLine] = []
    for change in found.material:
        inner = _within(change, before, after, signed)
        material += _headed(change, inner) if inner else lines([change], {})
        notes += lines(inner.notes, {})
    listed = lines(conditions_changed(before, after), {})
    return Changes("", "", tuple(material), tuple(notes), listed)


def _signed(contents: list[Content], found: Differences) -> dict[str, Content]:
    """What was signed beneath the votes in the sections that changed. One query."""
    changed = {change.where for change in found.material if change.aspect is Aspect.SECTION}
    digests = [d for content in contents for number in changed for d in _digests(content, number)]
    if not digests:
        return {}
    rows = Signature.objects.filter(sha256__in=digests).select_related("snapshot")
    return {row.sha256: content_of(row.snapshot) for row in rows}


def _digests(content: Content, number: str) -> list[str]:
    rows = [row for row in content["sections"] if row["number"] == number]
    return [signed["sha256"] for row in rows for signed in row["signatures"]][:1]


def _within(
    change: Difference, old: Content, new: Content, signed: Mapping[str, Content]
) -> Differences:
    """What differs inside a changed section; nothing where one of the two was not signed."""
    if change.aspect is not Aspect.SECTION:
        return Differences()
    sides = [signed[d] for side in (old, new) for d in _digests(side, change.where) if d in signed]
    if len(sides) < 2:
        return Differences()
    before, after = sides
    return differences(before, {**after, "authorities": before["authorities"]})


def _headed(change: Difference, inner: Differences) -> list[ChangeLine]:
    """The lines of one section, each saying which section it is of."""
    return [
        ChangeLine(
            _("%(section)s: %(change)s") % {"section": change.subject, "change": line.text},
            line.url,
            line.old,
            line.new,
            line.in_full,
        )
        for line in lines(inner.material, {})
    ]
