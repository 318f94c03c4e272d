"""Who may sign, return and vote, when a round opens, what it comes to: each rule a table."""

import pytest

from checklist.rules import Assessment, Counts, LaunchState, Readiness, SlotState
from sentinel.reasons import Reason
from signoff.rules import (
    ROUND_MOVES,
    TAKES_VOTES,
    Answer,
    BallotFacts,
    Derived,
    Question,
    RoundState,
    SignerFacts,
    SigningFacts,
    Vote,
    answer_refusals,
    derived_answers,
    key_refusals,
    opening_refusals,
    outcome,
    returning_refusals,
    signing_refusals,
    voting_refusals,
)
from tests.checklist.facts import codes, make_check, make_slot_facts

DRAFT, IN_REVIEW = LaunchState.DRAFT, LaunchState.IN_REVIEW
WAITING, ASKED, SIGNED, STALE, RETURNED = SlotState
OPEN, GO, CONDITIONAL, NO_GO, CANCELLED, LAUNCHED = RoundState
COMPLETE, ACCEPTABLE, ASSESSED = Question

BLOCKERS = (
    Reason("items_outstanding", "section:1"),
    Reason("evidence_expired", "section:1"),
    Reason("section_empty", "section:2"),
    Reason("no_sections"),
    *(Reason(f"slot_{state}", "section:3") for state in (WAITING, ASKED, STALE, RETURNED)),
)


def make_signer(**fields):
    return SignerFacts(**{"holds": frozenset({"ciso"})} | fields)


def make_signing(slot=ASKED, *errors, **fields):
    facts = {"state": IN_REVIEW, "slot": make_slot_facts(slot), "check": make_check(*errors)}
    return SigningFacts(**facts | fields)


def make_readiness(*blockers, **counts):
    return Readiness(Counts(**counts), 0, 1, tuple(blockers))


# Signing


@pytest.mark.parametrize(
    ("facts", "signer", "refusals"),
    [
        (make_signing(ASKED), {}, []),
        (make_signing(STALE), {}, []),
        (make_signing(WAITING), {}, ["not_asked"]),
        (make_signing(RETURNED), {}, ["not_asked"]),
        (make_signing(SIGNED), {}, ["signed_already"]),
        (make_signing(SIGNED, state=DRAFT), {}, ["not_in_review", "signed_already"]),
        (make_signing(ASKED), {"holds": frozenset()}, ["not_holder"]),
        (make_signing(ASKED, "outstanding"), {}, ["outstanding"]),
        (make_signing(ASKED, four_eyes=True), {}, []),
        (make_signing(ASKED, four_eyes=True), {"worked_on": True}, ["four_eyes"]),
        (make_signing(ASKED, four_eyes=False), {"worked_on": True}, []),
        (
            make_signing(WAITING, "outstanding", "open_question", state=DRAFT, four_eyes=True),
            {"holds": frozenset(), "worked_on": True},
            [
                *("not_in_review", "not_holder", "not_asked", "four_eyes"),
                *("outstanding", "open_question"),
            ],
        ),
    ],
)
def test_who_may_sign_a_section_and_when(facts, signer, refusals):
    assert codes(signing_refusals(facts, make_signer(**signer))) == refusals


def test_a_stale_signature_whose_request_was_voided_is_not_signed_again_unasked():
    facts = SigningFacts(IN_REVIEW, make_slot_facts(STALE, asked=False), make_check())

    assert codes(signing_refusals(facts, make_signer())) == ["not_asked"]


@pytest.mark.parametrize(
    ("facts", "signer", "refusals"),
    [
        (make_signing(ASKED), {}, []),
        (make_signing(SIGNED), {"stands_here": True}, []),
        (make_signing(SIGNED), {}, ["signed_by_another"]),
        (make_signing(STALE), {}, []),
        (make_signing(ASKED, "outstanding"), {}, []),
        (make_signing(ASKED, four_eyes=True), {"worked_on": True}, []),
        (make_signing(WAITING), {}, ["nothing_to_return"]),
        (make_signing(RETURNED), {}, ["nothing_to_return"]),
        (make_signing(ASKED, state=DRAFT), {}, ["not_in_review"]),
        (make_signing(WAITING), {"holds": frozenset()}, ["not_holder", "nothing_to_return"]),
    ],
)
def test_who_may_return_a_section_and_when(facts, signer, refusals):
    assert codes(returning_refusals(facts, make_signer(**signer))) == refusals


# Voting


def voting(vote, *, round_state=OPEN, slot=ASKED, blockers=(), ballot=None, **signer):
    return codes(
        voting_refusals(
            vote,
            round_state=round_state,
            slot=make_slot_facts(slot),
            readiness=make_readiness(*blockers),
            signer=make_signer(**signer),
            ballot=BallotFacts(**ballot or {}),
        )
    )


