"""The tables of people: who they are, their teams and authorities, how they come in, their keys, what they are told."""

from accounts.models.credentials import Credential
from accounts.models.mails import Mail, News, Notice
from accounts.models.people import (
    ApiToken,
    Authority,
    Invitation,
    Membership,
    Team,
    User,
    UserQuerySet,
    languages,
    time_zones,
    token_hash,
    validate_time_zone,
)

__all__ = [
    "ApiToken",
    "Authority",
    "Credential",
    "Invitation",
    "Mail",
    "Membership",
    "News",
    "Notice",
    "Team",
    "User",
    "UserQuerySet",
    "languages",
    "time_zones",
    "token_hash",
    "validate_time_zone",
]
