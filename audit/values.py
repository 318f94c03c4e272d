"""Stored values as words: moments, days, codes, long texts. Values in, words out: no database."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

SHORT = 80
LONGEST = 20_000

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{64}")
ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
CODE = re.compile(r"[a-z0-9]+(?:[_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Text:
    """Some words: in short, and in full where the short form leaves something out."""

    short: str
    full: str = ""

    def __str__(self) -> str:
        return self.short


def shortened(text: str) -> Text:
    """One line of a text, at most 80 characters; all of it beside that, up to 20,000."""
    flat = " ".join(text[: SHORT * 4].split())
    if len(text) <= SHORT * 4 and len(flat) <= SHORT:
        return Text(flat, text if "\n" in text.strip() else "")
    start = flat[:SHORT]
    if " " in start[SHORT // 2 :]:
        start = start.rpartition(" ")[0]
    return Text(f"{start}…", _in_full(text))


def _in_full(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    left = number_format(len(text) - LONGEST, force_grouping=True)
    return _("%(text)s… (%(count)s more characters)") % {"text": text[:LONGEST], "count": left}


def plain(value: Any) -> str:
    """A value of a field that nobody gave words for: readable, and never an id."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return number_format(value)
    if DAY.fullmatch(value) or MOMENT.fullmatch(value):
        return _dated(value)
    if uuid_in(value):
        return _("an internal number")
    if DIGEST.fullmatch(value):
        return _("digest %(start)s…") % {"start": value[:8]}
    return humanised(value) if CODE.fullmatch(value) else ID.sub("…", value)


def _dated(value: str) -> str:
    try:
        if DAY.fullmatch(value):
            return date_format(date.fromisoformat(value), "j M Y")
        return date_format(local(datetime.fromisoformat(value)), "j M Y, H:i")
    except ValueError:
        return value


def local(moment: datetime) -> datetime:
    """The moment in the reader's zone; in UTC at the edges of the calendar, where there is none."""
    try:
        return timezone.localtime(moment)
    except OverflowError:
        return moment.astimezone(UTC)


def humanised(code: str) -> str:
    """A code that nobody registered, as plainly as it can be said."""
    return code.replace("_", " ").replace("-", " ").strip()


def uuid_in(text: str) -> UUID | None:
    """The id that a text is, or None."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
