"""Items, pre-check, slots, sections: each rule a table."""

from datetime import timedelta

import pytest

from checklist.rules import (
    MOVES,
    OUTSTANDING,
    SETTLED,
    Counts,
    ItemStatus,
    LaunchState,
    Phase,
    SectionState,
    SlotState,
    asking_refusals,
    item_errors,
    item_warnings,
    pre_check,
    status_refusals,
    summarise,
)
from sentinel.reasons import Reason
from tests.checklist.facts import (
    NOW,
    codes,
    make_check,
    make_item_facts,
    make_proof,
    make_section_facts,
    make_slot_facts,
)

UNSET, DONE, ATTENTION, NOT_DONE, NA = ItemStatus
WAITING, ASKED, SIGNED, STALE, RETURNED = SlotState
SECOND = timedelta(seconds=1)
PROOF, GONE = make_proof(), make_proof(expires_at=NOW)
SOON = make_proof(expires_at=NOW + SECOND)


def test_every_state_of_a_launch_has_its_moves():
    assert MOVES.keys() == set(LaunchState)
    assert set().union(*MOVES.values()) <= set(LaunchState)


def test_every_status_is_settled_or_outstanding():
    assert {DONE, NA} == SETTLED
    assert {UNSET, ATTENTION, NOT_DONE} == OUTSTANDING


# Status


@pytest.mark.parametrize("before", ItemStatus)
@pytest.mark.parametrize("after", ItemStatus)
def test_any_status_may_follow_any_other(before, after):
    assert status_refusals(make_item_facts(before), after, "No such thing.") == []


@pytest.mark.parametrize(
    ("status", "na_reason", "item", "refusals"),
    [
        (NA, "", {}, ["na_needs_reason"]),
        (NA, "Not used.", {}, []),
        (NA, "Not used.", {"evidence_demanded": True}, []),
        (DONE, "", {"evidence_demanded": True}, ["done_needs_evidence"]),
        (DONE, "", {"evidence_demanded": True, "evidence": (PROOF,)}, []),
        (DONE, "", {"evidence_demanded": True, "evidence": (GONE,)}, []),
        (DONE, "", {"evidence_demanded": False}, []),
        (ATTENTION, "", {"evidence_demanded": True}, []),
    ],
)
def test_a_status_is_refused_for_want_of_a_reason_or_of_evidence(status, na_reason, item, refusals):
    assert codes(status_refusals(make_item_facts(UNSET, **item), status, na_reason)) == refusals


def test_a_reason_names_its_item():
    item = make_item_facts(UNSET, id="7", number="3.4", text="Backups")

    assert status_refusals(item, NA, "") == [
        Reason("na_needs_reason", "item:7", {"number": "3.4", "text": "Backups"})
    ]


# Evidence


@pytest.mark.parametrize(
    ("evidence", "demanded", "expired", "next_expiry"),
    [
        ((), True, False, None),
        ((PROOF,), True, False, None),
        ((GONE,), True, True, None),
        ((SOON,), True, False, NOW + SECOND),
        ((SOON, GONE), True, False, NOW + SECOND),
        ((SOON, make_proof(expires_at=NOW + 9 * SECOND)), True, False, NOW + 9 * SECOND),
        ((SOON, PROOF), True, False, None),
        ((GONE, GONE), True, True, None),
        ((GONE,), False, False, None),
        ((SOON,), False, False, None),
    ],
)
def test_demanded_evidence_expires_with_the_last_proof_that_counts(
    evidence, demanded, expired, next_expiry
):
    item = make_item_facts(evidence=evidence, evidence_demanded=demanded)

    assert item.expired(NOW) is expired
    assert item.next_expiry(NOW) == next_expiry


# Pre-check


@pytest.mark.parametrize(
    ("status", "item", "errors"),
    [
        (DONE, {}, []),
        (NA, {"na_reason": "Not used."}, []),
        (UNSET, {}, ["outstanding"]),
        (ATTENTION, {}, ["outstanding"]),
        (NOT_DONE, {}, ["outstanding"]),
        (NA, {}, ["na_without_reason"]),
        (DONE, {"na_reason": ""}, []),
        (DONE, {"evidence_demanded": True}, ["evidence_missing"]),
        (NA, {"na_reason": "Not used.", "evidence_demanded": True}, []),
        (
            NA,
            {"na_reason": "Not used.", "evidence_demanded": True, "evidence": (GONE,)},
            [],
        ),
        (UNSET, {"evidence_demanded": True}, ["outstanding"]),
        (DONE, {"evidence_demanded": True, "evidence": (PROOF,)}, []),
        (DONE, {"evidence_demanded": True, "evidence": (GONE,)}, ["evidence_expired"]),
        (DONE, {"evidence_demanded": True, "evidence": (GONE, PROOF)}, []),
        (DONE, {"evidence": (GONE,)}, []),
        (DONE, {"open_questions": 2}, ["open_question"]),
        (
            NOT_DONE,
            {"evidence_demanded": True, "evidence": (GONE,), "open_questions": 1},
            ["outstanding", "evidence_expired", "open_question"],
        ),
    ],
)
def test_errors_keep_a_section_from_being_signed(status, item, errors):
    assert codes(item_errors(make_item_facts(status, **item), NOW)) == errors


