"""Whom a launch waits for, as rows: who may sign a slot, who leads a section, who manages. And since when."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from accounts.models import Membership, User
from accounts.rules import Standing
from checklist.models import Appointment, Evidence, Item, Launch, Participant, Section, Slot
from checklist.reading import decision_of, slot_facts
from checklist.rules import SlotState, WaitFacts


def holders_of(slots: Iterable[Slot], now: datetime) -> QuerySet[User]:
    """Everybody who may sign in one of these slots of one launch now, whoever was appointed first at the front."""
    rows = list(slots)
    launch = rows[0].launch_id if rows else None
    asked = Slot.authorities.through.objects.filter(slot__in=rows).values("authority")
    held = Appointment.objects.current(now, launch).filter(authority__in=asked)
    first = Min("appointments__starts_at", filter=Q(appointments__in=held))
    people: QuerySet[User] = User.objects.filter(pk__in=held.values("holder"))
    return people.annotate(held=first).order_by("held", "pk")


def without_workers(people: QuerySet[User], section: Section) -> QuerySet[User]:
    """Four eyes: without those who set a status or added evidence in the section."""
    statuses = Item.objects.filter(section=section, status_by=OuterRef("pk"))
    proofs = Evidence.objects.standing().filter(item__section=section, added_by=OuterRef("pk"))
    return people.exclude(Exists(statuses) | Exists(proofs))


def leads_of(section: Section) -> QuerySet[User]:
    """Who leads one of the section's teams; the owner team's leads where it names none."""
    teams = list(section.teams.values_list("pk", flat=True)) or [section.launch.owner_team_id]
    led = Membership.objects.filter(team__in=teams, standing=Standing.LEAD)
    people: QuerySet[User] = User.objects.active().filter(pk__in=led.values("user"))
    return people


def managers_of(launch: Launch) -> QuerySet[User]:
    managing = Participant.objects.filter(launch=launch, is_manager=True)
    people: QuerySet[User] = User.objects.active().filter(pk__in=managing.values("user"))
    return people


def state_of(slot: Slot) -> SlotState:
    """What stands in a slot of a section, or in an executive one of the newest round."""
    if slot.section:
        return slot_facts(slot, slot.section).state
    decided = decision_of(slot.launch, list(slot.launch.sections.all()), [slot]).slots
    return decided[0].state if decided else SlotState.WAITING


def waits_for_signature(slot: Slot) -> bool:
    """Is it the turn of whoever may sign? Otherwise its section's teams have to work, or no round takes votes."""
    state = state_of(slot)
    if slot.section:
        return slot.section.asked_at is not None and state is not SlotState.SIGNED
    return state in {SlotState.ASKED, SlotState.STALE}


def waits_since(slot: Slot) -> datetime | None:
    """Since when it is their turn, where that was noted."""
    if not waits_for_signature(slot):
        return None
    asked_at = slot.section.asked_at if slot.section else slot.launch.round_opened_at
    return asked_since(slot, asked_at)


def asked_since(slot: Slot, asked_at: datetime | None) -> datetime | None:
    """The moment somebody asked, or where it was answered since, when that answer went stale."""
    answered = slot.signed_at and asked_at and slot.signed_at >= asked_at
    return slot.stale_since if answered else asked_at


def wait_of(slot: Slot, now: datetime) -> WaitFacts:
    """All that the rules ask of a slot that may wait."""
    return WaitFacts(
        since=waits_since(slot),
        holders=tuple(holders_of([slot], now).values_list("pk", flat=True)),
        nudged_at=slot.nudged_at,
        escalated_at=slot.escalated_at,
        escalated_to=slot.escalated_to_id,
    )
