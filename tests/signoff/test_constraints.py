"""Every constraint of this app: its code, and the database's own refusal."""

from uuid import uuid4

import pytest
from django.utils import timezone

from signoff.models import Round, Signature, Standing
from signoff.rules import ProofKind, RoundState, Vote
from tests.checklist.breaking import (
    assert_cleaning_refuses,
    assert_the_database_refuses,
    changed,
    constraints_of,
    twin,
)
from tests.factories.conditions import make_condition
from tests.factories.launches import make_launch
from tests.factories.people import make_user
from tests.signoff.acting import make_asked_launch, make_round, make_signed_launch, sign, vote

pytestmark = pytest.mark.django_db


def signature(**fields):
    """A second signature like one that was given, unsaved."""
    row = sign(make_asked_launch().slots.get())
    unique = {"nonce": uuid4().hex, "sha256": uuid4().hex * 2}
    return twin(row, **unique | fields)


def vote_row(**fields):
    launch = make_signed_launch(executive=2)
    make_round(launch)
    row = vote(launch.slots.executive().first())
    return twin(row, nonce=uuid4().hex, sha256=uuid4().hex * 2, **fields)


def signature_with_a_target():
    row = signature()
    return changed(row, target=Signature.objects.get())


def standing_of_section():
    """A second signature standing where one stands already."""
    other = signature()
    other.save(force_insert=True)
    return twin(Standing.objects.get(), signature=other)


def standing_of_vote(**fields):
    other = vote_row()
    other.save(force_insert=True)
    return twin(Standing.objects.get(round__isnull=False), signature=other, **fields)


def standing_in_the_other_slot():
    row = standing_of_vote()
    return changed(row, slot=row.slot.launch.slots.executive().exclude(pk=row.slot_id).get())


def second_round(**fields):
    return twin(make_round(make_signed_launch()), **fields)


def condition(**fields):
    return twin(make_condition(make_launch()), **fields)


def proof_without_a_key():
    return twin(sign(make_asked_launch().slots.get()).proof, record=bare(), kind=ProofKind.PASSKEY)


def bare():
    """A signature that nothing proves."""
    row = signature()
    row.save(force_insert=True)
    return row


TABLE = {
    "proof_is_of_its_kind": (proof_without_a_key, None),
    "condition_says_something": (lambda: condition(text=""), "text_required"),
    "condition_has_its_origin": (lambda: condition(origin="vote"), "origin"),
    "condition_of_closing_is_for_afterwards": (
        lambda: condition(before_launch=True),
        "before_launch",
    ),
    "condition_is_done_by_somebody": (lambda: condition(done_note="Done."), "note_required"),
    "condition_is_ended_by_somebody": (lambda: condition(ended_at=timezone.now()), "ended"),
    "condition_ends_with_a_reason": (
        lambda: condition(ended="lifted", ended_at=timezone.now(), ended_by=make_user()),
        "reason_required",
    ),
    "round_number": (lambda: second_round(state=RoundState.NO_GO), "unique_together"),
    "round_is_the_only_open_one": (lambda: second_round(number=2), "round_open"),
    "signature_vote_has_its_round": (lambda: vote_row(round=None), None),
    "signature_withdrawal_has_its_target": (
        lambda: signature(act="withdraw", comment="Why"),
        None,
    ),
    "signature_return_has_a_reason": (lambda: signature(act="return"), "reason_required"),
    "signature_no_go_has_a_reason": (lambda: vote_row(vote=Vote.NO_GO), "reason_required"),
    "standing_once_a_slot": (standing_of_section, None),
    "standing_once_a_slot_and_round": (lambda: standing_of_vote(signer=make_user()), None),
    "standing_one_executive_slot_a_person": (standing_in_the_other_slot, None),
}


def test_the_table_names_every_constraint():
    assert set(TABLE) == constraints_of("signoff")


@pytest.mark.parametrize("name", TABLE)
def test_cleaning_refuses_with_the_constraint_s_code(name):
    make, code = TABLE[name]

    assert_cleaning_refuses(make(), code)


@pytest.mark.parametrize("name", TABLE)
def test_the_database_itself_refuses(name):
    make, _code = TABLE[name]

    assert_the_database_refuses(make(), name)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("signature_vote_has_its_round", lambda: vote_row(vote="")),
        ("signature_vote_has_its_round", lambda: signature(vote=Vote.GO)),
        ("signature_withdrawal_has_its_target", signature_with_a_target),
    ],
)
def test_what_belongs_to_another_act_is_refused(name, make):
    assert_the_database_refuses(make(), name)


@pytest.mark.parametrize("state", [RoundState.OPEN, RoundState.GO])
def test_one_round_a_launch_is_open_or_go(state):
    Round.objects.filter(pk=make_round(make_signed_launch()).pk).update(state=state)
    row = Round.objects.get()

    for other in (RoundState.OPEN, RoundState.GO):
        assert_the_database_refuses(twin(row, number=2, state=other), "round_is_the_only_open_one")
    twin(row, number=2, state=RoundState.NO_GO).save(force_insert=True)

    assert Round.objects.count() == 2


def test_a_signature_stands_in_one_place():
    row = standing_of_section()
    stands = Standing.objects.get()

    assert_the_database_refuses(changed(row, signature=stands.signature), "standing")
