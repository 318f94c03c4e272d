"""Readiness and the verdict, and when a day ends: each rule a table."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from checklist.rules import (
    Counts,
    Decision,
    Outcome,
    Phase,
    Readiness,
    SlotState,
    Tone,
    day_ends,
    readiness,
    target_moment,
    verdict,
)
from sentinel.reasons import Reason
from tests.checklist.facts import codes, make_proof, make_section_facts, make_slot_facts

WAITING, ASKED, SIGNED, STALE, RETURNED = SlotState
READY, BLOCKED = (
    Readiness(Counts(done=1), 0, 1, ()),
    Readiness(Counts(unset=1), 1, 1, (Reason("slot_stale"),)),
)


# Readiness


def test_a_launch_without_readiness_sections_is_not_ready():
    after = make_section_facts(phase=Phase.POST_LAUNCH)

    assert readiness([]).blockers == readiness([after]).blockers == (Reason("no_sections"),)
    assert not readiness([after]).complete


def test_readiness_sums_readiness_sections_alone():
    rows = [
        make_section_facts(SIGNED, counts=Counts(done=2, na=1)),
        make_section_facts(ASKED, STALE, counts=Counts(unset=1)),
        make_section_facts(STALE, counts=Counts(not_done=9), expired=1, phase=Phase.POST_LAUNCH),
        make_section_facts(WAITING, counts=Counts(), phase=Phase.REVIEW),
    ]

    ready = readiness(rows)

    assert ready.counts == Counts(unset=1, done=2, na=1)
    assert (ready.slots, ready.unsigned, ready.signed) == (3, 2, 1)
    assert codes(ready.blockers) == ["items_outstanding", "slot_asked", "slot_stale"]
    assert (ready.ready, ready.complete) == (False, False)


def test_a_launch_whose_sections_are_settled_and_signed_is_ready():
    ready = readiness([make_section_facts(SIGNED), make_section_facts()])

    assert (ready.ready, ready.complete, ready.unsigned, ready.slots) == (True, True, 0, 1)


def test_complete_asks_for_items_and_none_outstanding():
    empty = readiness([make_section_facts(SIGNED, counts=Counts())])
    unsigned = readiness([make_section_facts(WAITING)])

    assert (empty.complete, unsigned.complete) == (False, True)


# Verdict


@pytest.mark.parametrize("outcome", [Outcome.GO, Outcome.GO_CONDITIONAL])
@pytest.mark.parametrize(
    ("ready", "votes", "before_launch", "tone", "to_reaffirm"),
    [
        (READY, (SIGNED, SIGNED), 0, Tone.APPROVED, False),
        (READY, (SIGNED, SIGNED), 1, Tone.READY, False),
        (READY, (SIGNED, STALE), 0, Tone.READY, True),
        (READY, (SIGNED, STALE), 1, Tone.READY, True),
        (BLOCKED, (SIGNED,), 0, Tone.NOT_READY, False),
    ],
)
def test_approved_waits_for_every_condition_before_the_launch(
    outcome, ready, votes, before_launch, tone, to_reaffirm
):
    decision = Decision(outcome, tuple(map(make_slot_facts, votes)), before_launch)

    word = verdict(ready, decision)

    assert (word.tone, word.to_reaffirm) == (tone, to_reaffirm)


@pytest.mark.parametrize(
    ("ready", "outcome", "votes", "tone", "to_reaffirm"),
    [
        (READY, Outcome.NONE, (), Tone.READY, False),
        (READY, Outcome.OPEN, (ASKED, ASKED), Tone.READY, False),
        (READY, Outcome.OPEN, (SIGNED, ASKED), Tone.READY, False),
        (READY, Outcome.OPEN, (SIGNED, SIGNED), Tone.READY, False),
        (READY, Outcome.GO, (SIGNED, SIGNED), Tone.APPROVED, False),
        (READY, Outcome.GO, (SIGNED, STALE), Tone.READY, True),
        (READY, Outcome.GO, (SIGNED, ASKED), Tone.READY, True),
        (READY, Outcome.NO_GO, (), Tone.NO_GO, False),
        (BLOCKED, Outcome.NONE, (), Tone.NOT_READY, False),
        (BLOCKED, Outcome.OPEN, (SIGNED,), Tone.NOT_READY, False),
        (BLOCKED, Outcome.GO, (SIGNED,), Tone.NOT_READY, False),
        (BLOCKED, Outcome.GO, (STALE,), Tone.NOT_READY, True),
        (BLOCKED, Outcome.NO_GO, (), Tone.NO_GO, False),
    ],
)
def test_the_one_word_for_a_launch(ready, outcome, votes, tone, to_reaffirm):
    slots = tuple(make_slot_facts(state) for state in votes)

    word = verdict(ready, Decision(outcome, slots))

    assert (word.tone, word.to_reaffirm) == (tone, to_reaffirm)
    assert word.readiness == ready


# Days end at 24:00 in the launch's zone


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2026, 3, 1), "UTC", datetime(2026, 3, 2, 0, tzinfo=UTC)),
        (date(2026, 3, 1), "Asia/Tokyo", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        # The night in which clocks go forward, then back; the day ends 23 or 25 hours after it began.
        (date(2026, 3, 28), "Europe/Berlin", datetime(2026, 3, 28, 23, tzinfo=UTC)),
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 24), "Europe/Berlin", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 25, 23, tzinfo=UTC)),
        (date(2026, 3, 7), "America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC)),
        (date(2026, 3, 8), "America/New_York", datetime(2026, 3, 9, 4, tzinfo=UTC)),
        (date(2026, 10, 31), "America/New_York", datetime(2026, 11, 1, 4, tzinfo=UTC)),
        (date(2026, 11, 1), "America/New_York", datetime(2026, 11, 2, 5, tzinfo=UTC)),
        # Where 24:00 does not exist because clocks go forward at midnight: the moment they do.
        (date(2026, 9, 5), "America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
        # At the ends of the calendar: a day within, so that it can be told in every zone.
        (date.max, "UTC", datetime(9999, 12, 30, 0, tzinfo=UTC)),
        (date.max, "America/New_York", datetime(9999, 12, 30, 0, tzinfo=UTC)),
        (date.min, "UTC", datetime(1, 1, 2, 0, tzinfo=UTC)),
        (date.min, "Pacific/Kiritimati", datetime(1, 1, 2, 10, 29, 20, tzinfo=UTC)),
    ],
)
def test_a_date_without_a_time_ends_at_midnight_in_the_launch_s_zone(day, zone, end):
    assert day_ends(day, zone) == end


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York"])
def test_evidence_counts_until_the_very_end_of_its_last_day(zone):
    end = day_ends(date(2026, 3, 29), zone).astimezone(UTC)
    proof = make_proof(expires_at=end)

    assert proof.counts(end.replace(microsecond=0) - datetime.resolution)
    assert not proof.counts(end)


def test_evidence_without_an_end_counts_always():
    assert make_proof().counts(datetime.max.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("day", "clock", "zone", "moment"),
    [
        (None, None, "UTC", None),
        (None, time(9), "UTC", None),
        (date(2026, 3, 1), None, "Asia/Tokyo", datetime(2026, 3, 1, 15, tzinfo=UTC)),
        (date(2026, 3, 1), time(9, 30), "Asia/Tokyo", datetime(2026, 3, 1, 0, 30, tzinfo=UTC)),
        # 02:30 does not exist that night, and is read as if clocks had not changed yet.
        (date(2026, 3, 29), time(2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # 02:30 comes twice that night: the first one.
        (
            date(2026, 10, 25),
            time(2, 30),
            "Europe/Berlin",
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        ),
    ],
)
def test_when_a_launch_is_due(day, clock, zone, moment):
    assert target_moment(day, clock, zone) == moment


@pytest.mark.parametrize(
    ("day", "clock", "zone"),
    [
        (date.min, time(0), "Pacific/Kiritimati"),
        (date.min, time(0), "Asia/Tokyo"),
        (date.max, time(23, 59), "America/New_York"),
        (date.max, time(23, 59), "Pacific/Pago_Pago"),
        (date.min, None, "Pacific/Kiritimati"),
        (date.max, None, "Pacific/Pago_Pago"),
    ],
)
def test_a_target_at_the_edge_of_the_calendar_can_be_told_in_every_zone(day, clock, zone):
    moment = target_moment(day, clock, zone)

    told = [moment.astimezone(ZoneInfo(name)).year for name in ("Etc/GMT-14", "Etc/GMT+12")]

    assert told == [day.year, day.year]
