"""What the database itself holds of people, and what rows say of themselves."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.models import Authority, Invitation, Membership, Team, User, time_zones
from tests.factories.people import (
    make_authority,
    make_invitation,
    make_membership,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("make", [make_user, make_invitation])
def test_an_address_in_capitals_is_refused_by_sentence_and_database(make):
    row = make(email="maya@example.org")
    row.email = "Maya@example.org"

    with pytest.raises(ValidationError) as refused:
        row.full_clean(exclude=["password", "token_sha256"])
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()

    assert [error.code for error in refused.value.error_dict["__all__"]] == ["lower_case"]


def test_nobody_is_in_a_team_twice():
    first = make_membership()
    again = Membership(team=first.team, user=first.user)

    with pytest.raises(ValidationError) as refused:
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()

    assert [error.code for error in refused.value.error_dict["__all__"]] == ["twice"]


def test_whoever_did_something_cannot_be_deleted():
    membership = make_membership()
    inviter = make_invitation(invited_by=make_user()).invited_by

    for person in (membership.user, inviter):
        with pytest.raises(ProtectedError):
            person.delete()


def test_people_are_found_by_address_in_any_case():
    person = make_user(email="maya@example.org")

    assert User.objects.get_by_natural_key(" Maya@Example.org ") == person


@pytest.mark.parametrize(("model", "make"), [(Team, make_team), (Authority, make_authority)])
def test_fixtures_name_teams_and_authorities_by_their_short_name(model, make):
    row = make("Security", slug="security")

    assert row.natural_key() == ("security",)
    assert model.objects.get_by_natural_key("security") == row


def test_rows_are_called_what_people_call_them():
    person, team = make_user(full_name="Maya Ito"), make_team("Security Team")

    rows = [person, team, make_membership(team, person), make_authority("CISO")]

    assert [str(row) for row in rows] == [
        "Maya Ito",
        "Security Team",
        "Maya Ito, Security Team",
        "CISO",
    ]
    assert str(Invitation(email="maya@example.org")) == "maya@example.org"
    assert str(User(email="maya@example.org")) == "maya@example.org"


def test_active_people_are_those_who_have_not_left():
    here, _left = make_user(), make_user(is_active=False)

    assert list(User.objects.active()) == [here]


def test_zones_are_places_and_utc():
    zones = time_zones()

    assert zones[0] == "UTC"
    assert {"Europe/Oslo", "Asia/Tokyo"} <= set(zones)
    assert [zone for zone in zones[1:] if "/" not in zone or zone.startswith("Etc/")] == []
