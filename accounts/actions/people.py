"""Writing people: who they are, what their role is, whether they are still with us."""

from typing import Any, TypedDict, Unpack
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actions.tokens import end_tokens
from accounts.models import User
from accounts.rules import PersonFacts, Role
from accounts.verbs import Verb
from accounts.words import refusal
from audit.ledger import Change, Salted, append, difference
from sentinel.errors import Refused
from sentinel.text import clean_email, clean_line, clean_text


class Profile(TypedDict, total=False):
    """What people say about themselves."""

    full_name: str
    title: str
    time_zone: str
    language: str


class PersonFields(Profile, total=False):
    """What an admin may change of a person."""

    role: Role


def person_data(person: User) -> dict[str, Any]:
    """What a leaf says of a person."""
    return {
        "email": Salted(person.email),
        "full_name": Salted(person.full_name),
        "title": Salted(person.title),
        "role": str(person.role),
        "time_zone": person.time_zone,
        "language": person.language,
        "is_active": person.is_active,
    }


def actor_of(by: User | None) -> UUID | None:
    """Whom the ledger names; None where a command acts."""
    return by.pk if by else None


@transaction.atomic
def create_person(
    *,
    email: str,
    role: Role,
    by: User | None,
    password: str | None = None,
    **profile: Unpack[Profile],
) -> User:
    """Make a person who may sign in at once. Without a password: after a password reset."""
    now = timezone.now()
    person, change = add_person(email=email, role=role, password=password, **profile)
    append([change], actor=actor_of(by), now=now)
    return person


def add_person(
    *, email: str, role: Role, password: str | None, **profile: Unpack[Profile]
) -> tuple[User, Change]:
    """A step: the person with their verified e-mail address, and the ledger's line for it."""
    person = User(email=clean_email(email), role=role)
    _fill(person, profile)
    person.set_password(password)
    person.full_clean()
    if password is not None:
        _check_password(password, person)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person, Change(Verb.PERSON_JOINED, f"user:{person.pk}", new=person_data(person))


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise ValidationError({"password": weak}) from weak


def _fill(person: User, fields: PersonFields | Profile) -> None:
    for name, value in fields.items():
        text = name in {"full_name", "title"}
        setattr(person, name, clean_line(str(value)) if text else value)


@transaction.atomic
def change_person(person: User, *, by: User | None, **fields: Unpack[PersonFields]) -> User:
    """Change name, title, role, zone or language of somebody; what is not named stays."""
    now = timezone.now()
    person, facts = _locked(person, by)
    before = person_data(person)
    _fill(person, fields)
    person.full_clean(exclude=["password"])
    if reasons := rules.role_refusals(facts, Role(person.role)):
        raise refusal(reasons)
    old, new = difference(before, person_data(person))
    if new:
        person.digest_due_at = None  # which may be another moment in another zone
        person.save(update_fields=[*new, "digest_due_at"])
        append(
            [Change(Verb.PERSON_CHANGED, f"user:{person.pk}", old=old, new=new)],
            actor=actor_of(by),
            now=now,
        )
    return person


def change_own_profile(person: User, **profile: Unpack[Profile]) -> User:
    """Change what one says about oneself."""
    return change_person(person, by=person, **profile)


@transaction.atomic
def deactivate(person: User, *, by: User | None, reason: str) -> User:
    """Let somebody leave: signed out everywhere, tokens revoked, for good. What they did stays theirs."""
    now = timezone.now()
    reason = _reason(reason)
    person, facts = _locked(person, by)
    if reasons := rules.leave_refusals(facts):
        raise refusal(reasons)
    _switch(person, active=False)
    _end_sessions(person)
    ended = end_tokens(person, by=by, now=now)
    change = Change(
        Verb.PERSON_DEACTIVATED,
        f"user:{person.pk}",
        old={"is_active": True},
        new={"is_active": False},
        reason=reason,
    )
    append([change, *ended], actor=actor_of(by), now=now)
    return person


@transaction.atomic
def reactivate(person: User, *, by: User | None, reason: str) -> User:
    """Take somebody back, with the role, teams and password they had."""
    now = timezone.now()
    reason = _reason(reason)
    person, facts = _locked(person, by)
    if facts.is_active:
        raise Refused(_("This person is active already."), code="active")
    _switch(person, active=True)
    change = Change(
        Verb.PERSON_REACTIVATED,
        f"user:{person.pk}",
        old={"is_active": False},
        new={"is_active": True},
        reason=reason,
    )
    append([change], actor=actor_of(by), now=now)
    return person


def _locked(person: User, by: User | None) -> tuple[User, PersonFacts]:
    """The person as stored. All admins are locked too: no two unmake each other at once."""
    admins = models.Q(role=Role.ADMIN, is_active=True)
    rows = (
        User.objects.select_for_update(no_key=True)
        .filter(admins | models.Q(pk=person.pk))
        .order_by("pk")
    )
    found = {row.pk: row for row in rows}
    stored = found.pop(person.pk)
    facts = PersonFacts(
        role=Role(stored.role),
        is_active=stored.is_active,
        is_self=by is not None and by.pk == stored.pk,
        other_admins=len(found),
    )
    return stored, facts


def _reason(text: str) -> str:
    reason = clean_text(text)
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="required")})
    return reason


def _switch(person: User, *, active: bool) -> None:
    person.is_active = active
    person.full_clean(exclude=["password"])
    person.save(update_fields=["is_active"])


def _end_sessions(person: User) -> None:
    """Look into each: a session left over would live again once its person is reactivated."""
    mine = [
        session.pk
        for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator()
        if session.get_decoded().get("_auth_user_id") == str(person.pk)
    ]
    Session.objects.filter(pk__in=mine).delete()
