"""Opening rounds, answering, cancelling: rows, entries, refusals."""

import pytest
from django.utils import timezone

from audit.ledger import Salted
from checklist.rules import ItemStatus, Outcome, Tone
from signoff.actions import answer_questions, cancel_round, open_round
from signoff.actions.rounds import end_round
from signoff.models import Round, Signature
from signoff.rules import Answer, Question, RoundState, Vote
from tests.checklist.aftermath import acts, appended, refused, said
from tests.factories.conditions import make_wish
from tests.factories.launches import make_launch, manager_of, set_items
from tests.factories.people import make_authority
from tests.signoff.acting import (
    YES,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    vote,
)

pytestmark = pytest.mark.django_db

NO = tuple(Answer(question, given=False, reason="Not yet.") for question in Question)


def make_ended_round(value=Vote.NO_GO):
    """A launch whose only executive has voted, and its round."""
    launch = make_signed_launch()
    round_ = make_round(launch)
    conditions = [make_wish()] if value is Vote.GO_CONDITIONAL else []
    vote(launch.slots.executive().get(), value=value, comment="Said so.", conditions=conditions)
    return reread(launch), reread(round_)


def as_leaf(answers):
    return {
        row.question.value: {"given": row.given, "reason": Salted(row.reason)} for row in answers
    }


# Opening


def test_a_manager_opens_a_round_with_three_answers():
    launch = make_signed_launch()
    manager = manager_of(launch)

    with appended() as entries:
        round_ = open_round(launch, by=manager, answers=NO)

    new = {"number": 1, "answers": as_leaf(NO), "what_changed": Salted("")}
    assert entries == [said("round.opened", f"round:{round_.pk}", new=new)]
    round_ = reread(round_)
    assert (round_.number, round_.state, round_.opened_by) == (1, RoundState.OPEN, manager)
    assert (round_.complete, round_.acceptable, round_.assessed) == (False, False, False)
    assert round_.complete_reason == round_.assessed_reason == "Not yet."
    launch = reread(launch)
    assert (launch.outcome, launch.tone) == (Outcome.OPEN, Tone.READY)


def test_a_round_opens_at_any_time_and_the_launch_stays_not_ready():
    launch = make_launch(executive=[[make_authority()]])

    make_round(launch, answers=NO)

    assert (reread(launch).outcome, reread(launch).tone) == (Outcome.OPEN, Tone.NOT_READY)


def test_an_answer_that_differs_says_why():
    launch = make_launch(executive=[[make_authority()]])

    with refused("differs_without_reason", "differs_without_reason"):
        make_round(launch, answers=YES)
    bold = [Answer(question, given=True, reason="We accept it.") for question in Question]

    assert make_round(launch, answers=bold).complete_reason == "We accept it."


def test_a_round_needs_a_review_and_executives():
    launch = make_launch(in_review=False)

    with refused("not_in_review", "no_executive_slot"):
        make_round(launch, answers=NO)


def test_there_is_one_open_round():
    launch = make_signed_launch()
    make_round(launch)

    with refused("round_open"):
        make_round(launch)


def test_what_ended_go_is_decided():
    launch = make_go_launch()

    with refused("round_is_go"):
        make_round(launch)


def test_a_round_after_no_go_says_what_has_changed_and_keeps_the_sections_signatures():
    launch, _round = make_ended_round()
    section_slot, executive = launch.slots.order_by("position")
    sections = Signature.objects.filter(slot=section_slot)

    with refused("say_what_changed"):
        make_round(launch)
    second = make_round(launch, what_changed="Keys were rotated.")

    launch = reread(launch)
    assert (second.number, second.what_changed) == (2, "Keys were rotated.")
    assert reread(section_slot).signature == sections.get().pk
    assert (reread(executive).signature, reread(executive).vote) == (None, "")
    assert (launch.outcome, launch.tone, launch.unsigned) == (Outcome.OPEN, Tone.READY, 0)


# Answering


