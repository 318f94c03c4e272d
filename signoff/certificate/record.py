"""What a certificate says, as one JSON value: the record that is attached to it. Values in, values out.

It holds every statement it names, and what each was over, word for word: whoever has the record alone can recompute
their digests. Written as RFC 8785 it is the same to the byte for the same launch, ledger and moment.
"""

import json
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from checklist.models import Section, Slot
from checklist.reading import section_facts, slot_facts
from checklist.rules import SlotState
from checklist.verdict_words import verdict_words
from signoff.certificate.source import Source
from signoff.models import Condition, Round, Signature
from signoff.pages.content import content_of
from signoff.pages.proof import proof_of
from signoff.proof_values import proof_value
from signoff.reading import answers_of
from signoff.rules import Act
from signoff.statements import answers_value, canonical, moment
from signoff.words import sentence

RECORD_TYPE = "sentinel/certificate/v1"
RECORD_NAME = "record.json"  # as it is attached

type Value = dict[str, Any]


def record_of(source: Source) -> Value:
    """The record of a decision or of a section."""
    scope = source.scope
    return {
        "type": RECORD_TYPE,
        "about": "section" if scope.section else "decision",
        "instance": source.instance,
        "language": get_language() or "",
        "printed": {
            "at": moment(source.now),
            "ledger": {"size": source.ledger_size, "root": source.ledger_root},
        },
        "launch": _launch(source),
        "verdict": _verdict(source),
        "round": _round(scope.round) if scope.round else None,
        "votes": [_slot(slot, source) for slot in _executive(source)],
        "over": "what is there" if scope.last is None else "the last vote",
        "sections": _sections(source),
        "acceptances": source.accepted,
        "conditions": [_condition(row) for row in source.conditions],
        "signatures": [_signature(row, source) for row in source.signatures],
        "contents": {row.snapshot_id: content_of(row.snapshot) for row in source.signatures},
    }


def written(record: Value) -> bytes:
    """The record as it is attached."""
    return canonical(record)


def digest(record: Value) -> str:
    return sha256(written(record)).hexdigest()


def _launch(source: Source) -> Value:
    launch = source.launch
    return {
        **launch.identity,
        "slug": launch.slug,
        "url": f"{settings.BASE_URL}{launch.get_absolute_url()}",
        "state": launch.state,
        "owner_team": launch.owner_team.name,
        "managers": source.managers,
        "time_zone": launch.time_zone,
        "target_at": moment(launch.target_at) if launch.target_at else None,
        "live_at": moment(launch.live_at) if launch.live_at else None,
        "unapproved_at": moment(launch.unapproved_at) if launch.unapproved_at else None,
    }


def _verdict(source: Source) -> Value:
    """How the launch stood when this was printed: the sentence of its page, and what it rests on."""
    derived = source.standing.verdict
    ready, counts = derived.readiness, derived.readiness.counts
    return {
        "code": derived.tone.value,
        "text": str(verdict_words(source.standing, source.now)),
        "ready": ready.ready,
        "items": {
            "total": counts.total,
            "settled": counts.settled,
            "outstanding": counts.outstanding,
            "accepted": ready.accepted,
        },
        "slots": {"total": ready.slots, "unsigned": ready.unsigned},
        "blockers": [sentence(reason) for reason in ready.blockers],
    }


def _round(round_: Round) -> Value:
    return {
        "number": round_.number,
        "state": round_.state,
        "opened_at": moment(round_.opened_at),
        "opened_by": round_.opened_by.full_name,
        "closed_at": moment(round_.closed_at) if round_.closed_at else None,
        "close_reason": round_.close_reason,
        "what_changed": round_.what_changed,
        "answers": answers_value(answers_of(round_)),
    }


def _executive(source: Source) -> list[Slot]:
    return source.standing.executive if source.scope.round else []


def _slot(slot: Slot, source: Source) -> Value:
    """An executive's place in this round, and the vote that lies there."""
    votes = [row for row in source.scope.of_round if row.act == Act.VOTE]
    lies = [row for row in votes if row.slot_id == slot.pk and row.pk in source.lying]
    return {"title": slot.title, "signature": lies[-1].sha256 if lies else None}


def _sections(source: Source) -> list[Value]:
    if source.scope.last is None:
        covered = filter(source.scope.covers, source.standing.sections)
        return [_section(row, source) for row in covered]
    return [_section_then(row) for row in source.scope.last.get("sections", [])]


def _section(section: Section, source: Source) -> Value:
    """A section as it stands; its items only where no signature has them."""
    slots = source.standing.slots_of(section)
    beneath = {row.slot_id: row for row in source.beneath}
    value = {
        "number": section.number,
        "title": section.title,
        "material": section.material,
        "state": section_facts(section, slots).state.value,
        "slots": [
            {
                "title": slot.title,
                "state": slot_facts(slot, section).state.value,
                "signature": beneath[slot.pk].sha256 if slot.pk in beneath else None,
                "returned": _returned(slot),
            }
            for slot in slots
        ],
    }
    items = source.unsigned.get(section.number)
    return value if items is None else value | {"items": items}


def _returned(slot: Slot) -> Value | None:
    if slot.returned_at is None or slot.returned_by is None:
        return None
    return {
        "at": moment(slot.returned_at),
        "by": slot.returned_by.full_name,
        "reason": slot.return_reason,
    }


def _section_then(row: Value) -> Value:
    """A section as the last vote of a round that is over had it."""
    signed = row["signatures"]
    return {
        "number": row["number"],
        "title": row["title"],
        "material": row["material"],
        "state": None,
        "slots": [
            {
                "title": one["slot"],
                "state": one["state"],
                "signature": one["sha256"],
                "returned": None,
            }
            for one in signed
        ],
    }


def _condition(row: Condition) -> Value:
    return {
        "text": row.text,
        "owner": row.owner.full_name,
        "keeper": row.keeper.full_name,
        "due": row.due_on.isoformat(),
        "before_launch": row.before_launch,
        "asked_by": row.asked_by.full_name,
        "done_at": moment(row.done_at) if row.done_at else None,
        "done_note": row.done_note,
        "ended": row.ended,
        "ended_reason": row.ended_reason,
    }


def _signature(row: Signature, source: Source) -> Value:
    """A signature: its statement whole, what its evidence rests on, where it lies in the ledger, what became of it."""
    leaf = source.leaves.get(row.pk)
    return {
        "id": str(row.pk),
        "sha256": row.sha256,
        "level": row.level,
        "level_text": row.get_level_display(),
        "proof": proof_value(proof) if (proof := proof_of(row)) else None,
        "identity_verified": leaf.identity_verified if leaf else None,
        "stands": _stands(row, source),
        "ledger": {"seq": leaf.seq, "leaf_hash": leaf.leaf_hash} if leaf else None,
        "statement": json.loads(bytes(row.statement)),
    }


def _stands(row: Signature, source: Source) -> bool:
    """Whether it has its place still, and what it covers is what is there now, as far as that is known here."""
    taken_back = {back.target_id for back in (*source.withdrawals, *source.scope.of_round)}
    if row.pk in taken_back:
        return False
    if row.act == Act.ACCEPT:
        return source.scope.last is None
    if row.pk not in source.lying:
        return False
    facts = {slot.id: slot for slot in source.standing.verdict.decision.slots}
    for section in source.standing.facts:
        facts |= {slot.id: slot for slot in section.slots}
    known = facts.get(str(row.slot_id))
    return known is None or known.state is not SlotState.STALE
