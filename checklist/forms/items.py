"""The forms of a section page and of an item's drawer."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Authority, Team, User
from checklist.models import Item
from checklist.pages.check import MENDS
from checklist.pages.rows import BY_STATUS, Asked
from checklist.rules import ItemStatus
from checklist.tokens import uuid_of
from sentinel.text import LineField, TextField, clean_line

NAME_LENGTH = 200
UNREADABLE = _("This click could not be read, and nothing was changed. Reload the page.")


def area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def day_field(label: Any, *, required: bool = False, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return PlausibleDate(label=label, required=required, widget=widget, **kwargs)


class PlausibleDate(forms.DateField):
    """A day in this century: anything else is a slip of the keyboard."""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not 2000 <= value.year <= 2100:
            raise ValidationError(_("Give a date between 2000 and 2100."), code="year")


class SectionFilter(forms.Form):
    """Which rows of a section are asked for. What is not well-formed narrows nothing."""

    who = forms.ChoiceField(
        required=False, choices=[(who, who) for who in (Asked.MINE, Asked.TEAM)]
    )
    status = forms.ChoiceField(required=False, choices=[(word, word) for word in BY_STATUS])
    gap = forms.ChoiceField(required=False, choices=[(code, code) for code in MENDS])

    def asked(self) -> Asked:
        self.full_clean()
        return Asked(**{name: self.cleaned_data.get(name, "") for name in self.fields})


class ClickForm(forms.Form):
    """One click on one item's status: "<item>:<seen>:<wanted>"."""

    set = forms.CharField(max_length=60, error_messages={"required": UNREADABLE})

    def clean_set(self) -> dict[str, Any]:
        token, _colon, rest = self.cleaned_data["set"].partition(":")
        seen, _colon, wanted = rest.partition(":")
        pk = uuid_of(token)
        if pk is None or seen not in ItemStatus.values or wanted not in ItemStatus.values:
            raise ValidationError(UNREADABLE, code="unreadable")
        return {"item": pk, "seen": ItemStatus(seen), "status": ItemStatus(wanted)}

    @property
    def item(self) -> UUID:
        pk: UUID = self.cleaned_data["set"]["item"]
        return pk

    @property
    def wish(self) -> dict[str, ItemStatus]:
        """The action's arguments."""
        parts = self.cleaned_data["set"]
        return {"status": parts["status"], "seen": parts["seen"]}


class PickedField(forms.MultipleChoiceField):
    """Items of one section, each as "<item>:<seen>": what was picked, and the status that was seen of it."""

    def valid_value(self, value: str) -> bool:
        token, _colon, seen = value.partition(":")
        return super().valid_value(token) and seen in {"", *ItemStatus.values}


class BulkForm(forms.Form):
    """One status for several items."""

    status = forms.TypedChoiceField(
        label=_("Status"), choices=ItemStatus, coerce=ItemStatus, initial=ItemStatus.DONE
    )
    na_reason = TextField(
        label=_("Reason, for N/A"),
        required=False,
        max_length=2000,
        widget=forms.TextInput(attrs={"placeholder": _("Reason, for N/A")}),
    )
    items = PickedField(error_messages={"required": _("Select the items first.")})

    def __init__(self, data: Any = None, tokens: Any = ()) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.fields["items"].choices = [(token, token) for token in tokens]  # type: ignore[attr-defined]
        self.fields["items"].error_messages["invalid_choice"] = _(
            "One of the selected items is no longer here. Nothing was changed."
        )

    def clean_items(self) -> list[UUID]:
        """The items' ids; what was seen of them goes beside."""
        parts = [value.partition(":") for value in self.cleaned_data["items"]]
        picked = {pk: seen for token, _colon, seen in parts if (pk := uuid_of(token))}
        self.cleaned_data["seen"] = {pk: ItemStatus(seen) for pk, seen in picked.items() if seen}
        return list(picked)


class StatusForm(forms.Form):
    """The status of one item, from its drawer."""

    status = forms.TypedChoiceField(choices=ItemStatus, coerce=ItemStatus)
    seen = forms.TypedChoiceField(
        required=False, choices=ItemStatus, coerce=ItemStatus, empty_value=None
    )
    na_reason = TextField(
        label=_("Why it does not apply"), required=False, max_length=2000, widget=area(2)
    )


def fingerprint(values: Mapping[str, Any]) -> str:
    """Some values as the form's reader saw them, short enough to be sent along."""
    words = [f"{name}={getattr(value, 'pk', value)}" for name, value in values.items()]
    return sha256("\n".join(words).encode()).hexdigest()[:32]


