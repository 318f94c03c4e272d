"""Checks one bundle by verify.py in a process of its own, which may use so much memory and time and write no file.

Run by its path, so that nothing of ours is imported but that one file. Reads a line of JSON, the lengths of the parts,
and then the parts: bundle, trust file and, if given, the kept checkpoint. Writes JSON.
"""

import importlib.util
import json
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

VERIFIER = Path(__file__).resolve().parents[2] / "audit" / "verifier" / "verify.py"
# An upload, and the 256 MB at most that it may hold unpacked. A bundle of 310 signatures takes 40 MB in all.
MEMORY = 512 * 1024 * 1024
SECONDS = 20  # of a processor; a bundle of 300 signatures takes a quarter of one
MOST_LINES = 12_000  # 1,200 signatures; what does not hold is told first
WORST_FIRST = ("altered", "missing", "note", "holds")


def limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),  # which would store what was sent
    ):
        resource.setrlimit(what, (most, most))


def verifier() -> Any:
    """verify.py, as it is handed out."""
    spec = importlib.util.spec_from_file_location("verify", VERIFIER)
    if spec is None or spec.loader is None:
        raise ImportError(f"{VERIFIER} is not there.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def told(report: Any) -> dict[str, Any]:
    """The report as a value."""
    lines = sorted(report.lines, key=lambda line: WORST_FIRST.index(line.outcome))
    return {
        "status": report.status,
        "lines": [asdict(line) for line in lines[:MOST_LINES]],
        "left_out": max(0, len(lines) - MOST_LINES),
        "signatures": [asdict(signature) for signature in report.signatures],
        "size": report.size,
        "kept_size": report.kept_size,
    }


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    verify = verifier().verify
    limit()
    lengths = json.loads(sys.stdin.buffer.readline())
    json.dump(told(verify(*map(sys.stdin.buffer.read, lengths))), sys.stdout)
