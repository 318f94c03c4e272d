"""The pages about people: profile, directory, activity, navigation."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts import actions
from accounts.context import navigation
from accounts.models import User
from accounts.rules import Role, Standing
from accounts.views import PEOPLE_A_PAGE
from tests.factories.people import make_admin, make_auditor, make_team, make_user

pytestmark = pytest.mark.django_db

PROFILE = {
    "full_name": "Maya Ito",
    "title": "Security Lead",
    "time_zone": "Asia/Tokyo",
    "language": "en",
}


def names(response):
    return [person.full_name for person in response.context["people"]]


def people(client, **query):
    return client.get(reverse("accounts:people"), query)


def test_people_see_who_they_are_here(client):
    person = make_user(lead_of=[make_team("Security Team")], role=Role.AUDITOR)
    client.force_login(person)

    response = client.get(reverse("accounts:profile"))

    assert [(m.team.name, m.standing) for m in response.context["memberships"]] == [
        ("Security Team", Standing.LEAD)
    ]
    assert [text in response.text for text in (person.email, "auditor", "Security Team")] == [
        True,
        True,
        True,
    ]


def test_people_say_who_they_are(client):
    person = make_user()
    client.force_login(person)

    response = client.post(reverse("accounts:profile"), PROFILE)

    stored = User.objects.values(*PROFILE).get(pk=person.pk)
    assert response.headers["Location"] == reverse("accounts:profile")
    assert stored == PROFILE


def test_nobody_gives_themselves_a_role(client):
    person = make_user()
    client.force_login(person)

    client.post(reverse("accounts:profile"), PROFILE | {"role": "admin", "is_active": "on"})

    person.refresh_from_db()
    assert person.role == Role.MEMBER


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("full_name", "", "required"),
        ("full_name", "\u200b\u202e\x00", "required"),
        ("full_name", "x" * 1_000_000, "max_length"),
        ("title", "x" * 151, "max_length"),
        ("time_zone", "Mars/Base", "invalid_choice"),
        ("time_zone", "\x00", "invalid_choice"),
        ("language", "xx", "invalid_choice"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(client, field, typed, code):
    client.force_login(make_user())

    response = client.post(reverse("accounts:profile"), PROFILE | {field: typed})

    assert response.context["form"].has_error(field, code)


def test_what_was_typed_stays(client):
    client.force_login(make_user())

    response = client.post(
        reverse("accounts:profile"), PROFILE | {"full_name": "", "title": "Chief of Staff"}
    )

    assert 'value="Chief of Staff"' in response.text


def test_the_directory_names_everybody_in_order(client):
    client.force_login(make_user(full_name="Chen"))
    make_user(full_name="Ito", is_active=False)
    make_user(full_name="Brandt")

    assert names(people(client)) == ["Brandt", "Chen", "Ito"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "chen"}, ["Rui Chen"]),
        ({"q": "lead"}, ["Maya Ito"]),
        ({"q": "infra"}, ["Anna Brandt"]),
        ({"q": "nobody"}, []),
        ({"q": "ch\x00en"}, ["Rui Chen"]),
        ({"q": "x" * 300}, ["Anna Brandt", "Maya Ito", "Rui Chen"]),
        ({"state": "active"}, ["Anna Brandt", "Rui Chen"]),
        ({"state": "left"}, ["Maya Ito"]),
        ({"state": "elsewhere"}, ["Anna Brandt", "Maya Ito", "Rui Chen"]),
        ({"after": "nonsense"}, ["Anna Brandt", "Maya Ito", "Rui Chen"]),
        ({"after": str(uuid4())}, []),
    ],
)
def test_the_directory_finds(client, query, found):
    client.force_login(make_user(full_name="Rui Chen"))
    make_user(make_team("Infrastructure"), full_name="Anna Brandt")
    make_user(full_name="Maya Ito", title="Security Lead", is_active=False)

    assert names(people(client, **query)) == found


def test_somebody_in_two_matching_teams_is_found_once(client):
    client.force_login(
        make_user(make_team("Team North"), make_team("Team South"), full_name="Chen")
    )

    assert names(people(client, q="team")) == ["Chen"]


def test_the_directory_goes_on_where_a_page_ends(client):
    client.force_login(make_user(full_name="Zoe"))
    for _ in range(PEOPLE_A_PAGE):
        make_user(full_name="Ito")

    first = people(client)
    second = people(client, after=str(first.context["next_key"]))

    assert names(first) == ["Ito"] * PEOPLE_A_PAGE
    assert (names(second), second.context["next_key"]) == (["Zoe"], None)


@pytest.mark.parametrize("count", [1, 3])
def test_the_directory_asks_as_often_for_many_as_for_one(client, django_assert_num_queries, count):
    team = make_team()
    client.force_login(make_user(team))
    for _ in range(count - 1):
        make_user(team, lead_of=[make_team()])

    with django_assert_num_queries(5):
        response = people(client)

    assert len(names(response)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_the_profile_asks_as_often_for_many_teams_as_for_one(
    client, django_assert_num_queries, count
):
    client.force_login(make_user(*[make_team() for _ in range(count)]))

    with django_assert_num_queries(3):
        client.get(reverse("accounts:profile"))


def test_the_directory_is_totally_ordered():
    assert User.objects.with_teams().totally_ordered


@pytest.mark.parametrize(
    ("make", "status"), [(make_user, 403), (make_auditor, 200), (make_admin, 200)]
)
def test_activity_is_for_those_who_may_read_the_ledger(client, make, status):
    client.force_login(make())

    assert client.get(reverse("accounts:activity")).status_code == status


def test_activity_is_told_in_sentences(client):
    admin = make_admin(full_name="Ada Admin")
    person, team = make_user(full_name="Maya Ito"), make_team("Security Team")
    actions.change_person(person, by=admin, role=Role.MANAGER)
    actions.set_membership(team, user=person, standing=Standing.LEAD, by=admin)
    actions.deactivate(person, by=admin, reason="Left the company")
    client.force_login(admin)

    page = client.get(reverse("accounts:activity")).context["page"]

    assert [sentence.text for sentence in page.sentences] == [
        "Maya Ito: deactivated “Left the company”, Ada Admin",
        "Security Team: added; lead Maya Ito, Ada Admin",
        "Maya Ito: role member → launch manager, Ada Admin",
    ]


def test_activity_finds_people_by_name(client):
    admin, other = make_admin(full_name="Ada Admin"), make_admin(full_name="Ben Boss")
    for by in (admin, other):
        actions.change_person(make_user(), by=by, role=Role.MANAGER)
    client.force_login(admin)

    page = client.get(reverse("accounts:activity"), {"who": "boss"}).context["page"]

    assert [sentence.actor for sentence in page.sentences] == ["Ben Boss"]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (Role.MEMBER, ["My work", "Launches", "People"]),
        (Role.MANAGER, ["My work", "Launches", "People"]),
        (Role.AUDITOR, ["My work", "Launches", "People", "Activity"]),
        (Role.ADMIN, ["My work", "Launches", "People", "Activity", "Admin"]),
    ],
)
def test_navigation_leads_where_the_role_may_go(rf, django_assert_num_queries, role, labels):
    request = rf.get(reverse("accounts:people"))
    request.user = make_user(role=role)

    with django_assert_num_queries(0):
        nav = navigation(request)["nav"]

    assert [item.label for item in nav] == labels
    assert [item.label for item in nav if item.current] == ["People"]


def test_navigation_is_empty_for_visitors(rf):
    assert navigation(rf.get("/")) == {"nav": []}


def test_the_start_page_is_current_only_itself(rf):
    request = rf.get("/")
    request.user = make_user()

    nav = navigation(request)["nav"]

    assert [item.label for item in nav if item.current] == ["My work"]


def test_times_and_words_are_the_persons_own(client):
    client.force_login(make_user(time_zone="Asia/Tokyo"))

    assert "Times are shown in Asia/Tokyo." in client.get(reverse("accounts:people")).text
