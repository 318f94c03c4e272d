"""From a record to an unsealed PDF/A-3a with the record attached, by typst: no network, no file but our own.

What people typed goes in as JSON and is never part of the source, so that nothing in it can be markup.
"""

import json
from datetime import datetime
from typing import Any, Final

import typst

from signoff.certificate.glyphs import FAMILIES, FOLDER
from signoff.certificate.record import digest, written
from signoff.certificate.sheet import sheet_of

HOME = FOLDER.parent
NOWHERE = (
    HOME / "fonts" / "no-packages"
)  # typst's packages would be looked for here, and fetched from nowhere
STANDARD: Final = "a-3a"
RECORD_NAME = "record.json"


def pdf_of(record: dict[str, Any], *, authority: str, now: datetime) -> bytes:
    """The certificate of a record, to be sealed. `authority`: the root's fingerprint, printed on it."""
    sheet = sheet_of(record, digest=digest(record), authority=authority)
    pdf: bytes = typst.compile(
        HOME / "layout.typ",
        root=HOME,
        font_paths=[FOLDER],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=STANDARD,
        package_path=NOWHERE,
        package_cache_path=NOWHERE,
        timestamp=now.replace(microsecond=0),
        sys_inputs={
            "sheet": json.dumps(sheet),
            "families": json.dumps(FAMILIES),
            "record": written(record).decode(),
        },
    )
    return pdf
