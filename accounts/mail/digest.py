"""The daily digest: once a day for each person, at the hour they chose in their zone, and never an empty one."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.mail.clock import digest_due
from accounts.mail.kinds import waiting_for
from accounts.models import Mail, Notice, User, UserQuerySet
from sentinel.pacing import for_a_while

PEOPLE_A_TICK = 200


def write_digests(now: datetime) -> None:
    """Make the digests that are due, some hundred at a time, and say when each person's next one is."""
    for person in _readers().filter(digest_due_at=None)[:PEOPLE_A_TICK]:
        _put_off(person, now)
    due = _readers().filter(digest_due_at__lte=now).order_by("digest_due_at")
    pks = list(due.values_list("pk", flat=True)[:PEOPLE_A_TICK])
    for pk in for_a_while(pks, seconds=1):
        write_digest(pk, now)


def _readers() -> UserQuerySet:
    readers: UserQuerySet = User.objects.active().filter(digest_hour__isnull=False)
    return readers


@transaction.atomic
def write_digest(pk: UUID, now: datetime) -> None:
    """One person's digest, if it is due still and something waits for them."""
    due = _readers().filter(pk=pk, digest_due_at__lte=now)
    person = due.select_for_update(no_key=True).first()
    if person is None:
        return
    held = Notice.objects.filter(recipient=person, mail=None)
    if held.exists() or waiting_for(person, now):
        today = now.astimezone(ZoneInfo(person.time_zone)).date()
        times = {"created_at": now, "due_at": now}
        mail, made = Mail.objects.get_or_create(recipient=person, digest_on=today, defaults=times)
        if made:
            held.update(mail=mail)
    _put_off(person, now)


def _put_off(person: User, now: datetime) -> None:
    hour = person.digest_hour or 0
    person.digest_due_at = digest_due(now, hour, person.time_zone)
    person.save(update_fields=["digest_due_at"])
