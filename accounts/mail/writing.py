"""What a mail says: what is wanted, where, why it came, how to get fewer. In its reader's language and zone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.mail.kinds import Attachment, Waiting, kinds, waiting_for
from accounts.models import Mail, Notice

SUBJECT_LENGTH = 150


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of news in a mail: what is wanted, where, more about it, why its reader gets it, by choice or not."""

    what: str
    url: str
    more: tuple[str, ...]
    why: str
    is_chosen: bool
    attachments: tuple[Attachment, ...]


def write(mail: Mail, now: datetime) -> EmailMessage | None:
    """The mail as it goes out; None where there is nothing left to tell its reader."""
    reader = mail.recipient
    if not reader.is_active:
        return None
    with translation.override(reader.language), timezone.override(ZoneInfo(reader.time_zone)):
        pieces = list(_pieces(mail, now))
        if mail.digest_on is None:
            return _letter(mail, pieces) if pieces else None
        waiting = waiting_for(reader, now)
        if not pieces and not waiting:
            return None
        why = _("This is your daily digest. On a day when nothing waits, none comes.")
        subject, parts = _digest_subject(waiting, pieces), _digest(waiting, pieces)
        return _message(mail, subject, parts, [why, _choose()])


def _pieces(mail: Mail, now: datetime) -> Iterator[Piece]:
    """What still is so, once each."""
    seen = set()
    for notice in mail.notices.select_related("news__actor"):
        piece = _piece(notice, mail, now)
        if piece and piece.what not in seen:
            seen.add(piece.what)
            yield piece


def _piece(notice: Notice, mail: Mail, now: datetime) -> Piece | None:
    """A template says it in paragraphs: what is wanted first, why its reader is told last."""
    news = notice.news
    kind = kinds.get(news.kind)
    content = kind.content(news, mail.recipient, now) if kind else None
    if kind is None or content is None:
        return None
    context = {"news": news, "reader": mail.recipient, **content.context}
    text = render_to_string(kind.template, context).strip()
    what, *more, why = (part.strip() for part in text.split("\n\n") if part.strip())
    return Piece(
        what=_line(what),
        url=settings.BASE_URL + content.url,
        more=tuple(more),
        why=_line(why),
        is_chosen=not kind.is_evidence,
        attachments=content.attachments,
    )


def _line(text: str) -> str:
    return " ".join(text.split())


def _message(mail: Mail, subject: str, parts: Sequence[str], whys: Iterable[str]) -> EmailMessage:
    """The Message-ID stays the same over all attempts, so that a mail that came twice shows as one."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    headers = {
        "Auto-Submitted": "auto-generated",
        "Message-ID": f"<{mail.pk}@{host}>",
        "X-Auto-Response-Suppress": "All",
    }
    footer = "\n".join(["-- ", *whys])
    body = "\n\n".join([*parts, footer]) + "\n"
    return EmailMessage(
        subject=subject[:SUBJECT_LENGTH], body=body, to=[mail.recipient.email], headers=headers
    )


def _subject(pieces: Sequence[Piece]) -> str:
    first, *others = pieces
    what = first.what.rstrip(".")
    if not others:
        return what
    more = ngettext("%(what)s, and %(n)d more", "%(what)s, and %(n)d more", len(others))
    return more % {"what": what, "n": len(others)}


def _letter(mail: Mail, pieces: Sequence[Piece]) -> EmailMessage:
    parts = [part for piece in pieces for part in (piece.what, piece.url, *piece.more)]
    whys = list(dict.fromkeys(piece.why for piece in pieces))
    if any(piece.is_chosen for piece in pieces):
        whys.append(_choose())
    message = _message(mail, _subject(pieces), parts, whys)
    for file in (file for piece in pieces for file in piece.attachments):
        message.attach(file.name, file.content, file.mimetype)
    return message


def _choose() -> str:
    address = settings.BASE_URL + reverse("accounts:mail")
    return _("Which mails you get, and when, you choose here: %(url)s") % {"url": address}


def _digest_subject(waiting: Sequence[Waiting], pieces: Sequence[Piece]) -> str:
    count = sum(line.count for line in waiting)
    if not count:
        return ngettext("%(n)d piece of news", "%(n)d pieces of news", len(pieces)) % {
            "n": len(pieces)
        }
    text = ngettext("%(n)d thing waits for you", "%(n)d things wait for you", count)
    return text % {"n": count}


def _digest(waiting: Sequence[Waiting], pieces: Sequence[Piece]) -> list[str]:
    """Counts a launch, no more: a list of everything belongs on the page, where it is up to date."""
    parts = []
    if waiting:
        address = settings.BASE_URL + reverse("checklist:my-work")
        parts = [_("What waits for you: %(url)s") % {"url": address}, _table(waiting)]
    if pieces:
        parts.append(_("What happened:"))
        parts += [f"{piece.what}\n{piece.url}" for piece in pieces]
    return parts


def _table(waiting: Sequence[Waiting]) -> str:
    return "\n".join(
        f"{what}\n" + "\n".join(_row(line) for line in waiting if line.what == what)
        for what in dict.fromkeys(line.what for line in waiting)
    )


def _row(line: Waiting) -> str:
    text = _("%(where)s: %(n)d or more") if line.has_more else _("%(where)s: %(n)d")
    row = text % {"where": line.where, "n": line.count}
    if line.urgent:
        urgent = ngettext("%(n)d overdue", "%(n)d overdue", line.urgent) % {"n": line.urgent}
        row = _("%(row)s, %(urgent)s") % {"row": row, "urgent": urgent}
    return f"  {row}"
