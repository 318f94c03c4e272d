"""Every write of this app: one transaction each, the ledger last."""

from accounts.actions.invitations import (
    accept_invitation,
    invite,
    make_link,
    renew_invitation,
    revoke_invitation,
)
from accounts.actions.mail import change_own_mail, send_again
from accounts.actions.people import (
    change_own_profile,
    change_person,
    create_person,
    deactivate,
    reactivate,
)
from accounts.actions.teams import end_membership, save_authority, save_team, set_membership
from accounts.actions.tokens import make_service_token, make_token, note_use, revoke_token

__all__ = [
    "accept_invitation",
    "change_own_mail",
    "change_own_profile",
    "change_person",
    "create_person",
    "deactivate",
    "end_membership",
    "invite",
    "make_link",
    "make_service_token",
    "make_token",
    "note_use",
    "reactivate",
    "renew_invitation",
    "revoke_invitation",
    "revoke_token",
    "save_authority",
    "save_team",
    "send_again",
    "set_membership",
]