class EditForm(forms.Form):
    """Fields of one item, with a fingerprint of what was there when the form was opened."""

    names: tuple[str, ...] = ()
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, item: Item) -> None:
        self.current = {name: getattr(item, name) for name in self.names}
        initial = self.current | {"seen": fingerprint(self.current)}
        super().__init__(data, initial=initial, auto_id=f"{self.names[0]}_%s")

    @property
    def edit(self) -> dict[str, Any]:
        """The action's arguments: what to write, and what the writer saw of it."""
        saw_current = self.cleaned_data.get("seen") == fingerprint(self.current)
        seen = self.current if saw_current else dict.fromkeys(self.names, object())
        return {"fields": {name: self.cleaned_data[name] for name in self.names}, "seen": seen}

    def look_again(self, item: Item) -> None:
        """What is there now has been shown: sending the form once more is a choice."""
        self.current = {name: getattr(item, name) for name in self.names}
        self.data = {name: self.data.get(name) for name in self.fields}
        self.data["seen"] = fingerprint(self.current)

    @property
    def is_contested(self) -> bool:
        """Somebody else changed the very field meanwhile."""
        return self.has_error(NON_FIELD_ERRORS, "conflict")


class NoteForm(EditForm):
    names = ("note",)
    note = TextField(label=_("Note"), required=False, widget=area(3))


class NaReasonForm(EditForm):
    names = ("na_reason",)
    na_reason = TextField(label=_("Why it does not apply"), max_length=2000, widget=area(2))


class AssignForm(EditForm):
    """Who does an item, until when, and who answers for it besides the section's teams."""

    names = ("owner", "due_on", "team", "authority")
    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), required=False)
    due_on = day_field(_("Due"), help_text=_("Until the end of that day in the launch's zone."))
    team = forms.ModelChoiceField(Team.objects.all(), label=_("Team"), required=False)
    authority = forms.ModelChoiceField(
        Authority.objects.all(), label=_("Authority"), required=False
    )

    def __init__(self, data: Any = None, *, item: Item, people: QuerySet[User]) -> None:
        super().__init__(data, item=item)
        fields: dict[str, Any] = self.fields
        fields["owner"].queryset = people
        for name, chosen in (("team", item.team_id), ("authority", item.authority_id)):
            standing = Q(is_active=True) | Q(pk=chosen)
            fields[name].queryset = fields[name].queryset.filter(standing)


class Wording(forms.Form):
    """How an item of the launch's own is worded."""

    number = LineField(label=_("Number"), required=False, max_length=20)
    text = LineField(label=_("Text"), max_length=500)
    guidance = TextField(label=_("Guidance"), required=False, max_length=5000, widget=area(2))
    evidence_demanded = forms.BooleanField(label=_("Demands evidence"), required=False)


class AddItemForm(Wording):
    """An item to add to a section."""


class WordingForm(EditForm, Wording):
    """Other words for an item of the launch's own."""

    names = ("number", "text", "guidance", "evidence_demanded")


class RemoveForm(forms.Form):
    """Why an item of the launch's own goes."""

    reason = TextField(label=_("Reason"), required=False, max_length=2000, widget=area(1))


class LinkForm(forms.Form):
    """A link as evidence."""

    name = LineField(label=_("Name"), max_length=NAME_LENGTH)
    url = forms.URLField(
        label=_("Address"),
        max_length=1000,
        assume_scheme="https",
        help_text=_("Beginning with https:// or http://."),
    )
    expires_on = day_field(_("Counts until"))

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if not url.lower().startswith(("https://", "http://")):
            raise ValidationError(_("Only links to the web are kept here."), code="scheme")
        return url


class FileForm(forms.Form):
    """A file as evidence. Empty and too large ones the action refuses."""

    file = forms.FileField(label=_("File"), allow_empty_file=True, max_length=None)
    expires_on = day_field(_("Counts until"))

    def details(self) -> dict[str, Any]:
        """The action's arguments; the name as it may be shown, whatever the browser sent."""
        file: UploadedFile = self.cleaned_data["file"]
        name = clean_line(file.name or "")[:NAME_LENGTH]
        return {"file": file, "name": name, "expires_on": self.cleaned_data["expires_on"]}


class CommentForm(forms.Form):
    """Something to say about an item."""

    text = TextField(label=_("Comment"), max_length=5000, widget=area(2))
    is_question = forms.BooleanField(
        label=_("Open question: the section cannot be signed before it is resolved"),
        required=False,
    )

    def __init__(self, data: Any = None, *, may_question: bool = False) -> None:
        super().__init__(data, auto_id="comment_%s")
        if not may_question:
            del self.fields["is_question"]


class ResolveForm(forms.Form):
    """Why a question is resolved: needed of whoever did not ask it."""

    resolution = TextField(
        label=_("Why it is resolved"), required=False, max_length=2000, widget=area(1)
    )
