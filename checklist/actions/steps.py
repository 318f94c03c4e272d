"""Steps: they write rows and return the ledger entries for it. Actions call them, here and in signoff."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change
from checklist import mails, material, reading, rules
from checklist.models import Item, Launch, Section, Slot
from checklist.rules import Outcome, SlotState
from checklist.verbs import Verb

SECTION_READ_MODEL = [
    *rules.ItemStatus.values,
    "revision",
    "errors",
    "warnings",
    "expired",
    "accepted",
    "acceptances_end",
    "acceptances_ending",
    "acceptances_ended",
    "next_blocker",
    "next_blocker_item",
    "next_expiry",
    "material",
    "asked_at",
    "asked_by",
]
LAUNCH_READ_MODEL = [
    "revision",
    "target_at",
    "next_due",
    "outstanding",
    "accepted",
    "blockers",
    "unsigned",
    "slot_count",
    "tone",
    "next_blocker",
    "next_expiry",
]
STANDING = [
    "signature",
    "signed_material",
    "signed_at",
    "signed_by",
    "signed_for",
    "vote",
    "conditions_digest",
    "withdrawn_at",
    "stale_since",
    "returned_at",
    "returned_by",
    "return_reason",
]
TRANSITIONS = {
    (SlotState.SIGNED, SlotState.STALE): Verb.SLOT_STALE,
    (SlotState.STALE, SlotState.SIGNED): Verb.SLOT_HEALED,
}


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a vote says, and the digest of the conditions it was given for. Empty for a section's signature."""

    vote: str = ""
    conditions_digest: str = ""


NO_BALLOT = Ballot()


def refresh(section: Section, *, launch: Launch, now: datetime) -> list[Change]:
    """Store what pages need of a section and its launch, and say what the change did to request and signatures.

    The one writer of the read model. The launch is locked.
    """
    items = reading.item_facts(launch, Item.objects.filter(section=section))
    before = reading.weigh(launch, *_rows(launch, section))
    summary = count(section, items, now=launch.clock(section.phase, now))
    changes = _void_request(section, summary, launch)
    section.save(update_fields=SECTION_READ_MODEL)
    return changes + refresh_launch(before, now=now)


def refresh_all(launch: Launch, *, now: datetime) -> list[Change]:
    """Store every section anew, and the launch: after a change that concerns them all."""
    changes = []
    for section in launch.sections.all():
        changes += refresh(section, launch=launch, now=now)
    return changes


def count(section: Section, items: Sequence[rules.ItemFacts], *, now: datetime) -> rules.Summary:
    """Put a section's items into its read model, unsaved."""
    summary = rules.summarise(items, now)
    reading.store(section, summary)
    section.material = material.digest(material.of_section(section.title, items))
    section.revision += 1
    return summary


def _rows(launch: Launch, section: Section | None = None) -> tuple[list[Section], list[Slot]]:
    """All sections and slots of a launch, the given section as the very object that is being changed."""
    sections = [section if section == row else row for row in launch.sections.all()]
    return [row for row in sections if row], list(launch.slots.all())


def _void_request(section: Section, summary: rules.Summary, launch: Launch) -> list[Change]:
    if section.asked_at is None or not summary.errors:
        return []
    change = Change(
        Verb.REQUEST_VOIDED,
        f"section:{section.pk}",
        launch.pk,
        old={"asked_at": section.asked_at, "asked_by": section.asked_by_id},
        new={"asked_at": None, "asked_by": None},
    )
    section.asked_at = section.asked_by_id = None
    return [change]


def refresh_launch(before: reading.LaunchStanding, *, now: datetime) -> list[Change]:
    """Store the launch's part of the read model from `before`'s own rows, changed meanwhile or not."""
    launch = before.launch
    after = reading.weigh(launch, before.sections, before.slots)
    launch.revision += 1
    launch.target_at = rules.target_moment(launch.target_on, launch.target_time, launch.time_zone)
    reading.store_launch(launch, after)
    launch.save(update_fields=LAUNCH_READ_MODEL)
    changes = transitions(before, after)
    note_stale(changes, now=now)
    tell_stale(changes, now=now)
    return changes


def transitions(before: reading.LaunchStanding, after: reading.LaunchStanding) -> list[Change]:
    """A ledger entry for each slot whose signature went stale, or healed, by what changed beneath it."""
    was = _slots_by_id(before)
    changes = []
    for slot_id, slot in _slots_by_id(after).items():
        earlier = was.get(slot_id)
        if earlier is None or earlier.signed_material != slot.signed_material:
            continue
        if verb := TRANSITIONS.get((earlier.state, slot.state)):
            changes.append(Change(verb, f"slot:{slot_id}", after.launch.pk))
    return changes


