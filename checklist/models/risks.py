"""Risks: what may go wrong with a launch, how likely and how bad, and what is done about it."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models.items import Item
from checklist.models.launches import Launch


class RiskQuerySet(models.QuerySet["Risk"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)


class Risk(models.Model):
    """Something that may go wrong; it may concern several items. Never deleted: closed, with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    launch = models.ForeignKey(Launch, models.CASCADE, related_name="risks")
    number = models.PositiveIntegerField(_("number"), editable=False)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), null=True, blank=True)
    impact = models.PositiveSmallIntegerField(_("impact"), null=True, blank=True)
    mitigation = models.TextField(_("mitigation"), blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    items = models.ManyToManyField(
        Item, blank=True, related_name="risks", verbose_name=_("items it concerns")
    )
    raised_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    raised_at = models.DateTimeField(default=timezone.now, editable=False)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    closed_at = models.DateTimeField(null=True, editable=False)
    close_reason = models.TextField(_("why it is closed"), blank=True, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = RiskQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        ordering = ["launch", "number", "pk"]
        indexes = [models.Index(fields=["owner", "closed_at"], name="risk_by_owner")]
        constraints = [
            models.UniqueConstraint(fields=["launch", "number"], name="risk_number"),
            models.CheckConstraint(
                condition=Q(likelihood=None) | Q(likelihood__gte=1, likelihood__lte=5),
                name="risk_likelihood_is_one_to_five",
                violation_error_code="one_to_five",
                violation_error_message=_("Likelihood goes from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(impact=None) | Q(impact__gte=1, impact__lte=5),
                name="risk_impact_is_one_to_five",
                violation_error_code="one_to_five",
                violation_error_message=_("Impact goes from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, close_reason="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(close_reason=""),
                name="risk_closing_has_author_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("checklist:risk", args=[self.launch.slug, self.number])

    @property
    def name(self) -> str:
        """How people call it: "R3"."""
        return f"R{self.number}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None
