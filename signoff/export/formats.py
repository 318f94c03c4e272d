"""The formats that a launch can be written in: a further one is an entry in FORMATS."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from checklist.models import Launch
from signoff.export import markdown
from signoff.export.document import Document
from signoff.export.parts import document_of
from signoff.export.source import source_of


@dataclass(frozen=True, slots=True)
class Format:
    """How a document becomes a file."""

    content_type: str
    write: Callable[[Document], bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file: what it is called, what it is, what is in it."""

    name: str
    content_type: str
    content: bytes


FORMATS = {
    "md": Format(
        "text/markdown; charset=utf-8", lambda document: markdown.write(document).encode()
    ),
}


def export(launch: Launch, extension: str, *, now: datetime) -> Exported:
    """A launch as a file in one of the formats. It is called by the launch's short name, which is safe anywhere."""
    chosen = FORMATS[extension]
    content = chosen.write(document_of(source_of(launch, now)))
    return Exported(f"{launch.slug}-checklist.{extension}", chosen.content_type, content)
