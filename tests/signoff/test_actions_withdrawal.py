"""Taking one's own signature back: rows, entries, refusals."""

import json

import pytest
from django.utils import timezone

from accounts.actions.people import deactivate
from checklist.actions.appointments import end_appointment
from checklist.actions.items import set_status
from checklist.reading import slot_facts, standing_of
from checklist.rules import ItemStatus, Outcome, SlotState, Tone
from signoff.actions import cancel_round
from signoff.models import Signature, Standing
from signoff.rules import Vote
from tests.checklist.aftermath import appended, forbidden, refused
from tests.factories.launches import make_holder, manager_of
from tests.factories.people import make_admin
from tests.signoff.acting import (
    make_asked_launch,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    send_back,
    sign,
    vote,
    withdraw,
)

pytestmark = pytest.mark.django_db


def state_of(slot):
    slot = reread(slot)
    return slot_facts(slot, slot.section).state


def test_a_signature_is_withdrawn_by_a_new_row_and_stays():
    slot = make_asked_launch().slots.get()
    signature = sign(slot)

    with appended() as entries:
        withdrawal = withdraw(signature, comment="I had not seen 1.2.")

    assert (withdrawal.act, withdrawal.target) == ("withdraw", signature)
    assert (withdrawal.section, withdrawal.slot) == (signature.section, slot)
    assert (withdrawal.authority, withdrawal.meaning) == (None, "signature.withdraw")
    assert json.loads(bytes(withdrawal.statement))["target"] == signature.sha256
    ((action, subject, old, new, reason),) = entries
    assert (action, subject, old) == ("signature.withdrawn", f"slot:{slot.pk}", {})
    assert (new["target"], new["signature"]) == (str(signature.pk), str(withdrawal.pk))
    assert reason == "I had not seen 1.2."
    assert Signature.objects.count() == 2
    assert not Standing.objects.exists()
    assert state_of(slot) == SlotState.ASKED
    assert reread(slot.launch).unsigned == 1


def test_a_signature_outlives_account_and_appointment():
    launch = make_go_launch()
    slots = list(launch.slots.all())
    for slot in slots:
        signature = Signature.objects.get(pk=slot.signature)
        for appointment in signature.signer.appointments.all():
            end_appointment(appointment, by=make_admin())
        deactivate(signature.signer, by=make_admin(), reason="Left the company.")

    assert [state_of(slot) for slot in launch.slots.of_sections()] == [SlotState.SIGNED]
    assert standing_of(reread(launch), timezone.now()).verdict.tone is Tone.APPROVED


def test_after_a_withdrawal_somebody_else_may_sign():
    slot = make_asked_launch().slots.get()
    withdraw(sign(slot))

    other = sign(slot)

    assert [row.signature for row in Standing.objects.all()] == [other]
    assert state_of(slot) == SlotState.SIGNED


def test_a_stale_signature_is_withdrawn_too():
    launch = make_signed_launch(executive=0)
    set_status(launch.items.first(), by=manager_of(launch), status=ItemStatus.NOT_DONE)

    withdraw(Signature.objects.get())

    assert state_of(launch.slots.get()) == SlotState.WAITING


def test_only_whoever_signed_withdraws():
    launch = make_signed_launch(executive=0)
    signature, slot = Signature.objects.get(), launch.slots.get()

    for person in (make_holder(slot), manager_of(launch), make_admin()):
        with forbidden():
            withdraw(signature, person)


def test_withdrawing_needs_a_reason():
    signature = sign(make_asked_launch().slots.get())

    with refused(comment=["reason_required"]):
        withdraw(signature, comment="")


def test_what_stands_no_longer_is_not_withdrawn():
    slot = make_asked_launch().slots.get()
    first = sign(slot)
    withdrawal = withdraw(first)
    second = sign(slot)
    returned = send_back(slot, second.signer)

    for signature in (first, withdrawal, second, returned):
        with refused("not_standing"):
            withdraw(signature)


def test_a_vote_is_withdrawn_while_its_round_takes_votes():
    launch = make_signed_launch(executive=2)
    round_ = make_round(launch)
    slot = launch.slots.executive().first()
    signature = vote(slot)

    withdrawal = withdraw(signature)

    assert (withdrawal.round, withdrawal.vote, withdrawal.section) == (round_, "", None)
    assert (reread(slot).signature, reread(slot).vote) == (None, "")
    assert vote(slot, signature.signer).act == "vote"


def test_after_go_a_withdrawn_vote_takes_the_approval_away():
    launch = make_go_launch()
    signature = Signature.objects.get(act="vote")

    withdraw(signature)
    without = reread(launch)
    vote(launch.slots.executive().get(), signature.signer)

    assert (without.outcome, without.tone) == (Outcome.GO, Tone.READY)
    assert reread(launch).tone == Tone.APPROVED


def test_after_go_a_withdrawn_section_takes_the_approval_away():
    launch = make_go_launch()

    withdraw(Signature.objects.get(act="sign"))

    assert reread(launch).tone == Tone.NOT_READY


def test_no_go_is_final_however_old_the_page_was():
    launch = make_signed_launch()
    make_round(launch)
    slot = launch.slots.executive().get()
    signature = vote(slot, value=Vote.NO_GO, comment="No.")
    go_voter = make_holder(slot)

    with refused("not_standing"):
        withdraw(signature)
    make_round(launch, what_changed="All of it.")
    shown = Signature.objects.select_related("round").get(pk=vote(slot, go_voter).pk)
    vote(slot, signature.signer, Vote.NO_GO, comment="Still no.")
    with refused("not_standing"):
        withdraw(shown)


def test_a_vote_of_a_cancelled_round_is_not_withdrawn_however_old_the_page_was():
    launch = make_signed_launch(executive=2)
    round_ = make_round(launch)
    signature = vote(launch.slots.executive().first())
    shown = Signature.objects.select_related("round").get(pk=signature.pk)
    cancel_round(round_, by=manager_of(launch), reason="Wrong version.")

    with refused("not_standing"):
        withdraw(shown)


def test_a_vote_of_an_earlier_round_leaves_the_new_one_alone():
    launch = make_signed_launch(executive=2)
    first, second = launch.slots.executive()
    make_round(launch)
    early = vote(first)
    vote(second, value=Vote.NO_GO, comment="No.")
    make_round(launch, what_changed="All of it.")
    vote(first, early.signer)

    with refused("not_standing"):
        withdraw(early)
