"""Who holds which authority, from when until when: themselves, as a deputy, or for one launch only."""

from datetime import datetime
from typing import Any, Self
from uuid import uuid4

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, User
from accounts.permissions import Permission, roles_allowed


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, now: datetime, launch: Any = None) -> Self:
        """Those that count now for the whole organisation; with a launch, or a reference to one, those for it too.

        The one question to ask about holders: without a launch nobody counts who was appointed for one alone.
        """
        here = Q(launch=None) if launch is None else Q(launch=None) | Q(launch=launch)
        return self.in_force(now).filter(here)

    def in_force(self, now: datetime) -> Self:
        """Those that count now, each for what it was made for: whoever asks keeps launches apart.

        A deputy counts only while the authority is held by whom they stand in for.
        """
        principals = Appointment.objects.own().running(now)
        principals = principals.filter(
            authority=OuterRef("authority"), holder=OuterRef("stands_in_for")
        )
        return self.running(now).filter(Q(stands_in_for=None) | Exists(principals))

    def running(self, now: datetime) -> Self:
        """Begun, not ended, held by somebody who is here and whose role takes part."""
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            starts_at__lte=now,
            holder__is_active=True,
            holder__role__in=roles_allowed(Permission.TAKE_PART),
        )

    def own(self) -> Self:
        """Those by which somebody holds an authority themselves, for the whole organisation."""
        return self.filter(launch=None, stands_in_for=None)

    def overlapping(self, starts_at: datetime, ends_at: datetime | None) -> Self:
        """Those that hold at some moment between the two; None is for ever."""
        begun = self if ends_at is None else self.filter(starts_at__lt=ends_at)
        return begun.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))


class Appointment(models.Model):
    """A person holds an authority from a moment until another.

    Of three kinds: for the whole organisation; as deputy of whoever holds it so; for one launch only.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="appointments")
    holder = models.ForeignKey(User, models.PROTECT, related_name="appointments")
    stands_in_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stands in for"),
    )
    launch = models.ForeignKey(
        "checklist.Launch",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("only for the launch"),
    )
    reason = models.TextField(_("reason"), blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    made_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["authority__name", "-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(holder=F("made_by")),
                name="appointment_is_made_by_another",
                violation_error_code="own_appointment",
                violation_error_message=_("Nobody appoints themselves: ask another admin."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at")),
                name="appointment_ends_after_it_starts",
                violation_error_code="ends_before_start",
                violation_error_message=_("An appointment ends after it starts."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | Q(launch=None),
                name="appointment_is_of_one_kind",
                violation_error_code="two_kinds",
                violation_error_message=_(
                    "A deputy stands in wherever the authority counts, not for one launch only."
                ),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | ~Q(stands_in_for=F("holder")),
                name="appointment_deputy_is_another",
                violation_error_code="own_deputy",
                violation_error_message=_("Nobody stands in for themselves."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None) | Q(ends_at__isnull=False),
                name="appointment_deputy_has_an_end",
                violation_error_code="end_required",
                violation_error_message=_("Say until when the deputy stands in."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None, launch=None) | ~Q(reason=""),
                name="appointment_says_why",
                violation_error_code="reason_required",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        words = {"holder": self.holder, "authority": self.authority}
        if self.stands_in_for:
            named = words | {"principal": self.stands_in_for}
            return say("%(holder)s, %(authority)s, standing in for %(principal)s") % named
        if self.launch_id:
            return say("%(holder)s, %(authority)s, for one launch only") % words
        return f"{self.holder}, {self.authority}"

    def get_absolute_url(self) -> str:
        """The page that tells who holds the authority: the launch's own for what is for it alone."""
        if self.launch:
            return reverse("checklist:launch-authorities", args=[self.launch.slug])
        return f"{reverse('checklist:authorities')}#a-{self.authority.slug}"
