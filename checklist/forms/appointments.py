"""The forms by which somebody is appointed: for the organisation, as a deputy, for one launch."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from checklist.forms.items import area, day_field
from checklist.forms.people import PersonField
from checklist.rules import day_ends
from sentinel.text import TextField

REASON = {"required": _("Say why.")}


class TermForm(forms.Form):
    """Who, and until when."""

    person = PersonField(label=_("Who"))
    until = day_field(_("Until"), help_text=_("Left empty: until somebody ends it."))

    def ends_at(self, zone: str) -> datetime | None:
        """When it ends: at 24:00 of its day, in this zone."""
        until = self.cleaned_data["until"]
        return day_ends(until, zone) if until else None


class AppointForm(TermForm):
    """Appointing somebody for the whole organisation."""


class DeputyForm(TermForm):
    """Letting somebody stand in: three fields."""

    person = PersonField(label=_("Who stands in"))
    until = day_field(
        _("Until"),
        required=True,
        help_text=_("To the end of that day, in the time zone of whoever is away."),
        error_messages={"required": _("Say until when the deputy stands in.")},
    )
    reason = TextField(label=_("Why"), max_length=2000, widget=area(2), error_messages=REASON)


class LaunchAppointForm(TermForm):
    """Filling a vacant authority for one launch."""

    reason = TextField(
        label=_("Why"),
        max_length=2000,
        widget=area(3),
        error_messages=REASON,
        help_text=_("It stands in every statement that is signed by this appointment."),
    )
