"""What is searched for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sentinel.text import LineField


class SearchForm(forms.Form):
    """The words; and where there are more hits of one kind than fit, which kind, and after which of them."""

    LAUNCHES, ITEMS, NOTES, COMMENTS = "launches", "items", "notes", "comments"
    EVIDENCE, RISKS = "evidence", "risks"

    q = LineField(
        label=_("Search for"), required=False, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        required=False,
        choices=[(kind, kind) for kind in (LAUNCHES, ITEMS, NOTES, EVIDENCE, COMMENTS, RISKS)],
        widget=forms.HiddenInput,
    )
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
