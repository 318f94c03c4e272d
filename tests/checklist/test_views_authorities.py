"""The pages of authorities: the organisation's, a launch's, and the forms on them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checklist.models import Appointment
from tests.checklist.pages import HOSTILE, launch_url, said
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.launches import (
    make_appointment,
    make_launch,
    make_participant,
    manager_of,
)
from tests.factories.people import make_admin, make_authority, make_manager, make_user
from tests.factories.signatures import ask

pytestmark = pytest.mark.django_db

PAGE = "/authorities/"
DAY = timedelta(days=1)
UNTIL = datetime(2030, 11, 30, tzinfo=UTC)


@pytest.fixture
def admin(client):
    person = make_admin(full_name="A. Berg", time_zone="Asia/Tokyo")
    client.force_login(person)
    return person


@pytest.fixture
def held():
    holder, maker = make_user(full_name="R. Chen"), make_user()
    return make_appointment(make_authority("CISO"), holder, made_by=maker)


def rows(client, query=""):
    response = client.get(f"{PAGE}{query}")
    return {row.name: row for row in response.context["page"].rows}


def errors(response):
    form = (response.context.get("form")) or response.context["page"].opened.form
    return {name: [e.code for e in found.as_data()] for name, found in form.errors.items()}


def deputise(client, held, **fields):
    data = {"person": "M. Ito", "until": "2030-11-29", "reason": "Parental leave"} | fields
    return client.post(reverse("checklist:authority-deputy", args=[held.pk]), data)


# The organisation's


def test_everybody_reads_who_holds_what_until_when(client, held):
    held.ends_at = UNTIL
    held.save()
    make_authority("COO")
    make_admin(full_name="A. Berg")
    client.force_login(make_user())

    found = rows(client)

    [holder] = found["CISO"].holders
    assert (holder.name, holder.term, holder.may_end) == ("R. Chen", "until Fri 29 Nov 2030", False)
    assert found["CISO"].vacant == ""
    assert found["COO"].vacant == "Nobody holds it: ask an admin (A. Berg) to appoint somebody."


def test_without_an_admin_a_vacancy_still_says_whom_to_ask(client):
    make_authority("COO")
    client.force_login(make_user())

    assert rows(client)["COO"].vacant == "Nobody holds it: ask an admin to appoint somebody."


def test_it_says_who_stands_in_until_when_and_why(client, held):
    maker = make_admin(full_name="A. Berg")
    make_deputy(held, make_user(full_name="M. Ito"), ends_at=UNTIL, reason="Leave", made_by=maker)
    client.force_login(make_user())

    [holder] = rows(client)["CISO"].holders
    [deputy] = holder.deputies

    assert (deputy.name, deputy.term, deputy.why, deputy.remark) == (
        "M. Ito",
        "until Fri 29 Nov 2030",
        "“Leave”, arranged by A. Berg",
        "",
    )


def test_what_does_not_count_says_why(client, held):
    authority = held.authority
    make_deputy(held, make_user(full_name="M. Ito"))
    held.ends_at = timezone.now()
    held.save()
    make_appointment(authority, make_user(full_name="L. Left", is_active=False))
    client.force_login(make_user())

    found = rows(client)["CISO"]

    assert {(row.name, row.remark) for row in found.holders} == {
        ("L. Left", "does not count: has left, or may only read"),
        ("M. Ito, standing in for R. Chen", "does not count: R. Chen holds it no longer"),
    }
    assert found.vacant != ""


def test_what_begins_later_is_told_and_leaves_it_vacant(client):
    day = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0) + 5 * DAY
    row = make_appointment(make_authority("COO"), starts_at=day + timedelta(hours=8))
    later = make_appointment(row.authority, starts_at=day + timedelta(hours=9), ends_at=UNTIL)
    client.force_login(make_user())

    found = rows(client)["COO"]

    told = [holder.term for holder in found.holders]
    assert told[0].startswith("from ")
    assert told[1].endswith("until Fri 29 Nov 2030")
    assert (found.vacant != "", later.ends_at) == (True, UNTIL)


def test_an_end_at_another_time_is_told_with_it(client, held):
    held.ends_at = UNTIL + timedelta(hours=9, minutes=30)
    held.save()
    client.force_login(make_user())

    assert rows(client)["CISO"].holders[0].term == "until Sat 30 Nov 2030 09:30"


def test_an_authority_that_is_out_of_use_is_shown_while_it_is_held(client, held):
    make_authority("Quartermaster", is_active=False)
    held.authority.is_active = False
    held.authority.save()
    client.force_login(make_user())

    assert list(rows(client)) == ["CISO"]


def test_what_is_for_one_launch_alone_is_told_there_and_not_here(client):
    slot = make_launch(classification="restricted").slots.get()
    make_for_launch(slot)
    client.force_login(make_user())

    [row] = rows(client).values()

    assert (row.holders, row.vacant != "") == ((), True)


def test_without_authorities_the_page_says_what_they_are(client):
    client.force_login(make_user())

    assert "No authorities yet" in client.get(PAGE).text


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_database_as_often_for_many_as_for_one(
    client, admin, django_assert_num_queries, count
):
    for _ in range(count):
        row = make_appointment()
        for _ in range(count):
            make_deputy(row)
        make_authority()

    with django_assert_num_queries(5):
        client.get(PAGE)


# An admin's forms


def test_only_an_admin_finds_forms(client, held):
    client.force_login(make_manager())

    for query in (f"?appoint={held.authority.slug}", f"?deputy={held.pk}"):
        text = client.get(f"{PAGE}{query}").text
        assert ("Appoint somebody" in text, "<form" in text.split("<main")[1]) == (False, False)


def test_an_admin_opens_one_form_at_a_time(client, admin, held):
    assert client.get(f"{PAGE}?deputy={held.pk}").text.count('name="reason"') == 1
    assert client.get(f"{PAGE}?appoint={held.authority.slug}").text.count('name="person"') == 1
    assert 'name="person"' not in client.get(PAGE).text


def test_an_admin_appoints_by_name_or_address(client, admin):
    authority = make_authority("COO")
    bell, ray = make_user(full_name="A. Bell"), make_user(time_zone="America/New_York")
    url = reverse("checklist:authority-appoint", args=[authority.slug])

    client.post(url, {"person": " a. bell "})
    response = client.post(url, {"person": ray.email.upper(), "until": "2030-11-29"})

    assert response.url == PAGE
    assert said(response)[-1] == f"{ray}, COO: appointed."
    made = Appointment.objects.order_by("made_at")
    ends = datetime(2030, 11, 30, 5, tzinfo=UTC)  # midnight in New York, the holder's zone
    assert [(row.holder, row.ends_at) for row in made] == [(bell, None), (ray, ends)]


def test_an_admin_names_a_deputy_in_three_fields(client, admin, held):
    ito = make_user(full_name="M. Ito")

    response = deputise(client, held)

    made = Appointment.objects.get(stands_in_for=held.holder)
    assert (made.holder, made.authority, made.reason, made.made_by) == (
        ito,
        held.authority,
        "Parental leave",
        admin,
    )
    assert said(response) == ["M. Ito, CISO, standing in for R. Chen: appointed."]


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"person": ""}, {"person": ["required"]}),
        ({"person": "Nobody"}, {"person": ["unknown"]}),
        ({"person": "nobody@example.org"}, {"person": ["unknown"]}),
        ({"person": "Twin"}, {"person": ["several"]}),
        ({"person": "L. Left"}, {"person": ["unknown"]}),
        ({"until": ""}, {"until": ["required"]}),
        ({"until": "1999-01-01"}, {"until": ["year"]}),
        ({"until": "2001-01-01"}, {"__all__": ["ends_before_start"]}),
        ({"reason": " "}, {"reason": ["required"]}),
        ({"person": "A. Berg"}, {"__all__": ["own_appointment"]}),
        ({"person": "R. Chen"}, {"__all__": ["own_deputy"]}),
    ],
)
def test_what_is_wrong_is_said_in_the_row(client, admin, held, fields, wanted):
    make_user(full_name="M. Ito")
    make_user(full_name="L. Left", is_active=False)
    for _ in range(2):
        make_user(full_name="Twin")

    response = deputise(client, held, **fields)

    assert errors(response) == wanted
    assert Appointment.objects.count() == 1


def test_nobody_stands_in_for_a_deputy_or_for_what_is_gone(client, admin, held):
    make_user(full_name="M. Ito")
    deputy, here = make_deputy(held), make_for_launch(make_launch().slots.get())

    for row in (deputy, here):
        assert deputise(client, row).status_code == 404


def test_an_admin_ends_an_appointment_once(client, admin, held):
    url = reverse("checklist:appointment-end", args=[held.pk])

    first, second = client.post(url), client.post(url)

    assert said(first) == ["R. Chen, CISO: ended."]
    assert said(second)[-1] == "This appointment has ended already."


def test_what_is_for_one_launch_is_not_ended_here(client, admin):
    made = make_for_launch(make_launch(classification="restricted").slots.get())

    url = reverse("checklist:appointment-end", args=[made.pk])

    assert client.post(url).status_code == 404


def test_the_forms_open_for_nothing_that_is_not_there(client, admin, held):
    for text in HOSTILE.values():
        assert client.get(PAGE, {"deputy": text[:2000], "appoint": text[:2000]}).status_code == 200


# A launch's


def fill(client, slot, **fields):
    url = reverse(
        "checklist:launch-appoint", args=[slot.launch.slug, slot.authorities.first().slug]
    )
    return client.post(url, {"person": "K. Osei", "reason": "Nobody holds it."} | fields)


def of_launch(client, launch):
    page = client.get(launch_url(launch, "launch-authorities")).context["page"]
    return {row.name: row for row in page.rows}


def test_a_launch_tells_who_signs_on_it(client):
    launch = make_launch({}, {"authorities": [make_authority("COO")]})
    first, _second = launch.slots.order_by("position")
    make_deputy(make_principal(first, full_name="R. Chen"), make_user(full_name="M. Ito"))
    client.force_login(make_user())

    found = of_launch(client, launch)

    [holder] = found[first.authorities.get().name].holders
    assert (holder.name, [row.name for row in holder.deputies]) == ("R. Chen", ["M. Ito"])
    assert (holder.may_end, found["COO"].may_appoint) == (False, False)
    assert found["COO"].vacant.startswith("Nobody holds it: ask an admin")


def test_a_launch_without_slots_says_so(client):
    launch = make_launch({"authorities": ()})
    client.force_login(make_user())

    text = client.get(launch_url(launch, "launch-authorities")).text

    assert "Nothing in this launch asks for a signature." in text


def test_a_manager_fills_what_nobody_holds_and_ends_it(client):
    launch = make_launch(by=make_manager(full_name="M. Alvarez"), time_zone="Asia/Tokyo")
    slot, osei = launch.slots.get(), make_user(full_name="K. Osei")
    client.force_login(manager_of(launch))
    authority = slot.authorities.get()
    assert of_launch(client, launch)[authority.name].may_appoint

    response = fill(client, slot, until="2030-11-29")

    made = Appointment.objects.get()
    assert (made.holder, made.launch, made.ends_at) == (
        osei,
        launch,
        datetime(2030, 11, 29, 15, tzinfo=UTC),  # midnight in the launch's zone
    )
    assert said(response) == [f"K. Osei, {authority}, for one launch only: appointed."]
    row = of_launch(client, launch)[authority.name]
    assert (row.may_appoint, row.holders[0].may_end) == (False, True)
    assert row.holders[0].term == "for this launch only, until Fri 29 Nov 2030 15:00"
    assert row.holders[0].why == "“Nobody holds it.”, arranged by M. Alvarez"

    ended = client.post(launch_url(launch, "launch-appointment-end", made.pk))

    assert said(ended)[-1] == f"K. Osei, {authority}, for one launch only: ended."
    assert of_launch(client, launch)[authority.name].holders == ()


def test_the_form_is_there_only_while_it_is_vacant(client):
    slot = make_launch().slots.get()
    url = reverse("checklist:launch-appoint", args=[slot.launch.slug, slot.authorities.get().slug])
    client.force_login(manager_of(slot.launch))
    before = client.get(url).text
    make_principal(slot, full_name="R. Chen")

    after = client.get(url)

    assert ('name="reason"' in before, 'name="reason"' in after.text) == (True, False)
    assert after.context["refusals"] == [
        f"{slot.authorities.get()} is not vacant. Who may sign: R. Chen. An admin appoints somebody else."
    ]
    make_user(full_name="K. Osei")
    assert errors(fill(client, slot)) == {"__all__": ["not_vacant"]}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"reason": ""}, {"reason": ["required"]}),
        ({"person": "M. Alvarez"}, {"__all__": ["own_appointment"]}),
        ({"until": "2001-01-01"}, {"__all__": ["ends_before_start"]}),
    ],
)
def test_what_is_wrong_is_said_in_the_form(client, fields, wanted):
    slot = make_launch(by=make_manager(full_name="M. Alvarez")).slots.get()
    make_user(full_name="K. Osei")
    client.force_login(manager_of(slot.launch))

    assert errors(fill(client, slot, **fields)) == wanted
    assert not Appointment.objects.exists()


def test_an_authority_that_the_launch_does_not_ask_for_is_not_found(client):
    launch = make_launch()
    client.force_login(manager_of(launch))

    for slug in (make_authority().slug, "no-such"):
        url = reverse("checklist:launch-appoint", args=[launch.slug, slug])
        assert client.get(url).status_code == 404


def test_an_appointment_of_another_launch_is_not_found(client):
    launch, other = make_launch(), make_launch()
    made, held = make_for_launch(other.slots.get()), make_principal(launch.slots.get())
    client.force_login(manager_of(launch))

    for row in (made, held):
        url = launch_url(launch, "launch-appointment-end", row.pk)
        assert client.post(url).status_code == 404


def test_an_admin_ends_it_where_they_may_see_the_launch(client, admin):
    launch = make_launch()
    made = make_for_launch(launch.slots.get())

    client.post(launch_url(launch, "launch-appointment-end", made.pk))

    assert not Appointment.objects.current(timezone.now(), launch).exists()


def test_a_reader_ends_nothing(client):
    launch = make_launch()
    made = make_for_launch(launch.slots.get())
    client.force_login(make_participant(launch).user)

    url = launch_url(launch, "launch-appointment-end", made.pk)

    assert client.post(url).status_code == 403


@pytest.mark.parametrize("count", [1, 3])
def test_a_launch_s_asks_the_database_as_often_for_many_as_for_one(
    client, django_assert_num_queries, count
):
    launch = make_launch(*[{}] * count)
    for slot in launch.slots.all():
        for _ in range(count):
            make_deputy(make_principal(slot))
    client.force_login(manager_of(launch))

    with django_assert_num_queries(9):
        client.get(launch_url(launch, "launch-authorities"))


# Slots that wait for nobody


@pytest.mark.parametrize(
    ("who", "links"), [(manager_of, True), (lambda _launch: make_user(), False)]
)
def test_a_vacant_slot_names_the_admins_and_gives_managers_a_way(client, who, links):
    make_admin(full_name="A. Berg")
    authorities = [make_authority("CISO"), make_authority("Security Lead")]
    launch = make_launch({"authorities": authorities})
    ask(launch.sections.get())
    client.force_login(who(launch))
    urls = [
        reverse("checklist:launch-appoint", args=[launch.slug, row.slug]) for row in authorities
    ]

    [row] = client.get(launch_url(launch)).context["page"].phases[0].rows
    texts = [client.get(url).text for url in (launch_url(launch), row.url)]

    [slot] = row.slots
    told = "Nobody holds CISO or Security Lead: ask an admin (A. Berg) to appoint somebody."
    assert slot.nobody == told
    for text in texts:
        assert told in text
        assert [url in text for url in urls] == [links] * 2


def test_the_days_of_a_form_are_the_reader_s_own(client, held):
    """The end of a day in New York is a moment in the night for a reader in Berlin."""
    held.ends_at = datetime(2030, 11, 30, 5, tzinfo=UTC)
    held.save()
    client.force_login(make_user(time_zone="Europe/Berlin"))

    assert rows(client)["CISO"].holders[0].term == "until Sat 30 Nov 2030 06:00"


def test_no_link_leads_where_somebody_else_may_sign(client):
    coo, operations = make_authority("COO"), make_authority("Operations Lead")
    launch = make_launch({"authorities": [coo, operations]})
    make_appointment(operations, make_user(full_name="G. Mwangi"))
    client.force_login(manager_of(launch))

    row = of_launch(client, launch)["COO"]
    page = client.get(reverse("checklist:launch-appoint", args=[launch.slug, coo.slug]))

    assert (row.may_appoint, row.vacant != "") == (False, True)
    assert page.context["refusals"] == [
        "Wherever COO is asked for, somebody else may sign: G. Mwangi. An admin appoints to it."
    ]
