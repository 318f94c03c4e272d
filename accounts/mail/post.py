"""Sending: claim, write, send, note. At least once, and twice only where a process dies between sending and noting.

docs/decisions says why. No exception is swallowed but the network's and the mail server's.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from enum import Enum, auto
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from uuid import UUID

from django.core.mail import mailers
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F
from django.utils import timezone

from accounts.mail.clock import LEASE, MOST_ATTEMPTS, retry_at
from accounts.mail.writing import write
from accounts.models import Mail, News, Notice
from accounts.rules import MailState
from sentinel.pacing import for_a_while

MAILS_A_TICK = 200
KEPT = timedelta(days=30)
KEPT_FAILED = timedelta(days=180)
ERROR_LENGTH = 500
UNHEARD = "Sending was begun, and nothing was heard of it since."
PERMANENT = 500
# What a server says of one mail; anything else it would say of the next one, too.
OF_ONE_MAIL = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)


class Came(Enum):
    """What came of trying to send a mail."""

    SENT = auto()
    NOT_OURS = auto()
    DROPPED = auto()
    REFUSED = auto()
    UNREACHABLE = auto()


def claim(pk: UUID, now: datetime) -> Mail | None:
    """Take a mail up, if it is due and nobody else has: by the very statement that asks."""
    mine = Mail.objects.due(now).filter(pk=pk)
    if mine.filter(attempts__gte=MOST_ATTEMPTS).update(state=MailState.FAILED):
        return None
    taken = mine.update(due_at=now + LEASE, attempts=F("attempts") + 1, last_error=UNHEARD)
    return Mail.objects.select_related("recipient").get(pk=pk) if taken else None


@contextmanager
def post() -> Iterator[BaseEmailBackend]:
    """The mail server, opened by the first mail that is sent and closed after the last."""
    server = mailers.default
    try:
        yield server
    finally:
        server.close()


def send(pk: UUID, now: datetime, server: BaseEmailBackend) -> Came:
    """Send one mail, unless it is another's or nobody needs it any more."""
    mail = claim(pk, now)
    if mail is None:
        return Came.NOT_OURS
    message = write(mail, now)
    if message is None:
        _note(mail, state=MailState.DROPPED)
        return Came.DROPPED
    try:
        server.open()
        server.send_messages([message])
    except OSError as trouble:
        return _note_trouble(mail, trouble, now)
    _note(mail, state=MailState.SENT, sent_at=now)
    return Came.SENT


def _note(mail: Mail, **values: object) -> None:
    Mail.objects.filter(pk=mail.pk).update(**{"last_error": ""} | values)


def _note_trouble(mail: Mail, trouble: OSError, now: datetime) -> Came:
    """Say what went wrong, and when it is tried again: never, where the server will not have this address."""
    again = None if _is_final(trouble) else retry_at(now, mail.attempts)
    said = f"{type(trouble).__name__}: {trouble}"[:ERROR_LENGTH]
    if again is None:
        _note(mail, state=MailState.FAILED, last_error=said)
    else:
        _note(mail, due_at=again, last_error=said)
    return Came.REFUSED if isinstance(trouble, OF_ONE_MAIL) else Came.UNREACHABLE


def _is_final(trouble: OSError) -> bool:
    if not isinstance(trouble, SMTPRecipientsRefused):
        return False
    return all(code >= PERMANENT for code, _said in trouble.recipients.values())


def send_due(now: datetime) -> None:
    """Send what is due, over one connection. Where the server does not answer, the rest waits for the next tick."""
    due = Mail.objects.due(now).order_by("due_at").values_list("pk", flat=True)
    started = timezone.now()
    with post() as server:
        for pk in for_a_while(list(due[:MAILS_A_TICK]), seconds=30):
            if send(pk, now + (timezone.now() - started), server) is Came.UNREACHABLE:
                break


def tidy(now: datetime) -> None:
    """Let go of what was told long ago. What was given up stays longer, for whoever looks into it."""
    over = Mail.objects.filter(created_at__lt=now - KEPT)
    over.filter(state__in=[MailState.SENT, MailState.DROPPED]).delete()
    Mail.objects.filter(created_at__lt=now - KEPT_FAILED, state=MailState.FAILED).delete()
    told = News.objects.filter(told_at__lt=now - KEPT)
    Notice.objects.filter(mail=None, news__in=told).delete()
    told.exclude(pk__in=Notice.objects.values("news")).delete()
