"""When a mail is tried again, and when a day's digest is due. Values in, values out."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

LEASE = timedelta(minutes=5)
RETRIES = tuple(timedelta(minutes=wait) for wait in (1, 5, 15, 60, 240, 480, 720))
MOST_ATTEMPTS = len(RETRIES) + 1


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When a mail that failed for the `attempts`th time is tried again; None when it is given up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + RETRIES[max(attempts, 1) - 1]


def digest_due(after: datetime, hour: int, zone: str) -> datetime:
    """The next moment at which it is this hour in the zone, once each day.

    An hour that the clocks skip is that of the jump; of one that comes twice, the first counts.
    """
    today = after.astimezone(ZoneInfo(zone)).date()
    for days in range(3):
        local = datetime.combine(today + timedelta(days=days), time(hour), ZoneInfo(zone))
        if local.astimezone(UTC) > after:
            return local.astimezone(UTC)
    raise ValueError("Every hour comes within two days.")
