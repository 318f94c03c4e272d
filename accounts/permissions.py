"""What a role may do, and the guard that asks.

Rights on one launch or section: checklist/permissions.py.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, Protocol

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.requests import Request
from accounts.rules import Role


class Permission(StrEnum):
    """A kind of thing that a role allows."""

    TAKE_PART = "take part in launches"
    START_LAUNCH = "start a launch"
    BRING_CHECKLIST = "bring a checklist"
    READ_RESTRICTED = "read restricted launches"
    READ_LEDGER = "read the organisation's activity"
    OPERATE = "operate this installation"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset({Permission.TAKE_PART}),
    Role.MANAGER: frozenset(
        {Permission.TAKE_PART, Permission.START_LAUNCH, Permission.BRING_CHECKLIST}
    ),
    Role.AUDITOR: frozenset({Permission.READ_RESTRICTED, Permission.READ_LEDGER}),
    Role.ADMIN: frozenset(
        {
            Permission.TAKE_PART,
            Permission.READ_LEDGER,
            Permission.OPERATE,
            Permission.BRING_CHECKLIST,
        }
    ),
}


class Person(Protocol):
    """What these rules ask of somebody: a role, and whether they are still with us."""

    role: str
    is_active: bool


def allows(person: Person, permission: Permission) -> bool:
    """May this person do this kind of thing? Nobody who has left may do anything."""
    return person.is_active and permission in GRANTS[Role(person.role)]


def roles_allowed(permission: Permission) -> list[Role]:
    """The roles that allow this kind of thing, for queries."""
    return [role for role, granted in GRANTS.items() if permission in granted]


type View[**P] = Callable[Concatenate[Request, P], HttpResponse]


def requires[**P](permission: Permission) -> Callable[[View[P]], View[P]]:
    """Answer 403 to whoever's role does not allow `permission`."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: Request, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not allows(request.user, permission):
                raise PermissionDenied(f"Your role may not {permission}.")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
