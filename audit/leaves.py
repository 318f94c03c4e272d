"""Leaves to replay: many at once, decoded as they come. Their texts stay where they are until somebody asks.

A long history names each text again and again and needs the last ones only, so reading all of them would cost most.
What counts is the leaf: the columns beside it serve search, and are not read here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.models import EntryQuerySet
from audit.reading import Texts, decoded, restored


@dataclass(frozen=True, slots=True)
class Part:
    """A value with texts in it that are not read yet: which entry has it, and where."""

    seq: int
    path: str
    value: Any

    def read(self, texts: Texts) -> Any:
        return restored(self.value, self.seq, self.path, texts)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry, decoded; `data` is None where it cannot be read."""

    seq: int
    data: dict[str, Any] | None

    @property
    def readable(self) -> dict[str, Any]:
        """The decoded leaf; an error where there is none."""
        if self.data is None:
            raise ValueError(f"Entry {self.seq} cannot be read.")
        return self.data

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.readable["at"])

    @property
    def by(self) -> str | None:
        actor: str | None = self.readable["actor"]
        return actor

    @property
    def action(self) -> str:
        return str(self.readable["action"])

    @property
    def subject(self) -> str:
        return str(self.data["subject"]) if self.data else ""

    @property
    def kind(self) -> str:
        return str(self.readable["subject"]).partition(":")[0]

    @property
    def id(self) -> str:
        return str(self.readable["subject"]).partition(":")[2]

    @property
    def old(self) -> dict[str, Any]:
        return self._side("old")

    @property
    def new(self) -> dict[str, Any]:
        return self._side("new")

    @property
    def reason(self) -> Part | str:
        reason = self.readable["data"]["reason"]
        return Part(self.seq, "reason", reason) if reason else ""

    def _side(self, side: str) -> dict[str, Any]:
        values: dict[str, Any] = self.readable["data"][side]
        return {
            name: Part(self.seq, f"{side}.{name}", value) if isinstance(value, dict) else value
            for name, value in values.items()
        }

    def follows(self, other: "Leaf") -> bool:
        """Whether one act wrote both: an action appends all its leaves at once, side by side, with one time."""
        if self.data is None or other.data is None or self.seq != other.seq + 1:
            return False
        return (self.data["at"], self.data["actor"]) == (other.data["at"], other.data["actor"])


def leaves(entries: EntryQuerySet, launch: UUID) -> list[Leaf]:
    """The leaves of some entries of one launch, oldest first. One query, whatever their number."""
    of_launch = str(launch)
    rows = entries.oldest_first().values_list("seq", "leaf", "leaf_hash")
    return [_leaf(*row, of_launch) for row in rows.iterator(chunk_size=2000)]


def _leaf(seq: int, raw: bytes | memoryview, digest: bytes | memoryview, launch: str) -> Leaf:
    """A leaf that names another place or another launch than its row is none."""
    leaf = decoded(raw, digest)
    fits = leaf is not None and (leaf["seq"], leaf["launch"]) == (seq, launch)
    return Leaf(seq, leaf if fits else None)
