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
from checklist.actions.appointments import appoint, end_appointment
from checklist.admin.operators import operator
from checklist.models import Appointment


class AppointmentForm(ActingForm):
    starts_at = forms.SplitDateTimeField(
        label=gettext_lazy("From"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=gettext_lazy("Left empty: from now on."),
    )

    class Meta:
        model = Appointment
        fields = ["authority", "holder", "starts_at", "ends_at"]

    def act(self) -> Appointment:
        asked = self.cleaned_data
        return appoint(
            asked["authority"],
            asked["holder"],
            by=self.by,
            starts_at=asked["starts_at"],
            ends_at=asked["ends_at"],
        )


@admin.register(Appointment)
class AppointmentAdmin(ActingAdmin):
    form = AppointmentForm
    fields = ["authority", "holder", "starts_at", "ends_at"]
    autocomplete_fields = ["authority", "holder"]
    list_display = ["authority", "holder", "starts_at", "ends_at", "made_by"]
    list_select_related = ["authority", "holder", "made_by"]
    list_filter = ["authority"]
    search_fields = ["authority__name", "holder__full_name", "holder__email"]
    actions = ["end"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who signed by it must stay readable: an appointment is made and ended, not rewritten."""
        return False

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.name == "holder":
            kwargs["queryset"] = User.objects.active()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        """The form has acted."""

    @admin.action(description=gettext_lazy("End now"), permissions=["add"], location=BOTH_PLACES)
    def end(self, request: HttpRequest, queryset: models.QuerySet[Appointment]) -> None:
        for appointment in queryset.select_related("holder", "authority"):
            try:
                end_appointment(appointment, by=operator(request))
            except ValidationError as refused:
                say_refused(request, refused, about=appointment)
            else:
                messages.success(request, _("%(row)s: ended.") % {"row": appointment})
