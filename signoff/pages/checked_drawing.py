"""The picture of a check in words and classes, as its template draws it."""

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from audit.verifier.verify import Signature
from signoff.pages.checked_picture import Mark, Picture, Row
from signoff.pages.checked_signature import act_words, signature_words, when

MOST_NAME, MOST_LABEL = 26, 32  # letters beside each other on a phone
SEVERAL = "several"
LEGEND = (
    ("key", lazy("signed with the person's own key")),
    ("server", lazy("vouched for by the installation's key, on the person's password")),
    ("recorded", lazy("recorded only: no key signed it")),
    ("unknown", lazy("no proof was found")),
    (SEVERAL, lazy("several signatures close to each other: their number")),
)


@dataclass(frozen=True, slots=True)
class DrawnMark:
    """A mark: where, its classes, its icon or, of several, their number, and what it says when pointed at."""

    x: float
    shape: str
    state: str
    icon: str
    count: int
    is_gone: bool
    told: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A person's line."""

    row: Row
    name: str
    capacity: str
    marks: list[DrawnMark]


@dataclass(frozen=True, slots=True)
class DrawnTick:
    """A state of the ledger beneath the picture."""

    x: float
    anchor: str
    size: str
    day: str
    hour: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that the template draws."""

    picture: Picture
    rows: list[DrawnRow]
    ticks: list[DrawnTick]
    legend: list[tuple[str, str]]
    has_gone: bool
    has_broken: bool
    told: str


def drawing_of(picture: Picture) -> Drawing:
    marks = [mark for row in picture.rows for mark in row.marks]
    shapes = {mark.shape for mark in marks if mark.count == 1}
    shapes |= {SEVERAL for mark in marks if mark.count > 1}
    return Drawing(
        picture=picture,
        rows=[_row(row) for row in picture.rows],
        ticks=list(_ticks(picture)),
        legend=[(shape, str(words)) for shape, words in LEGEND if shape in shapes],
        has_gone=any(mark.is_gone for mark in marks),
        has_broken=not all(mark.holds for mark in marks),
        told=_told(picture, marks),
    )


def _row(row: Row) -> DrawnRow:
    if row.people > 1:
        name = ngettext("and %(n)d more person", "and %(n)d more people", row.people)
        return DrawnRow(row, name % {"n": row.people}, "", [_mark(mark) for mark in row.marks])
    name = _short(row.name or _("Signer not known"), MOST_NAME)
    room = MOST_LABEL - len(name)
    capacity = _short(row.capacity, room) if row.capacity and room > 6 else ""
    return DrawnRow(row, name, capacity, [_mark(mark) for mark in row.marks])


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _mark(mark: Mark) -> DrawnMark:
    one = mark.signatures[0]
    state = act_words(one)[0] if mark.count == 1 else "idle"
    icon = state if mark.holds else "not_done"
    return DrawnMark(
        x=mark.x,
        shape=mark.shape if mark.count == 1 else SEVERAL,
        state=state if mark.holds else "not_done",
        icon=icon,
        count=mark.count,
        is_gone=mark.is_gone,
        told=_sentence(one) if mark.count == 1 else _count(mark),
    )


def _sentence(one: Signature) -> str:
    words = signature_words(one)
    parts = [
        words.name,
        words.act,
        words.slot,
        words.when,
        words.proof,
        words.fate,
        "" if one.holds else _("a check of it does not hold"),
    ]
    return ", ".join(filter(None, parts))


def _count(mark: Mark) -> str:
    """Several at one place, counted by what they did: "5 signatures: 3 Signed, 2 Withdrew a signature"."""
    acts = Counter(act_words(one)[1] for one in mark.signatures)
    told = ", ".join(f"{count} {act}" for act, count in acts.most_common())
    text = _("%(n)d signatures: %(acts)s") % {"n": mark.count, "acts": told}
    return text if mark.holds else f"{text}; {_('a check of them does not hold')}"


def _ticks(picture: Picture) -> list[DrawnTick]:
    found = []
    for tick in picture.ticks:
        count = ngettext("%(n)d entry", "%(n)d entries", tick.size) % {"n": tick.size}
        day, _comma, hour = when(tick.at).partition(", ")
        if tick.anchor == "start":
            count = _("start")
        elif tick.anchor == "end":
            day = _("checkpoint")
        found.append(DrawnTick(tick.x, tick.anchor, count, day, hour))
    return found


def _told(picture: Picture, marks: list[Mark]) -> str:
    """The picture in one sentence, for those who cannot see it; the table below it has the rest."""
    parts = {
        "people": sum(row.people for row in picture.rows),
        "marks": sum(mark.count for mark in marks),
        "size": picture.ticks[-1].size,
    }
    return (
        _(
            "%(marks)d signatures by %(people)d people, from left to right in the order of the ledger, up to the "
            "checkpoint at %(size)d entries. The table of signatures has the same facts."
        )
        % parts
    )
