"""Taking a signature back: its signer withdraws it; that of somebody who has left, a launch manager sets aside."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, append
from checklist.actions import steps
from checklist.actions.accepting import release
from checklist.actions.common import demand, lock_launch
from checklist.models import Item, Launch, Slot
from checklist.permissions import Right
from checklist.reading import LaunchStanding, standing_of
from sentinel.errors import Refused
from signoff import mails, reading
from signoff.actions.promises import end_condition, tell_conditions
from signoff.actions.record import Signing, record, whole_milliseconds
from signoff.models import Condition, Signature, Standing
from signoff.presence import Presence
from signoff.rules import Act, Ending, Origin
from signoff.statements import meaning_of_taking_back
from signoff.words import refuse


@transaction.atomic
def withdraw(signature: Signature, *, presence: Presence, comment: str) -> Signature:
    """Withdraw one's own standing signature, with a reason: a new row; the old one stays (DESIGN 3.10)."""
    now = whole_milliseconds(timezone.now())
    launch = lock_launch(signature.launch)
    if signature.signer_id != presence.user.pk:
        raise PermissionDenied("Only whoever signed withdraws a signature.")
    refuse(reading.withdrawal_refusals(signature, launch))
    return _take_back(Act.WITHDRAW, signature, launch, presence=presence, comment=comment, now=now)


@transaction.atomic
def set_aside(signature: Signature, *, presence: Presence, comment: str) -> Signature:
    """Set the standing signature of somebody who has left aside, with a reason: another word for another act."""
    now = whole_milliseconds(timezone.now())
    launch = lock_launch(signature.launch)
    demand(Right.MANAGE, by=presence.user, launch=launch, now=now)
    refuse(reading.setting_aside_refusals(signature, launch))
    return _take_back(Act.SET_ASIDE, signature, launch, presence=presence, comment=comment, now=now)


def _take_back(
    act: Act,
    signature: Signature,
    launch: Launch,
    *,
    presence: Presence,
    comment: str,
    now: datetime,
) -> Signature:
    if not comment:
        raise Refused({"comment": ValidationError(_("Say why."), code="reason_required")})
    before = standing_of(launch, now)
    slot = next(row for row in before.slots if row.pk == signature.slot_id)
    record_, change = record(
        Signing(
            presence=presence,
            act=act,
            launch=launch,
            section=signature.section,
            slot=slot,
            round=signature.round,
            meaning=meaning_of_taking_back(
                act,
                signer=signature.signer_name,
                slot=slot.title,
                signed_at=signature.signed_at,
            ),
            content={
                "v": 1,
                "kind": "withdrawal",
                "target": signature.sha256,
                "slot": slot.title,
            },
            material=signature.material,
            at=now,
            comment=comment,
            target=signature,
        )
    )
    if launch.is_frozen:
        told = Tell(mails.WITHDRAWN, f"signature:{record_.pk}", "", launch.pk)
        tell([told], by=presence.user, now=now)
    changes = [change, *_undo(signature, slot, before, presence.user, now)]
    append(changes, actor=presence.user.pk, now=now)
    return record_


def _undo(
    signature: Signature, slot: Slot, before: LaunchStanding, by: User, now: datetime
) -> list[Change]:
    """What it did holds no longer: nothing stands in its slot, or its items are accepted no longer.

    Where the launch went live with it, that stays as it was: the withdrawal is noted beside (DESIGN 3.15).
    """
    if signature.act == Act.ACCEPT:
        return _release(signature, before, now)
    if before.launch.is_frozen:
        steps.note_withdrawal(slot, now)
        return steps.refresh_launch(before, now=now)
    Standing.objects.filter(signature=signature).delete()
    steps.clear(slot)
    changes = _end_conditions(signature, by, now)
    tell_conditions(before.launch)
    return [*changes, *steps.refresh_launch(before, now=now)]


def _release(signature: Signature, before: LaunchStanding, now: datetime) -> list[Change]:
    if before.launch.is_frozen:
        return []
    section = next(row for row in before.sections if row.pk == signature.section_id)
    items = list(Item.objects.filter(acceptance__signature=signature.pk).with_acceptance())
    return [*release(items), *steps.refresh(section, launch=before.launch, now=now)]


def _end_conditions(signature: Signature, by: User, now: datetime) -> list[Change]:
    """A vote that is taken back takes back what it asked for, as far as it is still open."""
    rows = Condition.objects.filter(signature=signature, origin=Origin.VOTE, done_at=None, ended="")
    return [end_condition(row, Ending.WITHDRAWN, by=by, at=now) for row in rows]
