"""Proving items: links and files. What was added can be taken back; its row and file stay."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, Salted, append
from checklist.actions import steps
from checklist.actions.common import allow, demand, lock_launch
from checklist.models import Evidence, Item, Launch
from checklist.permissions import Right
from checklist.rules import Phase, setting
from checklist.verbs import Verb
from sentinel.errors import Refused
from sentinel.text import LINE_LENGTH, clean_line


@transaction.atomic
def add_link(
    item: Item, *, by: User, name: str, url: str, expires_on: date | None = None
) -> Evidence:
    """Add a link as evidence."""
    now = timezone.now()
    launch, item = _begin(item, by=by, now=now)
    proof = Evidence(
        item=item, name=name, url=url, expires_on=expires_on, added_by=by, added_at=now
    )
    return _add(proof, launch, now=now)


@transaction.atomic
def add_file(
    item: Item, *, by: User, file: File[bytes], name: str = "", expires_on: date | None = None
) -> Evidence:
    """Keep a file as evidence, under its id and with its SHA-256. Empty and too large ones are refused."""
    now = timezone.now()
    launch, item = _begin(item, by=by, now=now)
    size = file.size or 0
    if size == 0:
        raise _refused("file", _("This file is empty."), "empty")
    if size > settings.MAX_UPLOAD_MB * 1_000_000:
        limit = _("This file is larger than %(limit)d MB, the most that is kept here.")
        raise _refused("file", limit % {"limit": settings.MAX_UPLOAD_MB}, "too_large")
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    proof = Evidence(
        item=item,
        name=clean_line(name or file.name or "")[:LINE_LENGTH] or _("file"),
        file=file,
        sha256=digest.hexdigest(),
        size=size,
        expires_on=expires_on,
        added_by=by,
        added_at=now,
    )
    return _add(proof, launch, now=now)


def _refused(field: str, message: str, code: str) -> Refused:
    return Refused({field: ValidationError(message, code=code)})


def _begin(item: Item, *, by: User, now: datetime) -> tuple[Launch, Item]:
    launch = lock_launch(item.launch)
    item = get_object_or_404(Item.objects.select_related("section", "launch"), pk=item.pk)
    demand(Right.EDIT, by=by, launch=launch, now=now, section=item.section, item=item)
    allow(setting(Phase(item.section.phase)), launch)
    return launch, item


def _add(proof: Evidence, launch: Launch, *, now: datetime) -> Evidence:
    proof.full_clean()
    proof.save()
    change = Change(Verb.EVIDENCE_ADDED, f"item:{proof.item_id}", launch.pk, new=facts(proof))
    _count(proof, launch, change, actor=proof.added_by, now=now)
    return proof


@transaction.atomic
def remove_evidence(proof: Evidence, *, by: User) -> None:
    """Take evidence back; signatures that were over it go stale."""
    now = timezone.now()
    launch, item = _begin(proof.item, by=by, now=now)
    proof = get_object_or_404(Evidence.objects.standing(), pk=proof.pk)
    proof.item = item
    proof.removed_by, proof.removed_at = by, now
    proof.save(update_fields=["removed_by", "removed_at"])
    change = Change(Verb.EVIDENCE_REMOVED, f"item:{item.pk}", launch.pk, old=facts(proof))
    _count(proof, launch, change, actor=by, now=now)


def _count(proof: Evidence, launch: Launch, change: Change, *, actor: User, now: datetime) -> None:
    """Count the item's evidence anew, refresh its section, append: how adding and removing both end."""
    item = proof.item
    item.evidence_count = item.evidence.standing().count()
    item.save(update_fields=["evidence_count"])
    append([change, *steps.refresh(item.section, launch=launch, now=now)], actor=actor.pk, now=now)


def facts(proof: Evidence) -> dict[str, Any]:
    """A proof's fields as a leaf carries them."""
    return {
        "evidence": proof.pk,
        "name": Salted(proof.name),
        "url": Salted(proof.url),
        "sha256": proof.sha256,
        "size": proof.size,
        "expires_on": proof.expires_on,
        "added_by": proof.added_by_id,
    }
