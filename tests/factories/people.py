"""People, teams, authorities, memberships, invitations and access tokens."""

from datetime import timedelta
from itertools import count

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import ApiToken, Authority, Invitation, Membership, Team, User, token_hash
from accounts.rules import Role, Scope, Standing

PASSWORD = "a long password for tests"
serial = count(1)


def make_user(*teams, lead_of=(), password=PASSWORD, **fields):
    """A person who may sign in, in the teams given; `lead_of` names those they lead."""
    number = next(serial)
    fields.setdefault("email", f"person{number}@example.org")
    fields.setdefault("full_name", f"Person {number}")
    user = User(**fields)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for team in teams:
        make_membership(team, user)
    for team in lead_of:
        make_membership(team, user, standing=Standing.LEAD)
    return user


def make_admin(**fields):
    return make_user(role=Role.ADMIN, **fields)


def make_manager(**fields):
    return make_user(role=Role.MANAGER, **fields)


def make_auditor(**fields):
    return make_user(role=Role.AUDITOR, **fields)


def make_team(name=None, **fields):
    number = next(serial)
    fields.setdefault("slug", f"team-{number}")
    return Team.objects.create(name=name or f"Team {number}", **fields)


def make_authority(name=None, **fields):
    number = next(serial)
    fields.setdefault("slug", f"authority-{number}")
    return Authority.objects.create(name=name or f"Authority {number}", **fields)


def make_membership(team=None, user=None, standing=Standing.MEMBER):
    return Membership.objects.create(
        team=team or make_team(), user=user or make_user(), standing=standing
    )


def make_invitation(token="its-token", *, teams=(), **fields):  # noqa: S107
    """An open invitation whose link ends in `token`."""
    fields.setdefault("email", f"guest{next(serial)}@example.org")
    fields.setdefault("expires_at", timezone.now() + timedelta(days=1))
    invitation = Invitation.objects.create(token_sha256=token_hash(token), **fields)
    invitation.teams.set(teams)
    return invitation


def make_token(secret="its-secret", *, owner=None, **fields):  # noqa: S107
    """An access token with this secret; of a service where it has no owner."""
    fields.setdefault("name", f"Token {next(serial)}")
    fields.setdefault("scopes", Scope.VERDICT_READ)
    fields.setdefault("expires_at", timezone.now() + timedelta(days=1))
    fields["made_by"] = owner or fields.get("made_by") or make_admin()
    fields.setdefault("created_at", timezone.now() - timedelta(days=2))
    return ApiToken.objects.create(
        prefix=secret[:8], sha256=token_hash(secret), owner=owner, **fields
    )
