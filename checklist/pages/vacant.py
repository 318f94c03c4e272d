"""What a launch manager can do about a slot that nobody may sign."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from checklist.models import Slot
from checklist.pages.names import Names
from checklist.permissions import Viewer


@dataclass(frozen=True, slots=True)
class Link:
    """Words and address."""

    text: str
    url: str


def appoint_links(launch: str, slot: Slot, names: Names, viewer: Viewer) -> tuple[Link, ...]:
    """Where a manager fills a slot that nobody may sign: a link for each of its authorities."""
    if names.holders_of(slot) or not (viewer.manages and viewer.takes_part):
        return ()
    one = len(slot.authority_slugs) == 1
    text = _("Appoint somebody") if one else _("Appoint somebody as %(authority)s")
    return tuple(
        Link(
            text % {"authority": names.authorities.get(slug, slug)},
            reverse("checklist:launch-appoint", args=[launch, slug]),
        )
        for slug in slot.authority_slugs
    )
