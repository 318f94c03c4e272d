"""What leaves the house by mail: each signer's copy, and the decision's; how it arrives, and what it is worth then."""

from datetime import timedelta
from email import message_from_bytes, policy
from hashlib import sha256

import pytest
from django.utils import timezone

from accounts.mail.post import send_due
from accounts.mail.spread import spread_due
from accounts.models import Mail, User
from audit import actions, keys
from audit.models import Checkpoint, Entry
from audit.notes import open_note
from audit.verifier.verify import verify
from signoff.models import Signature
from tests.accounts.letters import Sink, free_port, listening, mailers_at
from tests.attacks import logs
from tests.audit.making import make_change, make_entries
from tests.audit.sql import forge
from tests.factories.launches import make_holder
from tests.factories.signatures import make_asked_slot, make_return, make_signature
from tests.signoff.acting import make_go_launch, make_round, make_signed_launch, vote, withdraw
from tests.signoff.bundle.making import tell

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    """A mail server of the day; everything that is due is sent to it by `post_all`."""
    port = free_port()
    settings.MAILERS = mailers_at(port)
    sink = Sink()
    with listening(sink, port):
        yield sink


def post_all():
    """What tick does, a minute later."""
    later = timezone.now() + timedelta(minutes=1)
    spread_due(later)
    send_due(later)


def read(envelope):
    return message_from_bytes(envelope.content, policy=policy.default)


def received(sink, person=None):
    return [read(row) for row in sink.received if person is None or row.rcpt_tos == [person.email]]


def files_of(message):
    """As a mail program would save them."""
    return {part.get_filename(): part.get_payload(decode=True) for part in message.iter_attachments()}


def test_try(sink):
    signature = make_signature(make_asked_slot())
    post_all()
    for row in sink.received:
        print(row.content.decode())
    launch = make_go_launch()
    post_all()
    for m in received(sink)[-2:]:
        print(m.get_body().get_content(), {k: len(v) for k, v in files_of(m).items()})
    assert 0
