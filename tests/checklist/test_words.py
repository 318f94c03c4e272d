"""Every reason has a sentence."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

from checklist import words as checklist_words
from checklist.actions.common import refuse as checklist_refuse
from checklist.rules import SlotState
from sentinel.errors import Refused
from sentinel.reasons import Reason
from signoff import words as signoff_words

TEMPLATES = Path("checklist/actions/templates.py")  # has words of its own
PARAMS = {
    "number": "3",
    "title": "Backups",
    "text": "Restored once",
    "slot": "Sign-Off",
    "holder": "Maya Ito",
    "holders": "Maya Ito, Rui Chen",
    "authority": "CISO",
    "principal": "Rui Chen",
    "signer": "Maya Ito",
    "question": "Complete?",
    "count": 2,
    "owner": "Maya Ito",
    "most": 20,
    "what": "3.1 Restored once",
    "launch": "Aureus 1.0",
    "who": "Maya Ito",
    "whom": "somebody who takes part",
    "why": "It is over.",
    "file": "seal-root.key.pem",
    "url": "https://tsa.example",
    "verdict": "NOT READY: 1 blocker",
    "again": datetime(2026, 3, 3, 13, 2, tzinfo=UTC),
}


def codes_of(app):
    """Every code that an app's modules make a reason of: written out, or a key of a table of gaps."""
    paths = [path for path in Path(app).rglob("*.py") if path != TEMPLATES]
    trees = [ast.parse(path.read_text()) for path in paths]
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Call(func=ast.Name("Reason"), args=[ast.Constant(code), *_]):
                yield code
            case ast.Assign(targets=[ast.Name("gaps")], value=ast.Dict(keys)):
                yield from (key.value for key in keys)


@pytest.mark.parametrize(
    ("app", "sentence"),
    [("checklist", checklist_words.sentence), ("signoff", signoff_words.sentence)],
)
def test_every_code_has_a_sentence(app, sentence):
    codes = {*codes_of(app), *(f"slot_{state}" for state in SlotState if state != "signed")}

    assert len(codes) > 15
    for code in codes:
        assert sentence(Reason(code, "", PARAMS)).endswith((".", "?"))


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            Reason("items_outstanding", "section:3", PARAMS | {"count": 1}),
            "3. Backups: 1 item is not settled.",
        ),
        (Reason("items_outstanding", "section:3", PARAMS), "3. Backups: 2 items are not settled."),
        (
            Reason("evidence_expired", "section:3", PARAMS | {"count": 1}),
            "3. Backups: the evidence of 1 item has expired.",
        ),
        (
            Reason("evidence_expired", "item:1", {"number": "3.1", "text": "Restored once"}),
            "The evidence of 3.1 Restored once has expired.",
        ),
        (
            Reason("outstanding", "item:1", {"number": "", "text": "Restored 100% once"}),
            "Restored 100% once is not settled.",
        ),
        (
            Reason("no_owner", "item:1", {"number": "3.1", "text": "X %(y)s"}),
            "3.1 X %(y)s has no owner.",
        ),
    ],
)
def test_a_sentence_counts_and_names(reason, sentence):
    assert checklist_words.sentence(reason) == sentence


def test_a_text_with_percent_signs_survives_a_refusal():
    reason = Reason("from_template", "item:1", {"number": "1", "text": "99.9% up %(x)s"})

    for refuse in (checklist_refuse, signoff_words.refuse):
        with pytest.raises(Refused) as refused:
            refuse([reason])

        (message,) = refused.value.messages
        assert "99.9% up %(x)s" in message
