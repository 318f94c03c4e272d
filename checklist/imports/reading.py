"""Reads one file in a process of its own, which may use so much memory and time and write no file.

Run by its path: of ours it imports the readers, of Django what they need of it, and no settings, no apps, no database.
Reads a line of JSON (the file's name, the language, the options), then the file. Writes JSON: the draft, the refusal.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MEMORY = 512 * 1024 * 1024
SECONDS = 5  # of a processor; the longest checklist that we have met takes a quarter of one


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # which would store what was sent
    ):
        resource.setrlimit(what, (most, most))


def answer(asked: dict[str, Any], content: bytes) -> dict[str, Any]:
    import django  # noqa: PLC0415 - after the path is known
    from django.conf import settings  # noqa: PLC0415

    settings.configure(LANGUAGE_CODE=asked["language"], LOCALE_PATHS=[ROOT / "locale"])
    django.setup()
    from checklist.imports.files import NotRead, read_file  # noqa: PLC0415 - its words want the settings
    from checklist.imports.options import Options  # noqa: PLC0415
    from checklist.imports.wire import packed  # noqa: PLC0415

    limit()
    try:
        return {"draft": packed(read_file(asked["name"], content, Options(**asked["options"])))}
    except NotRead as refused:
        draft = packed(refused.draft) if refused.draft else None
        return {"draft": draft, "code": refused.code, "sentence": str(refused)}


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(ROOT))
    first = json.loads(sys.stdin.buffer.readline())
    json.dump(answer(first, sys.stdin.buffer.read()), sys.stdout)