@pytest.mark.parametrize("blocker", BLOCKERS, ids=lambda reason: reason.code)
def test_go_is_refused_while_anything_blocks_and_no_go_never_is(blocker):
    assert voting(Vote.GO, blockers=[blocker]) == [blocker.code]
    assert voting(Vote.GO_CONDITIONAL, blockers=[blocker]) == [blocker.code]
    assert voting(Vote.NO_GO, blockers=[blocker]) == []


def test_go_is_refused_with_every_blocker_at_once():
    assert voting(Vote.GO, blockers=BLOCKERS) == codes(BLOCKERS)
    assert voting(Vote.NO_GO, blockers=BLOCKERS) == []


@pytest.mark.parametrize("vote", Vote)
@pytest.mark.parametrize("round_state", [None, *RoundState])
def test_a_vote_needs_a_round_that_takes_votes(vote, round_state):
    refusals = [] if round_state in {OPEN, GO, CONDITIONAL} else ["no_round"]

    assert voting(vote, round_state=round_state) == refusals


@pytest.mark.parametrize(
    ("slot", "signer", "go", "no_go"),
    [
        (ASKED, {}, [], []),
        (STALE, {}, [], []),
        (SIGNED, {}, ["signed_already"], []),
        (ASKED, {"holds": frozenset()}, ["not_holder"], ["not_holder"]),
        (ASKED, {"votes_elsewhere": True}, ["one_slot_a_person"], ["one_slot_a_person"]),
        (
            SIGNED,
            {"holds": frozenset(), "votes_elsewhere": True},
            ["not_holder", "one_slot_a_person", "signed_already"],
            ["not_holder", "one_slot_a_person"],
        ),
    ],
)
def test_who_may_vote_in_a_slot(slot, signer, go, no_go):
    assert voting(Vote.GO, slot=slot, **signer) == go
    assert voting(Vote.NO_GO, slot=slot, **signer) == no_go


@pytest.mark.parametrize(
    ("vote", "conditions", "refusals"),
    [
        (Vote.GO, None, []),
        (Vote.GO, 0, []),
        (Vote.GO, 2, ["conditions_without_word"]),
        (Vote.GO_CONDITIONAL, None, []),
        (Vote.GO_CONDITIONAL, 0, ["conditions_missing"]),
        (Vote.GO_CONDITIONAL, 2, []),
        (Vote.NO_GO, 2, []),
    ],
)
def test_conditions_come_with_go_with_conditions_alone(vote, conditions, refusals):
    assert voting(vote, ballot={"conditions": conditions}) == refusals


@pytest.mark.parametrize("vote", [Vote.GO, Vote.GO_CONDITIONAL])
@pytest.mark.parametrize(
    ("slot", "repeats", "stands_here", "refusals"),
    [
        (SIGNED, True, True, ["signed_already"]),
        (SIGNED, False, True, []),
        (SIGNED, False, False, ["signed_already"]),
        (STALE, False, False, []),
        (STALE, True, True, []),
    ],
)
def test_one_s_own_go_is_given_anew_only_with_other_conditions(
    vote, slot, repeats, stands_here, refusals
):
    found = voting(vote, slot=slot, ballot={"repeats": repeats}, stands_here=stands_here)

    assert found == refusals


# Rounds


def test_every_state_of_a_round_has_its_moves():
    assert ROUND_MOVES.keys() == set(RoundState)
    assert set().union(*ROUND_MOVES.values()) <= set(RoundState)


def test_a_round_takes_votes_until_no_go_or_the_end():
    assert {OPEN, GO, CONDITIONAL} == TAKES_VOTES
    assert {state for state in RoundState if ROUND_MOVES[state]} == TAKES_VOTES


@pytest.mark.parametrize(
    ("state", "round_", "refusals"),
    [
        (IN_REVIEW, {"newest": None}, []),
        (IN_REVIEW, {"newest": CANCELLED}, []),
        (IN_REVIEW, {"newest": OPEN}, ["round_open"]),
        (IN_REVIEW, {"newest": GO}, ["round_is_go"]),
        (IN_REVIEW, {"newest": CONDITIONAL}, ["round_is_go"]),
        (IN_REVIEW, {"newest": NO_GO}, ["say_what_changed"]),
        (IN_REVIEW, {"newest": NO_GO, "what_changed": "The keys."}, []),
        (DRAFT, {"newest": None}, ["not_in_review"]),
        (
            DRAFT,
            {"newest": OPEN, "executive_slots": 0},
            [
                *("not_in_review", "round_open", "no_executive_slot"),
            ],
        ),
    ],
)
def test_when_a_round_can_be_opened(state, round_, refusals):
    facts = {"executive_slots": 3, "what_changed": ""} | round_

    assert codes(opening_refusals(state, **facts)) == refusals


