"""The phases of a launch's sections, and what is done in a section of each."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checklist.rules.life import Doing


class Phase(TextChoices):
    """When a section's items are due: before the launch, a day after it, a week after it."""

    READINESS = "readiness", _("Readiness")
    POST_LAUNCH = "post_launch", _("Post-launch")
    REVIEW = "review", _("Review")


def setting(phase: Phase) -> Doing:
    """What setting or proving an item of this phase is, for the launch's state."""
    return Doing.READINESS if phase is Phase.READINESS else Doing.AFTERMATH


def planning(phase: Phase) -> Doing:
    """What wording, assigning or noting an item of this phase is, for the launch's state."""
    return Doing.READINESS if phase is Phase.READINESS else Doing.PLAN
