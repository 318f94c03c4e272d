"""GO with conditions: what it makes, what approval then waits for, how one would cheat with it."""

import json
from datetime import UTC, date, datetime

import pytest

from audit.ledger import Salted
from checklist import material
from checklist.actions.items import set_status
from checklist.models import Launch
from checklist.rules import Classification, ItemStatus, Outcome, Tone
from signoff.actions import cancel_round, keep_condition, lift_condition, reopen_condition
from signoff.models import Condition, Round
from signoff.rules import Ending, Origin, RoundState, Vote
from tests.checklist.aftermath import acts, appended, refused
from tests.factories.conditions import FAR, make_wish
from tests.factories.launches import make_appointment, make_holder, manager_of
from tests.factories.people import make_auditor, make_user
from tests.factories.signatures import presence_of, seen_in
from tests.signoff.acting import (
    make_round,
    make_signed_launch,
    reread,
    sign,
    vote,
    vote_if,
    withdraw,
)

pytestmark = pytest.mark.django_db


def make_decision(executive=1, **fields):
    launch = make_signed_launch(executive=executive, **fields)
    make_round(launch)
    return launch, *launch.slots.executive()


def before(text="Rotate the keys", **fields):
    return make_wish(text, before_launch=True, **fields)


def after(text="Write it down", **fields):
    return make_wish(text, **fields)


def no_go(slot, by=None):
    return vote(slot, by, Vote.NO_GO, comment="Not like this.")


def tone(launch):
    return reread(launch).tone


# What it makes


def test_a_vote_makes_its_conditions():
    launch, slot = make_decision()
    wish, holder = before(), make_holder(slot)

    with appended() as entries:
        signature = vote_if(slot, wish, after(owner=wish.owner), by=holder)

    round_, (first, second) = Round.objects.get(), Condition.objects.order_by("position")
    assert (first.text, first.owner, first.due_on) == (wish.text, wish.owner, FAR)
    assert (first.before_launch, second.before_launch) == (True, False)
    assert {row.origin for row in (first, second)} == {Origin.VOTE}
    assert (first.round, first.signature, first.asked_by) == (round_, signature, holder)
    assert acts(entries) == [
        ("signature.voted", f"slot:{slot.pk}"),
        ("condition.made", f"condition:{first.pk}"),
        ("condition.made", f"condition:{second.pk}"),
        ("round.ended", f"round:{round_.pk}"),
    ]
    assert entries[1][3] == {
        "text": Salted(wish.text),
        "owner": str(wish.owner.pk),
        "due_on": "2100-01-01",
        "before_launch": True,
        "origin": "vote",
        "round": str(round_.pk),
        "signature": str(signature.pk),
        "carried_from": None,
        "asked_by": str(holder.pk),
    }
    assert round_.state == RoundState.GO_CONDITIONAL
    assert signature.meaning == "decision.conditional"
    assert reread(launch).outcome == Outcome.GO_CONDITIONAL


def test_its_statement_and_content_name_them():
    _launch, slot, other = make_decision(2)
    listed = vote_if(other, after("Colleagues first"))
    wish = before()

    signature = vote_if(slot, wish)

    statement = json.loads(bytes(signature.statement))
    content = json.loads(bytes(signature.snapshot.content))
    value = {
        "text": wish.text,
        "owner": {"id": str(wish.owner.pk), "name": wish.owner.full_name},
        "due": "2100-01-01",
        "before_launch": True,
    }
    assert statement["conditions"] == [value]
    own, others = content["conditions"]
    assert own == value | {"own": True, "done": False}
    assert (others["own"], others["asked_by"]) == (False, listed.signer_name)
    assert others["text"] == "Colleagues first"


def test_its_material_follows_from_the_snapshot_alone():
    _launch, slot, other = make_decision(2)
    vote_if(other, after("Colleagues first"))

    signature = vote_if(slot, before(), after())

    content = json.loads(bytes(signature.snapshot.content))
    own = [
        {name: row[name] for name in ("text", "owner", "due", "before_launch")}
        for row in content["conditions"]
        if row["own"]
    ]
    sections = {row["number"]: row["material"] for row in content["sections"]}
    answers, conditions = material.digest(content["answers"]), material.of_conditions(own)
    value = material.of_decision(
        content["launch"], sections, answers, content["authorities"], conditions
    )
    assert material.digest(value) == signature.material
    assert reread(slot).conditions_digest == conditions


def test_a_vote_without_conditions_has_the_digest_it_always_had():
    value = material.of_decision({"id": "1"}, {}, "answers", ["cto"])

    assert "conditions" not in value
    assert value == material.of_decision({"id": "1"}, {}, "answers", ["cto"], "")


def test_the_order_of_conditions_does_not_matter():
    one, two = before().value, after().value

    assert material.of_conditions([one, two]) == material.of_conditions([two, one])
    assert material.of_conditions([one, two]) != material.of_conditions([one])
    assert material.of_conditions([]) == ""


