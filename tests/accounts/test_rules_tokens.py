"""What becomes of an access token, and why one cannot be made: no database."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import (
    TOKENS_AT_ONCE,
    Scope,
    TokenState,
    token_refusals,
    token_state,
    use_is_to_be_noted,
)
from accounts.words import REASONS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, TokenState.USABLE),
        ({"expires_at": NOW + SECOND}, TokenState.USABLE),
        ({"expires_at": NOW}, TokenState.EXPIRED),
        ({"revoked_at": NOW}, TokenState.REVOKED),
        ({"revoked_at": NOW, "expires_at": NOW - DAY}, TokenState.REVOKED),
        ({"owner_is_here": False}, TokenState.ORPHANED),
        ({"owner_is_here": False, "expires_at": NOW}, TokenState.EXPIRED),
    ],
)
def test_what_becomes_of_a_token(fields, state):
    given = {"revoked_at": None, "expires_at": NOW + DAY, "owner_is_here": True} | fields

    assert token_state(**given, now=NOW) is state


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({}, []),
        ({"lasts": 365 * DAY}, []),
        ({"lasts": 365 * DAY + SECOND}, ["token_lasts_too_long"]),
        ({"lasts": timedelta(0)}, ["token_never_lasts"]),
        ({"lasts": -DAY}, ["token_never_lasts"]),
        ({"scopes": []}, ["token_without_scope"]),
        ({"at_once": TOKENS_AT_ONCE - 1}, []),
        ({"at_once": TOKENS_AT_ONCE}, ["too_many_tokens"]),
        (
            {"scopes": [], "lasts": -DAY, "at_once": 99},
            ["token_without_scope", "token_never_lasts", "too_many_tokens"],
        ),
    ],
)
def test_why_a_token_cannot_be_made(fields, refused):
    given = {"lasts": DAY, "scopes": [Scope.VERDICT_READ], "at_once": 0} | fields

    reasons = token_refusals(**given)

    assert [reason.code for reason in reasons] == refused
    assert all(REASONS[code] for code in refused)


@pytest.mark.parametrize(
    ("last", "noted"), [(None, True), (NOW - 60 * SECOND, True), (NOW - 59 * SECOND, False)]
)
def test_when_its_use_is_noted(last, noted):
    assert use_is_to_be_noted(last, NOW) is noted
