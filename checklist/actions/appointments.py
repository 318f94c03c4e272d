"""Who holds which authority, and who stands in: made by somebody else, ended, never rewritten (DESIGN 3.7)."""

from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.mail.outbox import Tell, tell
from accounts.models import Authority, User
from accounts.permissions import Permission, allows
from audit.ledger import Change, append

# The module, not the task: both are complete only when both are loaded.
from checklist import mails, tasks
from checklist.actions.common import demand, lock_launch, refuse
from checklist.models import Appointment, Launch
from checklist.permissions import Right
from checklist.rules import AppointingFacts, appointing_refusals, vacancy_refusals
from checklist.vacancy import vacancy_of
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
    reason: str = "",
) -> Appointment:
    """Appoint somebody to an authority for the whole organisation, from now or from `starts_at`."""
    _demand_operator(by)
    now = _lock(authority)
    return _make(
        Appointment(
            authority=authority,
            holder=holder,
            starts_at=starts_at or now,
            ends_at=ends_at,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )


@transaction.atomic
def appoint_deputy(
    held: Appointment,
    deputy: User,
    *,
    by: User,
    ends_at: datetime | None,
    reason: str,
    starts_at: datetime | None = None,
) -> Appointment:
    """Let somebody stand in for the holder of `held`, until a moment and with a reason; both may sign then.

    Whom they stand in for is told by mail.
    """
    _demand_operator(by)
    now = _lock(held.authority)
    appointment = _make(
        Appointment(
            authority=held.authority,
            holder=deputy,
            stands_in_for=held.holder,
            starts_at=starts_at or now,
            ends_at=ends_at,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )
    transaction.on_commit(partial(tasks.tell_principal.enqueue, str(appointment.pk)))
    return appointment


@transaction.atomic
def appoint_for_launch(
    launch: Launch,
    authority: Authority,
    holder: User,
    *,
    by: User,
    reason: str,
    ends_at: datetime | None = None,
) -> Appointment:
    """Fill a vacant authority for one launch alone, as its manager and with a reason."""
    launch = lock_launch(launch)
    now = _lock(authority)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    refuse(vacancy_refusals(vacancy_of(launch, authority, now)))
    return _make(
        Appointment(
            authority=authority,
            holder=holder,
            launch=launch,
            starts_at=now,
            ends_at=ends_at,
            reason=reason,
            made_by=by,
            made_at=now,
        )
    )


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: User) -> Appointment:
    """End an appointment now: one for a launch also by its managers. What its holder signed stands."""
    appointment = Appointment.objects.select_for_update(of=("self",), no_key=True).get(
        pk=appointment.pk
    )
    now = timezone.now()
    if appointment.launch is None or allows(by, Permission.OPERATE):
        _demand_operator(by)
    else:
        demand(Right.MANAGE, by=by, launch=appointment.launch, now=now)
    if appointment.ends_at is not None and appointment.ends_at <= now:
        refuse([Reason("has_ended")])
    old = {"ends_at": appointment.ends_at}
    appointment.ends_at = max(now, appointment.starts_at)
    appointment.save(update_fields=["ends_at"])
    change = Change(
        Verb.APPOINTMENT_ENDED,
        f"appointment:{appointment.pk}",
        appointment.launch_id,
        old=old,
        new={"ends_at": appointment.ends_at},
    )
    append([change], actor=by.pk, now=now)
    return appointment


def _demand_operator(by: User) -> None:
    if not allows(by, Permission.OPERATE):
        raise PermissionDenied("Only admins appoint.")


def _lock(authority: Authority) -> datetime:
    """Wait for whoever appoints to the same authority. The time is behind the lock, or what was made while waiting
    would lie ahead.
    """
    Authority.objects.select_for_update(no_key=True).get(pk=authority.pk)
    return timezone.now()


def _make(appointment: Appointment) -> Appointment:
    refuse(appointing_refusals(_appointing_facts(appointment)))
    appointment.full_clean()
    appointment.save()
    told = Tell(
        mails.APPOINTED,
        f"appointment:{appointment.pk}",
        "",
        appointment.launch_id,
        whom=appointment.holder,
    )
    tell([told], by=appointment.made_by, now=appointment.made_at)
    change = Change(
        Verb.APPOINTMENT_MADE,
        f"appointment:{appointment.pk}",
        appointment.launch_id,
        new=facts(appointment),
        reason=appointment.reason,
    )
    append([change], actor=appointment.made_by_id, now=appointment.made_at)
    return appointment


def _appointing_facts(wanted: Appointment) -> AppointingFacts:
    same = Appointment.objects.filter(
        authority=wanted.authority,
        holder=wanted.holder,
        stands_in_for=wanted.stands_in_for,
        launch=wanted.launch,
    )
    principal = wanted.stands_in_for
    holds = Appointment.objects.own().running(wanted.starts_at)
    return AppointingFacts(
        holder=str(wanted.holder),
        authority=wanted.authority.name,
        takes_part=allows(wanted.holder, Permission.TAKE_PART),
        holds_already=same.overlapping(wanted.starts_at, wanted.ends_at).exists(),
        principal=str(principal) if principal else "",
        principal_holds=principal is not None
        and holds.filter(authority=wanted.authority, holder=principal).exists(),
    )


def facts(appointment: Appointment) -> dict[str, Any]:
    """An appointment's fields as a leaf carries them; why it was made is the leaf's reason."""
    return {
        "authority": appointment.authority_id,
        "holder": appointment.holder_id,
        "stands_in_for": appointment.stands_in_for_id,
        "launch": appointment.launch_id,
        "starts_at": appointment.starts_at,
        "ends_at": appointment.ends_at,
    }
