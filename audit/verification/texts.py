"""Free texts beside the leaves: each the one whose digest its leaf holds, none gone that no entry says was erased."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from django.db import connection

from audit.reading import digest_of
from audit.verbs import Verb
from audit.verification.findings import Erasure, Finding
from audit.verification.rows import as_bytes

SELECT = "SELECT entry_id, path, salt, text FROM audit_saltedtext WHERE entry_id BETWEEN %s AND %s"

type Place = tuple[Any, Any]


@dataclass(slots=True)
class Texts:
    """What was met on the way through the log: texts that are gone, and entries that say so."""

    gone: list[tuple[int, str]] = field(default_factory=list)
    told: dict[tuple[int, str], int] = field(default_factory=dict)

    def check(self, leaves: dict[int, dict[str, Any]]) -> Iterator[Finding]:
        """Compare the texts of some leaves, given by their numbers in order, with what they say."""
        if not leaves:
            return
        kept = _kept(min(leaves), max(leaves))
        for seq, leaf in leaves.items():
            self._note_erasure(seq, leaf)
            for path, digest in _places(leaf["data"]):
                text = kept.pop((seq, path), None)
                if text is None:
                    self.gone.append((seq, path))
                elif text != digest:
                    yield Finding(
                        "text_differs", f"its text “{path}” is not the one it was written with", seq
                    )
        for seq, path in kept:
            yield Finding("text_unknown", f"it has a text “{path}” that it does not name", seq)

    def missing(self) -> Iterator[Finding]:
        """Texts that are gone though no entry says that they were erased."""
        for seq, path in self.gone:
            if (seq, path) not in self.told:
                yield Finding(
                    "text_missing", f"its text “{path}” is gone, and no entry says why", seq
                )

    def erasures(self) -> list[Erasure]:
        return [Erasure(*place, self.told[place]) for place in self.gone if place in self.told]

    def _note_erasure(self, seq: int, leaf: dict[str, Any]) -> None:
        new = leaf["data"]["new"]
        if leaf["action"] == Verb.TEXT_ERASED and isinstance(new.get("entry"), int):
            self.told[new["entry"], str(new.get("path"))] = seq


def _kept(first: int, last: int) -> dict[Place, str]:
    """The digests of the texts that are kept, by entry and place."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT, [first, last])
        return {(seq, path): _digest(salt, text) for seq, path, salt, text in cursor.fetchall()}


def _digest(salt: Any, text: Any) -> str:
    raw = as_bytes(salt)
    if raw is None or not isinstance(text, str):
        return ""
    return sha256(raw + text.encode(errors="surrogatepass")).hexdigest()


def _places(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a leaf names texts, and by which digests."""
    waiting: list[tuple[str, Any]] = list(data.items())
    while waiting:
        path, value = waiting.pop()
        if digest := digest_of(value):
            yield path, digest
        elif isinstance(value, dict):
            waiting += [(f"{path}.{name}", part) for name, part in value.items()]
        elif isinstance(value, list):
            waiting += [(f"{path}.{place}", part) for place, part in enumerate(value)]
