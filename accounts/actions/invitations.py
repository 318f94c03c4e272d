"""Writing invitations: a link for one e-mail address that works once."""

import secrets
from collections.abc import Iterable
from functools import partial
from typing import Any, Unpack

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

# The module, not the task: tasks call actions, and each is complete only when both are loaded.
from accounts import tasks
from accounts.actions.people import Profile, actor_of, add_person
from accounts.actions.teams import add_to_team
from accounts.models import Invitation, Team, User, token_hash
from accounts.rules import INVITATION_LASTS, InvitationState, Role, Standing
from accounts.verbs import Verb
from accounts.words import INVITATIONS, UNKNOWN_INVITATION
from audit.ledger import Change, Salted, append
from sentinel.errors import Refused
from sentinel.text import clean_email, clean_line

TOKEN_BYTES = 32


@transaction.atomic
def invite(
    *,
    email: str,
    role: Role,
    by: User | None,
    full_name: str = "",
    teams: Iterable[Team] = (),
    by_mail: bool = True,
) -> Invitation:
    """Ask somebody in. Their link is made when it is mailed, or by `make_link`."""
    now = timezone.now()
    invitation = Invitation(
        email=clean_email(email),
        full_name=clean_line(full_name),
        role=role,
        invited_by=by,
        invited_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    invitation.full_clean()
    _refuse_known(invitation)
    if Invitation.objects.usable(now).filter(email=invitation.email).exists():
        raise _refused_email(_("There is an open invitation already. Send it again."), "invited")
    invitation.save()
    invitation.teams.set(teams)
    if by_mail:
        transaction.on_commit(partial(tasks.send_invitation.enqueue, str(invitation.pk)))
    change = Change(Verb.PERSON_INVITED, subject_of(invitation), new=invitation_data(invitation))
    append([change], actor=actor_of(by), now=now)
    return invitation


def _refuse_known(invitation: Invitation) -> None:
    known = User.objects.filter(email=invitation.email).first()
    if known and known.is_active:
        raise _refused_email(_("This person has an account already."), "known")
    if known:
        raise _refused_email(_("This person has left. Reactivate their account instead."), "left")


def _refused_email(sentence: str, code: str) -> Refused:
    return Refused({"email": Refused(sentence, code=code)})


def subject_of(invitation: Invitation) -> str:
    return f"invitation:{invitation.pk}"


def invitation_data(invitation: Invitation) -> dict[str, Any]:
    """What a leaf says of an invitation."""
    return {
        "email": Salted(invitation.email),
        "full_name": Salted(invitation.full_name),
        "role": str(invitation.role),
        "teams": [f"team:{team.pk}" for team in invitation.teams.all()],
        "expires_at": invitation.expires_at,
    }


@transaction.atomic
def make_link(invitation: Invitation, *, by: User | None = None) -> str:
    """The invitation's link. It exists only in the answer, and ends every older one."""
    now = timezone.now()
    invitation = _locked(invitation, InvitationState.OPEN)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation.token_sha256 = token_hash(token)
    invitation.full_clean()
    invitation.save(update_fields=["token_sha256"])
    change = Change(
        Verb.INVITATION_LINK_MADE,
        subject_of(invitation),
        new={"expires_at": invitation.expires_at},
    )
    append([change], actor=actor_of(by), now=now)
    return f"{settings.BASE_URL}{reverse('accounts:invitation', args=[token])}"


@transaction.atomic
def renew_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """Send an invitation again: a new link, which lasts as long as the first did."""
    now = timezone.now()
    invitation = _locked(invitation, InvitationState.OPEN, InvitationState.EXPIRED)
    _refuse_known(invitation)
    old = {"expires_at": invitation.expires_at}
    invitation.expires_at = now + INVITATION_LASTS
    invitation.full_clean()
    invitation.save(update_fields=["expires_at"])
    transaction.on_commit(partial(tasks.send_invitation.enqueue, str(invitation.pk)))
    change = Change(
        Verb.INVITATION_RENEWED,
        subject_of(invitation),
        old=old,
        new={"expires_at": invitation.expires_at},
    )
    append([change], actor=actor_of(by), now=now)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User | None) -> Invitation:
    """Take an invitation back: its link no longer works."""
    now = timezone.now()
    invitation = _locked(invitation, InvitationState.OPEN, InvitationState.EXPIRED)
    invitation.revoked_at = now
    invitation.full_clean()
    invitation.save(update_fields=["revoked_at"])
    change = Change(
        Verb.INVITATION_REVOKED,
        subject_of(invitation),
        old={"revoked_at": None},
        new={"revoked_at": now},
    )
    append([change], actor=actor_of(by), now=now)
    return invitation


def _locked(invitation: Invitation, *allowed: InvitationState) -> Invitation:
    """The invitation as stored, behind a lock, if it is in one of the allowed states."""
    stored = Invitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    state = stored.state(timezone.now())
    if state not in allowed:
        raise Refused(INVITATIONS[state], code=str(state))
    return stored


@transaction.atomic
def accept_invitation(token: str, *, password: str, **profile: Unpack[Profile]) -> User:
    """Become a person by a link that works once. Whatever is refused leaves the link unused."""
    now = timezone.now()
    invitation = _claimed(token)
    person, joined = add_person(
        email=invitation.email, role=Role(invitation.role), password=password, **profile
    )
    accepted = Change(
        Verb.INVITATION_ACCEPTED,
        subject_of(invitation),
        old={"used_at": None},
        new={"used_at": now, "person": f"user:{person.pk}"},
    )
    changes = [joined, *_join_teams(person, invitation), accepted]
    append(changes, actor=person.pk, now=now)
    return person


def _claimed(token: str) -> Invitation:
    """The token's invitation, marked used by the very statement that asks whether it may be."""
    now, mine = timezone.now(), Invitation.objects.with_token(token)
    claimed = mine.usable(now).update(used_at=now)
    invitation = mine.first()
    if invitation is None:
        raise Refused(UNKNOWN_INVITATION, code="unknown")
    if not claimed:
        state = invitation.state(now)
        raise Refused(INVITATIONS[state], code=str(state))
    return invitation


def _join_teams(person: User, invitation: Invitation) -> list[Change]:
    joined = [
        add_to_team(team, user=person, standing=Standing.MEMBER)[1]
        for team in invitation.teams.filter(is_active=True)
    ]
    return [change for change in joined if change]