# What approval waits for


def test_approval_waits_for_what_is_to_be_done_before_the_launch():
    launch, slot = make_decision()
    wish = before()
    vote_if(slot, wish, after())
    assert tone(launch) == Tone.READY

    condition = Condition.objects.get(before_launch=True)
    keep_condition(condition, by=wish.owner, note="Rotated.")
    assert tone(launch) == Tone.APPROVED

    reopen_condition(condition, by=wish.owner)
    assert tone(launch) == Tone.READY


def test_what_is_promised_for_afterwards_holds_nothing_up():
    launch, slot = make_decision()

    vote_if(slot, after())

    launch = reread(launch)
    assert (launch.tone, launch.open_conditions, launch.open_before_launch) == (Tone.APPROVED, 1, 0)
    assert launch.next_condition_due == FAR


def test_go_has_conditions_where_one_vote_has():
    launch, first, second = make_decision(2)
    vote(first)

    vote_if(second, after())

    assert Round.objects.get().state == RoundState.GO_CONDITIONAL
    assert tone(launch) == Tone.APPROVED


def test_all_else_still_has_to_hold():
    launch, slot = make_decision()
    wish = before()
    vote_if(slot, wish)
    set_status(launch.items.first(), by=manager_of(launch), status=ItemStatus.NOT_DONE)

    keep_condition(Condition.objects.get(), by=wish.owner, note="Rotated.")

    assert tone(launch) == Tone.NOT_READY


# Refusals


def test_go_with_conditions_needs_one_and_go_has_none():
    _launch, slot = make_decision()
    holder = make_holder(slot)

    with refused("conditions_missing"):
        vote(slot, holder, Vote.GO_CONDITIONAL)
    with refused("conditions_without_word"):
        vote(slot, holder, Vote.GO, conditions=[before()])


def test_a_blocker_refuses_go_with_conditions_too():
    launch, slot = make_decision()
    set_status(launch.items.first(), by=manager_of(launch), status=ItemStatus.NOT_DONE)
    holder, wish = make_holder(slot), before()

    with refused("items_outstanding", "slot_stale"):
        vote_if(slot, wish, by=holder)


def test_a_day_that_is_over_and_an_owner_who_could_not_are_refused():
    _launch, slot = make_decision(classification=Classification.RESTRICTED)
    holder, auditor = make_holder(slot), make_auditor()
    gone = make_user(is_active=False)

    with refused("condition_due_past"):
        vote_if(slot, before(owner=holder, due_on=date(2020, 1, 1)), by=holder)
    for person in (auditor, gone, make_user()):
        with refused("condition_owner_outside"):
            vote_if(slot, before(owner=person), by=holder)


def test_no_go_keeps_no_conditions_and_leaves_the_earlier_ones_to_be_offered():
    launch, first, _second = make_decision(2)
    holder = make_holder(first)
    vote_if(first, before(), by=holder)

    signature = vote(first, holder, Vote.NO_GO, comment="No.", conditions=[after()])

    assert json.loads(bytes(signature.statement))["conditions"] == []
    condition = Condition.objects.get()
    assert condition.is_left_over
    launch = reread(launch)
    assert (launch.open_conditions, launch.open_before_launch) == (0, 0)


# Voting again


def test_a_new_vote_takes_the_place_of_one_s_own_conditions():
    launch, slot, _other = make_decision(2)
    holder = make_holder(slot)
    vote_if(slot, before(), by=holder)

    with appended() as entries:
        vote_if(slot, after(), by=holder)

    old, new = Condition.objects.order_by("made_at")
    assert [action for action, *_ in entries] == [
        "signature.voted",
        "condition.replaced",
        "condition.made",
    ]
    assert (old.ended, old.ended_by, new.ended) == (Ending.REPLACED, holder, "")
    launch = reread(launch)
    assert (launch.open_conditions, launch.open_before_launch) == (1, 0)


def test_from_conditions_to_plain_go_and_back_moves_the_round():
    launch, slot = make_decision()
    holder = make_holder(slot)
    states = []

    for conditions in ([before()], [], [after()]):
        word = Vote.GO_CONDITIONAL if conditions else Vote.GO
        vote(slot, holder, word, conditions=conditions)
        states.append((Round.objects.get().state, tone(launch)))

    assert states == [
        (RoundState.GO_CONDITIONAL, Tone.READY),
        (RoundState.GO, Tone.APPROVED),
        (RoundState.GO_CONDITIONAL, Tone.APPROVED),
    ]


def test_the_very_same_vote_is_not_given_twice():
    _launch, slot = make_decision()
    holder, wish = make_holder(slot), before()
    vote_if(slot, wish, by=holder)

    with refused("signed_already"):
        vote_if(slot, wish, by=holder)


