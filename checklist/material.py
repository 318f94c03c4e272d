"""What a signature is over: the material part of a section and of a decision, and their digests (DESIGN 3.9, 3.12).

Values in, values out. The shapes are versioned and final: a change of shape would make every signature stale.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import rfc8785

from checklist.rules import AcceptanceFacts, ItemFacts

VERSION = 1


def canonical(value: Any) -> bytes:
    """A value's canonical JSON (RFC 8785), its strings in NFC: two spellings of one text are one content."""
    return rfc8785.dumps(_normal(value))


def _normal(value: Any) -> Any:
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case Mapping():
            return {_normal(key): _normal(part) for key, part in value.items()}
        case list() | tuple():
            return [_normal(part) for part in value]
    return value


def digest(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, in hex."""
    return sha256(canonical(value)).hexdigest()


def of_item(item: ItemFacts) -> dict[str, Any]:
    """The part of an item that a signature binds. A note's wording, owner, due date and order are not in it."""
    return {
        "number": item.number,
        "text": item.text,
        "status": item.status.value,
        "na_reason": item.na_reason,
        "evidence_demanded": item.evidence_demanded,
        "evidence": sorted(
            (
                {"name": proof.name, "url": proof.url, "sha256": proof.sha256, "verdict": None}
                for proof in item.evidence
            ),
            key=canonical,
        ),
        "acceptance": of_acceptance(item.bound_acceptance),
    }


def of_acceptance(given: AcceptanceFacts | None) -> dict[str, str] | None:
    """An item's acceptance: the statement that was signed and its end. That it has ended by the clock is no change."""
    return {"statement": given.statement, "until": moment(given.until)} if given else None


def moment(at: datetime) -> str:
    """UTC in milliseconds with a Z: how statements and snapshots write a time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def of_section(title: str, items: Iterable[ItemFacts]) -> dict[str, Any]:
    """A section's material: its title and the *set* of its items, so that their order does not matter."""
    rows = sorted((of_item(item) for item in items), key=canonical)
    return {"v": VERSION, "title": title, "items": rows}


def of_slot(section_digest: str, authorities: Sequence[str]) -> dict[str, Any]:
    """A section slot's material: the section, and the authorities whose signature is asked, by their slugs."""
    return {"v": VERSION, "section": section_digest, "authorities": sorted(authorities)}


def of_conditions(conditions: Iterable[Mapping[str, Any]]) -> str:
    """The digest of a voter's own conditions, a *set*; nothing where there are none."""
    rows = sorted(conditions, key=canonical)
    return digest({"v": VERSION, "conditions": rows}) if rows else ""


def of_decision(
    launch: Mapping[str, str],
    sections: Mapping[str, str],
    answers: str,
    authorities: Sequence[str],
    conditions: str = "",
) -> dict[str, Any]:
    """An executive slot's material: the launch's identity, the digests of sections, answers and own conditions.

    A vote without conditions names none: its digest is what it was before there were any.
    """
    value = {
        "v": VERSION,
        "launch": dict(launch),
        "sections": dict(sections),
        "answers": answers,
        "acceptances": [],
        "authorities": sorted(authorities),
    }
    return value | {"conditions": conditions} if conditions else value
