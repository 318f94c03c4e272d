"""Where checkpoints lie outside the database: files, git, addresses that are told."""

import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from audit.copies import CopyFailed, FileCopy, GitCopy, WebCopy, copies, copy_at, notes_in


def note(size):
    return f"sentinel.example/ledger\n{size}\nroot\n\n— sentinel.example/ledger signature{size}\n"


def git(folder, *words):
    done = subprocess.run(
        ["git", "-C", str(folder), *words],  # noqa: S607 - whichever there is
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def tree(tmp_path):
    """A git working tree with somebody to commit."""
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "--quiet")
    git(folder, "config", "user.name", "Sentinel")
    git(folder, "config", "user.email", "sentinel@aureus.example")
    return folder


@pytest.fixture
def listener():
    """An address that keeps what it is told, and answers as it is asked to."""
    server = HTTPServer(("127.0.0.1", 0), Listening)
    server.told, server.answer = [], 204
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Listening(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append((self.path, self.headers["Content-Type"], body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *arguments):
        """Quiet."""


def test_a_file_grows_by_each_note_once(tmp_path):
    copy = FileCopy(tmp_path / "deep" / "log.txt")
    assert list(copy.notes()) == []

    for size in (1, 1, 2):
        copy.push(note(size))

    assert (tmp_path / "deep" / "log.txt").read_text() == f"{note(1)}\n{note(2)}\n"
    assert list(copy.notes()) == [note(2), note(1)]


def test_a_file_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder should be")

    with pytest.raises(CopyFailed, match="taken"):
        FileCopy(tmp_path / "taken" / "log.txt").push(note(1))


def test_the_end_of_a_long_file_is_read(tmp_path):
    path = tmp_path / "log.txt"
    path.write_text("".join(f"{note(size)}\n" for size in range(1, 2000)))

    assert next(notes_in(path)) == note(1999)
    assert all(found == note(1999 - place) for place, found in enumerate(list(notes_in(path))[:-1]))


def test_a_torn_end_is_passed_over(tmp_path):
    path = tmp_path / "log.txt"
    path.write_text(f"{note(1)}\n{note(2)}\nsentinel.example/ledger\n3\nro")

    assert note(2) in list(notes_in(path))


def test_each_note_is_a_commit(tree):
    copy = GitCopy(tree / "log.txt")

    for size in (1, 1, 2):
        copy.push(note(size))

    assert git(tree, "log", "--format=%s").splitlines() == [
        "Checkpoint of 2 entries",
        "Checkpoint of 1 entries",
    ]
    assert next(copy.notes()) == note(2)


def test_a_tree_with_an_upstream_is_pushed(tree, tmp_path):
    git(tmp_path, "init", "--quiet", "--bare", "upstream.git")
    git(tree, "remote", "add", "origin", str(tmp_path / "upstream.git"))
    git(tree, "config", "push.autoSetupRemote", "true")

    GitCopy(tree / "log.txt").push(note(1))

    assert (
        git(tmp_path / "upstream.git", "log", "--all", "--format=%s") == "Checkpoint of 1 entries\n"
    )


def test_what_could_not_be_committed_is_the_next_time(tree):
    hook = tree / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    copy = GitCopy(tree / "log.txt")
    with pytest.raises(CopyFailed, match="git commit"):
        copy.push(note(1))
    hook.unlink()

    copy.push(note(1))

    assert git(tree, "log", "--format=%s") == "Checkpoint of 1 entries\n"
    assert list(copy.notes()) == [note(1)]


def test_what_could_not_be_pushed_is_the_next_time(tree, tmp_path):
    git(tree, "remote", "add", "origin", str(tmp_path / "upstream.git"))
    git(tree, "config", "push.autoSetupRemote", "true")
    copy = GitCopy(tree / "log.txt")
    with pytest.raises(CopyFailed, match="git push"):
        copy.push(note(1))
    git(tmp_path, "init", "--quiet", "--bare", "upstream.git")

    copy.push(note(1))
    (tmp_path / "upstream.git").rename(tmp_path / "away.git")
    copy.push(note(1))  # nothing is left to push, so nobody is asked

    assert git(tmp_path / "away.git", "log", "--all", "--format=%s") == "Checkpoint of 1 entries\n"


def test_a_folder_that_is_no_working_tree_is_said_so(tmp_path):
    with pytest.raises(CopyFailed, match="git status"):
        GitCopy(tmp_path / "log.txt").push(note(1))


def test_an_address_is_told_each_note(listener):
    copy = WebCopy(f"http://127.0.0.1:{listener.server_port}/notes")
    copy.push(note(1))

    assert listener.told == [("/notes", "text/plain; charset=utf-8", note(1))]
    assert list(copy.notes()) == []


def test_an_address_that_refuses_is_said_so(listener):
    listener.answer = 500

    with pytest.raises(CopyFailed, match="500"):
        WebCopy(f"http://127.0.0.1:{listener.server_port}/").push(note(1))


def test_the_settings_say_which_copies_there_are(settings):
    settings.CHECKPOINT_COPIES = ["file:///a/b", "git:///c/d", "https://e.example/f"]

    assert [type(copy) for copy in copies()] == [FileCopy, GitCopy, WebCopy]


@pytest.mark.parametrize("address", ["", "/a/b", "ftp://a.example/b"])
def test_an_address_of_an_unknown_kind_is_refused(address):
    with pytest.raises(ValueError, match="a copy of checkpoints is at"):
        copy_at(address)
