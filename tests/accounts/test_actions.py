"""Every write to people, teams and authorities: the rows, the ledger's line, each refusal."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError

from accounts import actions
from accounts.models import Authority, Membership, Team, User
from accounts.rules import Role, Standing
from audit.models import Entry
from sentinel.errors import Refused
from tests.accounts.ledger import actors, ledger
from tests.factories.people import (
    PASSWORD,
    make_admin,
    make_authority,
    make_membership,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


def codes(refused):
    return [error.code for error in refused.value.error_list]


def field_codes(refused):
    return {
        name: [error.code for error in errors] for name, errors in refused.value.error_dict.items()
    }


def test_a_new_person_may_sign_in_at_once():
    admin = make_admin()

    person = actions.create_person(
        email=" Maya@Example.org",
        full_name="Maya  Ito",
        title="Security Lead",
        role=Role.MANAGER,
        time_zone="Asia/Tokyo",
        language="en",
        password=PASSWORD,
        by=admin,
    )

    data = {
        "email": "maya@example.org",
        "full_name": "Maya Ito",
        "title": "Security Lead",
        "role": "manager",
        "time_zone": "Asia/Tokyo",
        "language": "en",
        "is_active": True,
    }
    stored = User.objects.get(email="maya@example.org")
    address = EmailAddress.objects.get(user=person)
    assert stored.check_password(PASSWORD)
    assert (address.email, address.verified, address.primary) == ("maya@example.org", True, True)
    assert ledger() == [("person.joined", f"user:{person.pk}", {}, data, "")]
    assert actors() == [admin.pk]


def test_a_person_without_a_password_cannot_use_one():
    person = actions.create_person(
        email="maya@example.org", full_name="Maya Ito", role=Role.MEMBER, by=None
    )

    assert not person.has_usable_password()
    assert (person.title, person.time_zone, person.language) == ("", "UTC", "en")
    assert actors() == [None]


@pytest.mark.parametrize(
    ("wrong", "codes"),
    [
        ({"email": "taken@example.org"}, {"email": ["unique"]}),
        ({"email": "Taken@Example.org"}, {"email": ["unique"]}),
        ({"email": "nowhere"}, {"email": ["invalid"]}),
        ({"full_name": "\u200b\x00"}, {"full_name": ["blank"]}),
        ({"full_name": "x" * 151}, {"full_name": ["max_length"]}),
        ({"time_zone": "Mars/Base"}, {"time_zone": ["zone"]}),
        ({"language": "xx"}, {"language": ["invalid_choice"]}),
        ({"role": "king"}, {"role": ["invalid_choice"]}),
        ({"password": "short"}, {"password": ["password_too_short"]}),
        ({"password": "maya@example.org"}, {"password": ["password_too_similar"]}),
    ],
)
def test_a_person_who_does_not_hold_together_is_refused(wrong, codes):
    make_user(email="taken@example.org")
    fields = {"email": "maya@example.org", "full_name": "Maya Ito", "role": Role.MEMBER}

    with pytest.raises(ValidationError) as refused:
        actions.create_person(by=None, **(fields | wrong))

    assert field_codes(refused) == codes
    assert (User.objects.count(), Entry.objects.count()) == (1, 0)


def test_a_change_tells_what_was_and_what_is():
    admin, person = make_admin(), make_user(full_name="Maya Ito", title="Engineer")

    changed = actions.change_person(
        person, by=admin, full_name="Maya Ito", title=" Lead\x00", role=Role.MANAGER
    )

    old, new = {"title": "Engineer", "role": "member"}, {"title": "Lead", "role": "manager"}
    assert (changed.title, changed.role) == ("Lead", Role.MANAGER)
    assert ledger() == [("person.changed", f"user:{person.pk}", old, new, "")]


def test_a_change_of_nothing_leaves_no_line():
    person = make_user(full_name="Maya Ito")

    actions.change_own_profile(person, full_name="Maya  Ito")

    assert ledger() == []


def test_people_change_their_own_profile():
    person = make_user(time_zone="UTC")

    actions.change_own_profile(person, time_zone="Europe/Oslo")

    person.refresh_from_db()
    assert person.time_zone == "Europe/Oslo"
    assert actors() == [person.pk]


def test_a_change_that_does_not_hold_together_is_refused():
    person = make_user(full_name="Maya Ito")

    with pytest.raises(ValidationError) as refused:
        actions.change_own_profile(person, full_name=" ")

    assert field_codes(refused) == {"full_name": ["blank"]}
    assert User.objects.get(pk=person.pk).full_name == "Maya Ito"


def test_nobody_raises_their_own_role():
    make_admin()
    person = make_user(role=Role.MANAGER)

    with pytest.raises(Refused) as refused:
        actions.change_person(person, by=person, role=Role.ADMIN)

    assert codes(refused) == ["own_role"]
    assert User.objects.get(pk=person.pk).role == Role.MANAGER


def test_the_last_admin_stays_one():
    admin = make_admin()
    make_admin(is_active=False)

    with pytest.raises(Refused) as refused:
        actions.change_person(admin, by=None, role=Role.MEMBER)

    assert codes(refused) == ["last_admin"]


def test_an_admin_makes_another_person_an_admin():
    person = make_user()

    actions.change_person(person, by=make_admin(), role=Role.ADMIN)

    assert User.objects.get(pk=person.pk).is_staff


def test_whoever_leaves_is_signed_out_and_keeps_what_they_did(client):
    admin, team = make_admin(), make_team()
    person = make_user(team)
    client.force_login(person)

    actions.deactivate(person, by=admin, reason="Left the company")

    line = (
        "person.deactivated",
        f"user:{person.pk}",
        {"is_active": True},
        {"is_active": False},
        "Left the company",
    )
    assert ledger() == [line]
    assert not client.session.exists(client.session.session_key)
    assert Membership.objects.filter(user=person, team=team).exists()
    assert not Membership.objects.of_active_people().filter(user=person).exists()


def test_leaving_ends_no_session_of_others(client):
    admin, person = make_admin(), make_user()
    client.force_login(admin)

    actions.deactivate(person, by=admin, reason="Left")

    assert client.session["_auth_user_id"] == str(admin.pk)


def test_whoever_left_cannot_sign_in(client):
    person = make_user()
    actions.deactivate(person, by=make_admin(), reason="Left")

    assert not client.login(email=person.email, password=PASSWORD)


@pytest.mark.parametrize("act", [actions.deactivate, actions.reactivate])
def test_leaving_and_coming_back_need_a_reason(act):
    person = make_user(is_active=act is actions.deactivate)

    with pytest.raises(Refused) as refused:
        act(person, by=make_admin(), reason=" \x00 ")

    assert field_codes(refused) == {"reason": ["required"]}


def test_nobody_deactivates_themselves():
    admin = make_admin()
    make_admin()

    with pytest.raises(Refused) as refused:
        actions.deactivate(admin, by=admin, reason="Tired")

    assert codes(refused) == ["oneself"]


def test_the_last_admin_cannot_leave():
    admin = make_admin()

    with pytest.raises(Refused) as refused:
        actions.deactivate(admin, by=make_user(), reason="Left")

    assert codes(refused) == ["last_admin"]


def test_whoever_left_cannot_leave_again():
    with pytest.raises(Refused) as refused:
        actions.deactivate(make_user(is_active=False), by=make_admin(), reason="Left")

    assert codes(refused) == ["inactive"]


def test_whoever_comes_back_has_what_they_had(client):
    person = make_user(is_active=False, role=Role.MANAGER)

    actions.reactivate(person, by=make_admin(), reason="Returned")

    assert client.login(email=person.email, password=PASSWORD)
    assert [(line[0], line[4]) for line in ledger()] == [("person.reactivated", "Returned")]


def test_whoever_is_here_cannot_come_back():
    with pytest.raises(Refused) as refused:
        actions.reactivate(make_user(), by=make_admin(), reason="Returned")

    assert codes(refused) == ["active"]


def test_a_person_joins_a_team():
    team, person = make_team(), make_user()

    membership = actions.set_membership(team, user=person, standing=Standing.LEAD, by=None)

    assert membership.standing == Standing.LEAD
    assert ledger() == [
        ("membership.set", f"team:{team.pk}", {}, {"lead": f"user:{person.pk}"}, "")
    ]


def test_a_member_becomes_a_lead():
    membership = make_membership()
    team, person = membership.team, membership.user

    actions.set_membership(team, user=person, standing=Standing.LEAD, by=None)

    old, new = {"member": f"user:{person.pk}"}, {"lead": f"user:{person.pk}"}
    assert Membership.objects.get().standing == Standing.LEAD
    assert ledger() == [("membership.set", f"team:{team.pk}", old, new, "")]


def test_the_same_standing_again_leaves_no_line():
    membership = make_membership()

    actions.set_membership(membership.team, user=membership.user, standing=Standing.MEMBER, by=None)

    assert ledger() == []


def test_whoever_left_joins_no_team():
    with pytest.raises(Refused) as refused:
        actions.set_membership(
            make_team(), user=make_user(is_active=False), standing=Standing.MEMBER, by=None
        )

    assert codes(refused) == ["inactive"]


def test_a_person_is_taken_out_of_a_team():
    membership = make_membership()
    team, person = membership.team, membership.user

    actions.end_membership(membership, by=None)

    assert not Membership.objects.exists()
    assert ledger() == [
        ("membership.ended", f"team:{team.pk}", {"member": f"user:{person.pk}"}, {}, "")
    ]


def test_a_person_is_taken_out_of_a_team_once():
    membership = make_membership()
    Membership.objects.all().delete()

    with pytest.raises(Refused) as refused:
        actions.end_membership(membership, by=None)

    assert codes(refused) == ["gone"]


@pytest.mark.parametrize(
    ("model", "save", "kind"),
    [
        (Team, actions.save_team, "team"),
        (Authority, actions.save_authority, "authority"),
    ],
)
def test_a_team_or_authority_is_added_changed_and_left_alone(model, save, kind):
    record = save(model(slug="security", name=" Security\u202e "), by=None)
    record.name = "Security Team"
    save(record, by=None)
    save(record, by=None)

    subject = f"{kind}:{record.pk}"
    created = {"slug": "security", "name": "Security", "is_active": True}
    assert ledger() == [
        (f"{kind}.created", subject, {}, created, ""),
        (f"{kind}.changed", subject, {"name": "Security"}, {"name": "Security Team"}, ""),
    ]


@pytest.mark.parametrize(
    ("model", "save", "make"),
    [
        (Team, actions.save_team, make_team),
        (Authority, actions.save_authority, make_authority),
    ],
)
def test_a_short_name_is_taken_once(model, save, make):
    make("Security", slug="security")

    with pytest.raises(ValidationError) as refused:
        save(model(slug="security", name="Another"), by=None)

    assert field_codes(refused) == {"slug": ["unique"]}
