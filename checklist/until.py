"""The ends of appointments in words, in the current time zone."""

from datetime import datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _


def until_words(ends_at: datetime, shape: str = "D j M Y") -> str:
    """Until when: the day alone where it counts to that day's end, as in "Fri 28 Nov"; else with the time."""
    local = localtime(ends_at)
    if local.time() == time():
        return date_format(local - timedelta(days=1), shape)
    words = {"day": date_format(local, shape), "time": date_format(local, "H:i")}
    return _("%(day)s %(time)s") % words
