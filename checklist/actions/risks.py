"""The register of risks: raised, changed, closed, opened again. Listed beneath votes, and material for none of them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, Salted, append, difference
from checklist import reading
from checklist.actions.common import allow, lock_launch, refuse
from checklist.models import Item, Launch, Risk
from checklist.permissions import may_edit_risk
from checklist.rules import Doing, assess
from checklist.verbs import Verb
from sentinel.errors import Refused
from sentinel.reasons import Reason

FIELDS = ("title", "description", "likelihood", "impact", "mitigation", "owner")
COUNTERS = ["revision", "risk_count", "risks_incomplete", "worst_risk"]


@transaction.atomic
def raise_risk(
    launch: Launch, *, by: User, fields: Mapping[str, Any], items: Collection[Item] = ()
) -> Risk:
    """Put a risk into the launch's register. It may be incomplete: the register says what it lacks."""
    now = timezone.now()
    launch = lock_launch(launch)
    _demand(launch, by, now)
    allow(Doing.RISKS, launch)
    last = launch.risks.aggregate(last=Max("number"))["last"] or 0
    risk = Risk(launch=launch, number=last + 1, raised_by=by, raised_at=now, **fields)
    risk.full_clean()
    risk.save()
    risk.items.set(_of_launch(items, launch))
    _finish(Verb.RISK_RAISED, risk, {}, by=by, now=now)
    return risk


@transaction.atomic
def edit_risk(
    risk: Risk,
    *,
    by: User,
    fields: Mapping[str, Any],
    items: Collection[Item] | None = None,
    seen: int | None = None,
) -> Risk:
    """Change a risk. `seen` is the revision that the writer saw: where it is an earlier one, nothing is saved."""
    now = timezone.now()
    risk = _reread(risk, by, now)
    if seen is not None and seen != risk.revision:
        raise Refused(
            _(
                "Somebody else changed this risk meanwhile. Nothing was saved: look at what is there."
            ),
            code="conflict",
        )
    _refuse_closed(risk)
    if unknown := set(fields) - set(FIELDS):
        raise TypeError(f"A risk has no {', '.join(sorted(unknown))} to edit")
    before = facts(risk)
    for name, value in fields.items():
        setattr(risk, name, value)
    risk.full_clean()
    if items is not None:
        risk.items.set(_of_launch(items, risk.launch))
    if before == facts(risk):
        return risk
    risk.revision += 1
    risk.save(update_fields=[*fields, "revision"])
    _finish(Verb.RISK_CHANGED, risk, before, by=by, now=now)
    return risk


@transaction.atomic
def close_risk(risk: Risk, *, by: User, reason: str) -> Risk:
    """Close a risk that is none any more, with a reason. It stays in the register, and counts no longer."""
    now = timezone.now()
    risk = _reread(risk, by, now)
    _refuse_closed(risk)
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    return _move(risk, Verb.RISK_CLOSED, by=by, now=now, closed_at=now, reason=reason)


@transaction.atomic
def reopen_risk(risk: Risk, *, by: User) -> Risk:
    """Open a closed risk again."""
    now = timezone.now()
    risk = _reread(risk, by, now)
    if risk.is_open:
        refuse([Reason("risk_is_open")])
    return _move(risk, Verb.RISK_REOPENED, by=by, now=now, closed_at=None, reason="")


def _move(
    risk: Risk, verb: Verb, *, by: User, now: datetime, closed_at: datetime | None, reason: str
) -> Risk:
    before = facts(risk)
    risk.closed_at, risk.close_reason = closed_at, reason
    risk.closed_by = by if closed_at else None
    risk.revision += 1
    risk.save(update_fields=["closed_at", "closed_by", "close_reason", "revision"])
    _finish(verb, risk, before, by=by, now=now, reason=reason)
    return risk


def _reread(risk: Risk, by: User, now: datetime) -> Risk:
    """The risk as it is behind its launch's lock, if this person may change it."""
    launch = lock_launch(risk.launch)
    risk = get_object_or_404(Risk.objects.select_related("owner"), pk=risk.pk)
    risk.launch = launch
    _demand(launch, by, now, risk)
    allow(Doing.RISKS, launch)
    return risk


def _demand(launch: Launch, by: User, now: datetime, risk: Risk | None = None) -> None:
    viewer = reading.viewer_of(by, launch, now)
    owner = risk.owner_id if risk else None
    if not may_edit_risk(viewer, reading.launch_ground(launch), owner):
        raise PermissionDenied(
            "Only who works on, answers for or manages a launch keeps its risks."
        )


def _refuse_closed(risk: Risk) -> None:
    if not risk.is_open:
        refuse([Reason("risk_is_closed")])


def _of_launch(items: Collection[Item], launch: Launch) -> list[Item]:
    if any(item.launch_id != launch.pk for item in items):
        refuse([Reason("item_elsewhere")])
    return list(items)


def _finish(
    verb: Verb,
    risk: Risk,
    before: Mapping[str, Any],
    *,
    by: User,
    now: datetime,
    reason: str = "",
) -> None:
    """Count the register anew, append: how every change of it ends."""
    recount(risk.launch)
    append([changed(verb, risk, before, reason)], actor=by.pk, now=now)


def recount(launch: Launch) -> None:
    """Store what is counted of a launch's register. The one writer of these counters."""
    counts = assess(reading.risk_facts(row) for row in launch.risks.open())
    launch.revision += 1
    launch.risk_count, launch.risks_incomplete = counts.total, counts.incomplete
    launch.worst_risk = counts.worst
    launch.save(update_fields=COUNTERS)


def changed(verb: Verb, risk: Risk, before: Mapping[str, Any], reason: str = "") -> Change:
    """What the ledger says of a risk: what differs, or all of it where nothing was there before."""
    old, new = difference(before, facts(risk)) if before else ({}, facts(risk))
    return Change(verb, f"risk:{risk.pk}", risk.launch_id, old=old, new=new, reason=reason)


def facts(risk: Risk) -> dict[str, Any]:
    """A risk's fields as a leaf carries them."""
    return {
        "number": risk.number,
        "title": Salted(risk.title),
        "description": Salted(risk.description),
        "likelihood": risk.likelihood,
        "impact": risk.impact,
        "mitigation": Salted(risk.mitigation),
        "owner": risk.owner_id,
        "items": sorted(str(pk) for pk in risk.items.values_list("pk", flat=True)),
        "closed_at": risk.closed_at,
    }
