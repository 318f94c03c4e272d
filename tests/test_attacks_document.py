"""docs/attacks.md names a test for each attack: all exist, and no attack that is tested is left out."""

import pytest

from tests.naming import defined, defined_in, document, named_in

# What shows that the scene of an attack is sound is none itself.
MEASURES = {"test_as_a_measure_an_answer_that_nobody_touched_signs"}
ATTACKS = ("ledger", "signatures", "signing", "content")
HEADS = ("| attack |", "| attack on an attestation |", "| what happens |")
LISTS = ("Content", "Signing", "Ledger", "Outside", "Not disturbed")


def test_every_test_that_it_names_exists():
    assert named_in(document("attacks.md")) - defined() == set()


@pytest.mark.parametrize("name", ATTACKS)
def test_every_attack_is_in_it(name):
    attacks = defined_in(f"tests/attacks/test_{name}.py") - MEASURES

    assert attacks - named_in(document("attacks.md")) == set()


def test_every_list_has_its_table_and_every_row_its_test():
    for name in LISTS:
        part = document("attacks.md").split(f"\n## {name}\n")[1].split("\n## ")[0]
        rows = [line for line in part.splitlines() if line.startswith("| ")]
        rows = [line for line in rows if not line.startswith(HEADS)]

        assert rows
        assert [row for row in rows if not named_in(row)] == []
