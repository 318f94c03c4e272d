"""Time: when a day ends, when a launch is due, and what comes after it, in UTC, by the launch's zone (DESIGN 3.17)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from checklist.rules.phases import Phase

DAY, WEEK = timedelta(days=1), timedelta(days=7)

EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def day_ends(day: date, zone: str) -> datetime:
    """When a date without a time ends: at 24:00 in the launch's zone (DESIGN 3.17)."""
    following = day + timedelta(days=1) if day < date.max else day
    return _instant(following, time(), zone)


def target_moment(day: date | None, clock: time | None, zone: str) -> datetime | None:
    """The instant a launch is due: at its time, or at its day's end, in its own zone."""
    if day is None:
        return None
    if clock is None:
        return day_ends(day, zone)
    return _instant(day, clock, zone)


def after_live(phase: Phase, live_at: datetime, zone: str) -> datetime | None:
    """When a phase's items are due, counted from the actual moment (DESIGN 3.16).

    A day is 24 hours; a week is the same time on the launch's clocks, also where they changed meanwhile. A time that
    the clocks skip that day comes an hour later, one that they show twice means its first coming.
    """
    if phase is Phase.POST_LAUNCH:
        return live_at + DAY
    if phase is Phase.REVIEW:
        there = live_at.astimezone(ZoneInfo(zone))
        return _instant((there + WEEK).date(), there.time(), zone)
    return None


def quarter_after(day: date) -> date:
    """The same day three months on, or that month's last: when a launch is looked at again by default."""
    year, month = divmod(day.year * 12 + day.month - 1 + 3, 12)
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def _instant(day: date, clock: time, zone: str) -> datetime:
    """The moment in UTC; a day within the calendar's ends, so that it can be told in every zone."""
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return min(max(local, EARLIEST), LATEST).astimezone(UTC)
