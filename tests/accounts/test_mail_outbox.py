"""From news to mails: it commits with the change, one mail a person and act, each turn once, as each person wants."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.mail.outbox import Tell, quietly, tell
from accounts.mail.spread import spread, spread_due
from accounts.models import Mail, News, Notice
from accounts.rules import MailGroup
from tests.accounts.letters import make_kind, spread_all, subject, tell_of
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def recipients():
    return {mail.recipient for mail in Mail.objects.select_related("recipient")}


def test_news_vanish_with_the_change_that_is_undone():
    kind = make_kind(make_user())

    with transaction.atomic():
        tell([Tell(kind, subject(), "")], by=None, now=NOW)
        transaction.set_rollback(True)

    assert not News.objects.exists()


def test_news_are_one_query_and_none_where_nothing_is_told(django_assert_num_queries):
    kind = make_kind()

    with django_assert_num_queries(1):
        tell([Tell(kind, subject(), turn) for turn in range(3)], by=None, now=NOW)
    with django_assert_num_queries(0):
        tell([], by=None, now=NOW)


def test_a_mail_goes_out_when_the_change_is_committed(
    mailoutbox, django_capture_on_commit_callbacks
):
    person = make_user()

    with django_capture_on_commit_callbacks(execute=True):
        tell_of(make_kind(person))

    (mail,) = mailoutbox
    assert mail.to == [person.email]


def test_whoever_caused_it_is_not_told():
    by, other = make_user(), make_user()

    tell_of(make_kind(by, other), by=by, whom=by)
    spread_all()

    assert recipients() == {other}


def test_who_has_left_is_not_told():
    here, left = make_user(), make_user(is_active=False)

    tell_of(make_kind(left, here), whom=left)
    spread_all()

    assert recipients() == {here}


def test_a_person_is_told_once_of_one_thing_however_often_they_are_named():
    person = make_user()

    tell_of(make_kind(person, person), whom=person)
    spread_all()

    assert (Mail.objects.count(), Notice.objects.count()) == (1, 1)


def test_all_that_one_act_tells_a_person_is_one_mail():
    person, kind = make_user(), make_kind()
    with transaction.atomic():
        told = [Tell(kind, subject(), turn, whom=person) for turn in range(3)]
        tell(told, by=None, now=NOW)

    spread_all()

    assert Mail.objects.get().notices.count() == 3


def test_two_acts_are_two_mails():
    person, kind = make_user(), make_kind()
    for turn in range(2):
        tell_of(kind, turn=turn, whom=person)

    spread_all()

    assert Mail.objects.count() == 2


def test_the_same_turn_is_told_once_and_another_turn_again():
    person, kind, about = make_user(), make_kind(), subject()
    for turn in ("monday", "monday", "tuesday"):
        tell_of(kind, turn=turn, about=about, whom=person)
        spread_all()
    tell_of(kind, turn="monday", about=about, whom=make_user())
    spread_all()

    assert Mail.objects.filter(recipient=person).count() == 2
    assert Mail.objects.count() == 3


def test_an_act_is_spread_once():
    tell_of(make_kind(make_user()))
    act = News.objects.get().act

    assert [len(spread(act, timezone.now())) for _ in range(2)] == [1, 0]
    assert Mail.objects.count() == 1


def test_what_is_to_wait_is_told_when_its_time_has_come():
    tell_of(make_kind(make_user()), now=NOW, wait=timedelta(minutes=10))

    counts = []
    for minutes in (0, 9, 10, 11):
        spread_due(NOW + timedelta(minutes=minutes))
        counts.append(Mail.objects.count())

    assert counts == [0, 0, 1, 1]


def test_what_came_up_again_before_it_was_told_is_told_once():
    kind, about = make_kind(make_user()), subject()
    for minutes in range(3):
        at = NOW + timedelta(minutes=minutes)
        tell_of(kind, about=about, turn=minutes, now=at, wait=timedelta(minutes=10))

    spread_due(NOW + timedelta(minutes=30))

    assert Mail.objects.count() == 1
    assert not News.objects.filter(told_at=None).exists()


@pytest.mark.parametrize(
    ("choice", "mails", "held"), [("now", 1, 0), ("digest", 0, 1), ("never", 0, 0)]
)
@pytest.mark.parametrize("group", ["work", "mentions", "dates"])
def test_people_are_told_as_they_want(group, choice, mails, held):
    person = make_user(**{f"mail_{group}": choice})

    tell_of(make_kind(person, group=MailGroup(group)))
    spread_all()

    assert Mail.objects.count() == mails
    assert Notice.objects.filter(mail=None).count() == held


def test_a_kind_that_nobody_knows_any_more_is_let_go():
    tell_of(make_kind(make_user(), code="gone"))
    News.objects.update(kind="long gone")

    spread_all()

    assert not Mail.objects.exists()
    assert News.objects.get().told_at


def test_the_demo_writes_to_nobody():
    with quietly():
        tell_of(make_kind(make_user()))

    assert not News.objects.exists()
