"""When a mail is tried again, and when the daily digest comes: by the clocks on people's walls."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.mail.clock import MOST_ATTEMPTS, RETRIES, digest_due, retry_at

BERLIN, NEW_YORK, APIA = "Europe/Berlin", "America/New_York", "Pacific/Apia"


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "hour", "zone", "due"),
    [
        (utc(2026, 3, 3, 6), 8, "UTC", utc(2026, 3, 3, 8)),
        (utc(2026, 3, 3, 8), 8, "UTC", utc(2026, 3, 4, 8)),
        (utc(2026, 3, 3, 9), 8, "UTC", utc(2026, 3, 4, 8)),
        (utc(2026, 3, 3, 6), 8, BERLIN, utc(2026, 3, 3, 7)),
        # the night the clocks go forward: 8 o'clock comes 23 hours later
        (utc(2026, 3, 28, 7), 8, BERLIN, utc(2026, 3, 29, 6)),
        # the night they go back: 25 hours later
        (utc(2026, 10, 24, 6), 8, BERLIN, utc(2026, 10, 25, 7)),
        # an hour that is skipped is that of the jump
        (utc(2026, 3, 28, 12), 2, BERLIN, utc(2026, 3, 29, 1)),
        # an hour that comes twice counts once
        (utc(2026, 10, 24, 12), 2, BERLIN, utc(2026, 10, 25, 0)),
        (utc(2026, 10, 25, 0), 2, BERLIN, utc(2026, 10, 26, 1)),
        (utc(2026, 3, 8, 12), 23, NEW_YORK, utc(2026, 3, 9, 3)),
        # a day that did not exist there
        (utc(2011, 12, 30, 9), 8, APIA, utc(2011, 12, 30, 18)),
    ],
)
def test_the_digest_comes_once_a_day_at_its_hour(after, hour, zone, due):
    assert digest_due(after, hour, zone) == due


@pytest.mark.parametrize("zone", [BERLIN, NEW_YORK, "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 8, 23])
def test_a_year_has_a_digest_a_day(zone, hour):
    due, days = utc(2026, 1, 1), set()
    while due < utc(2027, 1, 1):
        due = digest_due(due, hour, zone)
        days.add(due.date())
        assert len(days) > 0

    assert 364 <= len(days) <= 366


def test_a_mail_is_tried_later_and_later_and_then_given_up():
    now = utc(2026, 3, 3)

    waits = [retry_at(now, attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]

    assert waits == [*(now + wait for wait in RETRIES), None]
    assert sorted(RETRIES) == list(RETRIES)
    assert sum(RETRIES, timedelta()) > timedelta(days=1)
