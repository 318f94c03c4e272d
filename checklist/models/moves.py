"""What happened in a launch's life, a row a step: who moved it where, when, why; its target dates among it."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models.launches import Launch
from checklist.rules import LaunchState, Step


class Move(models.Model):
    """One step of a launch's life. Inserted, never changed. `moment` is when it happened, `at` when it was recorded."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="moves")
    step = models.CharField(max_length=12, choices=Step)
    state = models.CharField(max_length=12, choices=LaunchState)
    moment = models.DateTimeField()
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    old_target_on = models.DateField(null=True, blank=True)
    old_target_time = models.TimeField(null=True, blank=True)
    new_target_on = models.DateField(null=True, blank=True)
    new_target_time = models.TimeField(null=True, blank=True)
    approved = models.BooleanField(null=True, blank=True)

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        ordering = ["launch", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(step=Step.GO_LIVE) | Q(approved__isnull=False),
                name="move_live_says_by_what",
            ),
            models.CheckConstraint(
                condition=Q(step__in=[Step.OPEN, Step.RESUME, Step.CLOSE])
                | Q(step=Step.GO_LIVE, approved=True)
                | ~Q(reason=""),
                name="move_has_a_reason",
                violation_error_code="reason_required",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return str(Step(self.step).label)
