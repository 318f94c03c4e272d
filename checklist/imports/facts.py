"""What lines beside an item or a heading say: who, by when, with what evidence, after the launch or before."""

import re
from collections.abc import Callable, Mapping

from checklist.imports.blocks import plain, read
from checklist.imports.columns import Column, heading_of
from checklist.imports.draft import DraftItem
from checklist.imports.signing import label_in, tidy
from checklist.rules import Phase

AFTER = re.compile(
    r"\b(?:post|after)[- ]?(?:the )?(?:launch|go[- ]?live|deploy(?:ment)?|release|production|implementation|cutover)\b|"
    r"\bnach dem (?:start|go[- ]?live|launch)|\baprès (?:le )?lancement|\bdespués del lanzamiento|\bpós-lançamento|"
    r"после запуска|发布后|上线后|リリース後|출시 후",
    re.IGNORECASE,
)
LATER = re.compile(
    r"\breview|\bretro|\b(?:1|one|a|first)[- ]weeks?\b|\b7[- ]days?\b|rückblick|bilan|revisión",
    re.IGNORECASE,
)
NOBODY = frozenset(
    {
        "name",
        "tbd",
        "tbc",
        "none",
        "n/a",
        "-",
        "",
        "owner",
        "assignee",
        "team",
        "role",
        "who",
        "?",
        "x",
    }
)


def phase_of(title: str) -> Phase | None:
    """When the items below a heading are due, as far as the heading says."""
    if not AFTER.search(title):
        return None
    return Phase.REVIEW if LATER.search(title) else Phase.POST_LAUNCH


def somebody(text: str) -> str:
    """A name, unless it is the place of one."""
    name = tidy(plain(text))
    return "" if name.casefold() in NOBODY else name


def add(item: DraftItem, field: str, text: str) -> None:
    """Put words to what is there already."""
    setattr(item, field, "\n".join(filter(None, [getattr(item, field), text])))


def _links(item: DraftItem, text: str) -> None:
    words, links = read(text)
    item.links += links
    if not links or len(words) > sum(len(link.name or link.url) for link in links):
        add(item, "note", words)


FACTS: Mapping[Column, Callable[[DraftItem, str], None]] = {
    Column.OWNER: lambda item, text: setattr(item, "owner", item.owner or somebody(text)),
    Column.TEAM: lambda item, text: setattr(item, "team", item.team or somebody(text)),
    Column.DUE: lambda item, text: setattr(item, "due", item.due or plain(text)),
    Column.KEY: lambda item, text: setattr(item, "key", item.key or plain(text)),
    Column.NUMBER: lambda item, text: setattr(
        item, "number", item.number or plain(text).rstrip(".")
    ),
    Column.NOTE: lambda item, text: add(item, "note", read(text)[0]),
    Column.GUIDANCE: lambda item, text: add(item, "guidance", read(text)[0]),
    Column.EVIDENCE: _links,
}


def take_fact(item: DraftItem, text: str) -> None:
    """A line below an item. What it says of a status does not count: the item's own box does."""
    found = label_in(plain(text))
    column = heading_of(found[0]) if found else None
    if found and column in {Column.OWNER, Column.TEAM, Column.DUE}:
        FACTS[column](item, found[1])
    elif column is not Column.STATUS:
        words, links = read(text)
        item.links += links
        add(item, "note", words)
