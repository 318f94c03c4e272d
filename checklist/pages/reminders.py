"""Reminding whoever may sign: the button, or why there is none now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist import rules
from checklist.models import Slot
from checklist.pages.names import Named
from checklist.rules import WaitFacts
from checklist.words import sentence


@dataclass(frozen=True, slots=True)
class Reminder:
    """A button that reminds somebody: its words and address; where it does not work, why."""

    id: UUID
    label: str
    url: str
    why_not: str


def reminder(
    slot: Slot, holders: Sequence[Named], *, slug: str, by: UUID, now: datetime
) -> Reminder | None:
    """The button for a slot that waits. None where nobody holds it: another sentence says so."""
    others = [named.name for named in holders if named.id != by]
    if not holders:
        return None
    wait = WaitFacts(None, tuple(named.id for named in holders), nudged_at=slot.nudged_at)
    refusals = rules.nudge_refusals(wait, is_waiting=True, by=by, now=now)
    return Reminder(
        id=slot.pk,
        label=_label(others),
        url=reverse("checklist:slot-nudge", args=[slug, slot.pk]),
        why_not=" ".join(map(sentence, refusals)),
    )


def _label(names: Sequence[str]) -> str:
    if not names:
        return _("Remind")
    first, *more = names
    if not more:
        return _("Remind %(name)s") % {"name": first}
    text = ngettext("Remind %(name)s and %(n)d more", "Remind %(name)s and %(n)d more", len(more))
    return text % {"name": first, "n": len(more)}
