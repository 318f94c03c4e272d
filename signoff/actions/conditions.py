"""Conditions as tasks: kept, taken back, lifted. What makes and ends them otherwise are votes, rounds and closing."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, append
from checklist.actions import steps
from checklist.actions.common import allow, clean_fields, lock_launch
from checklist.models import Launch
from checklist.reading import standing_of, viewer_of
from checklist.rules import Doing
from sentinel.errors import Refused
from signoff.actions.promises import end_condition, tell_conditions
from signoff.models import Condition
from signoff.presence import Presence
from signoff.rules import (
    Ending,
    keeping_refusals,
    lifting_refusals,
    may_keep,
    may_lift,
    reopening_refusals,
)
from signoff.verbs import Verb
from signoff.words import refuse

OPEN: dict[str, object] = {"done_at": None, "done_by": None}
KEPT = ["done_at", "done_by", "done_note"]


def _behind_the_lock(condition: Condition) -> tuple[Launch, Condition]:
    launch = lock_launch(condition.launch)
    allow(Doing.CONDITIONS, launch)
    condition = Condition.objects.select_related("round", "asked_by").get(pk=condition.pk)
    condition.launch = launch
    return launch, condition


@transaction.atomic
def keep_condition(condition: Condition, *, by: User, note: str) -> Condition:
    """Say that a condition is done, and how: its owner, or a launch manager."""
    now = timezone.now()
    launch, condition = _behind_the_lock(condition)
    if not may_keep(viewer_of(by, launch, now), condition.facts):
        raise PermissionDenied("Only its owner or a launch manager says that a condition is done.")
    refuse(keeping_refusals(condition.facts))
    if not note:
        raise Refused({"note": ValidationError(_("Say how it was done."), code="note_required")})
    condition.done_at, condition.done_by, condition.done_note = now, by, note
    change = _change(Verb.CONDITION_DONE, condition, OPEN, _kept(condition), note)
    return _save(launch, condition, change, by=by, now=now)


@transaction.atomic
def reopen_condition(condition: Condition, *, by: User) -> Condition:
    """Take back that a condition is done: its owner, or a launch manager."""
    now = timezone.now()
    launch, condition = _behind_the_lock(condition)
    if not may_keep(viewer_of(by, launch, now), condition.facts):
        raise PermissionDenied("Only its owner or a launch manager takes that back.")
    refuse(reopening_refusals(condition.facts))
    old = _kept(condition)
    condition.done_at = condition.done_by = None
    condition.done_note = ""
    change = _change(Verb.CONDITION_REOPENED, condition, old, OPEN)
    return _save(launch, condition, change, by=by, now=now)


@transaction.atomic
def lift_condition(condition: Condition, *, presence: Presence, reason: str) -> Condition:
    """Lift a condition that should not be, with a reason: whoever asked for it, or a manager when they have left.

    It can be all that is in the way of the launch, so it asks for the same proof of presence as a vote.
    """
    now, by = timezone.now(), presence.user
    launch, condition = _behind_the_lock(condition)
    left = not condition.asked_by.is_active
    if not may_lift(viewer_of(by, launch, now), condition.facts, asker_has_left=left):
        raise PermissionDenied("Only whoever asked for a condition lifts it.")
    refuse(lifting_refusals(condition.facts))
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    before = standing_of(launch, now)
    change = end_condition(condition, Ending.LIFTED, by=by, at=now, reason=reason)
    tell_conditions(launch)
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return condition


def _save(
    launch: Launch, condition: Condition, change: Change, *, by: User, now: datetime
) -> Condition:
    before = standing_of(launch, now)
    clean_fields(condition, KEPT)
    condition.save(update_fields=KEPT)
    tell_conditions(launch)
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return condition


def _kept(condition: Condition) -> dict[str, object]:
    """Who said when that it is done; how, the leaf has as its reason."""
    return {"done_at": condition.done_at, "done_by": condition.done_by_id}


def _change(
    verb: Verb,
    condition: Condition,
    old: Mapping[str, object],
    new: Mapping[str, object],
    reason: str = "",
) -> Change:
    subject = f"condition:{condition.pk}"
    return Change(verb, subject, condition.launch_id, old=old, new=new, reason=reason)
