"""Is the person at the keyboard the person who is signed in? Asked in every form that signs (DESIGN 3.8).

The one file that touches django-allauth's internals for it: password, and a one-time code where the person has
TOTP. A passkey over the statement will join here.
"""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import Request
from sentinel.errors import Refused


@dataclass(frozen=True, slots=True)
class Presence:
    """Proof that a person has just authenticated, and how. Made by `prove_presence` alone."""

    user: User
    method: str


def needs_code(user: User) -> bool:
    """Does this person have a second factor that gives one-time codes?"""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def prove_presence(request: Request, *, password: str, code: str = "") -> Presence:
    """Check the password, and the code where the person has TOTP; `Refused` at the field that is wrong.

    Attempts count towards the same limits as signing in. A code works once.
    """
    user = request.user
    if not user.has_usable_password():
        raise _refused("password", _("Set a password first, in your profile."), "no_password")
    try:
        known = get_adapter(request).reauthenticate(user, password)
    except ValidationError as limited:
        raise _refused("password", " ".join(limited.messages), "too_many") from limited
    if not known:
        raise _refused("password", _("This is not your password."), "password")
    factor = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if factor is None:
        return Presence(user, "password")
    _check_code(factor, user, code)
    return Presence(user, "password+totp")


def _check_code(factor: Authenticator, user: User, code: str) -> None:
    try:
        clear_rate_limit = check_rate_limit(user)
    except ValidationError as limited:
        raise _refused("code", " ".join(limited.messages), "too_many") from limited
    if not factor.wrap().validate_code(code):
        message = _("This code is wrong, or was used already. Wait for the next one.")
        raise _refused("code", message, "code")
    clear_rate_limit()
    factor.record_usage()


def _refused(field: str, message: str, code: str) -> Refused:
    return Refused({field: ValidationError(message, code=code)})
