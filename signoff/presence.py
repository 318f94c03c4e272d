"""Is the person at the keyboard the person who is signed in? Asked in every form that signs (DESIGN 3.8).

The one file that touches django-allauth's internals for it: password, and a one-time code where the person has
TOTP. A passkey answers over the statement itself, so its answer is checked where the statement is made.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Credential, User
from accounts.passkeys import Answer, BadAnswer, passkeys_work
from accounts.requests import Request, Site, site_of
from sentinel.errors import Refused
from sentinel.reasons import Reason
from signoff.words import refusal

PASSKEY = "passkey"


@dataclass(frozen=True, slots=True)
class KeyAnswer:
    """What a passkey answered, to which waiting statement, in which session and at which site."""

    pending: UUID
    session: str
    answer: Answer
    site: Site


@dataclass(frozen=True, slots=True)
class Presence:
    """Proof that a person has just authenticated, and how: made by `prove_presence`, or with a key's `answer`.

    Who has a key that has not answered yet is let as far as the statement, and no further: `awaits_key`.
    """

    user: User
    method: str
    answer: KeyAnswer | None = None

    @property
    def by_key(self) -> bool:
        return self.method == PASSKEY

    @property
    def awaits_key(self) -> bool:
        return self.by_key and self.answer is None


def session_of(request: Request) -> str:
    """What tells a session from every other; of no use to whoever reads it."""
    return sha256((request.session.session_key or "").encode()).hexdigest()


def keys_of(request: Request) -> list[Credential]:
    """The keys with which this person can sign here and now, the newest first."""
    if not can_use_keys(request):
        return []
    return list(request.user.credentials.usable_at(site_of(request).rp_id))


def can_use_keys(request: Request) -> bool:
    return passkeys_work(request.get_host(), secure=request.is_secure())


def ways(request: Request, *, asked: bool = True) -> dict[str, Any]:
    """How this person can put their name to something here, as a `PresenceForm` takes it."""
    if not asked:
        return {}
    return {
        "with_code": needs_code(request.user),
        "keys": keys_of(request),
        "offers_key": _way_to_a_key(request) if can_use_keys(request) else "",
    }


def _way_to_a_key(request: Request) -> str:
    """Where a passkey is made, and back here."""
    return f"{reverse('mfa_add_webauthn')}?{urlencode({'next': request.get_full_path()})}"


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


def answered(request: Request, *, pending: UUID, assertion: str) -> Presence:
    """What a person's key answered to a waiting statement: checked where that is made anew."""
    try:
        answer = Answer.read(assertion)
    except BadAnswer as unreadable:
        raise refusal([Reason(unreadable.code)]) from unreadable
    given = KeyAnswer(pending, session_of(request), answer, site_of(request))
    return Presence(request.user, PASSKEY, given)
