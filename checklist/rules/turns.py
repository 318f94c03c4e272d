"""Waiting for a signature: when somebody may be reminded, and to whom it is escalated after how many working hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sentinel.reasons import Reason

NUDGES_APART = timedelta(hours=24)
WORK_BEGINS, WORK_ENDS = time(9), time(17)
WORKING_DAYS = range(5)
MOST_WORKING_HOURS = 200


def after_working_hours(start: datetime, hours: int, zone: str) -> datetime:
    """When so many hours of Monday to Friday, 9 to 17 in the zone, have passed since `start`."""
    left, day = timedelta(hours=hours), start.astimezone(ZoneInfo(zone)).date()
    while True:
        begins, ends = (
            datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
            for clock in (WORK_BEGINS, WORK_ENDS)
        )
        begins = max(begins, start)
        if day.weekday() in WORKING_DAYS and begins < ends:
            if left <= ends - begins:
                return begins + left
            left -= ends - begins
        day += timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WaitFacts:
    """A slot that may wait for a signature, since when, and what was done about it. No `since`: it does not.

    `holders` are those who may sign, whoever was appointed first at the front.
    """

    since: datetime | None
    holders: tuple[Any, ...] = ()
    nudged_at: datetime | None = None
    escalated_at: datetime | None = None
    escalated_to: Any = None


def nudge_refusals(wait: WaitFacts, *, is_waiting: bool, by: Any, now: datetime) -> list[Reason]:
    """Why nobody can be reminded of this slot now: once in 24 hours, and never oneself."""
    if not is_waiting:
        return [Reason("not_waiting")]
    reasons = []
    if not set(wait.holders) - {by}:
        reasons.append(Reason("nobody_to_remind"))
    if wait.nudged_at and now < wait.nudged_at + NUDGES_APART:
        again = wait.nudged_at + NUDGES_APART
        reasons.append(Reason("nudged_lately", "", {"again": again}))
    return reasons


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whose turn it is now, after those before did not sign: the next holder, or with nobody left the managers."""

    to: Any = None


def escalation(wait: WaitFacts, *, hours: int, zone: str, now: datetime) -> Escalation | None:
    """The escalation that is due, if one is. The first holder is the one it waited on; each next one has as long."""
    if wait.since is None or not wait.holders:
        return None
    earlier = wait.escalated_at if wait.escalated_at and wait.escalated_at >= wait.since else None
    if earlier and wait.escalated_to is None:
        return None
    if now < after_working_hours(earlier or wait.since, hours, zone):
        return None
    asked = wait.escalated_to if earlier else None
    place = wait.holders.index(asked) if asked in wait.holders else 0
    following = wait.holders[place + 1 : place + 2]
    return Escalation(*following)
