"""The forms of a launch's life: a date to move to, a moment that has passed, a reason."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.forms.items import area, day_field
from checklist.models import Item, Launch
from checklist.tokens import token_of
from sentinel.text import TextField

REASON_LENGTH = 2000


def reason_field(label: Any, **kwargs: Any) -> TextField:
    kwargs.setdefault("error_messages", {"required": _("Say why.")})
    return TextField(label=label, max_length=REASON_LENGTH, widget=area(3), **kwargs)


class MomentField(forms.DateTimeField):
    """A moment on the launch's own clocks, by the minute; left empty it is now."""

    widget = forms.DateTimeInput(
        format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "step": "60"}
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.zone = ZoneInfo("UTC")

    def to_python(self, value: Any) -> datetime | None:
        with timezone.override(self.zone):
            found: datetime | None = super().to_python(value)
            return found


class MomentForm(forms.Form):
    """When something happened, and why."""

    moment = MomentField(label=_("When"))
    reason = reason_field(_("Reason"))

    def __init__(self, data: Any = None, *, launch: Launch) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["moment"].zone = launch.zone
        told = say("On the launch's clocks, in %(zone)s. Leave it empty for this very moment.")
        fields["moment"].help_text = told % {"zone": launch.time_zone}


class PostponeForm(forms.Form):
    """A new target, or none yet, and why."""

    target_on = day_field(_("New target date"), help_text=_("Leave it empty while nobody knows."))
    target_time = forms.TimeField(
        label=_("New target time"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text=_("Without a time, the whole day counts."),
    )
    reason = reason_field(_("Why the date is moved"))

    def __init__(self, data: Any = None, *, launch: Launch) -> None:
        """The hour stays unless somebody says otherwise."""
        super().__init__(data, initial={"target_time": launch.target_time})


class ResumeForm(PostponeForm):
    """The target with which a postponed launch is taken up again."""

    reason = reason_field(_("Reason"), required=False)


class ReasonForm(forms.Form):
    """Why."""

    reason = reason_field(_("Reason"))


class LiveForm(MomentForm):
    """When it went live; without approval also why."""

    reason = reason_field(_("Why it went live without approval"))

    def __init__(self, data: Any = None, *, launch: Launch, approved: bool) -> None:
        super().__init__(data, launch=launch)
        if approved:
            del self.fields["reason"]


class LeftoverForm(forms.Form):
    """What becomes of one unsettled item: why it is left, who sees to it, by when."""

    use_required_attribute = False

    reason = reason_field(
        _("Why it is left, and what is still to be done"),
        error_messages={"required": _("Say why it is left, and what is still to be done.")},
    )
    owner = forms.TypedChoiceField(
        label=_("Who sees to it"), error_messages={"required": _("Choose who sees to it.")}
    )
    due_on = day_field(_("By when"), required=True, error_messages={"required": _("Say by when.")})

    def __init__(self, data: Any = None, *, item: Item, people: Mapping[str, User]) -> None:
        initial = {"owner": item.owner_id, "due_on": item.due_on}
        super().__init__(data, prefix=f"i{token_of(item.pk)}", initial=initial)
        self.item = item
        fields: dict[str, Any] = self.fields
        fields["owner"].choices = [("", _("Choose")), *people.items()]
        fields["owner"].coerce = people.__getitem__


class CloseForm(forms.Form):
    """Closing: when the launch is looked at again, and what becomes of each item that is unsettled."""

    next_review_on = day_field(_("Next review"))

    def __init__(
        self, data: Any = None, *, items: Sequence[Item], people: QuerySet[User], default: date
    ) -> None:
        super().__init__(data, initial={"next_review_on": default})
        by_id = {str(person.pk): person for person in people} if items else {}
        self.leftovers = [LeftoverForm(data, item=item, people=by_id) for item in items]

    def is_valid(self) -> bool:
        """Every part is asked, so that all that is missing is said at once."""
        return all([super().is_valid(), *(part.is_valid() for part in self.leftovers)])

    def settled(self) -> dict[UUID, dict[str, Any]]:
        """What was said of each item."""
        return {part.item.pk: part.cleaned_data for part in self.leftovers}
