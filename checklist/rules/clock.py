"""Time: when a day ends, and when a launch is due. Instants in UTC; dates end in the launch's zone (DESIGN 3.17)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

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


def _instant(day: date, clock: time, zone: str) -> datetime:
    """The moment in UTC; a day within the calendar's ends, so that it can be told in every zone."""
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return min(max(local, EARLIEST), LATEST).astimezone(UTC)