@pytest.mark.parametrize(
    ("status", "item", "warnings"),
    [
        (DONE, {}, []),
        (UNSET, {"has_owner": True}, []),
        (UNSET, {}, ["no_owner"]),
        (NA, {}, []),
        (UNSET, {"has_owner": True, "due_at": NOW}, ["overdue"]),
        (UNSET, {"has_owner": True, "due_at": NOW + SECOND}, []),
        (DONE, {"due_at": NOW}, []),
        (NOT_DONE, {"note": "TBD", "due_at": NOW}, ["no_owner", "to_be_determined", "overdue"]),
    ],
)
def test_warnings_are_what_the_signer_should_know(status, item, warnings):
    assert codes(item_warnings(make_item_facts(status, **item), NOW)) == warnings


@pytest.mark.parametrize(
    "note", ["TBD", "tbd.", "Owner: TBD, see ticket", "(TBD)", "T.B.D.", "a\nTBD!"]
)
def test_a_note_that_says_tbd_is_a_warning(note):
    assert codes(item_warnings(make_item_facts(note=note), NOW)) == ["to_be_determined"]


@pytest.mark.parametrize("note", ["", "Done on Tuesday", "TBDs_1", "outbd", "stbd hull"])
def test_a_note_that_has_the_letters_in_a_word_is_none(note):
    assert item_warnings(make_item_facts(note=note), NOW) == []


def test_a_section_without_items_is_not_ready():
    check = pre_check([], NOW)

    assert check.errors == (Reason("section_empty"),)
    assert not check.clean


def test_the_pre_check_names_every_gap_of_every_item_in_order():
    rows = [make_item_facts(UNSET, id="1"), make_item_facts(id="2"), make_item_facts(NA, id="3")]

    check = pre_check(rows, NOW)

    assert [(e.code, e.subject) for e in check.errors] == [
        ("outstanding", "item:1"),
        ("na_without_reason", "item:3"),
    ]
    assert [(w.code, w.subject) for w in check.warnings] == [("no_owner", "item:1")]
    assert not check.clean
    assert pre_check([make_item_facts()], NOW).clean


# Counting


def test_counts_add_up():
    counts = Counts.of([UNSET, DONE, DONE, ATTENTION, NOT_DONE, NA])

    assert counts == Counts(unset=1, done=2, attention=1, not_done=1, na=1)
    assert (counts.total, counts.settled, counts.outstanding) == (6, 3, 3)
    assert counts + counts == Counts(unset=2, done=4, attention=2, not_done=2, na=2)


def test_a_summary_counts_and_names_the_next_blocker():
    proven = {"evidence_demanded": True, "evidence": (SOON,)}
    done, expiring = make_item_facts(id="1"), make_item_facts(id="2", **proven)
    expired = make_item_facts(id="3", evidence_demanded=True, evidence=(GONE,))
    unset = make_item_facts(UNSET, id="4")

    summary = summarise([done, expiring, expired, unset], NOW)

    assert summary.counts == Counts(unset=1, done=3)
    assert (summary.errors, summary.warnings, summary.expired) == (2, 1, 1)
    assert summary.next_blocker == expired
    assert summary.next_expiry == NOW + SECOND
    assert summarise([done], NOW).next_blocker is None
    assert summarise([], NOW).errors == 1


# Slots


def test_stale_is_a_comparison_of_digests_that_undoing_heals():
    signed = make_slot_facts(SIGNED)
    changed = make_slot_facts(SIGNED, material="later")

    assert (signed.state, changed.state) == (SIGNED, STALE)
    assert make_slot_facts(SIGNED, material="now").state == SIGNED


@pytest.mark.parametrize("state", SlotState)
def test_only_a_signature_over_what_is_there_now_stands(state):
    slot = make_slot_facts(state)

    assert slot.state == state
    assert slot.stands == (state is SIGNED)