@pytest.mark.parametrize(
    ("state", "votes", "reached"),
    [
        (OPEN, [], OPEN),
        (OPEN, [(None, False)], OPEN),
        (OPEN, [(Vote.GO, True)], GO),
        (OPEN, [(Vote.GO, False)], OPEN),
        (OPEN, [(Vote.GO, True), (None, False)], OPEN),
        (OPEN, [(Vote.GO, True), (Vote.GO, False)], OPEN),
        (OPEN, [(Vote.GO, True), (Vote.GO, True)], GO),
        (OPEN, [(Vote.NO_GO, True), (None, False)], NO_GO),
        (OPEN, [(Vote.NO_GO, False), (Vote.GO, True)], NO_GO),
        (GO, [(Vote.GO, True), (Vote.GO, True)], GO),
        (GO, [(Vote.GO, True), (Vote.GO, False)], GO),
        (GO, [(Vote.GO, True), (None, False)], GO),
        (GO, [(Vote.GO, True), (Vote.NO_GO, True)], NO_GO),
        (OPEN, [(Vote.GO_CONDITIONAL, True)], CONDITIONAL),
        (OPEN, [(Vote.GO_CONDITIONAL, True), (Vote.GO, True)], CONDITIONAL),
        (OPEN, [(Vote.GO_CONDITIONAL, True), (None, False)], OPEN),
        (OPEN, [(Vote.GO_CONDITIONAL, False), (Vote.GO, True)], OPEN),
        (GO, [(Vote.GO_CONDITIONAL, True), (Vote.GO, True)], CONDITIONAL),
        (GO, [(Vote.GO_CONDITIONAL, True), (Vote.GO, False)], GO),
        (CONDITIONAL, [(Vote.GO, True), (Vote.GO, True)], GO),
        (CONDITIONAL, [(Vote.GO, True), (Vote.GO, False)], CONDITIONAL),
        (CONDITIONAL, [(Vote.GO_CONDITIONAL, True), (Vote.NO_GO, True)], NO_GO),
    ],
)
def test_what_a_round_comes_to(state, votes, reached):
    assert outcome(state, votes) == reached


# The three questions


@pytest.mark.parametrize(
    ("counts", "complete", "acceptable"),
    [
        ({"done": 3, "na": 1}, True, True),
        ({"done": 3, "unset": 1}, False, False),
        ({"done": 3, "attention": 1, "not_done": 1}, False, False),
        ({}, False, True),
    ],
)
def test_what_the_system_derives_for_each_question(counts, complete, acceptable):
    readiness = make_readiness(**counts)

    derived = derived_answers(readiness, Assessment())

    params = {
        "outstanding": readiness.counts.outstanding,
        "accepted": 0,
        "total": readiness.counts.total,
    }
    assert derived == (
        Derived(COMPLETE, complete, params),
        Derived(ACCEPTABLE, acceptable, params),
        Derived(ASSESSED, None, {"total": 0, "incomplete": 0}),
    )


@pytest.mark.parametrize(
    ("given", "reason", "refusals"),
    [
        ({COMPLETE: True, ACCEPTABLE: False, ASSESSED: True}, "", []),
        ({COMPLETE: True, ACCEPTABLE: False, ASSESSED: False}, "", []),
        ({COMPLETE: False, ACCEPTABLE: False, ASSESSED: True}, "", ["complete"]),
        ({COMPLETE: False, ACCEPTABLE: True, ASSESSED: True}, "", ["complete", "acceptable"]),
        ({COMPLETE: False, ACCEPTABLE: True, ASSESSED: True}, "Because.", []),
    ],
)
def test_an_answer_that_differs_from_what_is_derived_says_why(given, reason, refusals):
    derived = [Derived(COMPLETE, True), Derived(ACCEPTABLE, False), Derived(ASSESSED, None)]
    answers = [Answer(question, value, reason) for question, value in given.items()]

    found = answer_refusals(answers, derived)

    assert [(r.code, r.subject) for r in found] == [("differs_without_reason", s) for s in refusals]


@pytest.mark.parametrize(
    ("vote", "demanded", "by_key", "refusals"),
    [
        (Vote.GO, True, True, []),
        (Vote.GO, True, False, [Reason("own_key_demanded")]),
        (Vote.GO_CONDITIONAL, True, False, [Reason("own_key_demanded")]),
        (Vote.NO_GO, True, False, []),
        (Vote.GO, False, True, []),
        (Vote.GO, False, False, []),
    ],
)
def test_a_launch_may_demand_the_executives_own_keys(vote, demanded, by_key, refusals):
    assert key_refusals(vote, demanded=demanded, by_key=by_key) == refusals
