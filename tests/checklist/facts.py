"""Facts for the rules, everything defaulted: an item that is done, a slot that waits, a section that is clean."""

from datetime import UTC, datetime

from checklist.rules import (
    Counts,
    EvidenceFacts,
    ItemFacts,
    ItemStatus,
    Phase,
    PreCheck,
    SectionFacts,
    SlotFacts,
    SlotState,
)
from sentinel.reasons import Reason

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def make_proof(name="Report", **fields):
    return EvidenceFacts(**{"name": name, "url": "https://example.org/", "sha256": ""} | fields)


def make_item_facts(status=ItemStatus.DONE, **fields):
    return ItemFacts(**{"id": "a", "number": "1.1", "text": "Keys", "status": status} | fields)


def make_slot_facts(state=SlotState.WAITING, **fields):
    """A slot in the state given."""
    states = {
        SlotState.WAITING: {},
        SlotState.ASKED: {"asked": True},
        SlotState.SIGNED: {"asked": True, "signed_material": "now"},
        SlotState.STALE: {"asked": True, "signed_material": "then"},
        SlotState.RETURNED: {"returned": True},
    }
    return SlotFacts(**{"id": "s", "title": "Security", "material": "now"} | states[state] | fields)


def make_section_facts(*states, **fields):
    """A section of one done item, with a slot in each state given."""
    slots = tuple(make_slot_facts(state, id=str(n)) for n, state in enumerate(states))
    known = {"number": "1", "title": "Security", "phase": Phase.READINESS}
    return SectionFacts(**known | {"counts": Counts(done=1), "slots": slots} | fields)


def make_check(*errors):
    return PreCheck(tuple(Reason(code) for code in errors), ())


def codes(reasons):
    return [reason.code for reason in reasons]
