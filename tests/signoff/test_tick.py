"""manage.py tick: all that is due, once, however often it runs, is killed or runs twice at once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.mail.kinds import kinds
from accounts.models import Mail, User
from accounts.rules import MailState
from audit.models import Entry
from checklist.actions.turns import nudge
from checklist.models import Acceptance, Section
from signoff.actions import open_round
from signoff.management.commands.tick import STEPS, tick
from tests.accounts.letters import make_kind, tell_of
from tests.checklist.aftermath import everything
from tests.factories.launches import make_holder, make_launch, make_member, manager_of, set_items
from tests.factories.people import make_user
from tests.factories.signatures import derived, make_acceptance, make_asked_slot, make_ready_launch
from tests.signoff.acting import at_once


def make_everything():
    """Something due of every kind that the clock does: gives the moment at which all of it is."""
    slot = make_asked_slot(escalate_after_hours=1)
    for _ in range(2):
        make_holder(slot)
    nudge(slot, by=manager_of(slot.launch))
    launch = make_launch({"items": ["Audit"]})
    item = launch.items.select_related("section__launch", "launch").get()
    owner = make_member(item.section)
    set_items(item.section, owner=owner)
    make_acceptance(item)
    now = Acceptance.objects.get().until + timedelta(days=3)
    User.objects.update(digest_due_at=now)
    return now


def tick_away(now):
    """Tick until all is done: each step takes its time, and on a slow machine leaves the rest to the next tick."""
    for _ in range(6):
        tick(now)


def aftermath():
    rows = everything()
    mails = Mail.objects.order_by("recipient", "created_at").values_list("recipient", "state")
    return rows, list(mails), Entry.objects.count()


@pytest.fixture
def kinds_as_before():
    before = dict(kinds)
    yield
    kinds.clear()
    kinds.update(before)


@pytest.mark.django_db
def test_a_second_tick_does_nothing(mailoutbox):
    now = make_everything()

    tick_away(now)
    first, sent = aftermath(), len(mailoutbox)
    tick(now)

    assert sent > 4
    assert aftermath() == first
    assert len(mailoutbox) == sent


@pytest.mark.django_db
@pytest.mark.parametrize("killed_after", range(len(STEPS)))
def test_a_tick_that_was_killed_is_finished_by_the_next(mailoutbox, killed_after):
    now = make_everything()
    for step in STEPS[:killed_after]:
        step(now)

    tick_away(now)

    people = sorted(mail.to[0] for mail in mailoutbox)
    messages = {mail.extra_headers["Message-ID"] for mail in mailoutbox}
    assert len(messages) == len(mailoutbox)
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    assert len(people) == Mail.objects.count()


@pytest.mark.django_db
def test_a_step_that_fails_keeps_no_other_from_being_done(mailoutbox, kinds_as_before):
    def break_down(_news, _reader, _now):
        raise ZeroDivisionError

    person, now = make_user(), timezone.now()
    tell_of(make_kind(person, content=break_down, code="broken"))
    old = Mail.objects.create(
        recipient=person,
        state=MailState.SENT,
        created_at=now - timedelta(days=60),
        due_at=now - timedelta(days=60),
    )

    with pytest.raises(ZeroDivisionError):
        tick(timezone.now())

    assert not Mail.objects.filter(pk=old.pk).exists()


@pytest.mark.django_db
def test_the_command_says_how_long_it_took_when_asked(capsys):
    call_command("tick")
    assert capsys.readouterr().out == ""
    call_command("tick", time=True)
    assert capsys.readouterr().out.endswith(" s\n")


@pytest.mark.django_db
def test_executives_are_asked_for_their_votes(mailoutbox):
    launch = make_ready_launch(executives=2, name="Aureus")
    voters = [make_holder(slot) for slot in launch.slots.executive()]
    manager = manager_of(launch)

    open_round(launch, by=manager, answers=derived(launch))
    tick(timezone.now())

    votes = [mail for mail in mailoutbox if "vote" in mail.subject]
    assert sorted(mail.to[0] for mail in votes) == sorted(voter.email for voter in voters)
    assert votes[0].subject == "Your vote is asked for, GO or NO-GO: Aureus 1.0"
    assert f"{manager} opened the round" in votes[0].body


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_send_each_mail_once(mailoutbox):
    now = make_everything()

    results = at_once(*[lambda: tick(now)] * 4)
    tick_away(now)

    messages = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert results == [None] * 4
    assert len(messages) == len(set(messages)) == Mail.objects.count()
    assert not Section.objects.filter(next_expiry__lte=now).exists()
