"""What verify.py finds in a bundle that somebody sent. A process of its own does it: the bundle may be hostile."""

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from subprocess import SubprocessError

from audit.verifier.verify import Line, Signature
from sentinel.apart import answer_of
from sentinel.reasons import Reason
from signoff.words import refusal

logger = logging.getLogger(__name__)

VERIFYING = Path(__file__).parent / "verifying.py"
SECONDS = 30


@dataclass(frozen=True, slots=True)
class Found:
    """A report as verify.py made it. `left_out`: how many lines more there were."""

    status: int
    lines: list[Line]
    left_out: int
    signatures: list[Signature]
    size: int | None
    kept_size: int | None


def checked(bundle: bytes, trust: bytes, kept: bytes | None = None) -> Found:
    """Check a bundle. Refused where that takes more time or memory than it is given."""
    parts = [bundle, trust] if kept is None else [bundle, trust, kept]
    lengths = json.dumps([len(part) for part in parts]).encode()
    try:
        answer = answer_of(VERIFYING, b"\n".join([lengths, b"".join(parts)]), seconds=SECONDS)
    except SubprocessError as ended:
        logger.info("A bundle was not checked to its end", exc_info=True)
        raise refusal([Reason("check_too_much")]) from ended
    value = json.loads(answer)
    return Found(
        **value
        | {
            "lines": [Line(**row) for row in value["lines"]],
            "signatures": [Signature(**row) for row in value["signatures"]],
        }
    )
