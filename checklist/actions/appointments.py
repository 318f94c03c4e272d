"""Who holds which authority: made and ended by an operator, never for oneself."""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.models import Authority, User
from accounts.permissions import Permission, allows
from audit.ledger import Change, append
from checklist.actions.common import refuse
from checklist.models import Appointment
from checklist.verbs import Verb
from sentinel.reasons import Reason


@transaction.atomic
def appoint(
    authority: Authority,
    holder: User,
    *,
    by: User,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Appointment:
    """Appoint somebody to an authority for the whole organisation, from now or from `starts_at`."""
    _demand_operator(by)
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    now = timezone.now()  # behind the lock, or an appointment made while waiting would lie ahead
    starts_at = starts_at or now
    held = Appointment.objects.overlapping(starts_at, ends_at)
    if held.filter(authority=authority, holder=holder).exists():
        refuse([Reason("holds_already", f"user:{holder.pk}", {"holder": str(holder)})])
    appointment = Appointment(
        authority=authority,
        holder=holder,
        starts_at=starts_at,
        ends_at=ends_at,
        made_by=by,
        made_at=now,
    )
    appointment.full_clean()
    appointment.save()
    change = Change(Verb.APPOINTMENT_MADE, f"appointment:{appointment.pk}", new=facts(appointment))
    append([change], actor=by.pk, now=now)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: User) -> Appointment:
    """End an appointment now. What its holder signed stands."""
    _demand_operator(by)
    appointment = Appointment.objects.select_for_update(of=("self",), no_key=True).get(
        pk=appointment.pk
    )
    now = timezone.now()
    if appointment.ends_at is not None and appointment.ends_at <= now:
        refuse([Reason("has_ended")])
    old = {"ends_at": appointment.ends_at}
    appointment.ends_at = max(now, appointment.starts_at)
    appointment.save(update_fields=["ends_at"])
    change = Change(
        Verb.APPOINTMENT_ENDED,
        f"appointment:{appointment.pk}",
        old=old,
        new={"ends_at": appointment.ends_at},
    )
    append([change], actor=by.pk, now=now)
    return appointment


def _demand_operator(by: User) -> None:
    if not allows(by, Permission.OPERATE):
        raise PermissionDenied("Only admins appoint.")


def facts(appointment: Appointment) -> dict[str, Any]:
    """An appointment's fields as a leaf carries them."""
    return {
        "authority": appointment.authority_id,
        "holder": appointment.holder_id,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
    }
