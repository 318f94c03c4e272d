"""What can happen to people, teams and authorities: the ledger's words for it."""

from enum import StrEnum


class Verb(StrEnum):
    """An action of this app, as a leaf names it. Never renamed: old leaves keep their word."""

    PERSON_INVITED = "person.invited"
    PERSON_JOINED = "person.joined"
    PERSON_CHANGED = "person.changed"
    PERSON_DEACTIVATED = "person.deactivated"
    PERSON_REACTIVATED = "person.reactivated"
    INVITATION_RENEWED = "invitation.renewed"
    INVITATION_LINK_MADE = "invitation.link_made"
    INVITATION_ACCEPTED = "invitation.accepted"
    INVITATION_REVOKED = "invitation.revoked"
    TOKEN_MADE = "token.made"  # noqa: S105 - an act, no secret
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - an act, no secret
    TEAM_CREATED = "team.created"
    TEAM_CHANGED = "team.changed"
    MEMBERSHIP_SET = "membership.set"
    MEMBERSHIP_ENDED = "membership.ended"
    AUTHORITY_CREATED = "authority.created"
    AUTHORITY_CHANGED = "authority.changed"
    KEY_ENROLLED = "credential.enrolled"
    KEY_RENAMED = "credential.renamed"
    KEY_ENDORSED = "credential.endorsed"
    KEY_REVOKED = "credential.revoked"
