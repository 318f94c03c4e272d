"""Conditions as tasks: who keeps them, takes that back, lifts them; rows, entries, refusals."""

from datetime import date

import pytest
from django.utils import timezone

from signoff.actions import keep_condition, lift_condition, reopen_condition
from signoff.models import Condition
from signoff.rules import ConditionState, Ending
from tests.checklist.aftermath import appended, forbidden, refused
from tests.factories.conditions import FAR, make_condition
from tests.factories.launches import make_launch, make_participant, manager_of
from tests.factories.people import make_admin, make_auditor, make_user
from tests.factories.signatures import presence_of
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    return make_launch()


@pytest.fixture
def condition(launch):
    return make_condition(launch, due_on=FAR, asked_by=make_user())


def lift(condition, by=None, reason="It was a slip."):
    return lift_condition(condition, presence=presence_of(by or condition.asked_by), reason=reason)


def counted(launch):
    launch = reread(launch)
    return launch.open_conditions, launch.open_before_launch, launch.next_condition_due


def test_its_owner_says_that_a_condition_is_done(launch, condition):
    assert counted(launch) == (1, 0, FAR)

    with appended() as entries:
        done = keep_condition(condition, by=condition.owner, note="Rotated on Tuesday.")

    ((action, about, old, new, reason),) = entries
    assert (action, about) == ("condition.done", f"condition:{condition.pk}")
    assert (new["done_by"], reason) == (str(condition.owner.pk), "Rotated on Tuesday.")
    assert old == {"done_at": None, "done_by": None}
    assert (done.done_by, done.done_note) == (condition.owner, "Rotated on Tuesday.")
    assert done.state(timezone.now()) is ConditionState.DONE
    assert counted(launch) == (0, 0, None)


def test_its_owner_takes_it_back(launch, condition):
    keep_condition(condition, by=condition.owner, note="Rotated.")

    with appended() as entries:
        reopened = reopen_condition(condition, by=condition.owner)

    ((action, _about, old, new, _reason),) = entries
    assert (action, old["done_by"]) == ("condition.reopened", str(condition.owner.pk))
    assert new == {"done_at": None, "done_by": None}
    assert (reopened.done_at, reopened.done_by, reopened.done_note) == (None, None, "")
    assert counted(launch) == (1, 0, FAR)


def test_a_launch_manager_does_both(launch, condition):
    manager = manager_of(launch)

    assert keep_condition(condition, by=manager, note="They did.").done_by == manager
    assert reopen_condition(condition, by=manager).done_by is None


def test_nobody_else_does(launch, condition):
    others = [condition.asked_by, make_user(), make_admin(), make_auditor()]
    reader = make_participant(launch).user

    for person in [*others, reader]:
        with forbidden():
            keep_condition(condition, by=person, note="Done.")
    keep_condition(condition, by=condition.owner, note="Done.")
    for person in [*others, reader]:
        with forbidden():
            reopen_condition(condition, by=person)


def test_an_owner_who_has_left_keeps_nothing(condition):
    condition.owner.is_active = False
    condition.owner.save()

    with forbidden():
        keep_condition(condition, by=condition.owner, note="Done.")


def test_saying_that_it_is_done_needs_a_note(condition):
    with refused(note=["note_required"]):
        keep_condition(condition, by=condition.owner, note="")


def test_a_condition_is_done_once_and_open_once(condition):
    with refused("condition_not_done"):
        reopen_condition(condition, by=condition.owner)
    keep_condition(condition, by=condition.owner, note="Done.")

    with refused("condition_done"):
        keep_condition(condition, by=condition.owner, note="Done again.")
    with refused("condition_done"):
        lift(condition)


def test_whoever_asked_for_it_lifts_it(launch, condition):
    with appended() as entries:
        lifted = lift(condition)

    subject = f"condition:{condition.pk}"
    assert entries == [
        ("condition.lifted", subject, {"ended": ""}, {"ended": "lifted"}, "It was a slip.")
    ]
    assert (lifted.ended, lifted.ended_by) == (Ending.LIFTED, condition.asked_by)
    assert lifted.state(timezone.now()) is ConditionState.ENDED
    assert counted(launch) == (0, 0, None)
    for attempt in (
        lambda: keep_condition(condition, by=condition.owner, note="Done."),
        lambda: reopen_condition(condition, by=condition.owner),
        lambda: lift(condition),
    ):
        with pytest.raises(Exception, match="ended"):
            attempt()


def test_a_manager_lifts_it_only_when_whoever_asked_has_left(launch, condition):
    manager = manager_of(launch)
    for person in (manager, condition.owner, make_admin()):
        with forbidden():
            lift(condition, person)

    condition.asked_by.is_active = False
    condition.asked_by.save()
    for person in (condition.asked_by, condition.owner):
        with forbidden():
            lift(condition, person)

    assert lift(condition, manager).ended_by == manager


def test_lifting_needs_a_reason(condition):
    with refused(reason=["reason_required"]):
        lift(condition, reason="")


def test_the_next_due_is_the_earliest_that_is_open(launch):
    later, sooner = (
        make_condition(launch, due_on=day) for day in (date(2100, 5, 1), date(2100, 2, 1))
    )
    assert counted(launch) == (2, 0, sooner.due_on)

    keep_condition(sooner, by=sooner.owner, note="Done.")

    assert counted(launch) == (1, 0, later.due_on)


def test_a_condition_s_text_owner_and_day_are_never_written_again(condition):
    keep_condition(condition, by=condition.owner, note="Done.")
    kept = Condition.objects.values_list("text", "owner", "due_on", "before_launch").get()

    assert kept == (condition.text, condition.owner_id, condition.due_on, condition.before_launch)
