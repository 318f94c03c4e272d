"""Folding leaves into what they say was there. Values in, values out: no database, no clock.

What is known of a row is a dict by its id, with the leaf's own names and values; texts stay references (`Part`) until
`restore`.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.leaves import Leaf, Part
from audit.reading import Redacted, Texts

type Row = dict[str, Any]
type Fold = Callable[[Past, Leaf], None]

# A leaf that says something else than ours do is hostile, or from a later version: it is counted, not believed.
UNFIT = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(slots=True)
class Past:
    """What was there: rows by kind and id. `unread` counts the leaves that could not be folded."""

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    unread: int = 0

    def row(self, kind: str, pk: str) -> Row:
        """A row, which begins empty: a signature may be told of before what it is over could be read."""
        return self.rows[kind].setdefault(pk, {})

    def all(self, kind: str) -> dict[str, Row]:
        return self.rows[kind]

    def restore(self, texts: Texts) -> None:
        """Put these texts back wherever a reference to one of them stands."""
        for row in self._rows():
            row.update(
                {name: part.read(texts) for name, part in row.items() if isinstance(part, Part)}
            )

    def entries_of_texts(self, without: Collection[str] = ()) -> set[int]:
        """The entries whose texts the rows still refer to, leaving out some kinds."""
        rows = self._rows(without)
        return {part.seq for row in rows for part in row.values() if isinstance(part, Part)}

    def _rows(self, without: Collection[str] = ()) -> Iterator[Row]:
        for kind, rows in self.rows.items():
            if kind not in without:
                yield from rows.values()


def fold(leaves: Iterable[Leaf], folds: Mapping[str, Fold]) -> Past:
    """Fold leaves, oldest first. Verbs without a fold say nothing of how the launch stood."""
    past = Past()
    for leaf in leaves:
        if leaf.data is None:
            past.unread += 1
        elif then := folds.get(leaf.action):
            try:
                then(past, leaf)
            except UNFIT:
                past.unread += 1
    return past


def merge(past: Past, leaf: Leaf) -> None:
    """The new values are the row's from here on: creations and changes of whatever the leaf is about."""
    past.row(leaf.kind, leaf.id).update(leaf.new)


def remove(past: Past, leaf: Leaf) -> None:
    """The row is gone."""
    del past.all(leaf.kind)[leaf.id]


def nothing(past: Past, leaf: Leaf) -> None:
    """It changed nothing of how the launch stood."""


def slots_of(past: Past, section: str | None) -> list[Row]:
    """The slots of a section; of None, the executive ones."""
    return [row for row in past.all("slot").values() if row.get("section") == section]


def the_launch(past: Past) -> Row:
    """The row of the launch whose past it is."""
    (row,) = past.all("launch").values()
    return row


NOT_RETURNED: Row = {"returned_by": None, "returned_at": None, "return_reason": ""}
NOT_SIGNED: Row = {
    "signature": None,
    "signed_material": "",
    "signed_by": None,
    "signed_for": "",
    "signed_at": None,
    "withdrawn_at": None,
    "vote": "",
    "conditions_digest": "",
    "stale_since": None,
}


def is_erased(row: Mapping[str, Any], names: Collection[str]) -> bool:
    """Whether one of these texts is no longer there to be read."""
    return any(_erased(row.get(name)) for name in names)


def _erased(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_erased, value.values()))
    return isinstance(value, Redacted)
