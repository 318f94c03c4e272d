"""Where views load from: rows that this person may see, children through their visible parents. A miss is 404."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from accounts.models import User
from checklist.models import Evidence, Item, Launch, Section


def visible_launch(user: User, slug: str) -> Launch:
    return get_object_or_404(Launch.objects.visible_to(user).for_page(), slug=slug)


def visible_section(user: User, slug: str, number: str) -> Section:
    sections = Section.objects.select_related("launch__owner_team", "asked_by")
    visible = Launch.objects.visible_to(user)
    return get_object_or_404(sections, launch__in=visible, launch__slug=slug, number=number)


def visible_item(user: User, slug: str, number: str, pk: UUID) -> Item:
    items = Item.objects.select_related("section", "launch__owner_team", "owner")
    visible = Launch.objects.visible_to(user)
    item = get_object_or_404(
        items, launch__in=visible, launch__slug=slug, section__number=number, pk=pk
    )
    item.section.launch = item.launch
    return item


def visible_evidence(user: User, slug: str, pk: UUID) -> Evidence:
    """Proofs that were taken back are kept readable: signatures may name them."""
    proofs = Evidence.objects.select_related("item__section", "item__launch")
    visible = Launch.objects.visible_to(user)
    return get_object_or_404(proofs, item__launch__in=visible, item__launch__slug=slug, pk=pk)
