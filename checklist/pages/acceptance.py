"""An item's acceptance in words: in force, suspended by another status, or ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from checklist import reading
from checklist.models import Item, Launch
from checklist.pages.links import receipt_url
from checklist.rules import Phase

IN_FORCE = (_("accepted until %(short)s"), _("Accepted by %(who)s until the end of %(day)s."))
ENDED = (_("acceptance ended %(short)s"), _("The acceptance of %(who)s ended with %(day)s."))
SUSPENDED = (
    _("acceptance suspended"),
    _(
        "%(who)s accepted it as “%(status)s”, worded as it was then. It is suspended now that it is not."
    ),
)


@dataclass(frozen=True, slots=True)
class AcceptanceWords:
    """What was promised for an item. `brief` fits a row; `text` says by whom, until when, and whether it holds."""

    brief: str
    text: str
    reason: str
    url: str
    is_in_force: bool


def acceptance_words(item: Item, launch: Launch, now: datetime) -> AcceptanceWords | None:
    """The acceptance that was given for an item last; None where there is none."""
    given = item.acceptance
    if given is None:
        return None
    now = launch.clock(Phase.READINESS, now)
    (facts,) = reading.weighed(launch, [item], {})
    brief, text = SUSPENDED
    if facts.accepted(now):
        brief, text = IN_FORCE
    elif facts.lapsed(now):
        brief, text = ENDED
    day = last_day(given.until, launch)
    parts = {
        "who": given.by_name,
        "short": date_format(day, "j M"),
        "day": date_format(day, "D j M Y"),
        "status": item.get_accepted_status_display(),
    }
    return AcceptanceWords(
        brief=str(brief) % parts,
        text=str(text) % parts,
        reason=given.reason,
        url=receipt_url(given.signature),
        is_in_force=facts.accepted(now),
    )


def last_day(until: datetime, launch: Launch) -> datetime:
    """The last moment before a promise ends, in the launch's zone: its day is the one that was chosen."""
    return (until - timedelta(microseconds=1)).astimezone(launch.zone)
