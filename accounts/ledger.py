"""How the ledger's lines about people, teams, authorities and invitations read."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiToken, Authority, Credential, Invitation, Team, User
from accounts.rules import MailChoice, MailGroup, Role, Scope
from accounts.verbs import Verb
from audit import words
from audit.words import Described, Label

NAMED: list[tuple[Any, str]] = [
    (User, "full_name"),
    (Team, "name"),
    (Authority, "name"),
    (Invitation, "email"),
    (ApiToken, "name"),
    (Credential, "label"),
]
FOUND_PEOPLE = 20

PHRASES: dict[str, Label] = {
    Verb.PERSON_INVITED: _("invited"),
    Verb.PERSON_JOINED: _("joined"),
    Verb.PERSON_CHANGED: "",
    Verb.PERSON_DEACTIVATED: _("deactivated"),
    Verb.PERSON_REACTIVATED: _("reactivated"),
    Verb.INVITATION_RENEWED: _("invited again"),
    Verb.INVITATION_LINK_MADE: _("link made"),
    Verb.INVITATION_ACCEPTED: _("invitation accepted"),
    Verb.INVITATION_REVOKED: _("invitation withdrawn"),
    Verb.TOKEN_MADE: _("access token made"),
    Verb.TOKEN_REVOKED: _("access token revoked"),
    Verb.KEY_ENROLLED: _("passkey made"),
    Verb.KEY_RENAMED: "",
    Verb.KEY_ENDORSED: _("passkey vouched for"),
    Verb.KEY_REVOKED: _("passkey revoked"),
    Verb.TEAM_CREATED: _("created"),
    Verb.TEAM_CHANGED: "",
    Verb.MEMBERSHIP_SET: "",
    Verb.MEMBERSHIP_ENDED: "",
    Verb.AUTHORITY_CREATED: _("created"),
    Verb.AUTHORITY_CHANGED: "",
}
TOLD: dict[str, Sequence[str]] = {
    Verb.PERSON_INVITED: ["role"],
    Verb.PERSON_JOINED: ["role"],
    Verb.TOKEN_MADE: ["scopes", "expires_at"],
    Verb.KEY_ENROLLED: ["user", "rp_id"],
    Verb.KEY_ENDORSED: ["user"],
    Verb.KEY_REVOKED: ["user"],
    Verb.MEMBERSHIP_SET: ["member", "lead"],
    Verb.MEMBERSHIP_ENDED: ["member", "lead"],
}
TOPICS: dict[str, Label] = {
    "person": _("People"),
    "invitation": _("Invitations"),
    "token": _("Access tokens"),
    "credential": _("Passkeys"),
    "team": _("Teams"),
    "membership": _("Team members"),
    "authority": _("Authorities"),
}
FIELDS: dict[str, Label | None] = {
    "full_name": _("full name"),
    "title": _("title"),
    "email": _("e-mail"),
    "role": _("role"),
    "teams": _("teams"),
    "time_zone": _("time zone"),
    "language": _("language"),
    "token.name": _("name"),
    "token.prefix": _("begins with"),
    "token.scopes": _("may"),
    "token.owner": _("owner"),
    "token.launch_slug": _("launch"),
    "token.expires_at": _("valid until"),
    "credential.user": _("of"),
    "credential.label": _("name"),
    "credential.rp_id": _("at"),
    "mail_signing": _("mails about signing and voting"),
    "mail_work": _("mails about work"),
    "mail_mentions": _("mails about mentions"),
    "mail_dates": _("mails about days"),
    "digest_hour": _("hour of the daily digest"),
    "team.member": _("member"),
    "team.lead": _("lead"),
    "team.name": _("name"),
    "team.slug": _("short name"),
    "team.is_active": _("active"),
    "authority.name": _("name"),
    "authority.slug": _("short name"),
    "authority.is_active": _("active"),
    "invitation.expires_at": _("valid until"),
    # Said by the phrase already
    "user.is_active": None,
    "token.revoked_at": None,
    "credential.revoked_at": None,
    "invitation.used_at": None,
    "invitation.revoked_at": None,
    "invitation.person": None,
}


def register() -> None:
    """Tell the ledger our words; at start-up, once."""
    words.register_subjects("user", by_name, _("person"))
    words.register_subjects("team", by_name, _("team"))
    words.register_subjects("authority", by_name, _("authority"))
    words.register_subjects("invitation", by_name, _("invitation"))
    words.register_subjects("token", by_name, _("access token"))
    words.register_subjects("credential", by_name, _("passkey"))
    words.register_phrases(PHRASES, TOLD)
    words.register_topics(TOPICS)
    words.register_fields(FIELDS)
    words.register_values("role", lambda code: Role(code).label)
    words.register_values("token.scopes", lambda code: Scope(code).label)
    words.register_values("language", lambda code: dict(settings.LANGUAGES)[code])
    for group in MailGroup:
        words.register_values(f"mail_{group.value}", lambda code: MailChoice(code).label)
    words.register_links({"credential.user": "user"})
    words.register_people(find_people)


def find_people(text: str) -> list[UUID]:
    """Whom somebody may mean who types this."""
    found = User.objects.filter(Q(full_name__icontains=text) | Q(email__icontains=text))
    return list(found.values_list("pk", flat=True)[:FOUND_PEOPLE])


def by_name(ids: set[UUID]) -> Mapping[UUID, Described]:
    """Calls people, teams, authorities and tokens by their names, invitations by their address. One query."""
    first, *others = (
        model.objects.filter(pk__in=ids).order_by().values_list("pk", field)
        for model, field in NAMED
    )
    return {pk: Described(name) for pk, name in first.union(*others, all=True)}
