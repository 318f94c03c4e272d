"""What operators do to the ledger: its key, its checkpoints, going on after a backup, erasing a text."""

from datetime import datetime
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import checkpoints, keys, notes
from audit.head import lock
from audit.ledger import Change, append
from audit.models import Checkpoint, Entry, SaltedText
from audit.verbs import Verb
from sentinel.errors import Refused

LEDGER = f"ledger:{UUID(int=0)}"


@transaction.atomic
def introduce_log_key(now: datetime) -> notes.LogKey:
    """Say in the ledger which key signs its checkpoints, once; the key is made where there is none."""
    if not keys.path_of(keys.Purpose.LOG).exists():
        keys.make(keys.Purpose.LOG)
    key, _private = keys.log_key()
    lock()
    if Entry.objects.doing([Verb.KEY_MADE]).exists():
        return key
    change = Change(
        Verb.KEY_MADE, f"key:{uuid4()}", new={"purpose": "log", "key": str(key)}, seals=True
    )
    append([change], actor=None, now=now)
    return key


@transaction.atomic
def rotate_log_key(*, reason: str, now: datetime) -> notes.LogKey:
    """Replace the key of the ledger: a leaf names both, and one checkpoint is signed by both (SIGNATURES.md, "Keys").

    The old private key is deleted once that is committed.
    """
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    old, old_private = keys.log_key()
    new, new_private = keys.make_next_log_key()
    change = Change(
        Verb.KEY_ROTATED,
        f"key:{uuid4()}",
        old={"key": str(old)},
        new={"purpose": "log", "key": str(new)},
        reason=reason,
    )
    append([change], actor=None, now=now)
    log = lock()
    claim = notes.Checkpoint(old.name, log.size, log.root)
    note = notes.signed_note(claim, [(old, old_private), (new, new_private)])
    Checkpoint.objects.create(size=log.size, note=note, at=log.at)
    transaction.on_commit(keys.use_next_log_key)
    return new


@transaction.atomic
def seal_when_changed() -> Checkpoint | None:
    """A checkpoint if something was written since the last one."""
    newest = Checkpoint.objects.order_by("size").last()
    log = lock()
    if log.size == 0 or (newest and newest.size == log.size):
        return None
    return checkpoints.seal(log)


@transaction.atomic
def resume(*, reason: str, now: datetime) -> None:
    """Go on with a log that is not the one its copies know: said in the ledger, for whoever compares them later."""
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    found = list(checkpoints.misfits())
    if not found:
        raise Refused(_("The ledger fits its copies: there is nothing to resume."), code="fits")
    checkpoints.watch.look_away()
    known = [{"size": claim.size, "root": claim.root.hex()} for claim in found]
    new = {"copies": known, "fits": checkpoints.newest_fit()}
    change = Change(Verb.RESUMED, LEDGER, new=new, reason=reason, seals=True)
    append([change], actor=None, now=now)


@transaction.atomic
def erase_text(seq: int, path: str, *, by: UUID | None, reason: str) -> None:
    """Erase a text that somebody wrote: its leaf keeps a digest that tells nothing, and another leaf says who and why.

    What was signed stays in its snapshot, which is kept on a legal basis of its own.
    """
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    erased, _rows = SaltedText.objects.filter(entry=seq, path=path).delete()
    if not erased:
        raise Refused(_("There is no such text, or it is erased already."), code="no_text")
    change = Change(Verb.TEXT_ERASED, LEDGER, new={"entry": seq, "path": path}, reason=reason)
    append([change], actor=by, now=timezone.now())