def note_stale(changes: Sequence[Change], *, now: datetime) -> None:
    """Remember since when a signature no longer covers what is there; healed, it is as if it always had."""
    for verb, since in ((Verb.SLOT_STALE, now), (Verb.SLOT_HEALED, None)):
        turned = [change.subject.partition(":")[2] for change in changes if change.action == verb]
        if turned:
            Slot.objects.filter(pk__in=turned).update(stale_since=since)


def tell_stale(changes: Sequence[Change], *, now: datetime) -> None:
    """Tell those whom it concerns that a signature went stale; a while later, in case it is undone."""
    stale = [change for change in changes if change.action == Verb.SLOT_STALE]
    told = [
        Tell(mails.STALE, change.subject, now, change.launch, wait=mails.STALE_WAITS)
        for change in stale
    ]
    tell(told, by=None, now=now)


def _slots_by_id(standing: reading.LaunchStanding) -> dict[str, rules.SlotFacts]:
    slots = [slot for facts in standing.facts for slot in facts.slots]
    return {slot.id: slot for slot in [*slots, *standing.verdict.decision.slots]}


def note_signature(launch: Launch, at: datetime) -> None:
    """Remember when the first signature of a launch was made, whatever becomes of it."""
    if launch.first_signed_at is None:
        launch.first_signed_at = at
        launch.save(update_fields=["first_signed_at"])


@dataclass(frozen=True, slots=True)
class Mark:
    """What a signature leaves in a slot, for pages to show without reading it."""

    signature: UUID
    material: str
    by: User
    at: datetime
    standing_in_for: str = ""
    ballot: Ballot = NO_BALLOT


def let_stand(slot: Slot, mark: Mark) -> None:
    """Let a signature stand in a slot; what was there before, a return included, is over."""
    slot.signature, slot.signed_material = mark.signature, mark.material
    slot.vote, slot.conditions_digest = mark.ballot.vote, mark.ballot.conditions_digest
    slot.signed_by, slot.signed_at, slot.signed_for = mark.by, mark.at, mark.standing_in_for
    slot.withdrawn_at = slot.stale_since = None
    slot.returned_by = slot.returned_at = None
    slot.return_reason = ""
    slot.save(update_fields=STANDING)


def clear(slot: Slot) -> None:
    """Nothing stands in a slot any more: its signature was withdrawn, or its round is over."""
    slot.signature = slot.signed_by = slot.signed_at = None
    slot.withdrawn_at = slot.stale_since = None
    slot.signed_material = slot.signed_for = slot.vote = slot.conditions_digest = ""
    slot.save(update_fields=STANDING)


def note_withdrawal(slot: Slot, at: datetime) -> None:
    """Its signature was withdrawn after the launch went live: it stays where it stood, and says so (DESIGN 3.15)."""
    slot.withdrawn_at = at
    slot.save(update_fields=["withdrawn_at"])


def answer_return(slot: Slot) -> None:
    """The section's lead asks again: what was returned is waited for once more."""
    slot.returned_by = slot.returned_at = None
    slot.return_reason = ""
    slot.save(update_fields=STANDING)


def send_back(slot: Slot, section: Section, *, by: User, at: datetime, reason: str) -> None:
    """The authority has returned the section: nothing stands, and the request is over (DESIGN 3.5)."""
    slot.returned_by, slot.returned_at, slot.return_reason = by, at, reason
    clear(slot)
    section.asked_at = section.asked_by = None
    section.save(update_fields=["asked_at", "asked_by"])


def set_decision(
    launch: Launch,
    *,
    outcome: Outcome,
    answers_digest: str,
    at: datetime,
    refused_because: str = "",
    opened_at: datetime | None = None,
) -> None:
    """Tell the launch what its newest round has come to, and why where that is NO-GO; the caller refreshes it.

    `opened_at`: since when the newest round takes votes, if it does.
    """
    launch.outcome, launch.answers_digest, launch.decided_at = outcome, answers_digest, at
    launch.refused_because, launch.round_opened_at = refused_because, opened_at
    launch.save(
        update_fields=[
            "outcome",
            "answers_digest",
            "decided_at",
            "refused_because",
            "round_opened_at",
        ]
    )


def set_conditions(
    launch: Launch, *, open_conditions: int, open_before_launch: int, next_due: date | None
) -> None:
    """Tell the launch how many conditions are owed, and until when the next; the caller refreshes it."""
    launch.open_conditions, launch.open_before_launch = open_conditions, open_before_launch
    launch.next_condition_due = next_due
    launch.save(update_fields=["open_conditions", "open_before_launch", "next_condition_due"])
