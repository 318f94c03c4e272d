"""A bundle checked in a process of its own: the same as verify.py says, and a sentence where it takes too much."""

import json
import struct
import time
import zipfile
from io import BytesIO
from pathlib import Path
from subprocess import TimeoutExpired

import pytest

from audit.verifier.verify import verify
from sentinel.apart import answer_of
from sentinel.errors import Refused
from signoff.bundle import checking, verifying
from signoff.bundle.checking import checked
from signoff.bundle.trust import own_trust

DATA = Path(__file__).resolve().parents[2] / "data"
EVIDENCE = (DATA / "evidence-v1.zip").read_bytes()
TRUST = (DATA / "trust-v1.json").read_bytes()
EARLY = (DATA / "checkpoint-v1.txt").read_bytes()
TOO_MUCH = "more time or memory than a check on this page is given"
DEEP = b"[" * 100_000 + b"]" * 100_000


def packed(files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def unpacked():
    with zipfile.ZipFile(BytesIO(EVIDENCE)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def a_program(tmp_path):
    """Puts another program in the place of the one that checks."""

    def write(source):
        path = tmp_path / "program.py"
        path.write_text(source)
        return path

    return write


def test_it_finds_what_the_verifier_finds():
    found, report = checked(EVIDENCE, TRUST, EARLY), verify(EVIDENCE, TRUST, EARLY)

    assert (found.status, found.left_out) == (0, 0)
    assert (found.size, found.kept_size) == (25, 1)
    assert set(found.lines) == set(report.lines)
    assert found.signatures == report.signatures


def test_what_does_not_hold_is_told_first():
    found = checked(packed(unpacked() | {"texts.json": b"[]", "log/inclusion.json": b"{}"}), TRUST)

    assert found.status == 1
    assert [line.outcome for line in found.lines[:2]] == ["altered", "missing"]


HOSTILE = {
    "nothing": b"",
    "no zip": b"%PDF-1.7 and more",
    "cut off": EVIDENCE[:-40],
    "a bomb": packed({"manifest.json": b"0" * 300_000_000}),
    "a bomb that lies": packed({"manifest.json": b"0" * 300_000_000}).replace(
        struct.pack("<I", 300_000_000), struct.pack("<I", 10)
    ),
    "many files": packed({f"leaves/{n}.json": b"" for n in range(100_000)}),
    "a way out": packed({"../../etc/passwd": b""}),
    "a zip": packed({"manifest.json": EVIDENCE}),
    "deep": packed(unpacked() | {"manifest.json": DEEP, "log/inclusion.json": DEEP}),
    "large numbers": packed(unpacked() | {"manifest.json": b'{"a":' + b"9" * 5_000_000 + b"}"}),
    "no number": packed(unpacked() | {"manifest.json": b'{"type":NaN}'}),
    "no text": packed(unpacked() | {"manifest.json": b"\xff\xfe{}"}),
    "twice": packed(unpacked() | {"manifest.json": b'{"type":1,"type":2}'}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_bytes_are_a_finding_and_take_no_time(kind):
    began = time.monotonic()

    assert checked(HOSTILE[kind], TRUST).status == 1
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("trust", [b"", DEEP, b"[]", b"\xff", b'{"type":"sentinel/trust/v1"}'])
def test_a_hostile_trust_file_lets_nothing_hold(trust):
    assert checked(EVIDENCE, trust).status in {1, 2}


LIMITED = (
    f"import os, sys; sys.path.insert(0, {str(Path(verifying.__file__).parent)!r})\n"
    "import verifying; verifying.limit()\n"
)


def test_what_needs_more_memory_is_refused_in_words(a_program, monkeypatch):
    monkeypatch.setattr(
        checking, "VERIFYING", a_program(f"{LIMITED}bytearray(2 * verifying.MEMORY)")
    )

    with pytest.raises(Refused, match=TOO_MUCH):
        checked(EVIDENCE, TRUST)


def test_what_needs_more_time_is_refused_in_words(a_program, monkeypatch):
    monkeypatch.setattr(checking, "VERIFYING", a_program("while True: pass"))
    monkeypatch.setattr(checking, "SECONDS", 1)

    with pytest.raises(Refused, match=TOO_MUCH):
        checked(EVIDENCE, TRUST)


def test_the_process_may_write_no_file_and_sees_no_secret(a_program, monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "a secret")
    program = a_program(
        f"{LIMITED}"
        "print(os.environ.get('SECRET_KEY'))\n"
        "try:\n"
        f"    open({str(tmp_path / 'kept')!r}, 'w').write('x' * 9999)\n"
        "except OSError as refused:\n"
        "    print(refused.strerror)\n"
    )

    assert answer_of(program, b"", seconds=10) == b"None\nFile too large\n"


def test_a_program_that_takes_too_long_is_ended(a_program):
    with pytest.raises(TimeoutExpired):
        answer_of(a_program("import time; time.sleep(60)"), b"", seconds=1)


def test_the_lines_are_bounded(monkeypatch):
    monkeypatch.setattr(verifying, "MOST_LINES", 3)

    told = verifying.told(verify(packed(unpacked() | {"texts.json": b"[]"}), TRUST))

    assert (len(told["lines"]), told["lines"][0]["outcome"]) == (3, "altered")
    assert told["left_out"] > 30
    json.dumps(told)


@pytest.mark.django_db
def test_without_keys_or_a_ledger_there_is_no_trust_of_our_own(settings, tmp_path):
    with pytest.raises(Refused, match="no keys or no ledger yet"):
        own_trust()
    settings.KEYS_DIR = tmp_path
    with pytest.raises(Refused, match="give a trust file"):
        own_trust()
