"""Voting: rows, entries, refusals, what a round comes to, what stales a vote."""

import json
from functools import partial

import pytest

from audit.ledger import Salted
from checklist import material
from checklist.actions.items import set_status
from checklist.models import Evidence
from checklist.rules import ItemStatus, Outcome, Tone
from signoff.actions import cancel_round
from signoff.models import Round, Signature, Standing
from signoff.rules import RoundState, Vote
from signoff.statements import answers_value
from tests.checklist.aftermath import acts, appended, refused
from tests.factories.launches import (
    make_appointment,
    make_evidence,
    make_holder,
    make_launch,
    make_lead,
    manager_of,
)
from tests.factories.people import make_authority, make_user
from tests.factories.signatures import seen_in
from tests.signoff.acting import (
    YES,
    make_asked_launch,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    send_back,
    server_key_sha256,
    sign,
    vote,
)

pytestmark = pytest.mark.django_db

no_go = partial(vote, value=Vote.NO_GO, comment="The keys are not ours.")


def make_decision(executive=1, **fields):
    """A launch with an open round, nothing in the way, and its executive slots."""
    launch = make_signed_launch(executive=executive, **fields)
    make_round(launch)
    return launch, *launch.slots.executive()


def worsen(launch):
    return set_status(launch.items.first(), by=manager_of(launch), status=ItemStatus.NOT_DONE)


def mend(launch):
    return set_status(launch.items.first(), by=manager_of(launch), status=ItemStatus.DONE)


# Votes


def test_an_executive_votes_go():
    launch, slot, _other = make_decision(2)
    holder = make_holder(slot)

    with appended() as entries:
        signature = vote(slot, holder, comment="Fine.")

    slot, round_ = reread(slot), Round.objects.get()
    assert (signature.act, signature.vote, signature.round) == ("vote", "go", round_)
    assert (signature.section, signature.meaning) == (None, "decision.go")
    assert signature.meaning_text.endswith(f"decide GO: {launch} may go live in production.")
    assert (slot.signature, slot.vote, slot.signed_by) == (signature.pk, "go", holder)
    assert [(row.slot, row.round, row.signer) for row in Standing.objects.filter(round=round_)] == [
        (slot, round_, holder)
    ]
    new = {
        "signature": str(signature.pk),
        "act": "vote",
        "vote": "go",
        "slot": str(slot.pk),
        "round": str(round_.pk),
        "signer": str(holder.pk),
        "name": Salted(holder.full_name),
        "authority": str(signature.authority_id),
        "meaning": "decision.go",
        "presence": "password",
        "level": "server-attested",
        "statement": signature.sha256,
        "snapshot": signature.snapshot_id,
        "material": signature.material,
        "target": None,
        "proof": "server",
        "public_key_sha256": server_key_sha256(),
    }
    assert entries == [("signature.voted", f"slot:{slot.pk}", {}, new, "Fine.")]
    assert (round_.state, reread(launch).tone) == (RoundState.OPEN, Tone.READY)


def test_the_material_digest_follows_from_the_snapshot_alone():
    launch, slot = make_decision()

    signature = vote(slot)

    snapshot = json.loads(bytes(signature.snapshot.content))
    sections = {row["number"]: row["material"] for row in snapshot["sections"]}
    answers = material.digest(snapshot["answers"])
    of = material.of_decision(snapshot["launch"], sections, answers, snapshot["authorities"])
    assert material.digest(of) == signature.material
    assert snapshot["answers"] == answers_value(YES)
    assert snapshot["launch"] == launch.identity


def test_a_vote_lists_the_signatures_beneath_it():
    launch, slot = make_decision()
    signed = Signature.objects.get(act="sign")

    signature = vote(slot)

    ((row,),) = [s["signatures"] for s in json.loads(bytes(signature.snapshot.content))["sections"]]
    assert row == {
        "slot": launch.slots.of_sections().get().title,
        "sha256": signed.sha256,
        "signer": signed.signer_name,
        "authority": signed.authority_name,
        "state": "signed",
    }


def test_the_last_go_ends_the_round():
    launch, first, second = make_decision(2)
    vote(first)

    with appended() as entries:
        vote(second)

    round_ = Round.objects.get()
    subjects = f"slot:{second.pk}", f"round:{round_.pk}"
    assert acts(entries) == list(zip(("signature.voted", "round.ended"), subjects, strict=True))
    assert entries[1][2:4] == ({"state": "open"}, {"state": "go"})
    assert (round_.state, round_.closed_at is not None) == (RoundState.GO, True)
    assert (reread(launch).outcome, reread(launch).tone) == (Outcome.GO, Tone.APPROVED)


def test_one_no_go_ends_the_round_whoever_else_has_voted():
    launch, first, second = make_decision(2)
    holder = make_holder(first)
    vote(first, holder)

    with appended() as entries:
        no_go(second)

    assert [(row[0], row[4]) for row in entries] == [
        ("signature.voted", "The keys are not ours."),
        ("round.ended", ""),
    ]
    assert Round.objects.get().state == RoundState.NO_GO
    assert (reread(launch).outcome, reread(launch).tone) == (Outcome.NO_GO, Tone.NO_GO)
    with refused("no_round"):
        no_go(first, holder)


# Refusals


def test_no_go_needs_a_reason():
    _launch, slot = make_decision()
    holder = make_holder(slot)

    with refused(__all__=["reason_required"]):
        vote(slot, holder, Vote.NO_GO)


def expire_evidence(launch):
    item = launch.items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on="2001-01-01")


