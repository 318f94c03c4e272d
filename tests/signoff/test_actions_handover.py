"""Handing a condition over: whom it was asked of stays as signed, who keeps it changes, and no vote with it."""

import pytest

from checklist.actions.handover import hand_over
from checklist.models import Slot
from checklist.rules import Tone
from signoff.actions import cancel_round, keep_condition
from signoff.listed import promised
from signoff.models import Condition
from signoff.reading import condition_value
from signoff.rules import Vote
from tests.checklist.aftermath import appended, forbidden, refused, said
from tests.factories.conditions import FAR, make_condition, make_wish
from tests.factories.launches import make_launch, make_lead, make_member, manager_of
from tests.factories.people import make_admin, make_user
from tests.signoff.acting import make_round, make_signed_launch, reread, vote_if

pytestmark = pytest.mark.django_db
WHY = "Kofi goes on Friday."


@pytest.fixture
def launch():
    return make_launch()


@pytest.fixture
def member(launch):
    return make_member(launch.sections.get())


@pytest.fixture
def condition(launch, member):
    return make_condition(launch, owner=member, due_on=FAR, asked_by=make_user())


def give(condition, to, by=None):
    picked = [("condition", condition.pk)]
    person = reread(condition).keeper
    return hand_over(person, to=to, by=by or person, picked=picked, reason=WHY)


def heir_of(launch):
    return make_member(launch.sections.get())


def test_another_person_keeps_it(launch, condition, member):
    to, revision = heir_of(launch), reread(launch).revision

    with appended() as entries:
        give(condition, to)

    keepers = ({"keeper": str(member.pk)}, {"keeper": str(to.pk)})
    assert entries == [said("condition.handed_over", f"condition:{condition.pk}", *keepers, WHY)]
    row = reread(condition)
    assert (row.owner, row.handed_to, row.keeper) == (member, to, to)
    assert reread(launch).revision > revision


def test_whoever_took_it_says_that_it_is_done_and_the_giver_no_longer_does(
    launch, condition, member
):
    to = heir_of(launch)
    give(condition, to)

    with forbidden():
        keep_condition(condition, by=member, note="Done.")
    assert keep_condition(condition, by=to, note="Done.").done_by == to


def test_it_goes_on_from_hand_to_hand_and_back(launch, condition, member):
    first, second = heir_of(launch), heir_of(launch)
    give(condition, first)
    give(condition, second)
    assert reread(condition).keeper == second

    give(condition, member)

    assert (reread(condition).handed_to, reread(condition).keeper) == (None, member)


def test_who_may(launch, condition, member):
    to = heir_of(launch)
    for by in (condition.asked_by, make_lead(launch.sections.get()), make_admin(), make_user()):
        with forbidden():
            give(condition, to, by=by)

    give(condition, to, by=manager_of(launch))

    assert reread(condition).keeper == to


def test_an_outsider_does_not_take_it(condition):
    with refused("cannot_take"):
        give(condition, make_user())


def test_what_is_done_or_ended_is_not_handed_over(launch, condition, member):
    keep_condition(condition, by=member, note="Done.")

    with refused("handed_meanwhile"):
        give(condition, heir_of(launch))


def test_no_vote_goes_stale_and_no_digest_changes():
    launch = make_signed_launch(executive=1)
    member = heir_of(launch)
    make_round(launch)
    signature = vote_if(launch.slots.executive().get(), make_wish(owner=member))
    launch = reread(launch)
    signed, statement = launch.slots.executive().values().get(), bytes(signature.statement)
    condition, to = Condition.objects.get(), heir_of(launch)
    assert launch.tone == Tone.APPROVED

    with appended() as entries:
        give(condition, to)

    assert [entry[0] for entry in entries] == ["condition.handed_over"]
    assert Slot.objects.executive().values().get() == signed
    assert reread(launch).tone == Tone.APPROVED
    assert bytes(reread(signature).statement) == statement
    assert reread(condition).owner == member
    assert condition_value(reread(condition))["owner"]["id"] == str(member.pk)


def test_a_snapshot_lists_it_as_kept_for_whom_it_was_asked_of(launch, condition, member):
    before = condition_value(condition)
    to = heir_of(launch)
    give(condition, to)

    value = condition_value(reread(condition))

    assert "keeper" not in before
    assert promised(value).startswith(f"{to}, for {member} by")


def test_the_next_round_carries_it_to_whoever_keeps_it():
    launch = make_signed_launch(executive=2)
    member = heir_of(launch)
    round_ = make_round(launch)
    vote_if(launch.slots.executive().first(), make_wish(owner=member))
    condition, to = Condition.objects.get(), heir_of(launch)
    give(condition, to)
    cancel_round(reread(round_), by=manager_of(launch), reason="Too early.")

    make_round(reread(launch), what_changed="Mended.")

    carried = Condition.objects.get(carried_from=condition)
    assert (carried.owner, reread(condition).owner) == (to, member)


def test_a_voter_asks_it_once_more_of_whoever_keeps_it(client):
    launch = make_signed_launch(executive=2)
    member = heir_of(launch)
    make_round(launch)
    slot = launch.slots.executive().first()
    signature = vote_if(slot, make_wish(owner=member))
    to = heir_of(launch)
    give(Condition.objects.get(), to)

    again = vote_if(slot, make_wish(owner=to), by=signature.signer)

    assert again.vote == Vote.GO_CONDITIONAL
    assert Condition.objects.get(ended="").owner == to
