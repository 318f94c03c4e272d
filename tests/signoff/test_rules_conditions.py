"""When a condition may be made, how it stands, who keeps and lifts it: each rule a table."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from checklist.permissions import Viewer
from signoff.rules import (
    ConditionFacts,
    ConditionState,
    Promise,
    keeping_refusals,
    lifting_refusals,
    may_keep,
    may_lift,
    promise_refusals,
    reopening_refusals,
)
from signoff.rules.conditions import MOST
from tests.checklist.facts import codes

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
INSTANT = datetime.resolution
OWNER, ASKER, SOMEBODY = (UUID(int=number) for number in (1, 2, 3))
OPEN, OVERDUE, DONE, IDLE, ENDED = ConditionState


def facts(**fields):
    return ConditionFacts(
        **{"due_at": NOW + timedelta(days=1), "owner": OWNER, "asked_by": ASKER} | fields
    )


def viewer(pk, *, takes_part=True, manages=False):
    return Viewer(pk, takes_part=takes_part, manages=manages)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, OPEN),
        ({"due_at": NOW + INSTANT}, OPEN),
        ({"due_at": NOW}, OVERDUE),
        ({"due_at": NOW, "done": True}, DONE),
        ({"due_at": NOW, "owed": False}, IDLE),
        ({"owed": False, "done": True}, DONE),
        ({"due_at": NOW, "done": True, "ended": True, "owed": False}, ENDED),
    ],
)
def test_how_a_condition_stands(fields, state):
    assert facts(**fields).state(NOW) is state


@pytest.mark.parametrize(
    ("due_at", "takes_part", "refusals"),
    [
        (NOW + INSTANT, True, []),
        (NOW, True, ["condition_due_past"]),
        (NOW + INSTANT, False, ["condition_owner_outside"]),
        (NOW, False, ["condition_due_past", "condition_owner_outside"]),
    ],
)
def test_what_may_be_promised(due_at, takes_part, refusals):
    fine = Promise(NOW + INSTANT, "Ito", owner_takes_part=True)
    reasons = promise_refusals([fine, Promise(due_at, "Chen", takes_part)], NOW)

    assert codes(reasons) == refusals
    assert {reason.subject for reason in reasons} <= {"condition:2"}


def test_there_is_an_end_to_conditions():
    fine = Promise(NOW + INSTANT, "Ito", owner_takes_part=True)

    assert promise_refusals([fine] * MOST, NOW) == []
    assert codes(promise_refusals([fine] * (MOST + 1), NOW)) == ["conditions_too_many"]


@pytest.mark.parametrize(
    ("person", "keeps", "lifts", "lifts_when_left"),
    [
        (viewer(OWNER), True, False, False),
        (viewer(ASKER), False, True, True),
        (viewer(SOMEBODY), False, False, False),
        (viewer(SOMEBODY, manages=True), True, False, True),
        (viewer(OWNER, takes_part=False), False, False, False),
        (viewer(ASKER, takes_part=False), False, False, False),
        (viewer(SOMEBODY, takes_part=False, manages=True), False, False, False),
    ],
)
def test_who_keeps_and_who_lifts_a_condition(person, keeps, lifts, lifts_when_left):
    assert may_keep(person, facts()) is keeps
    assert may_lift(person, facts(), asker_has_left=False) is lifts
    assert may_lift(person, facts(), asker_has_left=True) is lifts_when_left


@pytest.mark.parametrize(
    ("fields", "keeping", "reopening"),
    [
        ({}, [], ["condition_not_done"]),
        ({"owed": False}, [], ["condition_not_done"]),
        ({"done": True}, ["condition_done"], []),
        ({"ended": True}, ["condition_ended"], ["condition_ended", "condition_not_done"]),
        (
            {"done": True, "ended": True},
            ["condition_ended", "condition_done"],
            ["condition_ended"],
        ),
    ],
)
def test_when_a_condition_is_kept_reopened_or_lifted(fields, keeping, reopening):
    assert codes(keeping_refusals(facts(**fields))) == keeping
    assert codes(lifting_refusals(facts(**fields))) == keeping
    assert codes(reopening_refusals(facts(**fields))) == reopening
