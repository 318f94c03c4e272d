"""Who somebody is in the organisation, and what may happen to them.

Values in, values out: no database, no request.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sentinel.reasons import Reason

INVITATION_LASTS = timedelta(days=7)
TOKEN_LASTS_AT_MOST = timedelta(days=365)
TOKENS_AT_ONCE = 25
TOKEN_USE_IS_NOTED_EVERY = timedelta(minutes=1)


class Role(TextChoices):
    """What a person is to the whole organisation; one each. Teams and authorities come on top."""

    MEMBER = "member", _("member")
    MANAGER = "manager", _("launch manager")
    AUDITOR = "auditor", _("auditor")
    ADMIN = "admin", _("admin")


class Standing(TextChoices):
    """What a person is in a team."""

    MEMBER = "member", _("member")
    LEAD = "lead", _("lead")


class MailGroup(TextChoices):
    """Kinds of mail that a person chooses about at once."""

    SIGNING = "signing", _("Signing and voting")
    WORK = "work", _("Work that is given to you or comes back")
    MENTIONS = "mentions", _("Mentions of you")
    DATES = "dates", _("Days that come near or have passed")


class MailChoice(TextChoices):
    """When somebody wants to be told."""

    NOW = "now", _("At once")
    DIGEST = "digest", _("In the daily digest")
    NEVER = "never", _("Not at all")


# What waits for nobody else's hand: a signature that is asked for and a vote reach their person somehow.
NEVER_SILENT = frozenset({MailGroup.SIGNING})


class MailState(TextChoices):
    """What has become of a mail."""

    WAITING = "waiting", _("to be sent")
    SENT = "sent", _("sent")
    DROPPED = "dropped", _("not needed any more")
    FAILED = "failed", _("given up")


def mail_refusals(choices: Mapping[MailGroup, MailChoice], digest_hour: int | None) -> list[Reason]:
    """Why somebody's mail cannot be as they choose."""
    silent = any(choices[group] is MailChoice.NEVER for group in NEVER_SILENT)
    lost = MailChoice.DIGEST in choices.values() and digest_hour is None
    gaps = {"never_silent": silent, "digest_without_hour": lost}
    return [Reason(code) for code, gap in gaps.items() if gap]


class InvitationState(TextChoices):
    """What has become of an invitation."""

    OPEN = "open", _("open")
    USED = "used", _("accepted")
    REVOKED = "revoked", _("revoked")
    EXPIRED = "expired", _("expired")


class Scope(TextChoices):
    """What an access token may do. Kept as written here, so never renamed."""

    VERDICT_READ = "verdict:read", _("read verdicts")


class TokenState(TextChoices):
    """What has become of an access token."""

    USABLE = "usable", _("in use")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")
    ORPHANED = "orphaned", _("its owner has left")


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the rules ask of somebody whom another wants to change."""

    role: Role
    is_active: bool
    is_self: bool
    other_admins: int

    @property
    def is_last_admin(self) -> bool:
        return self.is_active and self.role is Role.ADMIN and not self.other_admins


def role_refusals(person: PersonFacts, new: Role) -> list[Reason]:
    """Every reason why this person's role cannot become `new`."""
    if new is person.role:
        return []
    reasons = []
    if person.is_self:
        reasons.append(Reason("own_role"))
    if person.is_last_admin:
        reasons.append(Reason("last_admin"))
    return reasons


def leave_refusals(person: PersonFacts) -> list[Reason]:
    """Every reason why this person cannot be deactivated."""
    reasons = []
    if not person.is_active:
        reasons.append(Reason("inactive"))
    if person.is_self:
        reasons.append(Reason("oneself"))
    if person.is_last_admin:
        reasons.append(Reason("last_admin"))
    return reasons


def invitation_state(
    *, used_at: datetime | None, revoked_at: datetime | None, expires_at: datetime, now: datetime
) -> InvitationState:
    """What has become of an invitation by `now`."""
    if used_at:
        return InvitationState.USED
    if revoked_at:
        return InvitationState.REVOKED
    if expires_at <= now:
        return InvitationState.EXPIRED
    return InvitationState.OPEN


def token_state(
    *, revoked_at: datetime | None, expires_at: datetime, owner_is_here: bool, now: datetime
) -> TokenState:
    """What has become of an access token by `now`."""
    if revoked_at:
        return TokenState.REVOKED
    if expires_at <= now:
        return TokenState.EXPIRED
    return TokenState.USABLE if owner_is_here else TokenState.ORPHANED


def token_refusals(*, lasts: timedelta, scopes: Collection[Scope], at_once: int) -> list[Reason]:
    """Every reason why an access token cannot be made; `at_once` are in use already."""
    gaps = {
        "token_without_scope": not scopes,
        "token_never_lasts": lasts <= timedelta(0),
        "token_lasts_too_long": lasts > TOKEN_LASTS_AT_MOST,
        "too_many_tokens": at_once >= TOKENS_AT_ONCE,
    }
    return [Reason(code) for code, gap in gaps.items() if gap]


def use_is_to_be_noted(last_used_at: datetime | None, now: datetime) -> bool:
    """Whether using a token now is written down: once a minute is enough to see that it lives."""
    return last_used_at is None or now - last_used_at >= TOKEN_USE_IS_NOTED_EVERY


class Identity(TextChoices):
    """How it was made sure whose a new key is; by nobody else, until it is endorsed."""

    REAUTHENTICATED = "reauthenticated", _("its owner had just proved anew who they are")
    ADOPTED = "adopted", _("it had signed its owner in before people signed with keys")


def endorsing_refusals(*, is_live: bool, is_endorsed: bool, is_own: bool) -> list[Reason]:
    """Every reason why a key cannot be vouched for: never by its owner's word alone (SIGNATURES.md)."""
    gaps = {"key_revoked": not is_live, "key_endorsed": is_endorsed, "key_own": is_own}
    return [Reason(code) for code, gap in gaps.items() if gap]
