"""Asking for a section's signature, and taking the request back."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, append
from checklist import mails, reading, rules
from checklist.actions import steps
from checklist.actions.common import allow, demand, lock_launch, refuse
from checklist.models import Item, Launch, Section
from checklist.permissions import Right
from checklist.verbs import Verb
from sentinel.reasons import Reason


@transaction.atomic
def ask_signature(section: Section, *, by: User) -> Section:
    """Ask the section's authorities to sign, once its pre-check finds no error (DESIGN 3.5)."""
    now = timezone.now()
    launch = lock_launch(section.launch)
    section = Section.objects.select_related("launch").get(pk=section.pk)
    demand(Right.LEAD, by=by, launch=launch, now=now, section=section)
    items = reading.item_facts(launch, Item.objects.filter(section=section))
    slots = list(section.slots.all())
    refuse(
        rules.asking_refusals(
            rules.LaunchState(launch.state),
            reading.section_facts(section, slots),
            rules.pre_check(items, now),
        )
    )
    for slot in slots:
        if slot.returned_at:
            steps.answer_return(slot)
    tell([Tell(mails.ASKED, f"section:{section.pk}", now, launch.pk)], by=by, now=now)
    return _request(section, launch, Verb.SIGNATURE_ASKED, by=by, asked_at=now, now=now)


@transaction.atomic
def take_back_request(section: Section, *, by: User) -> Section:
    """Take the request back before anybody has signed: the section wants more work."""
    now = timezone.now()
    launch = lock_launch(section.launch)
    section = Section.objects.select_related("launch").get(pk=section.pk)
    demand(Right.LEAD, by=by, launch=launch, now=now, section=section)
    allow(rules.Doing.ASK, launch)
    if section.asked_at is None:
        refuse([Reason("not_asked")])
    return _request(section, launch, Verb.REQUEST_TAKEN_BACK, by=by, asked_at=None, now=now)


def _request(
    section: Section,
    launch: Launch,
    verb: Verb,
    *,
    by: User,
    asked_at: datetime | None,
    now: datetime,
) -> Section:
    old = {"asked_at": section.asked_at, "asked_by": section.asked_by_id}
    section.asked_at = asked_at
    section.asked_by = by if asked_at else None
    new = {"asked_at": section.asked_at, "asked_by": section.asked_by_id}
    change = Change(verb, f"section:{section.pk}", launch.pk, old=old, new=new)
    append([change, *steps.refresh(section, launch=launch, now=now)], actor=by.pk, now=now)
    return section
