"""Reasons: why something may not happen, as values. Words are made where they are shown."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code for tests and callers, whom it concerns, and what its sentence needs.

    `subject` is what it is about, as "item:<uuid>", "section:4" or "". Two reasons are equal when all three are.
    """

    code: str
    subject: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((self.code, self.subject, tuple(sorted(self.params))))
