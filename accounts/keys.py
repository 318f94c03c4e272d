"""The forms of passkeys and security keys: allauth's, with our names and an answer to nonsense; and our own."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.passkeys import LONGEST_ANSWER, Answer, BadAnswer, read_registration
from accounts.words import refusal
from sentinel.reasons import Reason
from sentinel.text import LineField, TextField

NAME_LENGTH = 100
REASON_LENGTH = 2000


def nonsense() -> ValidationError:
    return ValidationError(_("This key's answer could not be read. Try again."), code="nonsense")


class ReadableAnswer:
    """fido2 meets a malformed answer with errors of Python; here it becomes a sentence."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (KeyError, TypeError, ValueError) as unreadable:
            raise nonsense() from unreadable


class LoginKeyForm(ReadableAnswer, webauthn.LoginWebAuthnForm):
    pass


class AuthenticateKeyForm(ReadableAnswer, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateKeyForm(ReadableAnswer, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddKeyForm(webauthn.AddWebAuthnForm):
    """A passkey unless the person says otherwise."""

    name = LineField(label=gettext_lazy("Name"), required=False, max_length=NAME_LENGTH)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passwordless = self.fields["passwordless"]
        passwordless.initial = True
        passwordless.label = _("Sign in with it instead of the password")
        passwordless.help_text = _("It then asks for your finger, your face or a PIN.")

    def clean(self) -> Any:
        try:
            cleaned = super().clean()
            if cleaned.get("credential"):
                read_registration(cleaned["credential"])
        except BadAnswer as unfit:
            raise refusal([Reason(unfit.code)]) from unfit
        except (KeyError, TypeError, ValueError) as unreadable:
            raise nonsense() from unreadable
        return cleaned


class EditKeyForm(webauthn.EditWebAuthnForm):
    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)


class EndorseKeyForm(forms.Form):
    """Vouching for somebody's key: the fields of `endorse_key`."""

    how = TextField(
        label=gettext_lazy("How you made sure whose key it is"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Met in person, called back on a known number: whoever checks a signature reads it."
        ),
        error_messages={"required": gettext_lazy("Say how you made sure.")},
    )


class AnswerForm(forms.Form):
    """What a key answered."""

    assertion = forms.CharField(
        max_length=LONGEST_ANSWER,
        widget=forms.HiddenInput,
        error_messages={"required": gettext_lazy("Your key has not answered.")},
    )

    def clean_assertion(self) -> Answer:
        try:
            return Answer.read(self.cleaned_data["assertion"])
        except BadAnswer as unreadable:
            raise nonsense() from unreadable


class RevokeKeyForm(forms.Form):
    """Ending a key: the fields of `revoke_key`."""

    reason = TextField(
        label=gettext_lazy("Why"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why.")},
    )
