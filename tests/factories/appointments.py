"""Deputies, and those appointed for one launch alone: rows, written directly."""

from datetime import timedelta

from django.utils import timezone

from tests.factories.launches import make_appointment
from tests.factories.people import make_user

REASON = "On leave."


def make_principal(slot, **fields):
    """Somebody who holds the slot's first authority themselves: their appointment."""
    return make_appointment(slot.authorities.first(), make_user(**fields))


def make_deputy(held, deputy=None, **fields):
    """Somebody who stands in for the holder of `held` until the day after tomorrow: their appointment."""
    fields.setdefault("ends_at", timezone.now() + timedelta(days=2))
    return make_appointment(
        held.authority,
        deputy or make_user(),
        **{"stands_in_for": held.holder, "reason": REASON, **fields},
    )


def make_for_launch(slot, holder=None, **fields):
    """Somebody whom a manager appointed to the slot's first authority for its launch alone: their appointment."""
    fields.setdefault("made_by", slot.launch.created_by)
    return make_appointment(
        slot.authorities.first(),
        holder or make_user(),
        **{"launch": slot.launch, "reason": "Nobody holds it.", **fields},
    )
