"""Two people at once at one person's work: it goes to one heir, and locks taken in one order never wait in a ring."""

from functools import partial

import pytest

from checklist.actions.handover import hand_over
from signoff.actions import keep_condition
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_item,
    make_launch,
    make_member,
    make_participant,
    manager_of,
)
from tests.factories.people import make_manager, make_user
from tests.signoff.acting import TIMES, at_once, reread, split

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def giving(rows, *, person, to, by):
    picked = [(type(row).__name__.lower(), row.pk) for row in rows]
    return partial(hand_over, person, to=to, by=by, picked=picked, reason="They go.")


def test_of_two_managers_one_hands_it_over():
    for _ in TIMES:
        launch = make_launch()
        section = launch.sections.get()
        leaver, *heirs = (make_member(section) for _ in range(3))
        item = make_item(section, owner=leaver)
        other = make_participant(launch, is_manager=True).user
        managers = (launch.created_by, other)

        given, refused = split(
            at_once(
                *(
                    giving([item], person=leaver, to=to, by=by)
                    for to, by in zip(heirs, managers, strict=True)
                )
            )
        )

        assert (len(given), refused) == (1, [["handed_meanwhile"]])
        assert reread(item).owner in heirs


def test_two_handovers_over_the_same_launches_wait_for_each_other():
    manager = make_manager()
    for _ in TIMES:
        launches = [make_launch(by=manager) for _ in range(3)]
        heir, *leavers = make_user(), make_user(), make_user()
        for launch in launches:
            make_participant(launch, heir)
        rows = {
            leaver: [make_item(launch.sections.get(), owner=leaver) for launch in launches]
            for leaver in leavers
        }

        results = at_once(
            giving(rows[leavers[0]], person=leavers[0], to=heir, by=manager),
            giving(rows[leavers[1]][::-1], person=leavers[1], to=heir, by=manager),
        )

        assert split(results)[1] == []


def test_a_condition_is_done_by_its_keeper_or_handed_over_first():
    for _ in TIMES:
        launch = make_launch()
        owner, heir = (make_member(launch.sections.get()) for _ in range(2))
        condition = make_condition(launch, owner=owner)

        kept, given = at_once(
            partial(keep_condition, condition, by=owner, note="Done."),
            giving([condition], person=owner, to=heir, by=manager_of(launch)),
        )

        row = reread(condition)
        assert isinstance(kept, Exception) != isinstance(given, Exception)
        assert (row.done_at is None) == (row.handed_to == heir)
