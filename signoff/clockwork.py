"""What the clock does about conditions and waiting statements, for `manage.py tick`. No rule needs it to be true."""

from datetime import datetime, timedelta

from django.db import transaction

from accounts.mail.outbox import Tell
from checklist.clockwork import tell_the_new
from signoff import mails
from signoff.models import Condition, Pending

DUE_SOON = timedelta(days=2)
DUE_LATELY = timedelta(days=7)
CONDITIONS_A_TICK = 500


@transaction.atomic
def tell_of_conditions(now: datetime) -> None:
    """A condition is due within two days, or has been due lately: once, whoever owes it."""
    due = Condition.objects.owed().filter(
        due_on__gt=(now - DUE_LATELY).date(), due_on__lte=(now + DUE_SOON).date()
    )
    rows = due.order_by("due_on", "pk").values_list("pk", "launch")[:CONDITIONS_A_TICK]
    told = [Tell(mails.CONDITION_DUE, f"condition:{pk}", "", launch) for pk, launch in rows]
    tell_the_new(told, now)


def forget_unsigned(now: datetime) -> None:
    """Statements that waited too long for a key are gone: nobody signed them."""
    Pending.objects.filter(expires_at__lt=now).delete()
