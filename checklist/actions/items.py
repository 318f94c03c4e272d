"""Working on items: status, note, owner, wording; one at a time, or the status of several at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, append, difference
from checklist import mails, reading, rules
from checklist.actions import steps
from checklist.actions.common import allow, clean_fields, demand, lock_launch, refuse
from checklist.actions.launches import item_added, item_facts
from checklist.models import Item, Launch, Section
from checklist.permissions import Right, rights
from checklist.rules import ItemStatus, Phase, planning, setting
from checklist.verbs import Verb
from sentinel.errors import Refused
from sentinel.reasons import Reason

WORK_FIELDS = frozenset({"note", "na_reason"})
ASSIGNMENT_FIELDS = frozenset({"owner", "due_on", "team", "authority"})
WORDING_FIELDS = frozenset({"number", "text", "guidance", "evidence_demanded"})


class Conflict(Refused):
    """Somebody else changed the very field meanwhile: nothing was saved, both values are here."""

    def __init__(self, field: str, *, current: Any, wanted: Any) -> None:
        self.field, self.current, self.wanted = field, current, wanted
        super().__init__(
            _("Somebody else changed this meanwhile. Nothing was saved: choose which one holds."),
            code="conflict",
        )


@transaction.atomic
def set_status(
    item: Item,
    *,
    by: User,
    status: ItemStatus,
    seen: ItemStatus | None = None,
    na_reason: str = "",
) -> Item:
    """Set an item's status. `seen` is what the person saw: another one set since then is a `Conflict`."""
    now = timezone.now()
    launch = lock_launch(item.launch)
    item = _reread(item)
    demand(Right.EDIT, by=by, launch=launch, now=now, section=item.section, item=item)
    allow(setting(Phase(item.section.phase)), launch)
    wanted = na_reason or item.na_reason
    if seen is not None and item.status not in {seen, status}:
        raise Conflict("status", current=ItemStatus(item.status), wanted=status)
    if seen not in {None, item.status} and item.na_reason not in {"", wanted}:
        raise Conflict("na_reason", current=item.na_reason, wanted=wanted)
    refuse(_status_refusals(launch, [item], status, wanted))
    change = _apply_status(item, status, wanted, by=by, now=now)
    if change is None:
        return item
    item.save(update_fields=["status", "na_reason", "status_by", "status_at"])
    changes = [change, *steps.refresh(item.section, launch=launch, now=now)]
    append(changes, actor=by.pk, now=now)
    return item


@transaction.atomic
def set_statuses(
    section: Section,
    items: Iterable[UUID],
    *,
    by: User,
    status: ItemStatus,
    na_reason: str = "",
    seen: Mapping[UUID, ItemStatus] | None = None,
) -> list[Item]:
    """Set several items of one section to one status, or none of them, with every reason against it.

    `seen` is what the person saw of each: one that has another status since then is a `Conflict` for all.
    """
    now = timezone.now()
    launch = lock_launch(section.launch)
    wanted = set(items)
    rows = list(Item.objects.filter(section=section, pk__in=wanted).with_acceptance())
    for item in rows:
        item.section = section
    _demand_all(rows, by=by, launch=launch, section=section, now=now)
    allow(setting(Phase(section.phase)), launch)
    if len(rows) < len(wanted):
        refuse([Reason("item_gone")])
    for item in rows:
        if item.status not in {(seen or {}).get(item.pk, item.status), status}:
            raise Conflict("status", current=ItemStatus(item.status), wanted=status)
    refuse(_status_refusals(launch, rows, status, na_reason))
    moved = [row for row in rows if row.status != status or (na_reason and not row.na_reason)]
    changes = [
        change for row in moved if (change := _apply_status(row, status, na_reason, by=by, now=now))
    ]
    if changes:
        Item.objects.bulk_update(moved, ["status", "na_reason", "status_by", "status_at"])
        section = Section.objects.select_related("launch").get(pk=section.pk)
        append([*changes, *steps.refresh(section, launch=launch, now=now)], actor=by.pk, now=now)
    return rows


def _demand_all(
    items: Sequence[Item], *, by: User, launch: Launch, section: Section, now: datetime
) -> None:
    """The right on the section, or on each item for itself where the section does not give it."""
    viewer = reading.viewer_of(by, launch, now)
    prefetch_related_objects([section], "teams")
    asked: list[Item | None] = [*items] or [None]
    grounds = [reading.ground_of(launch, section, item) for item in asked]
    if not all(Right.EDIT in rights(viewer, ground) for ground in grounds):
        raise PermissionDenied(f"You may not {Right.EDIT} here.")


def _status_refusals(
    launch: Launch, items: Sequence[Item], status: ItemStatus, na_reason: str
) -> list[Reason]:
    """Evidence counts by being there, so its number is enough: nothing of it is read."""
    if status not in rules.SETTLED:
        return []
    asked = [row for row in items if status is ItemStatus.NA or not row.evidence_count]
    rows = reading.weighed(launch, asked, {})
    return [reason for row in rows for reason in rules.status_refusals(row, status, na_reason)]


