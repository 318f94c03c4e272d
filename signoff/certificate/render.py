"""From a record to an unsealed PDF/A-3a with the record attached."""

import json
from datetime import datetime
from pathlib import Path

from sentinel.apart import answer_of
from signoff.certificate.glyphs import FAMILIES
from signoff.certificate.record import Value, digest, written
from signoff.certificate.sheet import sheet_of

TYPESET = Path(__file__).parent / "typeset.py"
SECONDS = 60


def pdf_of(record: Value, *, authority: str, now: datetime) -> bytes:
    """The certificate of a record, to be sealed. `authority`: the root's fingerprint, printed on it."""
    sheet = sheet_of(record, digest=digest(record), authority=authority)
    order = {
        "at": now.replace(microsecond=0).isoformat(),
        "inputs": {
            "sheet": json.dumps(sheet),
            "families": json.dumps(FAMILIES),
            "record": written(record).decode(),
        },
    }
    return answer_of(TYPESET, json.dumps(order).encode(), seconds=SECONDS)
