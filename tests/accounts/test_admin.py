"""The operators' pages of people: every save is an action, nothing is deleted, roles are guarded."""

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Invitation, Membership, Team, User
from accounts.rules import InvitationState, Role, Standing
from audit.models import Entry
from tests.accounts.html import inline_code
from tests.accounts.ledger import actors, ledger
from tests.factories.people import (
    make_admin,
    make_auditor,
    make_authority,
    make_invitation,
    make_manager,
    make_membership,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

NAMES = ["user", "team", "authority", "invitation"]
MAKERS = {
    "user": make_user,
    "team": make_team,
    "authority": make_authority,
    "invitation": make_invitation,
}


@pytest.fixture
def operator(client):
    person = make_admin(full_name="Ada Admin")
    client.force_login(person)
    return person


def change_url(row):
    return reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk])


def acts():
    return [line[0] for line in ledger()]


def said(response):
    return [str(message) for message in response.context["messages"]]


def person_form(person, **changed):
    names = ["full_name", "title", "role", "time_zone", "language"]
    fields = {name: getattr(person, name) for name in names} | {"reason": ""}
    active = {"is_active": "on"} if changed.pop("is_active", person.is_active) else {}
    return fields | active | changed


def team_form(team, *memberships):
    """A team's change form: (membership, user, standing, delete) for each line of the inline."""
    kept = [line for line in memberships if line[0]]
    form = {
        "name": team.name,
        "slug": team.slug,
        "is_active": "on",
        "memberships-TOTAL_FORMS": str(len(memberships)),
        "memberships-INITIAL_FORMS": str(len(kept)),
    }
    for place, (membership, user, standing, delete) in enumerate(memberships):
        prefix = f"memberships-{place}"
        form |= {f"{prefix}-user": user.pk, f"{prefix}-standing": standing}
        if membership:
            form[f"{prefix}-id"] = membership.pk
        if delete:
            form[f"{prefix}-DELETE"] = "on"
    return form


@pytest.mark.parametrize("make", [make_user, make_manager, make_auditor])
def test_only_admins_come_in(client, make):
    client.force_login(make())

    assert client.get(reverse("admin:accounts_user_changelist")).status_code == 302


@pytest.mark.ignore_template_errors  # Django's own template of actions on a change form
@pytest.mark.parametrize("name", NAMES)
def test_each_list_and_form_opens_without_inline_code(client, operator, name):
    row = MAKERS[name]()

    pages = [client.get(reverse(f"admin:accounts_{name}_changelist")), client.get(change_url(row))]

    assert [page.status_code for page in pages] == [200, 200]
    assert [inline_code(page.text) for page in pages] == [[], []]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_invitations_asks_as_often_for_many_as_for_one(
    client, operator, django_assert_num_queries, count
):
    for number in range(count):
        make_invitation(f"token{number}", invited_by=operator)

    with django_assert_num_queries(5):
        client.get(reverse("admin:accounts_invitation_changelist"))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_deleted(client, operator, name):
    row = MAKERS[name]()

    single = client.post(reverse(f"admin:accounts_{name}_delete", args=[row.pk]), {"post": "yes"})
    client.post(
        reverse(f"admin:accounts_{name}_changelist"),
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )

    assert single.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_nobody_is_added_but_by_invitation(client, operator):
    assert client.get(reverse("admin:accounts_user_add")).status_code == 403


def test_addresses_keys_and_groups_are_no_operators_business():
    registered = {model._meta.label for model in admin.site._registry}

    assert registered & {"account.EmailAddress", "mfa.Authenticator", "auth.Group"} == set()


def test_passwords_are_changed_where_everybody_does(client, operator):
    response = client.get(reverse("admin:password_change"))

    assert response.headers["Location"] == reverse("account_change_password")


def test_an_operator_is_greeted_by_name(client, operator):
    assert "<strong>Ada Admin</strong>" in client.get(reverse("admin:index")).text


def test_a_person_is_changed_by_an_action(client, operator):
    person = make_user(full_name="Maya Ito")

    client.post(change_url(person), person_form(person, title="CISO", role=Role.MANAGER))

    person.refresh_from_db()
    assert (person.title, person.role) == ("CISO", Role.MANAGER)
    assert (acts(), actors()) == (["person.changed"], [operator.pk])


