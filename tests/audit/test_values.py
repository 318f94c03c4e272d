"""Stored values read as words, in the reader's language and zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from audit.values import LONGEST, Text, local, plain, shortened


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (False, "no"),
        (7, "7"),
        ("not_done", "not done"),
        ("post-launch", "post launch"),
        ("Ready to sign", "Ready to sign"),
        ("2026-03-01", "1 Mar 2026"),
        ("2026-02-30", "2026-02-30"),
        ("2026-03-01T13:02:00.000000Z", "1 Mar 2026, 14:02"),
        ("2026-13-01T13:02:00.000000Z", "2026-13-01T13:02:00.000000Z"),
        ("0001-01-01T00:00:00.000000Z", "1 Jan 0001, 00:34"),
        ("2c1f7a52-5f0e-4a5e-9a55-0a1b2c3d4e5f", "an internal number"),
        ("A sentence of just thirty-six letter", "A sentence of just thirty-six letter"),
        ("9f3c2b71" * 8, "digest 9f3c2b71…"),
    ],
)
def test_a_value_without_words_of_its_own_is_still_readable(value, said):
    with timezone.override(ZoneInfo("Europe/Zurich")):
        assert plain(value) == said


def test_a_moment_before_the_readers_calendar_is_said_in_utc():
    first = datetime(1, 1, 1, tzinfo=UTC)

    with timezone.override(ZoneInfo("America/New_York")):
        assert local(first) == first
        assert local(first).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "short", "full"),
    [
        ("", "", ""),
        ("as it is", "as it is", ""),
        ("  spaced \t out ", "spaced out", ""),
        ("two\nlines", "two lines", "two\nlines"),
        ("word " * 40, ("word " * 15).strip() + " word…", "word " * 40),
        ("x" * 81, "x" * 80 + "…", "x" * 81),
        ("x" * 80, "x" * 80, ""),
        (" " * 400 + "late", "…", " " * 400 + "late"),
    ],
)
def test_long_texts_are_shortened_and_kept_beside(text, short, full):
    found = shortened(text)

    assert (found.short, found.full) == (short, full)
    assert len(found.short) <= 81


def test_a_megabyte_is_not_put_on_a_page():
    found = shortened("x" * 1_000_000)

    assert found.full == "x" * LONGEST + "… (980,000 more characters)"


def test_a_text_reads_as_its_short_form():
    assert str(Text("short", "long")) == "short"
