"""Two people at once at one decision: opening rounds, voting, and the edit that comes between."""

from functools import partial

import pytest

from checklist.actions.items import set_status
from checklist.models import Launch
from checklist.rules import ItemStatus, Outcome, Tone
from signoff.actions import keep_condition, lift_condition
from signoff.models import Condition, Round, Signature, Standing
from signoff.rules import RoundState, Vote
from tests.checklist.aftermath import codes
from tests.factories.conditions import make_wish
from tests.factories.launches import make_appointment, make_holder, manager_of
from tests.factories.signatures import presence_of, seen_in
from tests.signoff.acting import (
    TIMES,
    at_once,
    make_round,
    make_signed_launch,
    reread,
    split,
    vote,
    vote_if,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_rounds_opened_at_once_one_is():
    for _ in TIMES:
        launch = make_signed_launch()

        opened, refused = split(at_once(*[partial(make_round, launch)] * 2))

        assert refused == [["round_open"]]
        assert list(Round.objects.filter(launch=launch)) == opened


def test_nobody_votes_in_two_slots_at_once():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        make_round(launch)
        slots = list(launch.slots.executive())
        voter = make_holder(slots[0])
        make_appointment(slots[1].authorities.get(), voter)

        voted, refused = split(
            at_once(*(partial(vote, slot, voter, seen=seen_in(slot)) for slot in slots))
        )

        assert refused == [["one_slot_a_person"]]
        assert list(Signature.objects.filter(signer=voter)) == voted


def test_no_go_stands_over_a_blocker_that_an_edit_made_meanwhile():
    for _ in TIMES:
        launch = make_signed_launch()
        make_round(launch)
        slot, item = launch.slots.executive().get(), launch.items.first()
        edit = partial(set_status, item, by=manager_of(launch), status=ItemStatus.NOT_DONE)

        voted, _edited = at_once(partial(vote, slot, make_holder(slot), seen=seen_in(slot)), edit)

        launch = reread(launch)
        assert launch.tone == Tone.NOT_READY
        if isinstance(voted, Exception):
            assert set(codes(voted)) == {"items_outstanding", "slot_stale", "changed_meanwhile"}
            assert launch.outcome == Outcome.OPEN
        else:
            assert launch.outcome == Outcome.GO


def test_of_two_votes_in_one_slot_one_goes():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        make_round(launch)
        slot = launch.slots.executive().first()
        seen = seen_in(slot)

        voted, refused = split(
            at_once(*(partial(vote, slot, make_holder(slot), seen=seen) for _ in range(2)))
        )

        assert refused == [["signed_already"]]
        assert [row.signature for row in Standing.objects.filter(slot=slot)] == voted


def test_the_last_two_votes_at_once_end_the_round():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        round_ = make_round(launch)
        calls = [
            partial(vote, slot, make_holder(slot), seen=seen_in(slot))
            for slot in launch.slots.executive()
        ]

        _voted, refused = split(at_once(*calls))

        assert refused == []
        assert reread(round_).state == RoundState.GO
        assert reread(launch).tone == Tone.APPROVED


def test_of_go_and_no_go_at_once_no_go_prevails():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        round_ = make_round(launch)
        go, no_go = launch.slots.executive()

        said_go, said_no = at_once(
            partial(vote, go, make_holder(go), seen=seen_in(go)),
            partial(
                vote, no_go, make_holder(no_go), Vote.NO_GO, seen=seen_in(no_go), comment="No."
            ),
        )

        assert isinstance(said_no, Signature)
        assert isinstance(said_go, Signature) or codes(said_go) == ["no_round"]
        assert reread(round_).state == RoundState.NO_GO
        assert Launch.objects.get(pk=launch.pk).tone == Tone.NO_GO


# Conditions


def make_conditional(**fields):
    """A launch whose only vote was given for one condition before the launch; and the condition."""
    launch = make_signed_launch()
    make_round(launch)
    vote_if(launch.slots.executive().get(), make_wish(before_launch=True, **fields))
    return launch, Condition.objects.get(launch=launch)


def test_the_last_two_votes_at_once_both_with_conditions():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        round_ = make_round(launch)
        calls = [
            partial(vote_if, slot, make_wish(), by=make_holder(slot), seen=seen_in(slot))
            for slot in launch.slots.executive()
        ]

        _voted, refused = split(at_once(*calls))

        assert refused == []
        assert reread(round_).state == RoundState.GO_CONDITIONAL
        assert reread(launch).open_conditions == 2
        assert reread(launch).tone == Tone.APPROVED


def test_a_condition_is_done_once():
    for _ in TIMES:
        launch, condition = make_conditional()
        by = manager_of(launch), condition.owner

        done, refused = split(
            at_once(*(partial(keep_condition, condition, by=who, note="Done.") for who in by))
        )

        assert refused == [["condition_done"]]
        assert reread(condition).done_by == done[0].done_by
        assert reread(launch).tone == Tone.APPROVED


def test_of_done_and_lifted_at_once_one_is():
    for _ in TIMES:
        launch, condition = make_conditional()

        _done, refused = split(
            at_once(
                partial(keep_condition, condition, by=condition.owner, note="Done."),
                partial(
                    lift_condition,
                    condition,
                    presence=presence_of(condition.asked_by),
                    reason="A slip.",
                ),
            )
        )

        assert refused in ([["condition_done"]], [["condition_ended"]])
        condition = reread(condition)
        assert bool(condition.done_at) is not bool(condition.ended)
        assert reread(launch).tone == Tone.APPROVED


def test_done_while_a_new_vote_takes_its_place():
    for _ in TIMES:
        launch, condition = make_conditional()
        slot = launch.slots.executive().get()

        results = at_once(
            partial(keep_condition, condition, by=condition.owner, note="Done."),
            partial(vote, slot, condition.asked_by, seen=seen_in(slot)),
        )

        _done, refused = split(results)
        condition = reread(condition)
        assert refused in ([], [["condition_ended"]])
        assert bool(condition.done_at) is not bool(condition.ended)
        assert reread(launch).open_conditions == 0
        assert reread(launch).tone == Tone.APPROVED


def test_an_edit_while_the_last_condition_is_done_is_never_approved_over():
    for _ in TIMES:
        launch, condition = make_conditional()
        item = launch.items.first()

        at_once(
            partial(keep_condition, condition, by=condition.owner, note="Done."),
            partial(set_status, item, by=manager_of(launch), status=ItemStatus.NOT_DONE),
        )

        assert reread(launch).tone == Tone.NOT_READY
        assert reread(launch).open_before_launch == 0


def test_what_is_left_is_carried_once():
    for _ in TIMES:
        launch = make_signed_launch(executive=2)
        make_round(launch)
        first, second = launch.slots.executive()
        vote_if(first, make_wish())
        vote(second, None, Vote.NO_GO, comment="No.")
        again = partial(make_round, launch, what_changed="Much.")

        _opened, refused = split(at_once(again, again))

        assert refused == [["round_open"]]
        assert Condition.objects.filter(launch=launch, ended="").count() == 1
        assert Condition.objects.filter(launch=launch).count() == 2