def test_a_persons_address_and_password_cannot_be_set(client, operator):
    person = make_user(email="maya@example.org")
    typed = {"email": "ceo@example.org", "password": "x", "date_joined": "2000-01-01"}

    client.post(change_url(person), person_form(person) | typed)

    stored = User.objects.get(pk=person.pk)
    assert (stored.email, stored.password) == (person.email, person.password)
    assert not Entry.objects.exists()


def test_somebody_leaves_with_a_reason(client, operator):
    person = make_user()

    client.post(change_url(person), person_form(person, is_active=False, reason="Left"))

    person.refresh_from_db()
    assert not person.is_active
    assert [(line[0], line[4]) for line in ledger()] == [("person.deactivated", "Left")]


def test_somebody_comes_back_with_a_reason(client, operator):
    person = make_user(is_active=False)

    client.post(change_url(person), person_form(person, is_active=True, reason="Returned"))

    assert User.objects.get(pk=person.pk).is_active
    assert acts() == ["person.reactivated"]


def test_leaving_without_a_reason_is_refused_whole(client, operator):
    person = make_user(title="Engineer")

    response = client.post(
        change_url(person), person_form(person, is_active=False, title="Former engineer")
    )

    form = response.context["adminform"].form
    person.refresh_from_db()
    assert form.has_error("reason", "required")
    assert form["title"].value() == "Former engineer"
    assert (person.is_active, person.title) == (True, "Engineer")
    assert not Entry.objects.exists()


def test_an_admin_neither_lowers_nor_deactivates_themselves(client, operator):
    make_admin()

    lowered = client.post(change_url(operator), person_form(operator, role=Role.MEMBER))
    left = client.post(change_url(operator), person_form(operator, is_active=False, reason="Tired"))

    assert lowered.context["adminform"].form.has_error("__all__", "own_role")
    assert left.context["adminform"].form.has_error("__all__", "oneself")
    assert User.objects.get(pk=operator.pk).is_staff


def test_a_person_with_a_hostile_name_is_cleaned(client, operator):
    person = make_user()

    client.post(change_url(person), person_form(person, full_name="Ma\x00ya \u202eoti\u202c"))

    person.refresh_from_db()
    assert person.full_name == "Maya oti"


def test_a_team_is_added_with_its_people(client, operator):
    person = make_user()
    team = Team(name="Security Team", slug="security")

    client.post(reverse("admin:accounts_team_add"), team_form(team, (None, person, "lead", False)))

    membership = Membership.objects.get()
    assert (membership.team.name, membership.user) == ("Security Team", person)
    assert membership.standing == Standing.LEAD
    assert acts() == ["team.created", "membership.set"]


def test_the_people_of_a_team_change_by_actions(client, operator):
    team = make_team()
    stays, goes, comes = make_membership(team), make_membership(team), make_user()
    lines = [
        (stays, stays.user, "lead", False),
        (goes, goes.user, "member", True),
        (None, comes, "member", False),
    ]

    client.post(change_url(team), team_form(team, *lines))

    found = set(Membership.objects.values_list("user", "standing"))
    assert found == {(stays.user.pk, "lead"), (comes.pk, "member")}
    assert acts() == ["membership.ended", "membership.set", "membership.set"]


def test_a_team_saved_as_it_is_leaves_no_line(client, operator):
    left = make_membership(user=make_user(is_active=False))

    response = client.post(
        change_url(left.team), team_form(left.team, (left, left.user, "member", False))
    )

    assert response.status_code == 302
    assert not Entry.objects.exists()


@pytest.mark.parametrize("already_in", [True, False])
def test_whoever_left_gets_no_place_in_a_team(client, operator, already_in):
    person, team = make_user(is_active=False), make_team()
    membership = make_membership(team, person) if already_in else None

    response = client.post(change_url(team), team_form(team, (membership, person, "lead", False)))

    (formset,) = response.context["inline_admin_formsets"]
    assert formset.formset.forms[0].has_error("user", "inactive")
    assert not Entry.objects.exists()


