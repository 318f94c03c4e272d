"""Addresses that both apps share, and those that belong to signoff: this app knows their names and no more of it."""

from uuid import UUID

from django.urls import reverse


def sign_url(slug: str, number: str) -> str:
    return reverse("signoff:sign", args=[slug, number])


def section_certificate_url(slug: str, number: str) -> str:
    return reverse("signoff:section-certificate", args=[slug, number])


def accept_url(slug: str, number: str) -> str:
    return reverse("signoff:accept", args=[slug, number])


def then_url(slug: str, moment: UUID | int) -> str:
    """The launch as it stood at an entry, or at what a signature or round of signoff did."""
    return f"{reverse('checklist:launch', args=[slug])}?at={moment}"


def decision_url(slug: str) -> str:
    return reverse("signoff:decision", args=[slug])


def conditions_url(slug: str) -> str:
    return reverse("signoff:conditions", args=[slug])


def receipt_url(signature: UUID) -> str:
    return reverse("signoff:receipt", args=[signature])


def move_url(name: str, slug: str) -> str:
    """A page of the launch's life that knows its rounds."""
    return reverse(f"signoff:{name}", args=[slug])
