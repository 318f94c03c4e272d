"""A draft on its way from the process that read the file: as values of JSON, and back, made safe to keep and show."""

from dataclasses import asdict
from typing import Any

from checklist.imports.draft import (
    Doubt,
    Draft,
    DraftItem,
    DraftSection,
    DraftSlot,
    Link,
    SetAside,
    Trouble,
    Why,
)
from checklist.rules import ItemStatus, Phase
from sentinel.text import clean_line, safe


def packed(draft: Draft) -> dict[str, Any]:
    return asdict(draft)


def unpacked(told: dict[str, Any]) -> Draft:
    """The draft, without what nobody can see, and without items of which nothing is left."""
    value = _safe(told)
    return Draft(
        **value
        | {
            "sections": [_section(row) for row in value["sections"]],
            "slots": [_slot(row) for row in value["slots"]],
            "aside": [SetAside(**row | {"why": Why(row["why"])}) for row in value["aside"]],
            "doubts": [
                Doubt(**row | {"trouble": Trouble(row["trouble"])}) for row in value["doubts"]
            ],
        }
    )


def _safe(value: Any) -> Any:
    match value:
        case str():
            return safe(value)
        case list():
            return list(map(_safe, value))
        case dict():
            return {name: _safe(inner) for name, inner in value.items()}
    return value


def _section(row: dict[str, Any]) -> DraftSection:
    return DraftSection(
        **row
        | {
            "phase": Phase(row["phase"]),
            "items": [_item(item) for item in row["items"] if clean_line(item["text"])],
            "slots": [_slot(slot) for slot in row["slots"]],
        }
    )


def _item(row: dict[str, Any]) -> DraftItem:
    links = [Link(**link) for link in row["links"]]
    return DraftItem(**row | {"status": ItemStatus(row["status"]), "links": links})


def _slot(row: dict[str, Any]) -> DraftSlot:
    return DraftSlot(tuple(row["authorities"]), row["line"])
