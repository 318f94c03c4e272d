"""A launch's life: its moves, what each state allows, moments and targets, and the clocks after going live."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from checklist.rules import (
    ALLOWED,
    MOVES,
    STEPS,
    Decision,
    Doing,
    LaunchState,
    Outcome,
    Phase,
    Readiness,
    SlotFacts,
    Step,
    Tone,
    after_live,
    day_ends,
    doing_refusals,
    moment_refusals,
    planning,
    quarter_after,
    readiness,
    setting,
    step_refusals,
    target_refusals,
    verdict,
    within_minute,
)
from checklist.rules.items import Counts
from checklist.rules.life import BEFORE_LIVE, WHY
from checklist.words import SENTENCES
from sentinel.reasons import Reason

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
D, R, P, L, B, C, X = LaunchState
MINUTE = timedelta(minutes=1)


def codes(reasons):
    return [reason.code for reason in reasons]


# Moves


def test_every_state_has_its_moves_and_what_it_allows():
    assert MOVES.keys() == ALLOWED.keys() == WHY.keys() == set(LaunchState)


def test_the_steps_are_the_moves():
    taken = {state: {STEPS[s][1] for s in Step if state in STEPS[s][0]} for state in LaunchState}

    assert taken == {state: set(moves) for state, moves in MOVES.items()}


@pytest.mark.parametrize("state", [LaunchState.CLOSED, LaunchState.CANCELLED])
def test_what_is_over_moves_no_more(state):
    assert MOVES[state] == frozenset()


@pytest.mark.parametrize("state", LaunchState)
@pytest.mark.parametrize("step", Step)
def test_a_step_goes_from_its_states_only_and_says_so(state, step):
    refusals = step_refusals(state, step)

    assert codes(refusals) == ([] if state in STEPS[step][0] else [f"cannot_{step.value}"])
    assert all(reason.code in SENTENCES for reason in refusals)


# What each state allows


# The whole table once more, by hand: D raft, in R eview, P ostponed, L ive, rolled B ack, C losed, cancelled X
TABLE = {
    Doing.CHANGE: "DRP",
    Doing.KEEP: "DRPLB",
    Doing.READINESS: "DRP",
    Doing.PLAN: "DRPL",
    Doing.AFTERMATH: "L",
    Doing.ASK: "R",
    Doing.SIGN: "R",
    Doing.ACCEPT: "R",
    Doing.RISKS: "DRPLB",
    Doing.ROUND: "R",
    Doing.CONDITIONS: "RPLBC",
    Doing.WITHDRAW: "DRPLBC",
    Doing.COMMENT: "DRPLBCX",
    Doing.SHARE: "DRPLBCX",
}
LETTERS = dict(zip("DRPLBCX", LaunchState, strict=True))


@pytest.mark.parametrize("doing", Doing)
def test_the_table_of_what_is_allowed(doing):
    allowed = {state for state in LaunchState if not doing_refusals(state, doing)}

    assert allowed == {LETTERS[letter] for letter in TABLE[doing]}


@pytest.mark.parametrize("state", LaunchState)
@pytest.mark.parametrize("doing", Doing)
def test_each_refusal_is_one_reason_with_a_sentence(state, doing):
    refusals = doing_refusals(state, doing)

    assert len(refusals) <= 1
    assert all(reason.code in SENTENCES for reason in refusals)


@pytest.mark.parametrize("state", BEFORE_LIVE)
def test_what_comes_after_the_launch_says_that_it_is_not_live_yet(state):
    assert codes(doing_refusals(state, Doing.AFTERMATH)) == ["not_live_yet"]


@pytest.mark.parametrize(
    ("phase", "sets", "plans"),
    [
        (Phase.READINESS, Doing.READINESS, Doing.READINESS),
        (Phase.POST_LAUNCH, Doing.AFTERMATH, Doing.PLAN),
        (Phase.REVIEW, Doing.AFTERMATH, Doing.PLAN),
    ],
)
def test_what_an_items_phase_asks_of_the_state(phase, sets, plans):
    assert (setting(phase), planning(phase)) == (sets, plans)


# The one word


READY = Readiness(Counts(done=1), 0, 1, ())
GAPS = Readiness(Counts(unset=1), 1, 1, (Reason("items_outstanding"),))
STANDS = Decision(Outcome.GO, (SlotFacts("s", "CTO", "a", "a"),))


@pytest.mark.parametrize("ready", [READY, GAPS])
@pytest.mark.parametrize("decision", [Decision(), STANDS, Decision(Outcome.NO_GO)])
@pytest.mark.parametrize(
    ("state", "by_approval", "tone"),
    [
        (P, False, Tone.POSTPONED),
        (L, True, Tone.LIVE),
        (L, False, Tone.UNAPPROVED),
        (B, True, Tone.ROLLED_BACK),
        (C, False, Tone.CLOSED),
        (X, False, Tone.CANCELLED),
    ],
)
def test_later_states_are_named_by_themselves(ready, decision, state, by_approval, tone):
    assert verdict(ready, decision, state, by_approval=by_approval).tone is tone


@pytest.mark.parametrize("state", [D, R])
def test_before_that_readiness_and_decision_say_the_word(state):
    words = [
        verdict(ready, decision, state).tone
        for ready, decision in [
            (GAPS, STANDS),
            (READY, Decision()),
            (READY, STANDS),
            (READY, Decision(Outcome.NO_GO)),
        ]
    ]

    assert words == [Tone.NOT_READY, Tone.READY, Tone.APPROVED, Tone.NO_GO]
    assert not readiness(()).ready


# Moments and targets


@pytest.mark.parametrize(
    ("moment", "wanted"),
    [
        (NOW, []),
        (NOW - MINUTE, ["before_last_vote"]),
        (NOW + MINUTE, ["moment_to_come"]),
        (NOW - timedelta(days=1), ["before_review", "before_last_vote"]),
    ],
)
def test_a_moment_is_neither_to_come_nor_before_its_bounds(moment, wanted):
    bounds = [("before_review", NOW - timedelta(hours=1)), ("before_last_vote", NOW), ("x", None)]

    assert codes(moment_refusals(moment, now=NOW, bounds=bounds)) == wanted


@pytest.mark.parametrize(
    ("bound", "wanted"),
    [
        (None, NOW),
        (NOW - MINUTE, NOW),
        (NOW, NOW),
        (NOW + timedelta(seconds=59), NOW + timedelta(seconds=59)),
        (NOW + MINUTE, NOW),
    ],
)
def test_a_moment_told_by_the_minute_reaches_into_it(bound, wanted):
    assert within_minute(NOW, bound) == wanted


@pytest.mark.parametrize(
    ("old", "new", "standing_still", "wanted"),
    [
        (None, None, False, []),
        (NOW, None, False, []),
        (None, NOW + MINUTE, False, []),
        (NOW + MINUTE, NOW + MINUTE, False, ["same_target"]),
        (NOW + MINUTE, NOW + MINUTE, True, []),
        (None, NOW, False, ["target_is_over"]),
        (NOW, NOW, False, ["same_target", "target_is_over"]),
    ],
)
def test_a_target_moves_to_another_moment_that_is_still_to_come(old, new, standing_still, wanted):
    refusals = target_refusals(old=old, new=new, now=NOW, is_standing_still=standing_still)

    assert codes(refusals) == wanted


# Clocks after going live


def local(zone, *parts, fold=0):
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Tokyo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
]


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_is_24_hours_whatever_the_clocks_do(zone):
    for day in (28, 29, 30):
        live = local(zone, 2026, 3, day, 9, 30)

        assert after_live(Phase.POST_LAUNCH, live, zone) - live == timedelta(hours=24)


@pytest.mark.parametrize(
    ("zone", "live", "due"),
    [
        ("UTC", (2026, 3, 25, 14), (2026, 4, 1, 14)),
        ("Europe/Berlin", (2026, 3, 25, 14), (2026, 4, 1, 14)),  # forward in between
        ("Europe/Berlin", (2026, 10, 21, 14), (2026, 10, 28, 14)),  # back in between
        ("America/New_York", (2026, 3, 4, 23, 59), (2026, 3, 11, 23, 59)),
        ("America/New_York", (2026, 10, 28, 0, 0), (2026, 11, 4, 0, 0)),
        ("Australia/Lord_Howe", (2026, 4, 1, 8), (2026, 4, 8, 8)),  # half an hour back
        ("Asia/Tokyo", (2026, 12, 28, 9), (2027, 1, 4, 9)),
    ],
)
def test_a_week_ends_at_the_same_time_on_the_launchs_clocks(zone, live, due):
    assert after_live(Phase.REVIEW, local(zone, *live), zone) == local(zone, *due)


@pytest.mark.parametrize(
    ("zone", "live", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 25, 14), 167),
        ("Europe/Berlin", (2026, 10, 21, 14), 169),
        ("Asia/Tokyo", (2026, 3, 25, 14), 168),
    ],
)
def test_that_week_is_an_hour_shorter_or_longer_where_they_change(zone, live, hours):
    moment = local(zone, *live)

    assert after_live(Phase.REVIEW, moment, zone) - moment == timedelta(hours=hours)


def test_a_time_that_the_clocks_skip_comes_an_hour_later():
    live = local("Europe/Berlin", 2026, 3, 22, 2, 30)

    assert after_live(Phase.REVIEW, live, "Europe/Berlin") == local(
        "Europe/Berlin", 2026, 3, 29, 3, 30
    )


def test_a_time_that_they_show_twice_means_its_first_coming():
    live = local("Europe/Berlin", 2026, 10, 18, 2, 30)

    assert after_live(Phase.REVIEW, live, "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_live_in_the_second_coming_of_an_hour_is_a_week_from_there():
    live = local("Europe/Berlin", 2026, 10, 25, 2, 30, fold=1)

    assert after_live(Phase.REVIEW, live, "Europe/Berlin") == local(
        "Europe/Berlin", 2026, 11, 1, 2, 30
    )


def test_readiness_is_not_due_after_the_launch():
    assert after_live(Phase.READINESS, NOW, "UTC") is None


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        (date(2026, 1, 15), date(2026, 4, 15)),
        (date(2026, 11, 30), date(2027, 2, 28)),
        (date(2027, 11, 30), date(2028, 2, 29)),
        (date(2026, 12, 31), date(2027, 3, 31)),
        (date(2026, 8, 31), date(2026, 11, 30)),
    ],
)
def test_three_months_on(day, wanted):
    assert quarter_after(day) == wanted


def test_a_day_ends_in_the_launchs_zone():
    assert day_ends(date(2026, 3, 29), "Europe/Berlin") == local("Europe/Berlin", 2026, 3, 30)
