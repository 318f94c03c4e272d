"""Saying that a page shows the past: when, by which entry, and the ways to other moments and to the present."""

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.urls import Resolver404, resolve
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import ngettext

from checklist.permissions import Viewer

# Pages that show any moment, and those that never change: links to others would lead to today unnoticed.
OF_THE_PAST = {"checklist:launch", "checklist:section", "checklist:item"}
UNCHANGING = {"signoff:receipt", "checklist:evidence-file"}
# Nobody does anything in the past, so no page of it offers anything to anybody.
NOBODY = Viewer(id=UUID(int=0), takes_part=False)


@dataclass(frozen=True, slots=True)
class Then:
    """What templates/checklist/then.html shows, in the reader's zone. `url`: the page as it is now."""

    seq: int
    at: datetime
    told: str
    unread: int
    before: int | None
    after: int | None
    url: str
    activity_url: str

    @property
    def query(self) -> str:
        return f"?at={self.seq}"

    @property
    def when(self) -> str:
        return date_format(localtime(self.at), "D j M Y, H:i T")

    @property
    def entry(self) -> str:
        return number_format(self.seq, force_grouping=True)

    @property
    def missing(self) -> str:
        """The sentence about what could not be read; "" where all could be."""
        if not self.unread:
            return ""
        text = ngettext(
            "%(n)d entry before it cannot be read: what it changed is missing here.",
            "%(n)d entries before it cannot be read: what they changed is missing here.",
            self.unread,
        )
        return text % {"n": self.unread}


def in_the_past[Shown](shown: Shown, seq: int) -> Shown:
    """A page, with each of its addresses leading to the same moment, or nowhere: all fields called url or …_url."""
    return cast(Shown, _moved(shown, seq))


def _moved(value: Any, seq: int) -> Any:
    if isinstance(value, tuple | list):
        return type(value)(_moved(part, seq) for part in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {
        field.name: _field(field.name, getattr(value, field.name), seq) for field in fields(value)
    }
    return replace(
        value, **{name: new for name, new in changes.items() if new is not getattr(value, name)}
    )


def _field(name: str, value: Any, seq: int) -> Any:
    if isinstance(value, str):
        return url_then(value, seq) if name == "url" or name.endswith("_url") else value
    return _moved(value, seq)


def url_then(url: str, seq: int) -> str:
    """Where an address of today leads at a moment; "" for a page that has no past."""
    parts = urlsplit(url)
    try:
        route = resolve(parts.path).view_name
    except Resolver404:
        return ""
    if route in UNCHANGING:
        return url
    if route not in OF_THE_PAST:
        return ""
    query = "&".join(filter(None, [parts.query, urlencode({"at": seq})]))
    return urlunsplit(parts._replace(query=query))
