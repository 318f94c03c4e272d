"""What the clock does in launches: ends are told, read models counted anew; twice is as good as once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.mail.outbox import quietly
from accounts.models import Mail, News
from checklist import clockwork
from checklist.models import Acceptance, Launch
from checklist.rules import ItemStatus
from tests.accounts.letters import spread_all
from tests.checklist.aftermath import acts, appended
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.factories.launches import make_launch, make_lead, set_items
from tests.factories.people import make_user
from tests.factories.signatures import make_acceptance

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def make_accepted(days=10, **fields):
    """An item of somebody's, accepted for some days from today on."""
    launch = make_launch({"items": ["Audit"]}, **fields)
    item = launch.items.select_related("section__launch", "launch").get()
    owner = make_user()
    set_items(item.section, owner=owner)
    until = timezone.localdate() + timedelta(days=days)
    with quietly():
        signature = make_acceptance(item, until_on=until)
    return item, owner, signature.signer


def tick(now):
    clockwork.tell_of_acceptances(now)
    spread_all(now)


def told(code):
    rows = Mail.objects.filter(notices__news__kind=code).select_related("recipient")
    return {mail.recipient for mail in rows}


def test_whom_an_acceptance_concerns_is_told_three_days_before_it_ends():
    _item, owner, accepter = make_accepted()
    ends = Acceptance.objects.get().until

    tick(ends - 3 * DAY - timedelta(seconds=1))
    assert told("acceptance_ends") == set()
    tick(ends - 3 * DAY)
    tick(ends - 2 * DAY)

    assert told("acceptance_ends") == {owner, accepter}
    assert Mail.objects.count() == 2


def test_and_once_more_when_it_has_ended_with_whoever_leads():
    item, owner, accepter = make_accepted()
    lead, ends = make_lead(item.section), Acceptance.objects.get().until

    tick(ends - timedelta(seconds=1))
    assert told("acceptance_ended") == set()
    tick(ends)
    tick(ends + DAY)

    assert told("acceptance_ended") == {owner, accepter, lead}
    assert Mail.objects.filter(notices__news__kind="acceptance_ended").count() == 3


def test_a_short_one_is_not_announced():
    make_accepted(days=2)

    tick(timezone.now())

    assert not News.objects.exists()


@pytest.mark.parametrize(
    "change", [{"status": ItemStatus.DONE}, {"status": ItemStatus.ATTENTION}, {"acceptance": None}]
)
def test_what_binds_no_longer_is_no_news(change):
    item, *_ = make_accepted()
    set_items(item.section, **change)

    tick(Acceptance.objects.get().until)

    assert not Mail.objects.exists()


def test_what_ended_long_ago_is_no_news():
    make_accepted()

    tick(Acceptance.objects.get().until + 8 * DAY)

    assert not News.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_asking_costs_as_much_for_many_as_for_one(django_assert_num_queries, count):
    for _ in range(count):
        make_accepted()
    tick(timezone.now())

    with django_assert_num_queries(6):  # a savepoint's two among them
        clockwork.tell_of_acceptances(timezone.now() + 8 * DAY)


def test_what_the_clock_ended_is_stored():
    item, *_ = make_accepted()
    ended = Acceptance.objects.get().until
    assert Launch.objects.get().accepted == 1

    clockwork.recount_expired(ended)

    launch = Launch.objects.get()
    assert (launch.accepted, launch.next_expiry) == (0, None)
    assert_the_read_model_is_right(item.launch, ended)


def test_counting_anew_writes_once():
    make_accepted()
    ended = Acceptance.objects.get().until

    revisions = []
    for _ in range(2):
        clockwork.recount_expired(ended)
        revisions.append(Launch.objects.get().revision)

    assert revisions[0] == revisions[1]


def test_nothing_is_counted_before_its_time():
    make_accepted()

    with appended() as entries:
        clockwork.recount_expired(timezone.now())

    assert acts(entries) == []
