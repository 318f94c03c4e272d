"""What was found, by kind and launch, each hit with its place and the words in it marked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from checklist import search
from checklist.forms.search import SearchForm
from checklist.models import Comment, Evidence, Item, Launch, Risk

HITS = 20
EXCERPT = 160
BEFORE = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an excerpt. Text as it was typed: the template escapes it."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Where something was found, and what stands there."""

    place: str
    url: str
    excerpt: list[Piece]
    sort_key: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Group:
    """The hits in one launch."""

    label: str
    url: str
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind; `more`: the address of those that come after."""

    kind: str
    label: str
    groups: list[Group]
    more: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Everything that the page of search shows."""

    form: SearchForm
    words: list[str]
    kinds: list[Found]


@dataclass(frozen=True, slots=True)
class Kind:
    """Something to search in: how its rows are found, and how each is shown."""

    label: Promise
    find: Callable[[list[str], User, datetime], Any]
    launch: str
    show: Callable[[Any, list[str]], tuple[Launch, Hit]]


def search_page(form: SearchForm, *, user: User, now: datetime) -> SearchPage:
    """What somebody may see of what they search for. A query a kind, and one more where a page goes on."""
    form.full_clean()
    asked = form.cleaned_data
    words = search.words_in(asked.get("q") or "")
    if not words:
        return SearchPage(form, [], [])
    only = asked.get("kind")
    kinds = {only: KINDS[only]} if only else KINDS
    found = [
        _found(name, kind, words, user=user, now=now, after=asked.get("after") if only else None)
        for name, kind in kinds.items()
    ]
    return SearchPage(form, words, [kind for kind in found if kind.groups])


def _found(
    name: str, kind: Kind, words: list[str], *, user: User, now: datetime, after: UUID | None
) -> Found:
    rows = kind.find(words, user, now)
    if after:
        rows = search.after(rows, after, kind.launch)
    page = list(rows[: HITS + 1])
    shown, rest = page[:HITS], page[HITS:]
    more = _address(name, words, shown[-1].pk) if rest else ""
    return Found(name, str(kind.label), _grouped(kind, shown, words), more)


def _address(kind: str, words: list[str], after: UUID) -> str:
    query = urlencode({"q": " ".join(words), "kind": kind, "after": after})
    return f"{reverse('checklist:search')}?{query}"


def _grouped(kind: Kind, rows: Sequence[Any], words: list[str]) -> list[Group]:
    """In the order of the rows; within a launch in the order of its sections and items."""
    groups: dict[UUID, Group] = {}
    for row in rows:
        launch, hit = kind.show(row, words)
        group = groups.setdefault(launch.pk, Group(str(launch), launch.get_absolute_url(), hits=[]))
        group.hits.append(hit)
    for group in groups.values():
        group.hits.sort(key=lambda hit: hit.sort_key)
    return list(groups.values())


def _launch(launch: Launch, words: list[str]) -> tuple[Launch, Hit]:
    text = " ".join(filter(None, [str(launch), launch.description]))
    return launch, Hit("", launch.get_absolute_url(), excerpt(text, words), (0, 0))


def _item(item: Item, words: list[str]) -> tuple[Launch, Hit]:
    return item.launch, _hit(item, str(item), words, place=str(item.section))


def _note(item: Item, words: list[str]) -> tuple[Launch, Hit]:
    text = " ".join(filter(None, [item.note, item.na_reason]))
    return item.launch, _hit(item, text, words, place=f"{item.section} · {item}")


def _comment(comment: Comment, words: list[str]) -> tuple[Launch, Hit]:
    item = comment.item
    parts = {"place": f"{item.section} · {item}", "who": comment.author}
    text = " ".join(filter(None, [comment.text, comment.resolution]))
    place = _("%(place)s · %(who)s") % parts
    return item.launch, _hit(item, text, words, place=place)


def _evidence(proof: Evidence, words: list[str]) -> tuple[Launch, Hit]:
    item = proof.item
    text = " ".join(filter(None, [proof.name, proof.url, proof.sha256]))
    return item.launch, _hit(item, text, words, place=f"{item.section} · {item}")


def _risk(risk: Risk, words: list[str]) -> tuple[Launch, Hit]:
    parts = [risk.title, risk.description, risk.mitigation, risk.close_reason]
    place = _("Risk %(risk)s, closed") if risk.closed_at else _("Risk %(risk)s")
    place %= {"risk": risk.name}
    text = " ".join(filter(None, parts))
    return risk.launch, Hit(place, risk.get_absolute_url(), excerpt(text, words), (0, risk.number))


def _hit(item: Item, text: str, words: list[str], *, place: str) -> Hit:
    item.section.launch = item.launch
    key = (item.section.position, item.position)
    return Hit(place, item.get_absolute_url(), excerpt(text, words), key)


def excerpt(text: str, words: list[str]) -> list[Piece]:
    """The part of a text around its first hit, cut into what is a hit and what is not."""
    flat = " ".join(text.split())
    pattern = re.compile(
        "|".join(map(re.escape, sorted(words, key=len, reverse=True))), re.IGNORECASE
    )
    first = pattern.search(flat)
    start = max(first.start() - BEFORE, 0) if first else 0
    if start:
        start = flat.find(" ", start, start + BEFORE) + 1 or start
    part = flat[start : start + EXCERPT]
    pieces, at = [Piece("…", is_hit=False)] if start else [], 0
    for hit in pattern.finditer(part):
        pieces += [Piece(part[at : hit.start()], is_hit=False), Piece(hit[0], is_hit=True)]
        at = hit.end()
    end = "…" if start + EXCERPT < len(flat) else ""
    pieces.append(Piece(part[at:] + end, is_hit=False))
    return [piece for piece in pieces if piece.text]


KINDS = {
    SearchForm.LAUNCHES: Kind(gettext_lazy("Launches"), search.launches_with, "", _launch),
    SearchForm.ITEMS: Kind(gettext_lazy("Items"), search.items_with, "launch__", _item),
    SearchForm.NOTES: Kind(gettext_lazy("Notes"), search.notes_with, "launch__", _note),
    SearchForm.EVIDENCE: Kind(
        gettext_lazy("Evidence"), search.evidence_with, "item__launch__", _evidence
    ),
    SearchForm.COMMENTS: Kind(gettext_lazy("Comments"), search.comments_with, "", _comment),
    SearchForm.RISKS: Kind(gettext_lazy("Risks"), search.risks_with, "launch__", _risk),
}
