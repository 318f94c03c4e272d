"""A page of the ledger in words: filtered, by day, paged by key. Its caller guards the entries."""

from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby

from django.http import QueryDict
from django.utils import timezone

from audit.forms import ActivityFilter
from audit.models import Entry, EntryQuerySet
from audit.reading import read
from audit.words import Sentence, sentences

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day, newest first."""

    on: date
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ActivityPage:
    """What templates/audit/activity.html shows. `older`, `newer`: addresses, "" for none."""

    form: ActivityFilter
    sentences: tuple[Sentence, ...]
    older: str
    newer: str
    filtered: bool

    @property
    def days(self) -> list[Day]:
        by_day = groupby(self.sentences, key=lambda sentence: sentence.at.date())
        return [Day(on, tuple(told)) for on, told in by_day]


def activity_page(entries: EntryQuerySet, *, params: QueryDict, zone: tzinfo) -> ActivityPage:
    """The page that `params` asks of `entries`, its words and days in `zone`."""
    form = ActivityFilter(params)
    rows, older, newer = _page(form.narrow(entries, zone), params)
    with timezone.override(zone):
        told = tuple(sentences(read(rows)))
    filtered = any(params.get(name) for name in form.fields)
    return ActivityPage(
        form, told, _address(params, "before", older), _address(params, "after", newer), filtered
    )


def _page(entries: EntryQuerySet, params: QueryDict) -> tuple[list[Entry], int | None, int | None]:
    """The rows, newest first, and the keys of the pages beside them.

    A page of newer rows that would not be full is the newest page instead.
    """
    if after := _key(params.get("after")):
        rows = list(entries.after(after).oldest_first()[: PAGE_SIZE + 1])
        if len(rows) > PAGE_SIZE:
            rows = rows[PAGE_SIZE - 1 :: -1]
            return rows, rows[-1].seq, rows[0].seq
    before = None if after else _key(params.get("before"))
    wanted = entries.before(before) if before else entries
    rows = list(wanted.newest_first()[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    older, newer = (rows[-1].seq, rows[0].seq) if rows else (None, None)
    return rows, older if more else None, newer if before else None


def _address(params: QueryDict, name: str, key: int | None) -> str:
    """The address of the page beside this one, with the same filter."""
    if key is None:
        return ""
    query = params.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = str(key)
    return f"?{query.urlencode()}"


def _key(text: str | None) -> int | None:
    """The key in an address; None where there is none, and for whatever cannot be one."""
    if not text or len(text) > 18 or not (text.isascii() and text.isdecimal()):
        return None
    return int(text)