@pytest.mark.parametrize(
    ("states", "errors", "section"),
    [
        ((), 0, SectionState.COMPLETE),
        ((), 1, SectionState.OPEN),
        ((WAITING,), 1, SectionState.OPEN),
        ((WAITING,), 0, SectionState.READY),
        ((ASKED,), 0, SectionState.ASKED),
        ((SIGNED,), 0, SectionState.SIGNED),
        ((STALE,), 1, SectionState.STALE),
        ((RETURNED,), 0, SectionState.RETURNED),
        ((SIGNED, SIGNED), 0, SectionState.SIGNED),
        ((SIGNED, ASKED), 0, SectionState.ASKED),
        ((SIGNED, WAITING), 0, SectionState.READY),
        ((SIGNED, WAITING), 2, SectionState.OPEN),
        ((SIGNED, STALE), 0, SectionState.STALE),
        ((RETURNED, STALE), 0, SectionState.RETURNED),
        ((ASKED, STALE), 0, SectionState.STALE),
    ],
)
def test_one_word_for_a_section(states, errors, section):
    assert make_section_facts(*states, errors=errors).state == section


# Blockers


@pytest.mark.parametrize(
    ("states", "section", "blockers"),
    [
        ((SIGNED,), {}, []),
        ((), {}, []),
        ((SIGNED,), {"counts": Counts(unset=2, done=1)}, ["items_outstanding"]),
        ((SIGNED,), {"expired": 1}, ["evidence_expired"]),
        ((SIGNED,), {"errors": 3}, []),
        ((WAITING,), {"counts": Counts()}, ["section_empty", "slot_waiting"]),
        ((ASKED,), {}, ["slot_asked"]),
        ((STALE,), {}, ["slot_stale"]),
        ((RETURNED,), {}, ["slot_returned"]),
        ((SIGNED, STALE, ASKED), {}, ["slot_stale", "slot_asked"]),
        ((STALE,), {"counts": Counts(not_done=1), "expired": 1, "phase": Phase.POST_LAUNCH}, []),
        ((STALE,), {"counts": Counts(not_done=1), "expired": 1, "phase": Phase.REVIEW}, []),
        (
            (WAITING,),
            {"counts": Counts(attention=1), "expired": 1},
            ["items_outstanding", "evidence_expired", "slot_waiting"],
        ),
    ],
)
def test_what_of_a_section_blocks_the_launch(states, section, blockers):
    assert codes(make_section_facts(*states, **section).blockers) == blockers


def test_a_blocker_names_its_section_and_counts_its_rows():
    section = make_section_facts(WAITING, number="4", counts=Counts(unset=5))

    assert section.blockers == [
        Reason("items_outstanding", "section:4", {"count": 5, "number": "4", "title": "Security"}),
        Reason(
            "slot_waiting", "section:4", {"slot": "Security", "number": "4", "title": "Security"}
        ),
    ]


# Asking for the signature


@pytest.mark.parametrize(
    ("state", "states", "errors", "refusals"),
    [
        (LaunchState.IN_REVIEW, (WAITING,), (), []),
        (LaunchState.IN_REVIEW, (RETURNED,), (), []),
        (LaunchState.IN_REVIEW, (SIGNED, WAITING), (), ["already_asked"]),
        (LaunchState.DRAFT, (WAITING,), (), ["not_in_review"]),
        (LaunchState.IN_REVIEW, (), (), ["no_slot"]),
        (LaunchState.IN_REVIEW, (ASKED,), (), ["already_asked"]),
        (LaunchState.IN_REVIEW, (SIGNED,), (), ["already_signed"]),
        (LaunchState.IN_REVIEW, (STALE,), (), ["already_asked"]),
        (LaunchState.IN_REVIEW, (WAITING,), ("outstanding",), ["outstanding"]),
        (
            LaunchState.DRAFT,
            (),
            ("section_empty", "open_question"),
            ["not_in_review", "no_slot", "section_empty", "open_question"],
        ),
    ],
)
def test_when_a_signature_cannot_be_asked_for(state, states, errors, refusals):
    section = make_section_facts(*states)

    assert codes(asking_refusals(state, section, make_check(*errors))) == refusals


def test_a_stale_slot_whose_request_was_voided_can_be_asked_for_again():
    stale = make_section_facts(slots=(make_slot_facts(STALE, asked=False),))

    assert asking_refusals(LaunchState.IN_REVIEW, stale, make_check()) == []