def _apply_status(
    item: Item, status: ItemStatus, na_reason: str, *, by: User, now: datetime
) -> Change | None:
    """Set the fields, unsaved, and give the ledger entry; None where nothing would change."""
    before = item_facts(item)
    item.status = status
    item.na_reason = na_reason if status is ItemStatus.NA else ""
    old, new = difference(before, item_facts(item))
    if not new:
        return None
    item.status_by, item.status_at = by, now
    return Change(Verb.ITEM_CHANGED, f"item:{item.pk}", item.launch_id, old=old, new=new)


@transaction.atomic
def edit_item(
    item: Item, *, by: User, fields: Mapping[str, Any], seen: Mapping[str, Any] | None = None
) -> Item:
    """Change an item's other fields. What differs from `seen` by somebody else's hand is a `Conflict`.

    Whoever edits writes notes; who leads assigns, and words what did not come from the template.
    """
    now = timezone.now()
    launch = lock_launch(item.launch)
    item = _reread(item)
    right = Right.EDIT if set(fields) <= WORK_FIELDS else Right.LEAD
    demand(right, by=by, launch=launch, now=now, section=item.section, item=item)
    allow(planning(Phase(item.section.phase)), launch)
    _refuse_wording(item, fields)
    for name, value in (seen or {}).items():
        current = getattr(item, name)
        if current not in (value, fields[name]):
            raise Conflict(name, current=current, wanted=fields[name])
    before = item_facts(item)
    for name, value in fields.items():
        setattr(item, name, value)
    if item.status == ItemStatus.NA and "na_reason" in fields and not item.na_reason:
        refuse(_status_refusals(launch, [item], ItemStatus.NA, ""))
    clean_fields(item, fields)
    old, new = difference(before, item_facts(item))
    if not new:
        return item
    item.save(update_fields=[*fields])
    if "owner" in new and item.owner:
        assigned = Tell(mails.ASSIGNED, f"item:{item.pk}", now, launch.pk, whom=item.owner)
        tell([assigned], by=by, now=now)
    change = Change(Verb.ITEM_CHANGED, f"item:{item.pk}", launch.pk, old=old, new=new)
    append([change, *steps.refresh(item.section, launch=launch, now=now)], actor=by.pk, now=now)
    return item


def _refuse_wording(item: Item, fields: Mapping[str, Any]) -> None:
    """Items of the template are never reworded, or a blocker could be talked away (DESIGN 3.2)."""
    if unknown := set(fields) - WORK_FIELDS - ASSIGNMENT_FIELDS - WORDING_FIELDS:
        raise TypeError(f"An item has no {', '.join(sorted(unknown))} to edit")
    if item.from_template and WORDING_FIELDS & set(fields):
        refuse([_reason("from_template", item)])


def _reason(code: str, item: Item) -> Reason:
    return Reason(code, f"item:{item.pk}", {"number": item.number, "text": item.text})


@transaction.atomic
def add_item(
    section: Section,
    *,
    by: User,
    text: str,
    number: str = "",
    guidance: str = "",
    evidence_demanded: bool = False,
) -> Item:
    """Add an item of the launch's own at the section's end."""
    now = timezone.now()
    launch = lock_launch(section.launch)
    section = Section.objects.select_related("launch").get(pk=section.pk)
    demand(Right.LEAD, by=by, launch=launch, now=now, section=section)
    allow(planning(Phase(section.phase)), launch)
    last = section.items.aggregate(last=Max("position"))["last"] or 0
    item = Item(
        launch=launch,
        section=section,
        key=f"own-{uuid4().hex}",
        position=last + 1,
        number=number,
        text=text,
        guidance=guidance,
        evidence_demanded=evidence_demanded,
    )
    item.full_clean()
    item.save()
    changes = [item_added(item), *steps.refresh(section, launch=launch, now=now)]
    append(changes, actor=by.pk, now=now)
    return item


@transaction.atomic
def remove_item(item: Item, *, by: User, reason: str) -> None:
    """Remove an item of the launch's own. What came from the template stays, and what people proved or discussed."""
    now = timezone.now()
    launch = lock_launch(item.launch)
    item = _reread(item)
    demand(Right.LEAD, by=by, launch=launch, now=now, section=item.section)
    allow(planning(Phase(item.section.phase)), launch)
    if item.from_template:
        refuse([_reason("from_template", item)])
    if item.evidence.exists() or item.comment_count or item.acceptance_id:
        refuse([_reason("has_a_past", item)])
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    change = Change(
        Verb.ITEM_REMOVED, f"item:{item.pk}", launch.pk, old=item_facts(item), reason=reason
    )
    section = item.section
    item.delete()
    append([change, *steps.refresh(section, launch=launch, now=now)], actor=by.pk, now=now)


def _reread(item: Item) -> Item:
    """The item as it is behind the launch's lock; 404 where it is gone meanwhile."""
    rows = Item.objects.select_related("section", "launch", "owner", "acceptance")
    return get_object_or_404(rows, pk=item.pk)
