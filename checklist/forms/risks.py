"""The forms of the register of risks."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.forms.items import area
from checklist.models import Item, Launch, Risk
from checklist.rules import Impact, Likelihood
from sentinel.text import LineField, TextField

OPEN, CLOSED, MINE, INCOMPLETE = "", "closed", "mine", "incomplete"


class BySection(ModelChoiceIterator):
    """A launch's items, in groups by section."""

    def __iter__(self) -> Any:
        rows = self.queryset.select_related("section").order_by("section__position", "position")
        for section, items in groupby(rows, key=lambda item: item.section):
            yield str(section), [self.choice(item) for item in items]


class ItemsField(forms.ModelMultipleChoiceField):
    """Some items of one launch."""

    iterator = BySection


def _rated(label: Any, scale: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        required=False,
        choices=[("", _("not rated yet")), *scale.choices],
        coerce=int,
        empty_value=None,
    )


class RiskForm(forms.Form):
    """A risk: only its title is needed at once; the register says what is missing."""

    title = LineField(label=_("What may go wrong"), max_length=200)
    description = TextField(label=_("Description"), required=False, max_length=5000, widget=area(2))
    likelihood = _rated(_("Likelihood"), Likelihood)
    impact = _rated(_("Impact"), Impact)
    mitigation = TextField(
        label=_("Mitigation"),
        required=False,
        max_length=5000,
        widget=area(2),
        help_text=_("What is done so that it does not happen, or does not hurt."),
    )
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False)
    items = ItemsField(
        Item.objects.none(),
        label=_("Items it concerns"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=_("Several with Ctrl, or Cmd on a Mac."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        launch: Launch,
        people: QuerySet[User],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, auto_id="risk_%s")
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = people
        fields["items"].queryset = launch.items.all()

    def details(self) -> dict[str, Any]:
        """The action's arguments."""
        given = self.cleaned_data
        own = {name: given[name] for name in given if name not in {"items", "seen"}}
        return {"fields": own, "items": list(given["items"])}


class EditRiskForm(RiskForm):
    """Changing a risk, with the revision that was there when the form was opened."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, risk: Risk, people: QuerySet[User]) -> None:
        self.risk = risk
        names = [name for name in RiskForm.base_fields if name != "items"]
        initial = {name: getattr(risk, name) for name in names}
        initial |= {"items": list(risk.items.all()), "seen": risk.revision}
        super().__init__(data, launch=risk.launch, people=people, initial=initial)

    def clean(self) -> None:
        """Where somebody else was quicker, say what is there now; sent once more, it is a choice."""
        if self.cleaned_data.get("seen") == self.risk.revision:
            return
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = str(self.risk.revision)  # type: ignore[index]
        message = _(
            "Somebody else changed this risk meanwhile. Nothing was saved: look at what is there now, then save once "
            "more."
        )
        self.add_error(None, ValidationError(message, code="conflict"))
        for name in self._contested():
            now = _("Now there: “%(value)s”.") % {"value": self.initial[name] or _("nothing")}
            self.add_error(name, ValidationError(now, code="conflict"))

    def _contested(self) -> Iterable[str]:
        shown = {"title", "description", "likelihood", "impact", "mitigation", "owner"}
        return [name for name in self.changed_data if name in shown]

    def edit(self) -> dict[str, Any]:
        """The action's arguments, with the revision that was seen."""
        return self.details() | {"seen": self.cleaned_data["seen"]}


class CloseRiskForm(forms.Form):
    """Why a risk is none any more."""

    reason = TextField(
        label=_("Why it is none any more"),
        max_length=2000,
        widget=area(2),
        error_messages={"required": _("Say why.")},
    )


class RisksFilter(forms.Form):
    """Which risks are shown. What is not well-formed shows the open ones."""

    show = forms.ChoiceField(
        required=False, choices=[(word, word) for word in (CLOSED, MINE, INCOMPLETE)]
    )
    cell = forms.RegexField(r"^[1-5]x[1-5]$", required=False)
    item = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        self.full_clean()
        return {name: self.cleaned_data.get(name) for name in self.fields}
