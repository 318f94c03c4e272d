"""What each role may do."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from accounts.models import User
from accounts.permissions import GRANTS, Permission, allows, requires
from accounts.rules import Role


def test_every_role_has_its_grants():
    granted = {
        Role.MEMBER: {Permission.TAKE_PART},
        Role.MANAGER: {
            Permission.TAKE_PART,
            Permission.START_LAUNCH,
            Permission.BRING_CHECKLIST,
        },
        Role.AUDITOR: {Permission.READ_RESTRICTED, Permission.READ_LEDGER},
        Role.ADMIN: {
            Permission.TAKE_PART,
            Permission.READ_LEDGER,
            Permission.OPERATE,
            Permission.BRING_CHECKLIST,
        },
    }

    assert granted == GRANTS


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_allows_what_it_grants_and_only_while_active(role, permission):
    assert allows(User(role=role), permission) is (permission in GRANTS[role])
    assert not allows(User(role=role, is_active=False), permission)


def test_a_guarded_view_answers_those_it_allows(rf):
    view = requires(Permission.OPERATE)(lambda request, word: HttpResponse(word))
    request = rf.get("/")
    request.user = User(role=Role.ADMIN)

    assert view(request, word="in").text == "in"


def test_a_guarded_view_is_closed_to_the_rest(rf):
    view = requires(Permission.OPERATE)(lambda request: HttpResponse())
    request = rf.get("/")
    request.user = User(role=Role.MANAGER)

    with pytest.raises(PermissionDenied, match="may not operate this installation"):
        view(request)


@pytest.mark.parametrize(
    ("role", "active", "staff"),
    [(Role.ADMIN, True, True), (Role.ADMIN, False, False), (Role.MANAGER, True, False)],
)
def test_only_active_admins_may_open_the_operators_pages(role, active, staff):
    user = User(role=role, is_active=active)

    assert user.is_staff is staff
    assert user.has_perm("accounts.change_user") is staff
    assert user.has_module_perms("accounts") is staff
