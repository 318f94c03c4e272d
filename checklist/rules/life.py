"""A launch's life: the states it is stored in, the moves between them, and who reads it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Classification(TextChoices):
    """Who reads a launch: everybody signed in, or its participants and auditors."""

    INTERNAL = "internal", _("internal")
    RESTRICTED = "restricted", _("restricted")


class LaunchState(TextChoices):
    """Where a launch is in its life, as stored. *Approved* is derived and never stored."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")


MOVES: dict[LaunchState, frozenset[LaunchState]] = {
    LaunchState.DRAFT: frozenset({LaunchState.IN_REVIEW}),
    LaunchState.IN_REVIEW: frozenset(),
}
