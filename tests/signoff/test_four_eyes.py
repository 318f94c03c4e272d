"""DESIGN 3.7 case by case: who may sign what they worked on, and how often one person signs."""

import pytest

from checklist.actions.appointments import appoint_for_launch
from checklist.actions.asking import ask_signature
from checklist.actions.evidence import add_link, remove_evidence
from checklist.actions.items import set_status, set_statuses
from checklist.actions.launches import change_launch
from checklist.rules import ItemStatus
from signoff.rules import Vote
from tests.checklist.aftermath import refused
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.launches import (
    make_appointment,
    make_launch,
    make_member,
    make_participant,
    manager_of,
)
from tests.factories.people import make_membership
from tests.signoff.acting import (
    make_asked_launch,
    make_round,
    make_signed_launch,
    reread,
    sign,
    vote,
)

pytestmark = pytest.mark.django_db


# By what somebody may sign: each of the three kinds of appointment, and all of them at once

BY = {
    "holder": make_principal,
    "deputy": lambda slot: make_deputy(make_principal(slot)),
    "for this launch": make_for_launch,
}


def make_work(*, by, four_eyes=True):
    """A section in work, and somebody of its team who may also sign it."""
    launch = make_launch({"items": ("Audit", "Keys")}, four_eyes=four_eyes)
    slot = launch.slots.get()
    signer = BY[by](slot).holder
    make_membership(slot.section.teams.get(), signer)
    return slot, signer, make_member(slot.section)


def click(item, person, status=ItemStatus.DONE, **fields):
    set_status(reread(item), status=status, by=person, **fields)


def items_of(slot):
    return list(slot.section.items.order_by("position"))


# DESIGN 3.7: "nobody who last set a current status or evidence in that section". Each case is what the signer
# and a colleague did, oldest first, and whether the signer may sign then.


def all_by_the_colleague(slot, signer, colleague):
    for item in items_of(slot):
        click(item, colleague)


def one_by_the_signer(slot, signer, colleague):
    first, second = items_of(slot)
    click(first, colleague)
    click(second, signer)


def one_not_applicable_by_the_signer(slot, signer, colleague):
    first, second = items_of(slot)
    click(first, colleague)
    click(second, signer, ItemStatus.NA, na_reason="Elsewhere.")


def several_at_once_by_the_signer(slot, signer, colleague):
    all_by_the_colleague(slot, signer, colleague)
    picked = [item.pk for item in items_of(slot)]
    set_statuses(slot.section, picked, status=ItemStatus.ATTENTION, by=signer)
    set_statuses(slot.section, picked, status=ItemStatus.DONE, by=signer)


def overwritten_by_the_colleague(slot, signer, colleague):
    for item in items_of(slot):
        click(item, signer, ItemStatus.ATTENTION)
        click(item, colleague)


def overwritten_by_the_signer(slot, signer, colleague):
    for item in items_of(slot):
        click(item, colleague, ItemStatus.ATTENTION)
        click(item, signer)


def repeated_by_the_colleague(slot, signer, colleague):
    """The same status once more is no change, and frees nobody."""
    for item in items_of(slot):
        click(item, signer)
        click(item, colleague)


def evidence_by_the_signer(slot, signer, colleague):
    all_by_the_colleague(slot, signer, colleague)
    prove(slot, signer)


def evidence_taken_back(slot, signer, colleague):
    all_by_the_colleague(slot, signer, colleague)
    remove_evidence(prove(slot, signer), by=colleague)


def evidence_by_both_and_one_taken_back(slot, signer, colleague):
    all_by_the_colleague(slot, signer, colleague)
    remove_evidence(prove(slot, colleague), by=colleague)
    prove(slot, signer)


def evidence_by_the_colleague(slot, signer, colleague):
    all_by_the_colleague(slot, signer, colleague)
    prove(slot, colleague)


def prove(slot, person):
    item = reread(items_of(slot)[0])
    return add_link(item, by=person, name="Report", url="https://example.org/report")


WORK = {
    all_by_the_colleague: True,
    one_by_the_signer: False,
    one_not_applicable_by_the_signer: False,
    several_at_once_by_the_signer: False,
    overwritten_by_the_colleague: True,
    overwritten_by_the_signer: False,
    repeated_by_the_colleague: False,
    evidence_by_the_signer: False,
    evidence_taken_back: True,
    evidence_by_both_and_one_taken_back: False,
    evidence_by_the_colleague: True,
}


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("work", WORK, ids=lambda work: work.__name__)
def test_nobody_signs_what_they_last_set_or_proved(work, by):
    slot, signer, colleague = make_work(by=by)
    work(slot, signer, colleague)
    ask_signature(reread(slot.section), by=manager_of(slot.launch))

    if WORK[work]:
        assert sign(slot, signer).signer == signer
    else:
        with refused("four_eyes"):
            sign(slot, signer)


