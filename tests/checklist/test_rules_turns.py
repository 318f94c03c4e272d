"""Working hours, reminders, escalation: values in, values out."""

from datetime import UTC, datetime, timedelta

import pytest

from checklist.rules import (
    MOST_WORKING_HOURS,
    Escalation,
    WaitFacts,
    after_working_hours,
    escalation,
    nudge_refusals,
)

BERLIN, NEW_YORK, CAIRO = "Europe/Berlin", "America/New_York", "Africa/Cairo"
ASKED = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "hours", "zone", "end"),
    [
        (utc(2026, 3, 2, 9), 4, "UTC", utc(2026, 3, 2, 13)),
        (utc(2026, 3, 2, 9), 8, "UTC", utc(2026, 3, 2, 17)),
        (utc(2026, 3, 2, 9), 9, "UTC", utc(2026, 3, 3, 10)),
        # before work, after work, at night
        (utc(2026, 3, 2, 3), 1, "UTC", utc(2026, 3, 2, 10)),
        (utc(2026, 3, 2, 16, 30), 1, "UTC", utc(2026, 3, 3, 9, 30)),
        (utc(2026, 3, 2, 22), 1, "UTC", utc(2026, 3, 3, 10)),
        (utc(2026, 3, 2, 17), 1, "UTC", utc(2026, 3, 3, 10)),
        # over a weekend
        (utc(2026, 3, 6, 16), 2, "UTC", utc(2026, 3, 9, 10)),
        (utc(2026, 3, 7, 12), 1, "UTC", utc(2026, 3, 9, 10)),
        (utc(2026, 3, 8, 23, 59), 1, "UTC", utc(2026, 3, 9, 10)),
        # elsewhere
        (utc(2026, 3, 2, 8), 4, BERLIN, utc(2026, 3, 2, 12)),
        (utc(2026, 3, 2, 23), 1, "Asia/Tokyo", utc(2026, 3, 3, 1)),
        # over the weekends when the clocks change
        (utc(2026, 3, 27, 15), 2, BERLIN, utc(2026, 3, 30, 8)),
        (utc(2026, 10, 23, 14), 2, BERLIN, utc(2026, 10, 26, 9)),
        (utc(2026, 3, 6, 21), 2, NEW_YORK, utc(2026, 3, 9, 14)),
        (utc(2026, 10, 30, 20), 2, NEW_YORK, utc(2026, 11, 2, 15)),
        # in the night before a working day: Friday 24 April 2026, 0 o'clock
        (utc(2026, 4, 23, 14), 2, CAIRO, utc(2026, 4, 24, 7)),
        (utc(2026, 3, 2, 9), 40, "UTC", utc(2026, 3, 6, 17)),
        (utc(2026, 3, 2, 9), 41, "UTC", utc(2026, 3, 9, 10)),
    ],
)
def test_working_hours_are_those_of_the_launchs_zone(start, hours, zone, end):
    assert after_working_hours(start, hours, zone) == end


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, "Australia/Lord_Howe", "UTC"])
def test_more_hours_never_end_earlier(zone):
    start = utc(2026, 3, 25, 14, 20)

    ends = [after_working_hours(start, hours, zone) for hours in range(1, MOST_WORKING_HOURS + 1)]

    assert ends == sorted(set(ends))
    assert ends[0] > start


@pytest.mark.parametrize(
    ("facts", "is_waiting", "codes"),
    [
        (WaitFacts(ASKED, ("a",)), True, []),
        (WaitFacts(ASKED, ("a",)), False, ["not_waiting"]),
        (WaitFacts(ASKED, ()), True, ["nobody_to_remind"]),
        (WaitFacts(ASKED, ("me",)), True, ["nobody_to_remind"]),
        (WaitFacts(ASKED, ("me", "a")), True, []),
        (WaitFacts(ASKED, ("a",), nudged_at=ASKED), True, ["nudged_lately"]),
        (WaitFacts(ASKED, ("a",), nudged_at=ASKED - timedelta(hours=23)), True, []),
        (WaitFacts(ASKED, ("me",), nudged_at=ASKED), True, ["nobody_to_remind", "nudged_lately"]),
    ],
)
def test_who_waits_is_reminded_once_a_day(facts, is_waiting, codes):
    now = ASKED + timedelta(hours=1)

    refusals = nudge_refusals(facts, is_waiting=is_waiting, by="me", now=now)

    assert [reason.code for reason in refusals] == codes


FIRST, SECOND, THIRD = "first", "second", "third"
ALL = (FIRST, SECOND, THIRD)


@pytest.mark.parametrize(
    ("facts", "hours_later", "due"),
    [
        (WaitFacts(ASKED, ALL), 3.9, None),
        (WaitFacts(ASKED, ALL), 4, Escalation(SECOND)),
        (WaitFacts(None, ALL), 100, None),
        (WaitFacts(ASKED, ()), 100, None),
        # each next holder has as long
        (WaitFacts(ASKED, ALL, None, ASKED + timedelta(hours=4), SECOND), 7.9, None),
        (WaitFacts(ASKED, ALL, None, ASKED + timedelta(hours=4), SECOND), 8, Escalation(THIRD)),
        # nobody is left: the managers, once
        (WaitFacts(ASKED, ALL, None, ASKED + timedelta(hours=4), THIRD), 8, Escalation()),
        (WaitFacts(ASKED, (FIRST,)), 4, Escalation()),
        (WaitFacts(ASKED, (FIRST,), None, ASKED + timedelta(hours=4), None), 100, None),
        # what happened in an earlier request does not count
        (WaitFacts(ASKED, ALL, None, ASKED - timedelta(days=3), THIRD), 3.9, None),
        (WaitFacts(ASKED, ALL, None, ASKED - timedelta(days=3), THIRD), 4, Escalation(SECOND)),
        (WaitFacts(ASKED, ALL, None, ASKED - timedelta(days=3), None), 4, Escalation(SECOND)),
        # whom it was passed on to has left
        (WaitFacts(ASKED, ALL, None, ASKED + timedelta(hours=4), "gone"), 8, Escalation(SECOND)),
    ],
)
def test_it_goes_from_holder_to_holder_and_then_to_the_managers(facts, hours_later, due):
    now = ASKED + timedelta(hours=hours_later)

    assert escalation(facts, hours=4, zone="UTC", now=now) == due
