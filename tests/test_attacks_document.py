"""docs/attacks.md names a test for each attack: all exist, and no attack on the ledger is left out."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAMED = re.compile(r"`(test_\w+)`")
FILES = [
    "tests/attacks/test_ledger.py",
    "tests/attacks/test_app_role.py",
    "tests/audit/test_checkpoints.py",
]
FILES += ["tests/attacks/test_signatures.py"]
FILES += ["tests/attacks/test_attestation.py", "tests/signoff/attestation/test_issuing.py"]


def defined_in(path):
    tree = ast.parse((ROOT / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def named():
    return set(NAMED.findall((ROOT / "docs" / "attacks.md").read_text()))


def test_every_test_that_it_names_exists():
    assert named() <= set().union(*map(defined_in, FILES))


def test_every_attack_on_the_ledger_is_in_it():
    attacks = {name for name in defined_in(FILES[0]) if name.startswith("test_")}
    assert attacks - named() == set()
