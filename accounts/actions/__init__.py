"""Every write of this app: one transaction each, the ledger last."""

from accounts.actions.credentials import (
    adopt_keys,
    enrol_key,
    note_key_use,
    rename_key,
    revoke_key,
)
from accounts.actions.endorsing import Endorsement, endorse_key, endorse_own_key, endorsers
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
    "Endorsement",
    "accept_invitation",
    "adopt_keys",
    "change_own_mail",
    "change_own_profile",
    "change_person",
    "create_person",
    "deactivate",
    "end_membership",
    "endorse_key",
    "endorse_own_key",
    "endorsers",
    "enrol_key",
    "invite",
    "make_link",
    "make_service_token",
    "make_token",
    "note_key_use",
    "note_use",
    "reactivate",
    "rename_key",
    "renew_invitation",
    "revoke_invitation",
    "revoke_key",
    "revoke_token",
    "save_authority",
    "save_team",
    "send_again",
    "set_membership",
]
