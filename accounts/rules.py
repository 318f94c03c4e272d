"""Who somebody is in the organisation, and what may happen to them.

Values in, values out: no database, no request.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sentinel.reasons import Reason

INVITATION_LASTS = timedelta(days=7)


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
