"""Where checkpoints lie outside the database: files, git, addresses that are told.

A file grows by a note each time; a file in a git working tree is committed as well; an address gets a POST. What lies
in files can be read back, and finds out whoever restores last week's database.
"""

import os
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings

WEB_SECONDS = 10
GIT_SECONDS = 60
TAIL_BYTES = 8192


class CopyFailed(RuntimeError):
    """A copy could not be made; the sentence says where and why."""


class Copy(Protocol):
    """A place outside the database that keeps checkpoints."""

    def notes(self) -> Iterator[str]:
        """The last notes kept there, newest first; none where nothing can be read back.

        CopyFailed where there is something that should be readable and is not.
        """

    def push(self, note: str) -> None:
        """Keep one more note; CopyFailed where that cannot be done."""


@dataclass(frozen=True, slots=True)
class FileCopy:
    """A file to which every note is added; never shortened."""

    path: Path

    def notes(self) -> Iterator[str]:
        return notes_in(self.path)

    def push(self, note: str) -> None:
        self.add(note)

    def add(self, note: str) -> None:
        """Add a note, unless it is the last one there."""
        if note == next(self.notes(), None):
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{note}\n")
                file.flush()
                os.fsync(file.fileno())
        except OSError as failed:
            raise CopyFailed(f"{self.path}: {failed.strerror}") from failed


class GitCopy(FileCopy):
    """A file like that in a git working tree; each note is a commit, pushed where the tree has an upstream."""

    __slots__ = ()

    def push(self, note: str) -> None:
        """Also what an earlier time could not commit, or not push."""
        self.add(note)
        if self._git("status", "--porcelain", "--", self.path.name):
            size = note.split("\n")[1]
            told = f"Checkpoint of {size} entries"
            self._git("add", "--", self.path.name)
            self._git("commit", "--quiet", "--message", told, "--", self.path.name)
        if self._git("remote") and self._git(
            "rev-list", "--max-count=1", "HEAD", "--not", "--remotes"
        ):
            self._git("push", "--quiet")

    def _git(self, *words: str) -> str:
        try:
            done = subprocess.run(  # noqa: S603 - our own words and the operator's path
                ["git", "-C", str(self.path.parent), *words],  # noqa: S607 - the operator's git
                capture_output=True,
                text=True,
                check=True,
                timeout=GIT_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as failed:
            told = getattr(failed, "stderr", "") or str(failed)
            raise CopyFailed(f"{self.path}: git {words[0]}: {told.strip()}") from failed
        return done.stdout.strip()


@dataclass(frozen=True, slots=True)
class WebCopy:
    """An address that gets every note as the body of a POST, and may do with it what it likes."""

    address: str

    def notes(self) -> Iterator[str]:
        return iter(())

    def push(self, note: str) -> None:
        request = urllib.request.Request(  # noqa: S310 - the scheme is checked where copies are read
            self.address,
            data=note.encode(),
            headers={"Content-Type": "text/plain; charset=utf-8"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=WEB_SECONDS):  # noqa: S310
                return
        except OSError as failed:
            raise CopyFailed(f"{self.address}: {failed}") from failed


def copies() -> list[Copy]:
    """The copies that the installation keeps; ValueError for an address of an unknown kind."""
    return [copy_at(address) for address in settings.CHECKPOINT_COPIES]


def copy_at(address: str) -> Copy:
    parts = urlsplit(address)
    match parts.scheme:
        case "file":
            return FileCopy(Path(parts.path))
        case "git":
            return GitCopy(Path(parts.path))
        case "http" | "https":
            return WebCopy(address)
    raise ValueError(f"{address}: a copy of checkpoints is at file:, git:, http: or https:.")


def notes_in(path: Path) -> Iterator[str]:
    """The last notes in a file that a copy made, newest first, or the one that a mail brought; none without a file."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL_BYTES))
            text = file.read().decode(errors="replace").replace("\r\n", "\n")
    except FileNotFoundError:
        return
    except OSError as failed:
        raise CopyFailed(f"{path}: {failed.strerror}") from failed
    *parts, rest = text.split("\n\n")
    if len(parts) == 1 and rest.endswith("\n"):
        parts.append(rest.removesuffix("\n"))
    while len(parts) > 1:
        signatures, claim = parts.pop(), parts.pop()
        yield f"{claim}\n\n{signatures}\n"
