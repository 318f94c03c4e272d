"""Reminding by hand and escalating by the clock: who may, how often, whom it reaches, what stays of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.models import Mail
from checklist.actions.launches import change_launch
from checklist.actions.turns import escalate, nudge
from checklist.clockwork import escalate_waiting
from checklist.models import Launch, Section, Slot
from tests.accounts.letters import spread_all
from tests.checklist.aftermath import acts, appended, forbidden, refused, said
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_launch,
    make_lead,
    make_member,
    manager_of,
)
from tests.factories.people import make_admin, make_authority
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
)

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


def told():
    spread_all()
    return [mail.recipient for mail in Mail.objects.select_related("recipient")]


def forget_what_was_told():
    spread_all()
    Mail.objects.all().delete()


def test_a_lead_reminds_whoever_may_sign():
    slot = make_asked_slot()
    holder, lead = make_holder(slot), make_lead(slot.section)
    forget_what_was_told()

    with appended() as entries:
        slot = nudge(slot, by=lead)

    at = entries[0][3]["nudged_at"]
    assert entries == [
        said("signature.nudged", f"slot:{slot.pk}", {"nudged_at": None}, {"nudged_at": at})
    ]
    assert slot.nudged_at
    assert told() == [holder]


def test_once_in_24_hours():
    slot = make_asked_slot()
    make_holder(slot)
    manager = manager_of(slot.launch)
    nudge(slot, by=manager)

    with refused("nudged_lately"):
        nudge(slot, by=make_lead(slot.section))
    Slot.objects.update(nudged_at=timezone.now() - timedelta(hours=24))
    nudge(slot, by=manager)


def test_who_may_sign_alone_reminds_nobody():
    slot = make_asked_slot()
    manager = manager_of(slot.launch)
    make_appointment(slot.authorities.get(), manager)

    with refused("nobody_to_remind"):
        nudge(slot, by=manager)


def test_nobody_is_reminded_of_what_does_not_wait():
    slot = make_launch().slots.get()
    make_holder(slot)

    with refused("not_waiting"):
        nudge(slot, by=manager_of(slot.launch))


def test_nobody_is_reminded_of_what_is_signed():
    slot = make_asked_slot()
    make_signature(slot)

    with refused("not_waiting"):
        nudge(slot, by=manager_of(slot.launch))


@pytest.mark.parametrize(
    "make_person", [make_member, lambda section: make_holder(section.slots.get())]
)
def test_others_do_not_remind(make_person):
    slot = make_asked_slot()
    make_holder(slot)
    person = make_person(slot.section)

    with forbidden():
        nudge(slot, by=person)


def test_an_admin_does_not_remind():
    slot = make_asked_slot()
    make_holder(slot)

    with forbidden():
        nudge(slot, by=make_admin())


def test_a_manager_reminds_of_a_vote_and_a_lead_does_not():
    launch = make_ready_launch()
    slot = launch.slots.executive().get()
    lead = make_lead(launch.sections.get())
    holder = make_holder(slot)
    with refused("not_waiting"):
        nudge(slot, by=manager_of(launch))
    make_round(launch)
    forget_what_was_told()

    with forbidden():
        nudge(slot, by=lead)
    nudge(slot, by=manager_of(launch))

    assert told() == [holder]


def test_a_vote_that_stands_waits_for_nobody():
    launch = make_ready_launch(executives=2)
    make_round(launch)
    slot = launch.slots.executive().first()
    make_vote(slot)

    with refused("not_waiting"):
        nudge(slot, by=manager_of(launch))


# Escalation


def make_escalating_slot(hours=4):
    """A slot asked for on a Monday morning, in a launch that passes it on after some hours."""
    slot = make_asked_slot(escalate_after_hours=hours)
    Section.objects.update(asked_at=MONDAY)
    return slot


def appoint(slot, *days_ago):
    """Holders of the slot's authority, the longest appointed first."""
    starts = [MONDAY - timedelta(days=days) for days in days_ago]
    authority = slot.authorities.get()
    return [make_appointment(authority, starts_at=at).holder for at in starts]


