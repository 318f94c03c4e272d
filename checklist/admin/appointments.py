"""Appointments: made and ended, never rewritten."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin import BOTH_PLACES, ActingAdmin, ActingForm, say_refused
from accounts.models import User
from checklist.actions.appointments import appoint, appoint_deputy, end_appointment
from checklist.admin.operators import operator
from checklist.models import Appointment, Launch
from sentinel.text import TextField


class AppointmentForm(ActingForm):
    starts_at = forms.SplitDateTimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Left empty: from now on."),
    )

    reason = TextField(
        label=gettext_lazy("Reason"),
        required=False,
        max_length=2000,
        help_text=gettext_lazy("Needed where somebody stands in for somebody else."),
    )

    class Meta:
        model = Appointment
        fields = ["authority", "holder", "stands_in_for", "starts_at", "ends_at", "reason"]

    def act(self) -> Appointment:
        asked = self.cleaned_data
        term = {name: asked[name] for name in ("starts_at", "ends_at", "reason")}
        if asked["stands_in_for"] is None:
            return appoint(asked["authority"], asked["holder"], by=self.by, **term)
        held = Appointment(authority=asked["authority"], holder=asked["stands_in_for"])
        return appoint_deputy(held, asked["holder"], by=self.by, **term)


@admin.register(Appointment)
class AppointmentAdmin(ActingAdmin):
    form = AppointmentForm
    autocomplete_fields = ["authority", "holder", "stands_in_for"]
    list_display = [
        "authority",
        "holder",
        "stands_in_for",
        "launch",
        "starts_at",
        "ends_at",
        "made_by",
        "reason",
    ]
    list_select_related = ["authority", "holder", "stands_in_for", "launch", "made_by"]
    list_filter = ["authority"]
    search_fields = ["authority__name", "holder__full_name", "holder__email"]
    actions = ["end"]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Appointment]:
        """Without those for launches that this person may not see: no role is above that (DESIGN 3.19)."""
        seen = Launch.objects.visible_to(operator(request))
        for_seen = models.Q(launch=None) | models.Q(launch__in=seen)
        rows: models.QuerySet[Appointment] = super().get_queryset(request).filter(for_seen)
        return rows

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """An appointment for one launch is made on that launch's page."""
        term = ["starts_at", "ends_at", "reason"]
        only_shown = ["launch", "made_by"] if obj else []
        return ["authority", "holder", "stands_in_for", *term, *only_shown]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who signed by it must stay readable: an appointment is made and ended, not rewritten."""
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name in {"holder", "stands_in_for"}:
            kwargs["queryset"] = User.objects.active()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        """The form has acted."""

    @admin.action(description=gettext_lazy("End now"), permissions=["add"], location=BOTH_PLACES)
    def end(self, request: HttpRequest, queryset: models.QuerySet[Appointment]) -> None:
        for appointment in queryset.select_related("holder", "authority", "stands_in_for"):
            try:
                end_appointment(appointment, by=operator(request))
            except ValidationError as refused:
                say_refused(request, refused, about=appointment)
            else:
                messages.success(request, _("%(row)s: ended.") % {"row": appointment})
