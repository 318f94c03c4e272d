"""The ledger's lines about signatures and rounds, in words."""

import pytest

from audit.models import Entry
from audit.reading import read
from audit.words import sentences
from signoff.actions import answer_questions, cancel_round, withdraw
from signoff.rules import Answer, Question, Vote
from tests.factories.launches import make_holder, make_launch, manager_of
from tests.factories.people import make_authority, make_manager
from tests.factories.signatures import (
    ask,
    make_return,
    make_round,
    make_signature,
    make_vote,
    presence_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    return make_launch(
        {"items": ("Audit",), "title": "Security", "authorities": [make_authority("CISO")]},
        executive=[[make_authority("CTO")]],
        by=make_manager(full_name="Karin Lindqvist"),
    )


@pytest.fixture
def slot(launch):
    return ask(launch.sections.get())


def newest(launch, start=0):
    """The launch's newest lines, without the times."""
    entries = Entry.objects.of_launch(launch.pk).newest_first()[start : start + 1]
    [line] = sentences(read(entries))
    return line.text


def test_a_signature_is_told_with_its_authority(launch, slot):
    make_signature(slot, make_holder(slot, full_name="Rui Chen"))

    assert newest(launch) == "Section 1. Security, Security Sign-Off: signed; as CISO, Rui Chen"


def test_a_return_is_told_with_its_reason(launch, slot):
    make_return(slot, make_holder(slot, full_name="Rui Chen"), comment="Not yet.")

    assert newest(launch) == (
        "Section 1. Security, Security Sign-Off: returned; as CISO “Not yet.”, Rui Chen"
    )


def test_a_withdrawal_is_told_with_its_reason(launch, slot):
    holder = make_holder(slot, full_name="Rui Chen")
    signature = make_signature(slot, holder)
    withdraw(signature, presence=presence_of(holder), comment="I was wrong.")

    assert newest(launch) == (
        "Section 1. Security, Security Sign-Off: signature withdrawn “I was wrong.”, Rui Chen"
    )


def test_a_round_is_told_from_opening_to_its_end(launch, slot):
    make_signature(slot)
    round_ = make_round(launch)
    assert newest(launch) == (
        "Decision, round 1: opened; outstanding acceptable: yes, risks assessed: yes, "
        "all complete: yes, Karin Lindqvist"
    )

    answers = [Answer(question, question is not Question.ASSESSED) for question in Question]
    answer_questions(round_, by=manager_of(launch), answers=answers)
    assert newest(launch).startswith("Decision, round 1: answers changed; outstanding acceptable")

    executive = launch.slots.executive().get()
    make_vote(executive, make_holder(executive, full_name="Elin Sandberg"))
    assert newest(launch, 1) == ("Decision, Executive Sign-Off: voted; GO; as CTO, Elin Sandberg")
    assert newest(launch) == "Decision, round 1: open → GO, Elin Sandberg"


def test_a_no_go_and_a_cancelled_round_are_told_with_their_reasons(launch, slot):
    make_signature(slot)
    make_round(launch)
    executive = launch.slots.executive().get()
    holder = make_holder(executive, full_name="Elin Sandberg")
    make_vote(executive, holder, Vote.NO_GO, "Keys were shared.")
    assert newest(launch, 1) == (
        "Decision, Executive Sign-Off: voted; NO-GO; as CTO “Keys were shared.”, Elin Sandberg"
    )

    round_ = make_round(launch, what_changed="Keys were rotated.")
    cancel_round(round_, by=manager_of(launch), reason="Wrong version.")
    assert newest(launch) == (
        "Decision, round 2: open → cancelled “Wrong version.”, Karin Lindqvist"
    )
