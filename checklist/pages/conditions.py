"""What a launch says of its conditions, from the counts that it keeps: they themselves belong to signoff."""

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist.models import Launch
from checklist.rules import day_ends


def before_launch_words(launch: Launch) -> str:
    """What approval waits for: "waiting on 2 conditions before launch"; nothing where it waits for none."""
    count = launch.open_before_launch
    text = ngettext(
        "waiting on %(n)d condition before launch",
        "waiting on %(n)d conditions before launch",
        count,
    )
    return text % {"n": count} if count else ""


def after_launch_words(launch: Launch) -> str:
    """What a GO leaves for afterwards: "1 condition after launch by 12 Dec"; nothing where it leaves none."""
    count, due = launch.open_conditions - launch.open_before_launch, launch.next_condition_due
    if not count or due is None:
        return ""
    text = ngettext(
        "%(n)d condition after launch by %(day)s",
        "%(n)d conditions after launch, the next by %(day)s",
        count,
    )
    return text % {"n": count, "day": day_words(due)}


def owed_words(launch: Launch, now: datetime) -> str:
    """All that is owed, in a line: how many, and until when the next."""
    count, due = launch.open_conditions, launch.next_condition_due
    if not count or due is None:
        return ""
    text = ngettext("%(n)d condition open", "%(n)d conditions open", count) % {"n": count}
    if day_ends(due, launch.time_zone) <= now:
        when = _("the next overdue since %(day)s") if count > 1 else _("overdue since %(day)s")
    else:
        when = _("the next due %(day)s") if count > 1 else _("due %(day)s")
    parts = {"conditions": text, "when": when % {"day": day_words(due)}}
    return _("%(conditions)s, %(when)s") % parts


def day_words(day: date) -> str:
    """A day as lists have it, with its year where that is not this one's: "Fri 12 Dec"."""
    return date_format(day, "D j M Y")
