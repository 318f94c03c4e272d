"""From rows to facts: whether an authority is vacant for one launch."""

from collections import defaultdict
from datetime import datetime
from itertools import chain

from accounts.models import Authority
from checklist.models import Appointment, Launch
from checklist.rules import Vacancy


def vacancy_of(launch: Launch, authority: Authority, now: datetime) -> Vacancy:
    """Who holds an authority for a launch now, and who could sign instead. Two queries."""
    slots = list(launch.slots.filter(authorities=authority))
    slugs = {slug for slot in slots for slug in slot.authority_slugs}
    rows = Appointment.objects.current(now, launch).filter(authority__slug__in=slugs)
    holders: dict[str, list[str]] = defaultdict(list)
    for slug, name in rows.order_by("holder__full_name", "pk").values_list(
        "authority__slug", "holder__full_name"
    ):
        holders[slug].append(name)
    signers = [[name for slug in slot.authority_slugs for name in holders[slug]] for slot in slots]
    return Vacancy(
        authority=authority.name,
        is_asked_for=bool(slots),
        held_by=tuple(holders[authority.slug]),
        others=tuple(dict.fromkeys(chain(*signers))) if all(signers) else (),
    )
