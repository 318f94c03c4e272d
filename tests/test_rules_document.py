"""docs/rules.md names the tests that hold each rule: they exist, every rule is there, every part has an answer."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RULES = range(1, 21)
ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \|$")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
GAP = "not held by a test yet"


def rows_of(text):
    """Each row's number and what it says holds it, part by part."""
    found = filter(None, map(ROW.match, text.splitlines()))
    return [(int(row[1]), row[3].split("<br>")) for row in found]


@cache
def defined_in(path):
    """The tests that a file defines, as pytest would find them."""
    tree = ast.parse((ROOT / path).read_text()) if (ROOT / path).is_file() else ast.Module([], [])
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def wrong_in(text):
    """What is wrong with the document."""
    rows = rows_of(text)
    if [number for number, _parts in rows] != list(RULES):
        yield "rules are missing, double or out of order"
    for number, parts in rows:
        if not any(map(NAMED.search, parts)):
            yield f"rule {number} is held by no test"
        for part in parts:
            named = NAMED.findall(part)
            if not named and not part.endswith(GAP):
                yield f"rule {number}: no test for {part}"
            for path, name in named:
                if name not in defined_in(path):
                    yield f"rule {number}: no {path}::{name}"


def document():
    return (ROOT / "docs" / "rules.md").read_text()


def test_every_rule_is_there_and_every_test_it_names_exists():
    assert list(wrong_in(document())) == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (("| 7 |", "| 8 |"), "rules are missing, double or out of order"),
        (
            ("::test_who_may_post`", "::test_gone`"),
            "rule 2: no tests/access/test_access.py::test_gone",
        ),
        (
            ("tests/test_stateful.py", "tests/test_gone.py"),
            "rule 4: no tests/test_gone.py::test_no_story",
        ),
        (
            ("an importer counts as having worked on it: " + GAP, "an importer counts: surely"),
            "rule 7: no test for an importer counts",
        ),
    ],
)
def test_a_planted_mistake_is_caught(change, wrong):
    found = list(wrong_in(document().replace(*change)))

    assert any(line.startswith(wrong) for line in found)


def test_a_rule_that_no_test_holds_is_caught():
    text = re.sub(
        r"^(\| 20 \| .+ \|) .+ \|$", rf"\1 all of it: {GAP} |", document(), flags=re.MULTILINE
    )

    assert list(wrong_in(text)) == ["rule 20 is held by no test"]