@pytest.mark.parametrize("by", BY)
def test_without_four_eyes_one_signs_one_s_own_work(by):
    slot, signer, colleague = make_work(by=by, four_eyes=False)
    one_by_the_signer(slot, signer, colleague)
    ask_signature(reread(slot.section), by=manager_of(slot.launch))

    assert sign(slot, signer).signer == signer


def test_work_in_another_section_keeps_nobody_from_signing():
    launch = make_asked_launch({}, {}, four_eyes=True)
    first, second = launch.slots.order_by("position")
    signer = make_principal(second).holder
    first.section.items.update(status_by=signer)

    assert sign(second, signer).signer == signer


# Deputies are judged by their own work, and so are those for whom they stand in


def worked(slot, person):
    """Somebody last set the statuses of the slot's section."""
    slot.section.items.update(status_by=person)


def test_what_a_principal_worked_on_their_deputy_signs():
    slot = make_asked_launch(four_eyes=True).slots.get()
    held = make_principal(slot)
    deputy = make_deputy(held).holder
    worked(slot, held.holder)

    with refused("four_eyes"):
        sign(slot, held.holder)
    assert sign(slot, deputy).standing_in_for == held.holder.full_name


def test_what_a_deputy_worked_on_their_principal_signs():
    slot = make_asked_launch(four_eyes=True).slots.get()
    held = make_principal(slot)
    deputy = make_deputy(held).holder
    worked(slot, deputy)

    with refused("four_eyes"):
        sign(slot, deputy)
    assert sign(slot, held.holder).standing_in_for == ""


def test_no_second_appointment_opens_a_way_round():
    slot = make_asked_launch(four_eyes=True).slots.get()
    signer = make_principal(slot).holder
    make_deputy(make_principal(slot), signer)
    make_for_launch(slot, signer)
    worked(slot, signer)

    with refused("four_eyes"):
        sign(slot, signer)


# "One executive slot a person a round, always"


@pytest.fixture
def decision():
    """The two executive slots of a launch that is ready, in an open round."""
    launch = make_signed_launch(executive=2)
    make_round(launch)
    return list(launch.slots.executive().order_by("position"))


def test_nobody_votes_twice_by_two_authorities(decision):
    first, second = decision
    person = make_principal(first).holder
    make_appointment(second.authorities.get(), person)

    assert_one_vote(first, second, person)


def test_nobody_votes_for_themselves_and_as_a_deputy(decision):
    first, second = decision
    person = make_principal(first).holder
    make_deputy(make_principal(second), person)

    assert_one_vote(first, second, person)


def test_nobody_votes_as_the_deputy_of_two(decision):
    first, second = decision
    person = make_deputy(make_principal(first)).holder
    make_deputy(make_principal(second), person)

    assert_one_vote(first, second, person)


def test_nobody_votes_for_themselves_and_for_this_launch_alone(decision):
    first, second = decision
    person = make_principal(first).holder
    make_for_launch(second, person)

    assert_one_vote(first, second, person)


def test_principal_and_deputy_share_one_slot_and_vote_once_in_it(decision):
    first, _second = decision
    held = make_principal(first)
    deputy = make_deputy(held).holder
    vote(first, deputy)

    with refused("signed_already"):
        vote(first, held.holder)


def assert_one_vote(first, second, person):
    vote(first, person)
    for value, comment in [(Vote.GO, ""), (Vote.NO_GO, "No.")]:
        with refused("one_slot_a_person"):
            vote(second, person, value, comment=comment)


# "Nobody appoints themselves": nor by a detour


def test_no_manager_signs_by_their_own_appointment():
    slot = make_asked_launch().slots.get()
    manager, authority = manager_of(slot.launch), slot.authorities.get()

    with refused(__all__=["own_appointment"]):
        appoint_for_launch(slot.launch, authority, manager, by=manager, reason="Quickly.")
    with refused("not_holder"):
        sign(slot, manager)


def test_a_manager_appointed_by_another_signs_and_the_statement_says_by_whom():
    slot = make_asked_launch().slots.get()
    manager, authority = manager_of(slot.launch), slot.authorities.get()
    other = make_participant(slot.launch, is_manager=True).user
    appoint_for_launch(slot.launch, authority, manager, by=other, reason="Nobody holds it.")

    assert sign(slot, manager).appointed_by == other.full_name


# "Four eyes may be switched off, with a reason, before the first signature only"


def test_four_eyes_that_were_switched_off_ask_nothing_any_more():
    slot, signer, colleague = make_work(by="holder")
    one_by_the_signer(slot, signer, colleague)
    manager = manager_of(slot.launch)
    ask_signature(reread(slot.section), by=manager)
    change_launch(slot.launch, by=manager, four_eyes=False, reason="We are two.")

    assert sign(slot, signer).signer == signer


def test_a_deputy_s_signature_keeps_four_eyes_on():
    launch = make_asked_launch({}, {}, four_eyes=True)
    slot = launch.slots.first()
    sign(slot, make_deputy(make_principal(slot)).holder)

    with refused(four_eyes=["signed_already"]):
        change_launch(launch, by=manager_of(launch), four_eyes=False, reason="We are two.")
