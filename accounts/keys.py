"""The forms of passkeys and security keys: allauth's, with our names, and with an answer to nonsense."""

from typing import Any

from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sentinel.text import LineField

NAME_LENGTH = 100


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
            return super().clean()
        except (KeyError, TypeError, ValueError) as unreadable:
            raise nonsense() from unreadable


class EditKeyForm(webauthn.EditWebAuthnForm):
    name = LineField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
