"""The tests that documents name: which there are, and which a document names."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(test_\w+)`")


def defined_in(path):
    """The tests that a file defines, those in classes too."""
    tree = ast.parse((ROOT / path).read_text())
    functions = (node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {name for name in functions if name.startswith("test_")}


@cache
def defined():
    """Every test there is."""
    files = [*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "audit" / "verifier").glob("test_*.py")]
    return set().union(*map(defined_in, files))


def named_in(text):
    return set(NAMED.findall(text))


def document(name):
    return (ROOT / "docs" / name).read_text()
