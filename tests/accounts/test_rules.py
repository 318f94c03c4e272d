"""Roles, leaving, and what becomes of an invitation: no database."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.rules import (
    InvitationState,
    PersonFacts,
    Role,
    invitation_state,
    leave_refusals,
    role_refusals,
)
from accounts.words import INVITATIONS, REASONS

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


def person(role=Role.MEMBER, *, active=True, is_self=False, others=1):
    return PersonFacts(role=role, is_active=active, is_self=is_self, other_admins=others)


def codes(reasons):
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("facts", "new", "refused"),
    [
        (person(), Role.ADMIN, []),
        (person(Role.ADMIN), Role.MEMBER, []),
        (person(Role.ADMIN, is_self=True), Role.ADMIN, []),
        (person(is_self=True), Role.ADMIN, ["own_role"]),
        (person(Role.ADMIN, is_self=True), Role.MEMBER, ["own_role"]),
        (person(Role.ADMIN, others=0), Role.MEMBER, ["last_admin"]),
        (person(Role.ADMIN, others=0, active=False), Role.MEMBER, []),
        (person(Role.ADMIN, is_self=True, others=0), Role.MEMBER, ["own_role", "last_admin"]),
    ],
)
def test_nobody_raises_their_own_role_and_one_admin_stays(facts, new, refused):
    assert codes(role_refusals(facts, new)) == refused


@pytest.mark.parametrize(
    ("facts", "refused"),
    [
        (person(), []),
        (person(Role.ADMIN), []),
        (person(others=0), []),
        (person(active=False), ["inactive"]),
        (person(is_self=True), ["oneself"]),
        (person(Role.ADMIN, others=0), ["last_admin"]),
        (person(Role.ADMIN, is_self=True, others=0), ["oneself", "last_admin"]),
    ],
)
def test_nobody_deactivates_themselves_or_the_last_admin(facts, refused):
    assert codes(leave_refusals(facts)) == refused


@pytest.mark.parametrize(
    ("used_at", "revoked_at", "expires_at", "state"),
    [
        (None, None, LATER, InvitationState.OPEN),
        (None, None, NOW, InvitationState.EXPIRED),
        (None, BEFORE, LATER, InvitationState.REVOKED),
        (BEFORE, None, LATER, InvitationState.USED),
        (BEFORE, BEFORE, BEFORE, InvitationState.USED),
        (None, BEFORE, BEFORE, InvitationState.REVOKED),
    ],
)
def test_an_invitation_is_open_until_used_revoked_or_expired(
    used_at, revoked_at, expires_at, state
):
    found = invitation_state(used_at=used_at, revoked_at=revoked_at, expires_at=expires_at, now=NOW)

    assert found is state


def test_every_refusal_has_its_sentence():
    of_tokens = {code for code in REASONS if "token" in code}  # test_rules_tokens.py

    assert REASONS.keys() - of_tokens == {
        "answer_unreadable",
        "endorsing_answer",
        "endorsing_over",
        "key_algorithm",
        "key_endorsed",
        "key_own",
        "key_revoked",
        "own_role",
        "last_admin",
        "inactive",
        "oneself",
        "never_silent",
        "digest_without_hour",
    }
    assert INVITATIONS.keys() == set(InvitationState) - {InvitationState.OPEN}
