"""Reading in a process of its own: the same as here, and a sentence where it runs away."""

import sys
from pathlib import Path
from subprocess import PIPE, run

import pytest
from django.utils import translation

from checklist.imports import apart
from checklist.imports.apart import read_apart
from checklist.imports.files import NotRead, read_file
from checklist.imports.options import Options
from tests.checklist.imports.test_hostile import HOSTILE, WHOLE

ROOT = Path(__file__).parents[3]
SEED = ROOT / "tests/samples/aureus-sentinel-checklist.md"


@pytest.mark.parametrize("name", WHOLE)
def test_it_is_read_as_it_is_here(name):
    assert read_apart(name, WHOLE[name]) == read_file(name, WHOLE[name])


def test_the_whole_of_a_long_one_comes_back():
    content = SEED.read_bytes()

    assert read_apart(SEED.name, content) == read_file(SEED.name, content)


def test_options_go_along():
    content = b"# L\n\n## P\n\n- a\n- b\n"

    assert [item.text for item in read_apart("a.md", content).items] == ["a", "b"]
    with pytest.raises(NotRead) as refused:
        read_apart("a.md", content, Options(plain_bullets=False))

    assert refused.value.code == "nothing"
    assert "What was looked for" in str(refused.value)
    assert refused.value.draft.title == "L"


def test_what_nobody_can_see_stays_behind():
    content = rb'{"items": [{"text": "a\ud800b\u202e", "status": "done"}, {"text": "\u200b", "status": "done"}]}'

    draft = read_apart("a.json", content)

    assert [item.text for item in draft.items] == ["ab"]


def test_columns_of_which_one_may_be_the_status_come_back():
    content = b"Section,Item,First,Second\nA,x,done,open\n"

    draft = read_apart("a.csv", content, Options(status_column="Second"))

    assert draft.headings == ["Section", "Item", "First", "Second"]
    assert [item.status for item in draft.items] == ["unset"]


@pytest.mark.parametrize("name", ["bomb.xlsx", "deep.yaml", "wide.csv", "bytes.md", "prose.md"])
def test_a_hostile_file_is_refused_with_a_sentence(name):
    with pytest.raises(NotRead) as refused:
        read_apart(name, HOSTILE[name]())

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(60)", "x = b'x' * 10**12", "raise SystemExit(1)"],
    ids=["hangs", "is hungry", "ends"],
)
def test_one_that_runs_away_is_a_sentence(monkeypatch, tmp_path, program):
    (tmp_path / "reading.py").write_text(program)
    monkeypatch.setattr(apart, "READING", tmp_path / "reading.py")
    monkeypatch.setattr(apart, "SECONDS", 1)

    with pytest.raises(NotRead, match="too long or too much memory") as refused:
        read_apart("a.md", b"- [ ] a\n")

    assert refused.value.code == "ran_away"


@pytest.mark.parametrize(
    ("waste", "ending"),
    [("x = b'x' * 10**9", 1), ("open('/tmp/never', 'wb').write(b'x')", -25)],
    ids=["memory", "files"],
)
def test_its_limits_bite(waste, ending):
    program = (
        "import signal, sys; sys.path.insert(0, '.')\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_DFL)\n"
        f"from checklist.imports.reading import limit\nlimit()\n{waste}"
    )

    done = run([sys.executable, "-c", program], stderr=PIPE, check=False, cwd=ROOT)

    assert done.returncode == ending


def test_another_language_breaks_nothing():
    with translation.override("de"), pytest.raises(NotRead) as refused:
        read_apart("a.pdf", b"%PDF-1.7")

    assert refused.value.code == "foreign"