BLOCKERS = {
    "an item": (worsen, {"items_outstanding", "slot_stale"}),
    "evidence": (expire_evidence, {"evidence_expired", "slot_stale"}),
    "a return": (lambda launch: send_back(launch.slots.of_sections().get()), {"slot_returned"}),
}


@pytest.mark.parametrize("what", BLOCKERS)
def test_go_is_refused_while_anything_blocks_and_no_go_is_not(what):
    launch, slot = make_decision()
    holder, (block, codes) = make_holder(slot), BLOCKERS[what]
    block(launch)

    with refused(*sorted(codes)):
        vote(slot, holder)

    assert no_go(slot, holder).vote == "no_go"


@pytest.mark.parametrize("make", [make_launch, make_asked_launch])
def test_go_is_refused_while_a_section_is_unsigned(make):
    executive = [[make_authority()]] if make is make_launch else 1
    launch = make(executive=executive)
    make_round(launch, answers=[answer_no(a) for a in YES])
    slot = launch.slots.executive().get()
    holder = make_holder(slot)
    waiting = ["slot_asked"] if make is make_asked_launch else ["items_outstanding", "slot_waiting"]

    with refused(*waiting):
        vote(slot, holder)


def answer_no(answer):
    return type(answer)(answer.question, given=False, reason="Not yet.")


def test_go_is_refused_when_the_clock_alone_has_ended_evidence():
    launch = make_asked_launch(executive=1)
    item, slot = launch.items.first(), launch.slots.executive().get()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on="2100-01-01")
    sign(launch.slots.of_sections().get())
    make_round(launch)
    Evidence.objects.update(expires_on="2001-01-01")
    launch.sections.update(next_expiry="2001-01-02T00:00Z")
    holder = make_holder(slot)

    with refused("evidence_expired"):
        vote(slot, holder)


def test_a_vote_needs_an_open_round():
    launch = make_signed_launch()
    slot = launch.slots.executive().get()
    holder = make_holder(slot)

    with refused("no_round"):
        vote(slot, holder)
    cancel_round(make_round(launch), by=manager_of(launch), reason="Wrong version.")
    with refused("no_round"):
        vote(slot, holder)


def test_nobody_votes_who_holds_nothing_here():
    launch, slot = make_decision()
    section_slot = launch.slots.of_sections().get()

    people = [make_user(), manager_of(launch), make_holder(section_slot)]

    for person in [*people, make_lead(section_slot.section)]:
        with refused("not_holder"):
            vote(slot, person)


def test_nobody_votes_in_two_slots_of_one_round():
    _launch, first, second = make_decision(2)
    holder = make_holder(first)
    make_appointment(second.authorities.get(), holder)
    vote(first, holder)

    for value, comment in [(Vote.GO, ""), (Vote.NO_GO, "No.")]:
        with refused("one_slot_a_person"):
            vote(second, holder, value, comment=comment)


def test_nobody_votes_go_twice_and_a_go_may_become_a_no_go():
    launch, slot, _other = make_decision(2)
    holder = make_holder(slot)
    vote(slot, holder)

    with refused("signed_already"):
        vote(slot, holder)
    no_go(slot, holder)

    assert reread(launch).tone == Tone.NO_GO
    assert Standing.objects.filter(slot=slot).count() == 1


def test_nobody_votes_over_other_content_than_was_seen():
    launch, slot = make_decision()
    holder, seen = make_holder(slot), seen_in(slot)
    worsen(launch)

    with refused("changed_meanwhile"):
        vote(slot, holder, Vote.NO_GO, seen=seen, comment="No.")


# After GO


def test_after_go_an_edit_makes_the_launch_not_ready_and_undoing_it_approved_again():
    launch = make_go_launch(executive=2)
    section_slot, *executive = launch.slots.order_by("position")
    stale = [("slot.stale", f"slot:{slot.pk}") for slot in (section_slot, *executive)]

    with appended() as entries:
        worsen(launch)
    after = reread(launch)
    with appended() as undone:
        mend(launch)

    assert acts(entries)[2:] == stale
    assert acts(undone)[1:] == [("slot.healed", subject) for _, subject in stale]
    assert (after.tone, after.outcome) == (Tone.NOT_READY, Outcome.GO)
    assert reread(launch).tone == Tone.APPROVED


def test_what_went_stale_after_go_is_reaffirmed_in_the_same_round():
    launch = make_go_launch(executive=2)
    first, second = launch.slots.executive()
    status = {"status": ItemStatus.NA, "na_reason": "Not used."}
    set_status(launch.items.first(), by=manager_of(launch), **status)
    sign(launch.slots.of_sections().get())

    vote(first)
    half = reread(launch).tone
    vote(second)

    assert (half, reread(launch).tone) == (Tone.READY, Tone.APPROVED)
    assert [round_.state for round_ in Round.objects.all()] == [RoundState.GO]


def test_no_go_ends_a_round_that_was_go():
    launch = make_go_launch()
    slot = launch.slots.executive().get()

    with appended() as entries:
        no_go(slot)

    assert entries[1][2:4] == ({"state": "go"}, {"state": "no_go"})
    assert (reread(launch).outcome, reread(launch).tone) == (Outcome.NO_GO, Tone.NO_GO)


def test_in_a_new_round_everybody_may_vote_anew():
    launch, slot = make_decision()
    holder = make_holder(slot)
    no_go(slot, holder)
    make_round(launch, what_changed="The keys are ours now.")

    vote(slot, holder)

    assert reread(launch).tone == Tone.APPROVED
    assert Standing.objects.filter(slot=slot).count() == 2
