"""The filter of an activity page: a GET form, all of it optional."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit import words
from audit.models import EntryQuerySet


def choices_of_what() -> list[tuple[str, str]]:
    """What can be asked for: a choice for each topic that has acts."""
    named = sorted((str(name), topic) for topic, name in words.topics().items())
    return [("", gettext("Everything")), *((topic, name) for name, topic in named)]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ActivityFilter(forms.Form):
    """Who, what, from when, until when.

    `who` is typed, not chosen: a list of everybody would grow with the organisation.
    """

    use_required_attribute = False

    who = forms.CharField(label=_("Name or e-mail"), required=False, max_length=150)
    what = forms.ChoiceField(label=_("What"), required=False, choices=choices_of_what)
    since = forms.DateField(label=pgettext_lazy("day", "From"), required=False, widget=DayInput)
    until = forms.DateField(label=pgettext_lazy("day", "To"), required=False, widget=DayInput)

    def clean_who(self) -> Collection[UUID]:
        text: str = self.cleaned_data["who"]
        people = words.vocabulary.find_people(text) if text else ()
        if text and not people:
            raise ValidationError(_("Nobody here has this name or address."), code="nobody")
        return people

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", ValidationError(_("This is before the first day."), "order"))

    def narrow(self, entries: EntryQuerySet, zone: tzinfo) -> EntryQuerySet:
        """The entries that the filter asks for, its days in `zone`. None while it has errors."""
        if not self.is_valid():
            return entries.none()
        asked: dict[str, Any] = self.cleaned_data
        if asked["who"]:
            entries = entries.by(asked["who"])
        if asked["what"]:
            entries = entries.doing(words.acts_of(asked["what"]))
        if start := asked["since"] and day_start(asked["since"], zone):
            entries = entries.since(start)
        if end := asked["until"] and day_start(asked["until"], zone, plus=1):
            entries = entries.until(end)
        return entries


def day_start(day: date, zone: tzinfo, plus: int = 0) -> datetime | None:
    """When a day, or one of the next, begins in a zone; None beyond the calendar: no bound then."""
    try:
        moved = day + timedelta(days=plus)
        return datetime.combine(moved, time.min, tzinfo=zone).astimezone(UTC)
    except OverflowError:
        return None
