"""News for tests: a kind of its own that says what it is told to, and a mail server that keeps what it is sent."""

import socket
from contextlib import contextmanager
from uuid import uuid4

from aiosmtpd.controller import Controller
from django.db import transaction
from django.utils import timezone

from accounts.mail import kinds
from accounts.mail.kinds import Content, Kind
from accounts.mail.outbox import Tell, tell
from accounts.mail.spread import spread
from accounts.models import News
from accounts.rules import MailGroup

# A template that needs little: it names a thing, and who reminds of it.
TEMPLATE = "checklist/mail/nudged.txt"


def say(_news, _reader, _now):
    return Content("/there/", {"thing": "Aureus 1.0", "who": ""})


def make_kind(*audience, group=MailGroup.WORK, content=say, code="test"):
    kind = Kind(code, group, TEMPLATE, content, lambda _news, _now: audience)
    kinds.register(kind)
    return kind


def subject():
    return f"thing:{uuid4()}"


def tell_of(kind, *, by=None, turn="", now=None, about=None, **fields):
    """One piece of news, as an action tells it."""
    one = Tell(kind, about or subject(), turn, **fields)
    with transaction.atomic():
        tell([one], by=by, now=now or timezone.now())
    return one


def spread_all(now=None):
    """Address everything that is due, as tick does. Gives the mails."""
    acts = dict.fromkeys(News.objects.filter(told_at=None).values_list("act", flat=True))
    return [pk for act in acts for pk in spread(act, now or timezone.now())]


class Keeper:
    """A mail server that keeps mails as they came over the wire, and refuses some addresses."""

    def __init__(self):
        self.received, self.refuses = [], {}

    async def rcpt(self, _server, _session, envelope, address, _options):
        if answer := self.refuses.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def data(self, _server, _session, envelope):
        self.received.append(envelope)
        return "250 Taken"


# aiosmtpd asks for its hooks by these names.
Sink = type("Sink", (Keeper,), {"handle_RCPT": Keeper.rcpt, "handle_DATA": Keeper.data})


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(sink, port):
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield
    finally:
        controller.stop()


def mailers_at(port):
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    return {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": options,
        }
    }
