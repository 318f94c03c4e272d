"""The forms of signing and deciding: what was seen, why, and who is at the keyboard."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import PASSWORD_LENGTH
from sentinel.errors import add_refusal
from sentinel.text import TextField
from signoff.rules import Act, Answer, Question, Vote

COMMENT_LENGTH = 4000


class CodeInput(forms.PasswordInput):
    """A one-time code: readable while it is typed, and never sent back."""

    input_type = "text"


class UnseenField(forms.Field):
    """What a page gave along to be sent back. Whatever arrives is compared with what is true, and never kept."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> str:
        return value if isinstance(value, str) else ""


class PresenceForm(forms.Form):
    """Who is at the keyboard: the password, and a code of those who have a second factor."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=PASSWORD_LENGTH,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Give your password: every signature asks for it.")},
    )
    code = forms.CharField(
        label=_("Code from your authenticator app"),
        max_length=20,
        widget=CodeInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages={"required": _("Give the code that your app shows now.")},
    )

    def __init__(self, *args: Any, with_code: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_code:
            del self.fields["code"]

    @property
    def proof(self) -> dict[str, str]:
        """The arguments of `prove_presence`."""
        return {name: self.cleaned_data.get(name, "") for name in ("password", "code")}


class SeenForm(PresenceForm):
    """A signature over what a page showed: `seen` is its digest, `shown` the content itself."""

    seen = UnseenField()
    shown = UnseenField()


def comment_field(label: Any, **kwargs: Any) -> TextField:
    return TextField(
        label=label,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        **kwargs,
    )


class SignForm(SeenForm):
    """Signing or returning a section."""

    act = forms.TypedChoiceField(
        choices=[(Act.SIGN.value, _("Sign")), (Act.RETURN.value, _("Return"))], coerce=Act
    )
    comment = comment_field(
        _("Comment"), required=False, help_text=_("Kept with the signature. Needed to return.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("act") is Act.RETURN and not cleaned.get("comment", "-"):
            self.add_error("comment", _missing(_("Say why you return it.")))
        return cleaned


class VoteForm(SeenForm):
    """Voting in an executive slot."""

    vote = forms.TypedChoiceField(choices=Vote.choices, coerce=Vote)
    comment = comment_field(
        _("Comment"), required=False, help_text=_("Kept with the vote. Needed for NO-GO.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("vote") is Vote.NO_GO and not cleaned.get("comment", "-"):
            self.add_error("comment", _missing(_("Say why it is NO-GO.")))
        return cleaned


class WithdrawForm(PresenceForm):
    """Taking one's signature back."""

    comment = comment_field(
        _("Why you withdraw it"), error_messages={"required": _("Say why you withdraw it.")}
    )


class CancelForm(forms.Form):
    """Ending a round without a decision."""

    reason = comment_field(
        _("Why the round is cancelled"), error_messages={"required": _("Say why.")}
    )


def _given() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Your answer"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": _("Answer yes or no.")},
    )


def _why() -> TextField:
    return comment_field(_("Reason, where it differs from what is derived"), required=False)


class AnswersForm(forms.Form):
    """A manager's three answers. Each question has a field of its name, and one for the reason."""

    complete = _given()
    complete_reason = _why()
    acceptable = _given()
    acceptable_reason = _why()
    assessed = _given()
    assessed_reason = _why()

    def answers(self) -> list[Answer]:
        """What was answered, as the actions take it."""
        return [
            Answer(
                question,
                self.cleaned_data[question.value],
                self.cleaned_data[f"{question.value}_reason"],
            )
            for question in Question
        ]

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Show each refusal beside the field that mends it."""
        try:
            yield
        except ValidationError as refusal:
            if hasattr(refusal, "error_dict"):
                add_refusal(self, refusal)
                return
            for error in refusal.error_list:
                self.add_error(_place(error), error)


def _place(error: ValidationError) -> str | None:
    """The field that mends a refusal; None for what no field mends."""
    if error.code == "say_what_changed":
        return "what_changed"
    asked = (error.params or {}).get("question")
    return next((f"{q.value}_reason" for q in Question if q.label == asked), None)


class RoundForm(AnswersForm):
    """Opening a round."""

    what_changed = comment_field(_("What has changed since the last round"), required=False)


def _missing(sentence: Any) -> ValidationError:
    return ValidationError(sentence, code="reason_required")
