"""What is listed beside a vote: which conditions came, went, were done or opened again."""

import pytest

from signoff.listed import conditions_changed


def row(text="Rotate", **fields):
    owner = {"id": "1", "name": "Kofi Mensah"}
    value = {"text": text, "owner": owner, "due": "2099-12-12", "before_launch": True}
    return value | {"done": False, "own": False, "asked_by": "Anika"} | fields


def said(old, new):
    changes = conditions_changed({"conditions": old}, {"conditions": new})
    return [str(change) for change in changes]


PROMISED = "Kofi Mensah by Sat 12 Dec 2099, before the launch"


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ([], [], []),
        ([row()], [row()], []),
        ([row(own=True)], [row(own=False, asked_by="Rui")], []),
        ([], [row()], [f"Condition added: “Rotate”, {PROMISED}"]),
        ([row()], [], [f"Condition no longer asked for: “Rotate”, {PROMISED}"]),
        ([row()], [row(done=True)], [f"Condition done: “Rotate”, {PROMISED}"]),
        ([row(done=True)], [row()], [f"Condition open again: “Rotate”, {PROMISED}"]),
        (
            [row()],
            [row(before_launch=False)],
            [
                "Condition added: “Rotate”, Kofi Mensah by Sat 12 Dec 2099, after the launch",
                f"Condition no longer asked for: “Rotate”, {PROMISED}",
            ],
        ),
    ],
)
def test_conditions_that_changed_are_told_in_sentences(old, new, sentences):
    assert said(old, new) == sentences