def test_what_was_done_stays_done_when_its_vote_is_given_anew():
    _launch, slot = make_decision()
    holder, wish = make_holder(slot), before()
    vote_if(slot, wish, after(), by=holder)
    keep_condition(Condition.objects.get(before_launch=True), by=wish.owner, note="Rotated.")

    vote(slot, holder)

    kept, replaced = Condition.objects.order_by("-before_launch")
    assert (kept.done_by, kept.ended) == (wish.owner, "")
    assert replaced.ended == Ending.REPLACED


def test_a_late_condition_may_be_asked_for_again_and_no_other_late_one():
    launch, slot = make_decision()
    holder, wish = make_holder(slot), before()
    vote_if(slot, wish, by=holder)
    Condition.objects.update(due_on=date(2020, 1, 1))
    Launch.objects.filter(pk=launch.pk).update(version="1.1")
    late = make_wish(wish.text, wish.owner, date(2020, 1, 1), before_launch=True)
    other = make_wish("Another", wish.owner, date(2020, 1, 1), before_launch=True)

    with refused("condition_due_past"):
        vote_if(slot, late, other, by=holder)
    vote_if(slot, late, by=holder)

    assert tone(launch) == Tone.READY


def test_what_went_stale_is_reaffirmed_in_the_same_round_with_its_conditions():
    launch, first, second = make_decision(2)
    holder, wish = make_holder(first), after()
    vote_if(first, wish, by=holder)
    vote(second)
    na = {"status": ItemStatus.NA, "na_reason": "Not used."}
    set_status(launch.items.first(), by=manager_of(launch), **na)
    sign(launch.slots.of_sections().get())
    assert tone(launch) == Tone.READY

    vote_if(first, wish, by=holder)
    assert tone(launch) == Tone.READY
    vote(second)

    assert tone(launch) == Tone.APPROVED
    assert [row.state for row in Round.objects.all()] == [RoundState.GO_CONDITIONAL]
    assert Condition.objects.filter(ended="").count() == 1


def test_withdrawing_a_vote_takes_back_what_it_asked_for():
    launch, slot, _other = make_decision(2)
    wish = before()
    signature = vote_if(slot, wish, after())
    keep_condition(Condition.objects.get(before_launch=True), by=wish.owner, note="Rotated.")

    withdraw(signature)

    kept, ended = Condition.objects.order_by("-before_launch")
    assert (kept.ended, ended.ended, ended.ended_by) == ("", Ending.WITHDRAWN, signature.signer)
    assert reread(launch).open_conditions == 0
    assert reread(slot).conditions_digest == ""


def test_a_cancelled_round_s_conditions_stand_for_nothing():
    launch, slot, _other = make_decision(2)
    vote_if(slot, before())

    cancel_round(Round.objects.get(), by=manager_of(launch), reason="Wrong version.")

    assert reread(launch).open_conditions == 0
    assert Condition.objects.get().is_left_over


# How one would cheat


def test_nobody_gets_rid_of_a_colleague_s_conditions_by_voting_in_their_slot():
    launch, slot = make_decision()
    colleague = make_user()
    make_appointment(slot.authorities.get(), colleague)
    vote_if(slot, before())

    with refused("signed_already"):
        vote(slot, colleague)
    with refused("signed_already"):
        vote_if(slot, make_wish("Something easy", colleague), by=colleague)

    assert tone(launch) == Tone.READY


def test_nor_by_affirming_for_them_what_went_stale():
    launch, slot = make_decision()
    wish = before()
    vote_if(slot, wish)
    colleague = make_user()
    make_appointment(slot.authorities.get(), colleague)
    na = {"status": ItemStatus.NA, "na_reason": "Not used."}
    set_status(launch.items.first(), by=manager_of(launch), **na)
    sign(launch.slots.of_sections().get())

    vote(slot, colleague)

    assert (Round.objects.get().state, tone(launch)) == (RoundState.GO, Tone.READY)
    keep_condition(Condition.objects.get(), by=wish.owner, note="Rotated.")
    assert tone(launch) == Tone.APPROVED


def test_no_vote_is_cast_over_other_content_than_was_seen_conditions_or_not():
    launch, slot = make_decision()
    holder, seen, wish = make_holder(slot), seen_in(slot), before()
    set_status(
        launch.items.first(), by=manager_of(launch), status=ItemStatus.NA, na_reason="Not used."
    )
    sign(launch.slots.of_sections().get())

    with refused("changed_meanwhile"):
        vote_if(slot, wish, by=holder, seen=seen)