def test_changing_an_answer_stales_the_votes_and_changing_it_back_heals():
    launch = make_go_launch()
    round_, slot = Round.objects.get(), launch.slots.executive().get()
    manager = manager_of(launch)
    assessed = [*YES[:2], Answer(Question.ASSESSED, given=False)]

    with appended() as entries:
        answer_questions(round_, by=manager, answers=assessed)
    stale = reread(launch).tone
    with appended() as back:
        answer_questions(round_, by=manager, answers=YES)

    old, new = {"answers": as_leaf(YES)}, {"answers": as_leaf(assessed)}
    assert entries == [
        said("round.answered", f"round:{round_.pk}", old, new),
        said("slot.stale", f"slot:{slot.pk}"),
    ]
    assert acts(back)[1:] == [("slot.healed", f"slot:{slot.pk}")]
    assert (stale, reread(launch).tone) == (Tone.READY, Tone.APPROVED)


def test_an_answer_s_reason_is_part_of_it():
    launch = make_go_launch()
    worded = [*YES[:2], Answer(Question.ASSESSED, given=True, reason="By the board.")]

    answer_questions(Round.objects.get(), by=manager_of(launch), answers=worded)

    assert reread(launch).tone == Tone.READY


def test_a_changed_answer_that_differs_says_why():
    launch = make_signed_launch()
    round_ = make_round(launch)
    bare = [Answer(question, given=False) for question in Question]

    with refused("differs_without_reason", "differs_without_reason"):
        answer_questions(round_, by=manager_of(launch), answers=bare)


def test_a_round_that_is_over_takes_no_answers():
    launch, round_ = make_ended_round()

    with refused("round_over"):
        answer_questions(round_, by=manager_of(launch), answers=YES)


# Cancelling


def test_a_round_is_cancelled_with_a_reason_and_its_votes_stand_for_nothing():
    launch = make_signed_launch(executive=2)
    round_ = make_round(launch)
    slot = launch.slots.executive().first()
    vote(slot)

    with appended() as entries:
        cancel_round(round_, by=manager_of(launch), reason="Wrong version.")

    states = {"state": "open"}, {"state": "cancelled"}
    assert entries == [said("round.cancelled", f"round:{round_.pk}", *states, "Wrong version.")]
    round_, launch, slot = reread(round_), reread(launch), reread(slot)
    assert (round_.state, round_.close_reason) == (RoundState.CANCELLED, "Wrong version.")
    assert round_.closed_at is not None
    assert (launch.outcome, launch.tone) == (Outcome.NONE, Tone.READY)
    assert (slot.signature, slot.vote) == (None, "")
    assert Signature.objects.filter(act="vote").count() == 1


def test_cancelling_needs_a_reason_and_an_open_round():
    launch = make_signed_launch()
    round_, manager = make_round(launch), manager_of(launch)

    with refused(reason=["reason_required"]):
        cancel_round(round_, by=manager, reason="")
    cancel_round(round_, by=manager, reason="Wrong version.")
    with refused("round_over"):
        cancel_round(round_, by=manager, reason="Again.")


@pytest.mark.parametrize("value", Vote)
def test_a_round_that_has_ended_is_not_cancelled(value):
    launch, round_ = make_ended_round(value)

    with refused("round_over"):
        cancel_round(round_, by=manager_of(launch), reason="Second thoughts.")


def test_a_round_moves_only_where_its_table_says():
    launch, round_ = make_ended_round()

    with pytest.raises(RuntimeError, match="no_go"):
        end_round(launch, round_, RoundState.GO, now=timezone.now())


def test_a_round_follows_a_cancelled_one():
    launch = make_signed_launch()
    cancel_round(make_round(launch), by=manager_of(launch), reason="Wrong version.")

    assert make_round(launch).number == 2


def test_what_is_derived_is_read_behind_the_lock():
    """The page showed a finished section; since then an item was set back."""
    launch = make_signed_launch()
    section = launch.sections.get()
    set_items(section, status=ItemStatus.ATTENTION)

    with refused("differs_without_reason", "differs_without_reason"):
        make_round(launch)


def test_a_cancelled_round_leaves_the_no_go_before_it_in_force():
    launch = make_signed_launch()
    make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Not yet.")
    second = make_round(launch, what_changed="The keys are new.")

    cancel_round(second, by=manager_of(launch), reason="Too early.")

    assert (reread(launch).outcome, reread(launch).tone) == ("no_go", "no-go")
    with refused("say_what_changed"):
        make_round(launch)
    assert make_round(launch, what_changed="The keys are new.").number == 3
