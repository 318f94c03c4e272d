"""Reading a file that may be hostile: a process of its own does it, and one that runs away is a sentence."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from subprocess import SubprocessError

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from checklist.imports.draft import Draft
from checklist.imports.files import NotRead
from checklist.imports.options import AS_IS, Options
from checklist.imports.wire import unpacked
from sentinel.apart import answer_of
from sentinel.text import safe

logger = logging.getLogger(__name__)

READING = Path(__file__).parent / "reading.py"
SECONDS = 20  # by the clock: it waits for its turn where the machine is busy


def read_apart(name: str, content: bytes, options: Options = AS_IS) -> Draft:
    """What `read_file` gives or raises. `NotRead` too where that takes more time or memory than it is given."""
    asked = {"name": name, "language": get_language() or "en", "options": asdict(options)}
    try:
        told = answer_of(READING, json.dumps(asked).encode() + b"\n" + content, seconds=SECONDS)
    except SubprocessError as ended:
        logger.info("A file was not read to its end", exc_info=True)
        sentence = _(
            "Reading this file took too long or too much memory. Bring it in parts, or as CSV."
        )
        raise NotRead("ran_away", sentence) from ended
    value = json.loads(told)
    draft = unpacked(value["draft"]) if value["draft"] else None
    if "code" in value or draft is None:
        raise NotRead(value["code"], safe(value["sentence"]), draft)
    return draft
