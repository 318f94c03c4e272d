"""docs/regulations.md goes through every clause, and each test that it names exists."""

from tests.naming import defined, document, named_in

TEXT = document("regulations.md")
PART_11 = [f"11.10({letter})" for letter in "abcdefghijk"] + ["11.30", "11.50(a)", "11.50(b)"]
PART_11 += ["11.70", *(f"11.100({letter})" for letter in "abc")]
PART_11 += ["11.200(a)(1)", "11.200(a)(2)", "11.200(a)(3)", "11.200(b)"]
PART_11 += [f"11.300({letter})" for letter in "abcde"]
ANNEX_11 = [*"123456", "7.1", "7.2", "8.1, 8.2", "9", "10", "11"]
ANNEX_11 += [*(f"12.{number}" for number in range(1, 5)), "13"]
ANNEX_11 += [*(f"14({letter})" for letter in "abc"), "15", "16", "17"]
NOTHING = "\N{EM DASH}"
EIDAS = [f"26({letter})" for letter in "abcd"]


def rows():
    """Each clause's row, by its name."""
    found = (line.strip("|").split(" | ") for line in TEXT.splitlines() if line.startswith("| "))
    return {cells[0].strip(): cells for cells in found if cells[0].strip() != "clause"}


def test_every_test_that_it_names_exists():
    assert named_in(TEXT) - defined() == set()


def test_every_clause_is_there_and_in_order():
    assert list(rows()) == [*PART_11, *ANNEX_11, *EIDAS]


def test_what_no_test_shows_is_called_not_met_or_left_to_whoever_runs_it():
    for clause, cells in rows().items():
        _clause, _asks, _does, shown, yours = cells
        assert named_in(shown) or yours.strip() not in {"", NOTHING}, clause
