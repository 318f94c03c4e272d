"""Writing teams, who is in them, and authorities."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.people import actor_of
from accounts.models import Authority, Membership, Team, User
from accounts.rules import Standing
from accounts.verbs import Verb
from audit.ledger import Change, Salted, append, difference
from sentinel.errors import Refused
from sentinel.text import clean_line

NAMED: dict[type[Team | Authority], tuple[str, Verb, Verb]] = {
    Team: ("team", Verb.TEAM_CREATED, Verb.TEAM_CHANGED),
    Authority: ("authority", Verb.AUTHORITY_CREATED, Verb.AUTHORITY_CHANGED),
}


@transaction.atomic
def set_membership(team: Team, *, user: User, standing: Standing, by: User | None) -> Membership:
    """Put a person into a team as member or lead, or change which of the two they are."""
    now = timezone.now()
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    membership, change = add_to_team(team, user=user, standing=standing)
    append([change] if change else [], actor=actor_of(by), now=now)
    return membership


def add_to_team(team: Team, *, user: User, standing: Standing) -> tuple[Membership, Change | None]:
    """A step: the membership, and the ledger's line for it if anything changed."""
    if not user.is_active:
        raise Refused(_("This person has left. They cannot join a team."), code="inactive")
    stored = Membership.objects.filter(team=team, user=user).first()
    membership = stored or Membership(team=team, user=user)
    old = membership_data(membership) if stored else {}
    membership.standing = standing
    membership.full_clean()
    new = membership_data(membership)
    if new == old:
        return membership, None
    membership.save()
    return membership, Change(Verb.MEMBERSHIP_SET, f"team:{team.pk}", old=old, new=new)


def membership_data(membership: Membership) -> dict[str, Any]:
    """What a team's leaf says of one member."""
    return {str(membership.standing): f"user:{membership.user_id}"}


@transaction.atomic
def end_membership(membership: Membership, *, by: User | None) -> None:
    """Take a person out of a team."""
    now = timezone.now()
    team = Team.objects.select_for_update(no_key=True).get(pk=membership.team_id)
    stored = Membership.objects.filter(pk=membership.pk).first()
    if stored is None:
        raise Refused(_("This person is no longer in the team."), code="gone")
    old = membership_data(stored)
    stored.delete()
    append(
        [Change(Verb.MEMBERSHIP_ENDED, f"team:{team.pk}", old=old)],
        actor=actor_of(by),
        now=now,
    )


@transaction.atomic
def save_team(team: Team, *, by: User | None) -> Team:
    """Add a team, or store what changed of it."""
    now = timezone.now()
    append(store_named(team), actor=actor_of(by), now=now)
    return team


@transaction.atomic
def save_authority(authority: Authority, *, by: User | None) -> Authority:
    """Add an authority, or store what changed of it."""
    now = timezone.now()
    append(store_named(authority), actor=actor_of(by), now=now)
    return authority


def store_named(record: Team | Authority) -> list[Change]:
    """A step: a team or an authority as given, and the ledger's line for it if anything changed."""
    kind, created, changed = NAMED[type(record)]
    stored = type(record).objects.select_for_update(no_key=True).filter(pk=record.pk).first()
    record.name = clean_line(record.name)
    record.full_clean()
    before = named_data(stored) if stored else {}
    old, new = difference(before, named_data(record))
    if not new:
        return []
    record.save()
    verb = changed if stored else created
    return [Change(verb, f"{kind}:{record.pk}", old=old if stored else {}, new=new)]


def named_data(record: Team | Authority) -> dict[str, Any]:
    """What a leaf says of a team or an authority."""
    return {"slug": record.slug, "name": Salted(record.name), "is_active": record.is_active}
