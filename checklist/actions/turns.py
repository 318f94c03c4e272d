"""Seeing to it that somebody signs: reminding by hand, and escalating by the clock."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, append
from checklist import mails, rules
from checklist.actions.common import allow, demand, lock_launch, refuse
from checklist.models import Slot
from checklist.permissions import Right
from checklist.turns import wait_of, waits_for_signature
from checklist.verbs import Verb


@transaction.atomic
def nudge(slot: Slot, *, by: User) -> Slot:
    """Remind whoever may sign: the section's lead or a manager does, once in 24 hours a slot."""
    now = timezone.now()
    launch = lock_launch(slot.launch)
    slot = _reread(slot.pk)
    right = Right.LEAD if slot.section else Right.MANAGE
    demand(right, by=by, launch=launch, now=now, section=slot.section)
    allow(rules.Doing.SIGN, launch)
    is_waiting = waits_for_signature(slot)
    refuse(rules.nudge_refusals(wait_of(slot, now), is_waiting=is_waiting, by=by.pk, now=now))
    old, slot.nudged_at = {"nudged_at": slot.nudged_at}, now
    slot.save(update_fields=["nudged_at"])
    subject = f"slot:{slot.pk}"
    tell([Tell(mails.NUDGED, subject, now, launch.pk)], by=by, now=now)
    new = {"nudged_at": now}
    change = Change(Verb.SIGNATURE_NUDGED, subject, launch.pk, old=old, new=new)
    append([change], actor=by.pk, now=now)
    return slot


@transaction.atomic
def escalate(slot: Slot, *, now: datetime) -> bool:
    """Pass a slot on that nobody has signed in time, if it is time; nobody's act but the clock's."""
    launch = lock_launch(slot.launch)
    slot = _reread(slot.pk)
    hours = launch.escalate_after_hours
    if hours is None or rules.doing_refusals(rules.LaunchState(launch.state), rules.Doing.SIGN):
        return False
    due = rules.escalation(wait_of(slot, now), hours=hours, zone=launch.time_zone, now=now)
    if due is None:
        return False
    old = {"escalated_to": slot.escalated_to_id, "escalated_at": slot.escalated_at}
    slot.escalated_at = now
    slot.escalated_to = User.objects.get(pk=due.to) if due.to else None
    slot.save(update_fields=["escalated_at", "escalated_to"])
    subject = f"slot:{slot.pk}"
    told = Tell(mails.ESCALATED, subject, now, launch.pk, whom=slot.escalated_to)
    tell([told], by=None, now=now)
    new = {"escalated_to": slot.escalated_to_id, "escalated_at": slot.escalated_at}
    change = Change(Verb.SIGNATURE_ESCALATED, subject, launch.pk, old=old, new=new)
    append([change], actor=None, now=now)
    return True


def _reread(pk: UUID) -> Slot:
    return Slot.objects.select_related("launch", "section__launch").get(pk=pk)
