"""Where views load from: rows that this person may see, children with their visible parents. A miss is 404.

One launch is loaded by its address and then asked about: most are internal, and need no second query for it.
"""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.models import ApiToken, User
from checklist.models import Evidence, Item, Launch, Section
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.rules import Classification


def visible_launch(user: User, slug: str) -> Launch:
    launch = get_object_or_404(Launch.objects.for_page(), slug=slug)
    return seen(launch, user)


def managed_launch(user: User, slug: str) -> Launch:
    """A launch that this person manages: 404 for what they may not see, 403 for what they may not manage."""
    launch = visible_launch(user, slug)
    if Right.MANAGE not in launch_rights(user, launch, timezone.now()):
        raise PermissionDenied("Only its managers change a launch.")
    return launch


def visible_section(user: User, slug: str, number: str) -> Section:
    sections = Section.objects.select_related("launch__owner_team", "asked_by")
    section = get_object_or_404(sections, launch__slug=slug, number=number)
    seen(section.launch, user)
    return section


def visible_item(user: User, slug: str, number: str, pk: UUID) -> Item:
    items = Item.objects.select_related("section", "launch__owner_team", "owner", "acceptance")
    item = get_object_or_404(items, launch__slug=slug, section__number=number, pk=pk)
    item.section.launch = seen(item.launch, user)
    return item


def visible_evidence(user: User, slug: str, pk: UUID) -> Evidence:
    """Proofs that were taken back are kept readable: signatures may name them."""
    proofs = Evidence.objects.select_related("item__section", "item__launch")
    proof = get_object_or_404(proofs, item__launch__slug=slug, pk=pk)
    seen(proof.item.launch, user)
    return proof


def launch_for_token(token: ApiToken, slug: str) -> Launch:
    launch = get_object_or_404(Launch, slug=slug)
    if not shows(token, launch):
        raise Http404("No launch of this address.")
    return launch


def shows(token: ApiToken, launch: Launch) -> bool:
    """A person's token sees what they see. A service's sees internal launches, or the one it was made for.

    Naming a restricted launch opens it no further than to whoever made the token: no admin gets round its
    participants by making themselves a token.
    """
    if token.owner:
        return launch.is_visible_to(token.owner)
    if token.launch_slug and token.launch_slug != launch.slug:
        return False
    if launch.classification == Classification.INTERNAL:
        return True
    return bool(token.launch_slug) and launch.is_visible_to(token.made_by)


def seen(launch: Launch, user: User) -> Launch:
    """The launch, if this person may see it; otherwise it is as if it were not there."""
    if not launch.is_visible_to(user):
        raise Http404("No launch of this address.")
    return launch
