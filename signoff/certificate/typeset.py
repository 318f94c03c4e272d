"""Typesets one certificate in a process of its own, since typst keeps what it works out: half a gigabyte after ten.

Run by its path, so that nothing of ours is imported. Reads JSON, writes a PDF/A-3a. What people typed is data in that
JSON and never part of the source; typst may read this folder alone, and finds no packages.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

HOME = Path(__file__).resolve().parent
NOWHERE = HOME / "fonts" / "no-packages"


def typeset(order: dict[str, Any]) -> bytes:
    """The certificate of a sheet, with its record attached."""
    pdf: bytes = typst.compile(
        HOME / "layout.typ",
        root=HOME,
        font_paths=[HOME / "fonts"],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="a-3a",
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
        timestamp=datetime.fromisoformat(order["at"]),
        sys_inputs=order["inputs"],
    )
    return pdf


if __name__ == "__main__":
    sys.stdout.buffer.write(typeset(json.load(sys.stdin)))
