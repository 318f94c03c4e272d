"""Files that people bring: kept while they are looked through, made into a template or a launch, and that undone."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Unpack

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.teams import store_named
from accounts.models import Authority, Team, User
from accounts.permissions import Permission, allows
from audit.ledger import Change, Salted, append
from checklist.actions.beginning import beginning
from checklist.actions.common import refuse
from checklist.actions.launches import About, begin_launch
from checklist.actions.templates import (
    DraftRow,
    add_draft,
    content_of,
    publish,
    remove_draft,
)
from checklist.imports.draft import Draft
from checklist.imports.template import Names, rows_of, version_of, without_state
from checklist.material import digest
from checklist.models import Launch, Origin, TemplateVersion, Upload
from checklist.verbs import TemplateVerb
from sentinel.errors import Refused
from sentinel.reasons import Reason

KEPT = timedelta(hours=1)
MOST_KEPT = 5  # for one person: the oldest makes room


@transaction.atomic
def keep_upload(name: str, content: bytes, *, by: User) -> Upload:
    """Keep a file for its owner while they look at what it holds. Of the checklist nothing is stored yet."""
    now = timezone.now()
    _demand(by)
    own = Upload.objects.filter(owner=by)
    room = own.values_list("pk", flat=True)[: MOST_KEPT - 1]
    own.exclude(pk__in=list(room)).delete()
    upload = Upload(
        owner=by,
        name=name,
        content=content,
        sha256=sha256(content).hexdigest(),
        created_at=now,
        expires_at=now + KEPT,
    )
    upload.full_clean()
    upload.save()
    return upload


def forget_uploads(now: datetime) -> None:
    """Delete what nobody went on with. `manage.py tick` calls it."""
    Upload.objects.expired(now).delete()


@transaction.atomic
def bring_checklist(upload: Upload, draft: Draft, *, by: User, names: Names) -> TemplateVersion:
    """Make a template's draft of what was read of a file, and the teams and authorities in `names` that are new."""
    now = timezone.now()
    version = version_of(draft)
    changes = _make(upload, version, rows_of(draft, names), by=by, names=names, now=now)
    append(changes, actor=by.pk, now=now)
    return version


@transaction.atomic
def start_brought(
    upload: Upload, draft: Draft, *, by: User, names: Names, **about: Unpack[About]
) -> Launch:
    """Make a template of a file, publish it, and start a launch from it whose items stand as the file says."""
    now = timezone.now()
    version, rows = version_of(draft), rows_of(without_state(draft), names)
    changes = _make(upload, version, rows, by=by, names=names, now=now)
    publication, published = publish(version, by=by, now=now)
    begin = beginning(draft, rows, by=by, now=now, file=upload.name)
    launch, started = begin_launch(publication.version, by=by, now=now, begin=begin, **about)
    append([*changes, published, *started], actor=by.pk, now=now)
    return launch


def _make(
    upload: Upload,
    version: TemplateVersion,
    rows: Sequence[DraftRow],
    *,
    by: User,
    names: Names,
    now: datetime,
) -> list[Change]:
    """A template's draft in the place of an upload, with its origin, and the entries for it."""
    _demand(by)
    taken, _each = Upload.objects.filter(pk=upload.pk, owner=by).delete()
    if not taken:
        raise Refused(_("This file was made into a template already: you sent the form twice."))
    changes = _add_named((*names.teams.values(), *names.authorities.values()), by=by)
    version.pk = upload.pk  # so that the address of the file leads on to what became of it
    changes += add_draft(version, rows)
    origin = Origin(
        version=version,
        name=upload.name,
        file_sha256=upload.sha256,
        content_sha256=digest(content_of(version)),
        brought_by=by,
        brought_at=now,
    )
    origin.full_clean()
    origin.save(force_insert=True)
    return [*changes, _brought(origin)]


def _demand(by: User) -> None:
    if not allows(by, Permission.BRING_CHECKLIST):
        raise PermissionDenied("Your role may not bring a checklist.")


def _add_named(rows: Iterable[Team | Authority], *, by: User) -> list[Change]:
    """Store those that are new, each once. Only who operates this installation adds teams and authorities."""
    new = list(dict.fromkeys(row for row in rows if row._state.adding))  # noqa: SLF001 - its public name
    if new and not allows(by, Permission.OPERATE):
        raise PermissionDenied("Your role may not add teams and authorities.")
    return [change for row in new for change in store_named(row)]


def _brought(origin: Origin) -> Change:
    new = {"file": Salted(origin.name), "file_sha256": origin.file_sha256}
    return Change(TemplateVerb.TEMPLATE_BROUGHT, f"template:{origin.pk}", new=new)


@transaction.atomic
def undo_bringing(origin: Origin, *, by: User) -> None:
    """Take a template's draft away again that was made from a file, while nobody has touched it."""
    now = timezone.now()
    locked = TemplateVersion.objects.select_for_update(of=("self",), no_key=True)
    version = locked.filter(pk=origin.pk).first()
    stored = Origin.objects.filter(version=version).first() if version else None
    if stored is None:
        raise Refused(_("It was taken away already."), code="gone")
    if not may_undo(by, stored):
        raise PermissionDenied(
            "Only who brought it, or who operates this installation, undoes that."
        )
    refuse(undo_refusals(stored))
    append(remove_draft(stored.version), actor=by.pk, now=now)


def may_undo(user: User, origin: Origin) -> bool:
    return user.pk == origin.brought_by_id or allows(user, Permission.OPERATE)


def undo_refusals(origin: Origin) -> list[Reason]:
    """Why what was made of a file is not taken away any more; empty means that it may be."""
    version = origin.version
    if version.is_published:
        return [Reason("brought_published")]
    touched = digest(content_of(version)) != origin.content_sha256
    return [Reason("brought_touched")] if touched else []