def test_what_was_asked_for_is_not_reworded_behind_a_signature():
    """Rewriting the row changes what is shown, and the statement says what was signed."""
    launch, slot = make_decision()
    signature = vote_if(slot, before())
    Condition.objects.update(text="Nothing much")

    statement = json.loads(bytes(signature.statement))

    assert [row["text"] for row in statement["conditions"]] == ["Rotate the keys"]
    assert material.of_conditions(statement["conditions"]) == reread(slot).conditions_digest
    assert reread(launch).tone == Tone.READY


def test_lifting_a_condition_voids_no_vote_and_approves_what_waited_for_it_alone():
    launch, slot = make_decision()
    signature = vote_if(slot, before())

    lift_condition(
        Condition.objects.get(), presence=presence_of(signature.signer), reason="A slip."
    )

    assert tone(launch) == Tone.APPROVED
    assert reread(slot).signature == signature.pk


# The next round


def make_left(*wishes):
    """A launch whose first round ended NO-GO and left these conditions open."""
    launch, first, second = make_decision(2)
    vote_if(first, *wishes)
    no_go(second)
    return launch, list(Condition.objects.order_by("position"))


def open_next(launch, **fields):
    return make_round(reread(launch), what_changed="Much.", **fields)


def test_the_next_round_carries_what_is_left_and_it_is_owed_again():
    launch, (old,) = make_left(before())

    with appended() as entries:
        round_ = open_next(launch)

    old, new = reread(old), Condition.objects.get(round=round_)
    assert [action for action, *_ in entries] == [
        "round.opened",
        "condition.carried",
        "condition.made",
    ]
    assert (old.ended, old.ended_by) == (Ending.CARRIED, manager_of(launch))
    assert (new.origin, new.carried_from, new.signature) == (Origin.CARRIED, old, old.signature)
    assert (new.text, new.owner, new.due_on) == (old.text, old.owner, old.due_on)
    assert (new.asked_by, new.made_by) == (old.asked_by, manager_of(launch))
    assert reread(launch).open_before_launch == 1


def test_what_is_carried_holds_a_plain_go_up_until_it_is_done():
    launch, (_old,) = make_left(before())
    open_next(launch)
    for slot in launch.slots.executive():
        signature = vote(slot)

    listed = json.loads(bytes(signature.snapshot.content))["conditions"]
    assert [(row["text"], row["own"]) for row in listed] == [("Rotate the keys", False)]
    assert (Round.objects.first().state, tone(launch)) == (RoundState.GO, Tone.READY)

    carried = Condition.objects.get(origin=Origin.CARRIED)
    keep_condition(carried, by=carried.owner, note="Rotated.")
    assert tone(launch) == Tone.APPROVED


def test_what_is_dropped_needs_a_reason_and_is_owed_no_longer():
    launch, (first, second) = make_left(before(), after())
    with refused("dropped_without_reason"):
        open_next(launch, dropped={first.pk: ""})
    open_next(launch, dropped={first.pk: "Done meanwhile."})

    first = reread(first)
    assert (first.ended, first.ended_reason) == (Ending.DROPPED, "Done meanwhile.")
    carried = Condition.objects.get(origin=Origin.CARRIED)
    assert carried.carried_from == second
    assert (reread(launch).open_conditions, reread(launch).open_before_launch) == (1, 0)


def test_only_what_is_left_can_be_dropped():
    launch, (old,) = make_left(before())
    keep_condition(old, by=old.owner, note="Rotated.")

    with refused("condition_not_left"):
        open_next(launch, dropped={old.pk: "Never mind."})

    open_next(launch)
    assert not Condition.objects.filter(origin=Origin.CARRIED).exists()


def test_what_was_carried_can_be_carried_again_and_once_a_round():
    launch, (old,) = make_left(before())
    round_ = open_next(launch)
    cancel_round(round_, by=manager_of(launch), reason="Wrong version.")
    open_next(launch)

    chain = Condition.objects.order_by("made_at")
    assert [row.carried_from_id for row in chain] == [None, old.pk, chain[1].pk]
    assert [row.ended for row in chain] == [Ending.CARRIED, Ending.CARRIED, ""]
    assert reread(launch).open_conditions == 1


# Why NO-GO


def test_the_launch_keeps_the_reason_of_its_no_go_until_a_new_round():
    launch, _slot, other = make_decision(2)
    no_go(other)
    assert reread(launch).refused_because == "Not like this."

    round_ = open_next(launch)
    assert reread(launch).refused_because == ""

    cancel_round(round_, by=manager_of(launch), reason="Wrong version.")
    assert reread(launch).refused_because == "Not like this."


def test_due_days_end_in_the_launch_s_zone():
    launch, slot = make_decision(time_zone="Asia/Tokyo")
    vote_if(slot, before(due_on=date(2099, 12, 12)))
    end, condition = datetime(2099, 12, 12, 15, tzinfo=UTC), Condition.objects.get()
    condition.launch = launch

    assert condition.state(end) == "overdue"
    assert condition.state(end.replace(microsecond=0) - datetime.resolution) == "open"
