"""Sending, to a real mail server: what it gets, what it refuses, what happens while it is away, and never twice."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.utils import timezone

from accounts.actions import send_again
from accounts.mail.clock import LEASE, MOST_ATTEMPTS, RETRIES
from accounts.mail.kinds import Content
from accounts.mail.post import UNHEARD, Came, claim, post, send, send_due, tidy
from accounts.mail.spread import spread_due
from accounts.models import Mail, News, Notice
from accounts.rules import MailState
from tests.accounts.letters import (
    Sink,
    free_port,
    listening,
    mailers_at,
    make_kind,
    spread_all,
    tell_of,
)
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def port(settings):
    port = free_port()
    settings.MAILERS = mailers_at(port)
    settings.BASE_URL = "https://sentinel.example"
    settings.DEFAULT_FROM_EMAIL = "Sentinel <sentinel@example.org>"
    return port


@pytest.fixture
def sink(port):
    sink = Sink()
    with listening(sink, port):
        yield sink


def make_mail(person=None, **fields):
    tell_of(make_kind(person or make_user()), **fields)
    (pk,) = spread_all()
    return Mail.objects.get(pk=pk)


def post_all(now=None):
    send_due(now or timezone.now())


def read(envelope):
    return message_from_bytes(envelope.content, policy=policy.default)


def test_a_mail_as_it_goes_over_the_wire(sink):
    person = make_user(full_name="Ágnes Ōta", email="agnes@example.org")
    mail = make_mail(person)

    post_all()

    (envelope,) = sink.received
    message = read(envelope)
    assert (envelope.mail_from, envelope.rcpt_tos) == ("sentinel@example.org", [person.email])
    assert message["To"] == "agnes@example.org"
    assert message["From"] == "Sentinel <sentinel@example.org>"
    assert message["Subject"] == "A reminder: your signature is waited for: Aureus 1.0"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == f"<{mail.pk}@sentinel.example>"
    sent = message["Date"].datetime
    assert abs(sent - datetime.now(UTC)) < timedelta(minutes=1)
    assert message.get_content_type() == "text/plain"
    *parts, footer = message.get_content().replace("\r\n", "\n").split("\n\n")
    assert parts == [
        "A reminder: your signature is waited for: Aureus 1.0.",
        "https://sentinel.example/there/",
    ]
    assert footer.splitlines() == [
        "-- ",
        "You are told because you hold an authority that may sign there.",
        "Which mails you get, and when, you choose here: https://sentinel.example/profile/mail/",
    ]


def test_names_of_every_script_arrive_as_they_are(sink):
    def say(_news, _reader, _now):
        return Content("/", {"thing": "Свод 監査 1.0", "who": "Ágnes Ōta"})

    tell_of(make_kind(make_user(), content=say))
    spread_all()

    post_all()

    message = read(sink.received[0])
    assert message["Subject"].endswith("Свод 監査 1.0")
    assert "Ágnes Ōta reminds you." in message.get_content()
    assert b"\xd0" not in sink.received[0].content.partition(b"\r\n\r\n")[0]


def test_a_name_cannot_write_headers(sink):
    def say(_news, _reader, _now):
        return Content("/", {"thing": "A\r\nBcc: spy@example.org", "who": ""})

    tell_of(make_kind(make_user(), content=say))
    spread_all()

    post_all()

    (envelope,) = sink.received
    assert read(envelope)["Bcc"] is None
    assert len(envelope.rcpt_tos) == 1


def test_a_mail_is_sent_once(sink):
    make_mail()

    for _ in range(3):
        post_all()

    mail = Mail.objects.get()
    assert len(sink.received) == 1
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.SENT, 1, "")
    assert mail.sent_at


def test_an_address_that_is_refused_is_given_up_and_keeps_nobody_else_waiting(sink):
    refused, other = make_user(), make_user()
    sink.refuses[refused.email] = "550 No such user here"
    make_mail(refused)
    make_mail(other)

    post_all()

    states = dict(Mail.objects.values_list("recipient", "state"))
    assert states == {refused.pk: MailState.FAILED, other.pk: MailState.SENT}
    assert "No such user here" in Mail.objects.get(recipient=refused).last_error


def test_an_address_that_is_refused_for_now_is_tried_again(sink):
    person = make_user()
    sink.refuses[person.email] = "451 Try again later"
    mail, now = make_mail(person), timezone.now()

    post_all(now)
    sink.refuses.clear()
    post_all(now + RETRIES[0] - timedelta(seconds=1))
    assert not sink.received
    post_all(now + RETRIES[0] + timedelta(minutes=1))

    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.SENT, 2)


def test_while_the_server_is_away_mails_wait_and_then_go_out(port):
    first, second = make_mail(), make_mail()
    now = timezone.now()

    post_all(now)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempts, second.attempts) == (MailState.WAITING, 1, 0)
    assert "refused" in first.last_error

    with listening(sink := Sink(), port):
        post_all(now + RETRIES[0] + timedelta(minutes=1))

    assert len(sink.received) == 2
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_a_mail_is_given_up_after_many_attempts_and_can_be_tried_again_by_hand(port):
    mail, now = make_mail(), timezone.now()

    for _ in range(MOST_ATTEMPTS + 2):
        post_all(now)
        now += timedelta(days=1)
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (MailState.FAILED, MOST_ATTEMPTS)
    assert mail.last_error

    assert [send_again(mail), send_again(mail)] == [True, False]
    with listening(sink := Sink(), port):
        post_all()
    assert len(sink.received) == 1


def test_two_workers_do_not_take_up_the_same_mail():
    mail, now = make_mail(), timezone.now()

    assert claim(mail.pk, now) == mail
    assert claim(mail.pk, now) is None


def test_a_mail_whose_worker_died_is_taken_up_again_under_the_same_id(sink):
    mail, now = make_mail(), timezone.now()
    claim(mail.pk, now)

    post_all(now + LEASE - timedelta(minutes=1))
    assert not sink.received
    assert Mail.objects.get().last_error == UNHEARD
    post_all(now + LEASE + timedelta(minutes=1))

    assert [read(envelope)["Message-ID"] for envelope in sink.received] == [
        f"<{mail.pk}@sentinel.example>"
    ]


def test_a_mail_that_kills_whoever_writes_it_is_given_up_in_the_end(mailoutbox):
    def break_down(_news, _reader, _now):
        raise ZeroDivisionError

    tell_of(make_kind(make_user(), content=break_down, code="broken"))
    spread_all()
    now = timezone.now()
    for _ in range(MOST_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            post_all(now)
        now += timedelta(hours=1)
    make_mail()

    post_all(now)

    states = Mail.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == [MailState.FAILED, MailState.SENT]


def test_what_is_no_longer_so_is_not_sent(mailoutbox):
    tell_of(make_kind(make_user(), content=lambda *_: None))
    (pk,) = spread_all()

    with post() as server:
        assert send(pk, timezone.now(), server) is Came.DROPPED
        assert send(pk, timezone.now(), server) is Came.NOT_OURS

    assert mailoutbox == []


def test_who_leaves_before_the_mail_goes_out_gets_none(mailoutbox):
    person = make_user()
    make_mail(person)
    type(person).objects.filter(pk=person.pk).update(is_active=False)

    post_all()

    assert mailoutbox == []
    assert Mail.objects.get().state == MailState.DROPPED


def test_a_mail_speaks_the_zone_of_its_reader(mailoutbox):
    seen = []

    def say(_news, _reader, _now):
        seen.append(timezone.get_current_timezone_name())
        return Content("/", {"thing": "Aureus", "who": ""})

    tell_of(make_kind(make_user(time_zone="Asia/Tokyo"), content=say))
    spread_all()

    post_all()

    assert seen == ["Asia/Tokyo"]


def test_several_things_are_one_mail_with_all_of_them(mailoutbox):
    names = iter(["Aureus 1.0", "Beacon 2.1"])

    def say(_news, _reader, _now):
        return Content("/", {"thing": next(names), "who": ""})

    person = make_user()
    kind = make_kind(content=say)
    tell_of(kind, whom=person)
    tell_of(kind, whom=person)
    News.objects.update(act=News.objects.first().act)
    spread_all()

    post_all()

    (mail,) = mailoutbox
    assert mail.subject.endswith("Aureus 1.0, and 1 more")
    assert [name in mail.body for name in ("Aureus 1.0.", "Beacon 2.1.")] == [True, True]
    assert mail.body.count("You are told because") == 1


def test_what_was_told_long_ago_is_let_go(mailoutbox):
    make_mail()
    failed = make_mail()
    tell_of(make_kind(make_user(mail_work="digest")))
    spread_due(timezone.now())
    Mail.objects.filter(pk=failed.pk).update(state=MailState.FAILED)
    post_all()

    now, counts = timezone.now(), []
    for days in (0, 31, 181):
        tidy(now + timedelta(days=days))
        counts.append((Mail.objects.count(), News.objects.count(), Notice.objects.count()))

    assert counts == [(2, 3, 3), (1, 1, 1), (0, 0, 0)]
