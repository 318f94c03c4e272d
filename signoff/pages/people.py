"""Who signs, and whom to ask: names, authorities and times as the pages print them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format

from accounts.models import User
from checklist.models import Appointment
from signoff.capacity import capacity_of


@dataclass(frozen=True, slots=True)
class Signer:
    """How the reader would be printed beneath the sentence."""

    name: str
    title: str
    authority: str
    others: str
    when: str
    zone: str


def signer(user: User, held: Sequence[Appointment], now: datetime) -> Signer | None:
    """The reader as signer by the first of their fitting authorities; None where they hold none."""
    if not held:
        return None
    first, *others = dict.fromkeys(capacity_of(appointment).words for appointment in held)
    return Signer(
        name=user.full_name,
        title=user.title,
        authority=first,
        others="; ".join(others),
        when=in_zone(now, user.time_zone),
        zone=user.time_zone,
    )


def in_zone(at: datetime, zone: str) -> str:
    """A moment to the minute, in a zone: "Tue 2 Dec 2025, 14:05 CET"."""
    return date_format(at.astimezone(ZoneInfo(zone)), "D j M Y, H:i T")


def to_the_second(at: datetime, zone: str) -> str:
    """A moment to the second, in a zone: "Tue 2 Dec 2025, 14:05:31 CET"."""
    return date_format(at.astimezone(ZoneInfo(zone)), "D j M Y, H:i:s T")
