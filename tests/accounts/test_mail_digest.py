"""The daily digest: once a day, at one's own hour, never empty, with what was held for it."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.mail.digest import write_digest, write_digests
from accounts.mail.kinds import Waiting
from accounts.mail.post import send_due
from accounts.models import Mail, User
from checklist.digest import waiting_for
from tests.accounts.letters import make_kind, spread_all, tell_of
from tests.factories.launches import make_launch
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 3, 3, 7, tzinfo=UTC)  # Tuesday, 8 o'clock in Berlin


def make_reader(**fields):
    return make_user(time_zone="Europe/Berlin", **fields)


def give_items(person, name="Aureus", **fields):
    launch = make_launch(name=name, **fields)
    launch.items.update(owner=person)
    return launch


def the_days_of(*hours):
    """Tick at these hours after the morning, and send what is there."""
    for hour in hours:
        now = MORNING + timedelta(hours=hour)
        write_digests(now)
        send_due(now)


def test_a_digest_counts_what_waits(mailoutbox):
    reader = make_reader()
    give_items(reader)

    the_days_of(-1, 0)

    (mail,) = mailoutbox
    assert mail.to == [reader.email]
    assert mail.subject == "2 things wait for you"
    assert "Your items\n  Aureus 1.0: 2\n" in mail.body
    assert "Audit completed" not in mail.body


def test_a_digest_comes_once_a_day(mailoutbox):
    give_items(make_reader())

    the_days_of(-1, 0, 0.1, 1, 12, 23.5)
    assert len(mailoutbox) == 1
    the_days_of(24, 24.5)
    assert len(mailoutbox) == 2


def test_an_empty_digest_is_never_sent(mailoutbox):
    make_reader()

    the_days_of(-1, 0, 24)

    assert mailoutbox == []
    assert not Mail.objects.exists()


def test_what_was_settled_between_making_and_sending_is_not_told(mailoutbox):
    reader = make_reader()
    launch = give_items(reader)
    write_digests(MORNING - timedelta(hours=1))
    write_digests(MORNING)
    launch.items.update(owner=None)

    send_due(MORNING)

    assert mailoutbox == []


def test_what_was_held_comes_with_the_digest_and_once(mailoutbox):
    reader = make_reader(mail_work="digest")
    tell_of(make_kind(reader))
    spread_all()

    the_days_of(-1, 0, 24)

    (mail,) = mailoutbox
    assert mail.subject == "1 piece of news"
    assert "What happened:" in mail.body
    assert "Aureus 1.0.\nhttp" in mail.body


def test_who_wants_no_digest_gets_none(mailoutbox):
    give_items(make_reader(digest_hour=None))

    the_days_of(-1, 0, 24)

    assert mailoutbox == []


def test_who_has_left_gets_none(mailoutbox):
    give_items(make_reader(is_active=False))

    the_days_of(-1, 0, 24)

    assert mailoutbox == []


def test_each_reader_has_their_own_morning(mailoutbox):
    tokyo, berlin = make_user(time_zone="Asia/Tokyo"), make_reader()
    for person in (tokyo, berlin):
        give_items(person)

    the_days_of(-12, -8, -7, 0)

    assert [mail.to for mail in mailoutbox] == [[tokyo.email], [berlin.email]]


def test_a_second_process_makes_no_second_digest():
    reader = make_reader()
    give_items(reader)
    write_digests(MORNING - timedelta(hours=1))

    write_digest(reader.pk, MORNING)
    User.objects.filter(pk=reader.pk).update(digest_due_at=MORNING)
    write_digest(reader.pk, MORNING)

    assert Mail.objects.count() == 1


def test_a_restricted_launch_is_named_and_nothing_in_it(mailoutbox):
    reader = make_reader()
    launch = give_items(reader, name="Vault", classification="restricted")
    launch.participants.create(user=reader, added_by=launch.created_by)

    the_days_of(-1, 0)

    (mail,) = mailoutbox
    assert "Vault 1.0: 2" in mail.body
    assert [text in mail.body for text in ("Audit", "Certificates", "Section 1")] == [False] * 3


def test_what_a_whole_team_has_to_do_waits_for_nobody_in_particular():
    launch = make_launch()
    section = launch.sections.get()
    member = make_user(section.teams.get())

    assert waiting_for(member, MORNING) == []


def test_what_is_overdue_is_counted():
    reader = make_reader()
    launch = give_items(reader)
    launch.items.filter(pk=launch.items.first().pk).update(
        due_on=MORNING.date() - timedelta(days=2)
    )

    assert waiting_for(reader, MORNING) == [Waiting("Your items", "Aureus 1.0", 2, urgent=1)]
