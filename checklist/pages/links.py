"""Addresses that belong to signoff: this app knows their names and nothing else of it."""

from uuid import UUID

from django.urls import reverse


def sign_url(slug: str, number: str) -> str:
    return reverse("signoff:sign", args=[slug, number])


def accept_url(slug: str, number: str) -> str:
    return reverse("signoff:accept", args=[slug, number])


def decision_url(slug: str) -> str:
    return reverse("signoff:decision", args=[slug])


def conditions_url(slug: str) -> str:
    return reverse("signoff:conditions", args=[slug])


def receipt_url(signature: UUID) -> str:
    return reverse("signoff:receipt", args=[signature])
