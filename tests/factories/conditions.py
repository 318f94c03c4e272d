"""Conditions as rows, and by votes."""

from datetime import date, timedelta

from django.utils import timezone

from checklist.actions import steps
from checklist.models import Launch
from checklist.reading import standing_of
from signoff.actions.promises import Wish, tell_conditions
from signoff.models import Condition
from signoff.rules import Origin
from tests.factories.people import make_user

FAR = date(2100, 1, 1)
TEXT = "Rotate the keys"


def make_wish(text=TEXT, owner=None, due_on=FAR, *, before_launch=False):
    return Wish(text, owner or make_user(), due_on, before_launch)


def make_condition(launch, **fields):
    """A condition that closing the launch left, or of whatever origin is asked for; the launch is told."""
    fields.setdefault("origin", Origin.CLOSING)
    fields.setdefault("text", TEXT)
    fields.setdefault("owner", fields.get("owner") or make_user())
    fields.setdefault("due_on", timezone.now().date() + timedelta(days=30))
    fields.setdefault("asked_by", launch.created_by)
    fields.setdefault("made_by", fields["asked_by"])
    fields.setdefault("made_at", timezone.now())
    condition = Condition.objects.create(launch=launch, **fields)
    recount_conditions(launch)
    return condition


def recount_conditions(launch):
    now, launch = timezone.now(), Launch.objects.get(pk=launch.pk)
    before = standing_of(launch, now)
    tell_conditions(launch)
    steps.refresh_launch(before, now=now)
