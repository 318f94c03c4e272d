"""Runs a file of ours as a program of its own: for what may eat memory or time, or reads what may be hostile."""

import subprocess
import sys
from pathlib import Path


def answer_of(program: Path, given: bytes, *, seconds: int) -> bytes:
    """What the program writes, given this on its input. SubprocessError where it fails or takes longer."""
    done = subprocess.run(  # noqa: S603 - our own file, by our own interpreter; what was sent is its input
        [sys.executable, "-I", program],
        input=given,
        stdout=subprocess.PIPE,
        env={},  # no secret of ours is its business
        timeout=seconds,
        check=True,
    )
    return done.stdout
