"""Taking one's own signature back."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, append
from checklist.actions import steps
from checklist.actions.common import lock_launch
from checklist.reading import standing_of
from checklist.rules import LaunchState
from sentinel.errors import Refused
from signoff.actions.promises import end_condition, tell_conditions
from signoff.actions.record import Signing, record, whole_milliseconds
from signoff.models import Condition, Round, Signature, Standing
from signoff.presence import Presence
from signoff.rules import Act, Ending, Origin, RoundState, withdrawing_refusals
from signoff.statements import meaning_of_withdrawal
from signoff.words import refuse


@transaction.atomic
def withdraw(signature: Signature, *, presence: Presence, comment: str) -> Signature:
    """Withdraw one's own standing signature, with a reason: a new row; the old one stays (DESIGN 3.10)."""
    now = whole_milliseconds(timezone.now())
    launch = lock_launch(signature.launch)
    if signature.signer_id != presence.user.pk:
        raise PermissionDenied("Only whoever signed withdraws a signature.")
    round_ = Round.objects.get(pk=signature.round_id) if signature.round_id else None
    refuse(
        withdrawing_refusals(
            LaunchState(launch.state),
            stands=still_stands(signature),
            round_state=RoundState(round_.state) if round_ else None,
        )
    )
    if not comment:
        raise Refused({"comment": ValidationError(_("Say why."), code="reason_required")})
    before = standing_of(launch, now)
    slot = next(row for row in before.slots if row.pk == signature.slot_id)
    withdrawal, change = record(
        Signing(
            presence=presence,
            act=Act.WITHDRAW,
            launch=launch,
            section=signature.section,
            slot=slot,
            round=round_,
            meaning=meaning_of_withdrawal(slot=slot.title, signed_at=signature.signed_at),
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
    changes = [change]
    if launch.is_frozen:  # it went live with this signature: that stays as it was (DESIGN 3.15)
        steps.note_withdrawal(slot, now)
    else:
        Standing.objects.filter(signature=signature).delete()
        steps.clear(slot)
        changes += _end_conditions(signature, presence.user, now)
        tell_conditions(launch)
    append([*changes, *steps.refresh_launch(before, now=now)], actor=presence.user.pk, now=now)
    return withdrawal


def still_stands(signature: Signature) -> bool:
    """It stands, and was not withdrawn while the launch is live, when a withdrawal takes nothing away."""
    standing = Standing.objects.filter(signature=signature)
    return standing.filter(signature__withdrawals=None).exists()


def _end_conditions(signature: Signature, by: User, now: datetime) -> list[Change]:
    """Whoever takes their vote back takes back what it asked for, as far as it is still open."""
    rows = Condition.objects.filter(signature=signature, origin=Origin.VOTE, done_at=None, ended="")
    return [end_condition(row, Ending.WITHDRAWN, by=by, at=now) for row in rows]