def test_nobody_is_in_a_team_twice(client, operator):
    membership = make_membership()
    team, person = membership.team, membership.user
    lines = [(membership, person, "member", False), (None, person, "lead", False)]

    response = client.post(change_url(team), team_form(team, *lines))

    (formset,) = response.context["inline_admin_formsets"]
    assert formset.formset.total_error_count() == 1
    assert Membership.objects.count() == 1


def test_the_line_of_one_person_cannot_become_another(client, operator):
    membership, other = make_membership(), make_user()

    client.post(
        change_url(membership.team),
        team_form(membership.team, (membership, other, "lead", False)),
    )

    membership.refresh_from_db()
    assert (membership.user == other, membership.standing) == (False, Standing.LEAD)


def test_what_only_the_action_refuses_is_said_on_the_page(client, operator, monkeypatch):
    membership = make_membership()
    form = team_form(membership.team, (membership, membership.user, "member", True))
    save_team = "accounts.actions.save_team"

    def taken_out_meanwhile(team, *, by):
        Membership.objects.all().delete()

    monkeypatch.setattr(save_team, taken_out_meanwhile)
    response = client.post(change_url(membership.team), form, follow=True)

    assert said(response) == ["This person is no longer in the team."]


def test_an_authority_is_added_and_renamed(client, operator):
    form = {"name": "CISO", "slug": "ciso", "is_active": "on"}
    client.post(reverse("admin:accounts_authority_add"), form)
    authority = Authority.objects.get()

    client.post(change_url(authority), form | {"name": "Chief Security Officer"})

    assert acts() == ["authority.created", "authority.changed"]


def test_an_invitation_goes_out(client, operator, mailoutbox, django_capture_on_commit_callbacks):
    team = make_team()
    form = {"email": "Maya@Example.org", "full_name": "", "role": "manager", "teams": [team.pk]}

    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("admin:accounts_invitation_add"), form)

    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.invited_by) == ("maya@example.org", operator)
    assert list(invitation.teams.all()) == [team]
    assert [mail.to for mail in mailoutbox] == [["maya@example.org"]]
    assert acts() == ["person.invited", "invitation.link_made"]


def test_an_invitation_that_is_refused_keeps_what_was_typed(client, operator):
    make_user(email="maya@example.org")
    form = {"email": "maya@example.org", "full_name": "Maya Ito", "role": "member"}

    response = client.post(reverse("admin:accounts_invitation_add"), form)

    form = response.context["adminform"].form
    assert form.has_error("email", "known")
    assert form["full_name"].value() == "Maya Ito"
    assert not Invitation.objects.exists()


def test_an_invitation_is_not_rewritten(client, operator):
    invitation = make_invitation(email="maya@example.org")

    response = client.post(change_url(invitation), {"email": "x@example.org", "_save": "Save"})

    invitation.refresh_from_db()
    assert (response.status_code, invitation.email) == (403, "maya@example.org")


def test_invitations_are_sent_again_and_taken_back_from_the_list(
    client, operator, mailoutbox, django_capture_on_commit_callbacks
):
    used = make_invitation("used", email="a@example.org", used_at=timezone.now())
    opened = make_invitation("open", email="b@example.org")
    url = reverse("admin:accounts_invitation_changelist")
    chosen = {"_selected_action": [used.pk, opened.pk]}

    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post(url, chosen | {"action": "send_again"}, follow=True)
    revoked = client.post(url, chosen | {"action": "revoke"}, follow=True)

    used_up = "a@example.org: This invitation has been used. Sign in with your e-mail and password."
    assert sorted(said(sent)) == [used_up, "b@example.org: sent again"]
    assert sorted(said(revoked)) == [used_up, "b@example.org: taken back"]
    assert [mail.to for mail in mailoutbox] == [["b@example.org"]]
    assert Invitation.objects.get(pk=opened.pk).state(timezone.now()) is InvitationState.REVOKED


def test_an_invitation_is_taken_back_from_its_own_page(client, operator):
    invitation = make_invitation()

    client.post(
        change_url(invitation),
        {"CHANGE_FORM-action": "revoke", "_selected_action": str(invitation.pk)},
    )

    invitation.refresh_from_db()
    assert invitation.state(timezone.now()) is InvitationState.REVOKED
