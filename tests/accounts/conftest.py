"""Kinds of news that a test brings go with it."""

import pytest

from accounts.mail.kinds import kinds


@pytest.fixture(autouse=True)
def kinds_as_before():
    before = dict(kinds)
    yield
    kinds.clear()
    kinds.update(before)
