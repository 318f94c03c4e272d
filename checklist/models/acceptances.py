"""Acceptances: what of a signed waiver the checklist has to know. The signature itself is signoff's."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models.launches import Launch


class Acceptance(models.Model):
    """A signed promise to live with some outstanding items until a moment. Its items refer to it while it stands."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="acceptances")
    signature = models.UUIDField(unique=True, editable=False)
    statement = models.CharField(max_length=64, editable=False)
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    risk = models.ForeignKey(
        "checklist.Risk", models.PROTECT, null=True, blank=True, related_name="acceptances"
    )
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["until"], name="acceptance_by_end")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="acceptance_has_a_reason",
                violation_error_code="reason_required",
                violation_error_message=_("Say why it can be lived with."),
            ),
            models.CheckConstraint(
                condition=Q(until__gt=models.F("at")),
                name="acceptance_ends_after_it_is_given",
                violation_error_code="ends_in_past",
                violation_error_message=_("An acceptance ends after it is given."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason[:60]
