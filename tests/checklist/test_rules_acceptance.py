"""Accepted items (DESIGN 3.6): outstanding, counted as accepted, blocking again when their day is over."""

from datetime import timedelta

import pytest

from checklist.rules import AcceptanceFacts, ItemStatus, item_errors, readiness, summarise
from checklist.rules.sections import SlotState
from tests.checklist.facts import NOW, codes, make_item_facts, make_proof, make_section_facts

SECOND = timedelta(seconds=1)
NOT_DONE, ATTENTION, DONE = ItemStatus.NOT_DONE, ItemStatus.ATTENTION, ItemStatus.DONE


def make_acceptance_facts(**fields):
    known = {"statement": "0" * 64, "until": NOW + SECOND, "text": "Keys", "status": NOT_DONE}
    return AcceptanceFacts(**known | fields)


def accepted(status=NOT_DONE, *, given=None, **fields):
    return make_item_facts(status, acceptance=make_acceptance_facts(**given or {}), **fields)


@pytest.mark.parametrize(
    ("item", "counts", "lapsed", "errors"),
    [
        (accepted(), True, False, []),
        (accepted(given={"until": NOW}), False, True, ["acceptance_ended"]),
        (accepted(given={"until": NOW - SECOND}), False, True, ["acceptance_ended"]),
        (accepted(ATTENTION), False, False, ["outstanding"]),
        (accepted(given={"text": "Locks"}), False, False, ["outstanding"]),
        (accepted(DONE), False, False, []),
        (make_item_facts(NOT_DONE), False, False, ["outstanding"]),
        (accepted(open_questions=1), True, False, ["open_question"]),
    ],
    ids=[
        *("before its end", "at its end", "after its end", "another status", "another text"),
        *("done meanwhile", "never accepted", "with a question"),
    ],
)
def test_whether_an_acceptance_counts(item, counts, lapsed, errors):
    assert (item.accepted(NOW), item.lapsed(NOW)) == (counts, lapsed)
    assert codes(item_errors(item, NOW)) == errors
    assert item.blocks(NOW) is (item.outstanding and not counts)


def test_expired_evidence_blocks_what_is_accepted_too():
    item = accepted(evidence_demanded=True, evidence=(make_proof(expires_at=NOW),))

    assert item.blocks(NOW)


@pytest.mark.parametrize(
    ("proof_ends", "expiry"), [(None, 1), (NOW + SECOND * 9, 1), (NOW + SECOND / 2, 0.5)]
)
def test_the_clock_changes_an_item_at_the_first_of_its_ends(proof_ends, expiry):
    item = accepted(evidence_demanded=True, evidence=(make_proof(expires_at=proof_ends),))

    assert item.next_expiry(NOW) == NOW + SECOND * expiry


def test_an_acceptance_that_has_ended_changes_nothing_any_more():
    assert accepted(given={"until": NOW}).next_expiry(NOW) is None


def test_a_section_counts_what_is_accepted_and_what_ends_first():
    first, later = ({"until": NOW + SECOND * n} for n in (1, 2))
    items = [accepted(given=given, id=str(n)) for n, given in enumerate([first, first, later])]

    summary = summarise([*items, make_item_facts(NOT_DONE, id="x", text="Open")], NOW)

    assert (summary.accepted, summary.counts.outstanding, summary.errors) == (3, 4, 1)
    assert (summary.acceptances_end, summary.acceptances_ending) == (NOW + SECOND, 2)
    assert summary.next_blocker.text == "Open"
    assert summary.next_expiry == NOW + SECOND


def test_a_section_counts_whose_acceptance_has_ended():
    over, suspended = {"until": NOW}, {"until": NOW, "status": ATTENTION}
    items = [accepted(given=over, id="a"), accepted(given=suspended, id="b"), accepted(id="c")]

    summary = summarise(items, NOW)

    assert (summary.acceptances_ended, summary.accepted) == (1, 1)


def test_nothing_accepted_ends_never():
    summary = summarise([make_item_facts(NOT_DONE)], NOW)

    assert (summary.accepted, summary.acceptances_end, summary.acceptances_ending) == (0, None, 0)


@pytest.mark.parametrize(("count", "blockers"), [(0, [2]), (1, [1]), (2, [])])
def test_what_is_accepted_blocks_no_section_and_completes_none(count, blockers):
    counts = summarise([make_item_facts(NOT_DONE)] * 2, NOW).counts
    section = make_section_facts(SlotState.SIGNED, counts=counts, accepted=count)

    ready = readiness([section])

    assert [reason.params["count"] for reason in ready.blockers] == blockers
    assert (ready.accepted, ready.unaccepted, ready.complete) == (count, 2 - count, False)
