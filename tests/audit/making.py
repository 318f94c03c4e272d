"""Entries of the ledger."""

from enum import StrEnum
from itertools import count
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from audit.ledger import Change, append

serial = count(1)


class Act(StrEnum):
    CHANGED = "thing.changed"
    ADDED = "thing.added"
    SIGNED = "paper.signed"
    RENAMED = "other.renamed"


def make_change(subject=None, *, action=Act.CHANGED, **fields):
    """A change of one thing; `old` and `new` say of what."""
    if "old" not in fields and "new" not in fields:
        number = next(serial)
        fields |= {"old": {"size": number}, "new": {"size": number + 1}}
    return Change(action=action, subject=subject or f"thing:{uuid4()}", **fields)


def make_entries(*changes, actor: UUID | None = None, now=None):
    """Entries of the ledger, appended at once."""
    with transaction.atomic():
        return append(changes or [make_change()], actor=actor, now=now or timezone.now())
