"""The register's pages: matrix, rows, filters, one risk, and its traces elsewhere."""

import pytest
from django.urls import reverse

from checklist.actions.risks import close_risk, edit_risk
from checklist.models import Risk
from tests.factories.launches import make_launch, make_lead, make_member, make_risk, manager_of
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    return make_launch({"items": ["Backups", "Keys"]})


@pytest.fixture
def lead(launch, client):
    lead = make_lead(launch.sections.get(), full_name="Miyu Ito")
    client.force_login(lead)
    return lead


def url(launch, name="risks", *arguments):
    return reverse(f"checklist:{name}", args=[launch.slug, *arguments])


def names(response):
    return [row.name for row in response.context["page"].rows]


def test_an_empty_register_says_what_it_is_for(client, launch, lead):
    response = client.get(url(launch))

    assert "No risk is recorded" in response.text
    assert response.context["page"].can_add


def test_a_risk_is_recorded_over_two_items(client, launch, lead):
    items = list(launch.items.all())
    form = {"title": "Data loss", "likelihood": 4, "impact": "5", "items": [i.pk for i in items]}

    response = client.post(url(launch, "risk-add"), form, follow=True)

    risk = Risk.objects.get()
    assert response.redirect_chain == [(risk.get_absolute_url(), 302)]
    assert (risk.title, risk.likelihood, risk.impact) == ("Data loss", 4, 5)
    assert set(risk.items.all()) == set(items)
    assert "20 of 25" in response.text
    assert "needs mitigation, owner" in response.text


def test_an_address_names_the_item_it_concerns(client, launch, lead):
    item = launch.items.first()

    form = client.get(url(launch, "risk-add"), {"item": item.pk}).context["form"]

    assert form["items"].value() == [item.pk]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": ""}, ["title"]),
        ({"likelihood": "6"}, ["likelihood"]),
        ({"impact": "zero"}, ["impact"]),
        ({"owner": "nobody"}, ["owner"]),
        ({"items": ["nothing"]}, ["items"]),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_recorded(client, launch, lead, fields, wrong):
    response = client.post(url(launch, "risk-add"), {"title": "Loss"} | fields)

    assert list(response.context["form"].errors) == wrong
    assert not Risk.objects.exists()


def test_an_item_or_a_person_of_elsewhere_is_no_choice(client, launch, lead):
    elsewhere = make_launch().items.first()

    response = client.post(
        url(launch, "risk-add"), {"title": "L", "items": [elsewhere.pk], "owner": make_user().pk}
    )

    assert set(response.context["form"].errors) == {"items", "owner"}


@pytest.fixture
def register(launch, lead):
    """One assessed risk, one of the lead's that is not, one closed."""
    whole = {"likelihood": 3, "impact": 4, "mitigation": "Twice.", "owner": make_user()}
    make_risk(launch, items=[launch.items.first()], **whole)
    make_risk(launch, owner=lead)
    close_risk(make_risk(launch), by=manager_of(launch), reason="Gone.")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({}, ["R1", "R2"]),
        ({"show": "closed"}, ["R3"]),
        ({"show": "mine"}, ["R2"]),
        ({"show": "incomplete"}, ["R2"]),
        ({"cell": "3x4"}, ["R1"]),
        ({"cell": "1x1"}, []),
        ({"show": "nonsense", "cell": "9x9", "item": "x"}, ["R1", "R2"]),
    ],
)
def test_the_register_is_narrowed(client, launch, register, asked, shown):
    assert names(client.get(url(launch), asked)) == shown


def test_the_register_of_one_item(client, launch, register):
    assert names(client.get(url(launch), {"item": launch.items.first().pk})) == ["R1"]


def test_the_matrix_counts_what_is_rated_and_open(client, launch, register):
    page = client.get(url(launch)).context["page"]

    full = [
        (line.degree.number, at)
        for line in page.matrix
        for at, c in enumerate(line.cells)
        if c.count
    ]
    assert full == [(3, 3)]
    assert page.unrated == 1
    assert page.summary == "2 open risks, the worst high, 1 not assessed yet"


def test_a_risk_is_changed(client, launch, lead, register):
    risk = Risk.objects.get(number=1)
    form = {"title": "Worse", "likelihood": 5, "impact": 5, "seen": 0}

    response = client.post(risk.get_absolute_url(), form, follow=True)

    assert "The risk is saved." in response.text
    assert Risk.objects.get(number=1).title == "Worse"
    assert not Risk.objects.get(number=1).items.exists()


def test_whoever_is_second_sees_what_is_there_and_may_save_once_more(client, launch, register):
    risk = Risk.objects.get(number=1)
    form = {"title": "Mine", "likelihood": 5, "seen": 0}
    edit_risk(risk, by=manager_of(launch), fields={"title": "Theirs"})

    refused = client.post(risk.get_absolute_url(), form)
    again = client.post(
        risk.get_absolute_url(), form | {"seen": refused.context["form"]["seen"].value()}
    )

    assert refused.status_code == 422
    assert "Now there: “Theirs”." in refused.text
    assert 'value="Mine"' in refused.text
    assert again.status_code == 302
    assert Risk.objects.get(number=1).title == "Mine"


def test_a_risk_is_closed_and_opened_again(client, launch, register):
    risk = Risk.objects.get(number=1)
    address = url(launch, "risk-close", 1)

    nameless = client.post(address, {"reason": ""})
    closed = client.post(address, {"reason": "The vendor is gone."}, follow=True)
    opened = client.post(url(launch, "risk-reopen", 1), follow=True)
    twice = client.post(url(launch, "risk-reopen", 1), follow=True)

    assert nameless.status_code == 422
    assert "Say why." in nameless.text
    assert "closed by Miyu Ito" in closed.text
    assert "The risk is open again." in opened.text
    assert "This risk is open already." in twice.text
    assert Risk.objects.get(pk=risk.pk).is_open


def test_whoever_only_sees_it_has_no_forms(client, launch, register):
    client.force_login(make_user())

    page = client.get(url(launch, "risk", 1)).context["page"]

    assert not page.can_edit
    assert client.post(url(launch, "risk", 1), {"title": "x"}).status_code == 403
    assert client.post(url(launch, "risk-close", 1), {"reason": ""}).status_code == 403
    assert client.post(url(launch, "risk-reopen", 3)).status_code == 403


def test_a_risk_shows_at_its_item_on_the_launch_and_in_my_work(client, launch, lead, register):
    item = launch.items.first()

    drawer = client.get(item.get_absolute_url()).text
    front = client.get(launch.get_absolute_url()).text
    work = client.get(reverse("checklist:my-work")).text

    assert "R1 Risk" in drawer
    assert f"?item={item.pk}" in drawer
    assert "2 open risks, the worst high, 1 not assessed yet" in front
    assert "needs likelihood, impact, mitigation" in work


def test_a_number_of_another_launch_is_not_found(client, launch, register):
    assert client.get(url(make_launch(), "risk", 1)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_as_many_queries_for_many_risks_as_for_one(client, django_assert_num_queries, count):
    launch = make_launch({"items": ["A", "B", "C"]})
    for _ in range(count):
        make_risk(launch, items=launch.items.all()[:count], owner=manager_of(launch))
    client.force_login(make_member(launch.sections.get()))

    with django_assert_num_queries(9):
        client.get(url(launch))
    with django_assert_num_queries(15):
        client.get(url(launch, "risk", 1))
