"""The form by which somebody's work goes to another person."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from checklist.forms.items import area
from checklist.pages.handover import Taker
from checklist.tokens import uuid_of
from sentinel.text import TextField


class HandOverForm(forms.Form):
    """What is handed over, to whom, and why."""

    picked = forms.MultipleChoiceField(
        error_messages={
            "required": _("Tick what is handed over."),
            "invalid_choice": _(
                "One of these is in other hands by now, or not yours to hand over. Nothing was changed: look again."
            ),
        }
    )
    to = forms.TypedChoiceField(
        label=_("To whom"),
        help_text=_("One person at a time: untick what somebody else takes."),
    )
    reason = TextField(
        label=_("Reason"),
        max_length=2000,
        widget=area(2),
        error_messages={"required": _("Say why.")},
    )

    def __init__(self, data: Any, *, tokens: Iterable[str], takers: Collection[Taker]) -> None:
        super().__init__(data, auto_id="handover_%s")
        fields: dict[str, Any] = self.fields
        fields["picked"].choices = [(token, token) for token in tokens]
        people = {str(row.user.pk): row for row in takers}
        fields["to"].choices = [("", _("Choose somebody")), *people.items()]
        fields["to"].coerce = lambda pk: people[pk].user

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        return {
            "picked": list(_parts(self.cleaned_data["picked"])),
            "to": self.cleaned_data["to"],
            "reason": self.cleaned_data["reason"],
        }


def _parts(tokens: Iterable[str]) -> Iterable[tuple[str, UUID]]:
    for token in tokens:
        kind, _colon, rest = token.partition(":")
        if pk := uuid_of(rest):
            yield kind, pk
