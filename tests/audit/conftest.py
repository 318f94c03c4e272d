"""A vocabulary of its own for each test, and ways to write and read the ledger."""

import pytest

from audit import words


@pytest.fixture(autouse=True)
def vocabulary(monkeypatch):
    """Nothing registered, whatever apps or other tests register."""
    monkeypatch.setattr(words, "vocabulary", words.Vocabulary())
    return words.vocabulary