def later(hours):
    return MONDAY + timedelta(hours=hours)


def test_it_passes_from_holder_to_holder_and_then_to_the_managers():
    slot = make_escalating_slot()
    _first, second, third = appoint(slot, 30, 20, 10)
    forget_what_was_told()
    passed = []

    for hours in (3, 4, 5, 8, 25, 28, 100, 1000):
        with appended() as entries:
            escalate_waiting(later(hours))
        passed.append([entry[3]["escalated_to"] for entry in entries])

    assert passed == [[], [str(second.pk)], [], [str(third.pk)], [], [None], [], []]
    assert set(told()) == {second, third, manager_of(slot.launch)}
    assert Mail.objects.count() == 3


def test_the_clock_is_nobody_in_the_ledger():
    slot = make_escalating_slot()
    _first, second = appoint(slot, 30, 20)

    with appended() as entries:
        assert escalate(slot, now=later(4))

    ((action, subject, old, new, _reason),) = entries
    assert (action, subject) == ("signature.escalated", f"slot:{slot.pk}")
    assert (old["escalated_to"], new["escalated_to"]) == (None, str(second.pk))
    assert new["escalated_at"]


def test_a_second_process_passes_nothing_on():
    slot = make_escalating_slot()
    appoint(slot, 30, 20)

    assert [escalate(slot, now=later(4)) for _ in range(2)] == [True, False]


def test_nothing_is_passed_on_where_nobody_asked_for_it():
    slot = make_asked_slot()
    Section.objects.update(asked_at=MONDAY)
    appoint(slot, 30, 20)

    with appended() as entries:
        escalate_waiting(later(1000))

    assert not escalate(slot, now=later(1000))
    assert entries == []


def test_nothing_is_passed_on_that_is_signed():
    slot = make_escalating_slot()
    make_signature(slot)

    with appended() as entries:
        escalate_waiting(later(1000))

    assert entries == []


def test_votes_are_passed_on_as_well():
    launch = make_ready_launch(escalate_after_hours=4)
    slot = launch.slots.executive().get()
    _first, second = appoint(slot, 30, 20)
    make_round(launch)
    Launch.objects.update(round_opened_at=MONDAY)

    with appended() as entries:
        escalate_waiting(later(4))

    assert acts(entries) == [("signature.escalated", f"slot:{slot.pk}")]
    slot.refresh_from_db()
    assert slot.escalated_to == second


def test_the_weekend_is_no_working_time():
    slot = make_escalating_slot()
    Section.objects.update(asked_at=datetime(2026, 3, 6, 16, tzinfo=UTC))
    appoint(slot, 30, 20)

    with appended() as entries:
        escalate_waiting(datetime(2026, 3, 9, 11, 59, tzinfo=UTC))
        assert entries == []
        escalate_waiting(datetime(2026, 3, 9, 12, 0, tzinfo=UTC))

    slot.refresh_from_db()
    assert slot.escalated_at


@pytest.mark.parametrize("count", [1, 3])
def test_what_is_not_due_costs_one_query(django_assert_num_queries, count):
    for _ in range(count):
        make_escalating_slot()

    with django_assert_num_queries(1):
        escalate_waiting(later(1))


@pytest.mark.parametrize("hours", [0, 201])
def test_a_launch_escalates_after_sensible_hours(hours):
    launch = make_launch(executive=[[make_authority()]])
    code = "min_value" if hours == 0 else "max_value"

    with refused(escalate_after_hours=[code]):
        change_launch(launch, by=manager_of(launch), escalate_after_hours=hours)


def test_a_manager_sets_after_how_many_hours_and_the_ledger_says_so():
    launch = make_launch()

    with appended() as entries:
        change_launch(launch, by=manager_of(launch), escalate_after_hours=8)

    old, new = {"escalate_after_hours": None}, {"escalate_after_hours": 8}
    assert entries == [said("launch.changed", f"launch:{launch.pk}", old, new)]
