"""The portfolio; starting a launch, changing it, letting people in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Role
from checklist.forms.launches import EditLaunchForm
from checklist.models import Launch
from checklist.pages import portfolio
from checklist.rules import ItemStatus, Tone
from tests.checklist.pages import hostile, launch_url, said
from tests.factories.launches import (
    make_evidence,
    make_holder,
    make_launch,
    make_lead,
    make_participant,
    make_template,
    manager_of,
)
from tests.factories.people import make_manager, make_team, make_user

pytestmark = pytest.mark.django_db
LAUNCHES = reverse("checklist:launches")
START = reverse("checklist:launch-start")


def rows(client, **query):
    return [row.launch.name for row in client.get(LAUNCHES, query).context["page"].rows]


# The portfolio


def test_a_row_says_how_a_launch_stands(client):
    launch = make_launch(name="Aureus", owner_team=make_team("Engineering Team"))
    client.force_login(make_user())

    page = client.get(LAUNCHES)

    (row,) = page.context["page"].rows
    assert (row.label, row.signed, row.target) == ("Not ready", "0 of 1", "no target date yet")
    assert "1.1 Audit completed" in page.text
    assert "Engineering Team" in page.text
    assert launch_url(launch) in page.text


def test_a_draft_says_so(client):
    make_launch(in_review=False)
    client.force_login(make_user())

    assert "Not ready, draft" in client.get(LAUNCHES).text


def test_filters_narrow(client):
    team = make_team()
    make_launch(name="Aureus", owner_team=team)
    second = make_launch(name="Bridge")
    Launch.objects.filter(pk=second.pk).update(tone=Tone.READY)
    client.force_login(manager_of(second))

    assert set(rows(client)) == {"Aureus", "Bridge"}
    assert rows(client, q="AUR") == ["Aureus"]
    assert rows(client, tone="ready") == ["Bridge"]
    assert rows(client, team=team.pk) == ["Aureus"]
    assert rows(client, who="managed") == ["Bridge"]
    assert rows(client, q="nothing like it") == []


@pytest.mark.parametrize("relation", ["owner", "section", "slot", "manager"])
def test_mine_are_those_that_concern_me(client, relation):
    launch = make_launch(name="Mine")
    make_launch(name="Another's")
    person = {
        "owner": lambda: make_user(launch.owner_team),
        "section": lambda: make_lead(launch.sections.get()),
        "slot": lambda: make_holder(launch.slots.get()),
        "manager": lambda: manager_of(launch),
    }[relation]()
    client.force_login(person)

    assert rows(client, who="mine") == ["Mine"]


def test_restricted_launches_are_seen_by_their_own_only(client):
    launch = make_launch(name="Secret", classification="restricted")
    client.force_login(make_user())
    assert rows(client) == []

    client.force_login(make_user(role=Role.AUDITOR))
    assert rows(client) == ["Secret"]

    client.force_login(make_participant(launch).user)
    assert rows(client) == ["Secret"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["Bridge", "Aureus", "Cedar", "Dune"]),
        ("name", ["Aureus", "Bridge", "Cedar", "Dune"]),
        ("newest", ["Dune", "Cedar", "Bridge", "Aureus"]),
        ("gone", ["Bridge", "Aureus", "Cedar", "Dune"]),
    ],
)
def test_every_order_pages_by_key_without_gap_or_double(client, monkeypatch, sort, names):
    monkeypatch.setattr(portfolio, "PAGE", 1)
    manager, template, team = make_manager(), make_template(), make_team()
    for name, days in [("Aureus", 9), ("Bridge", 3), ("Cedar", None), ("Dune", None)]:
        on = timezone.now().date() + timedelta(days=days) if days else None
        fields = {"name": name, "target_on": on, "owner_team": team}
        make_launch(template=template, by=manager, **fields)
    client.force_login(make_user())

    found, address = [], f"{LAUNCHES}?sort={sort}"
    while address and len(found) < 9:
        page = client.get(address).context["page"]
        found += [row.launch.name for row in page.rows]
        address = page.older and LAUNCHES + page.older

    ties = 2 if sort in {"", "gone"} else 0  # two without a target, in the order of their ids
    assert found[: 4 - ties] == names[: 4 - ties]
    assert sorted(found) == sorted(names)


@pytest.mark.parametrize("field", ["q", "tone", "team", "who", "sort", "after"])
@hostile
def test_hostile_filters_show_a_page(client, field, text):
    make_launch()
    client.force_login(make_user())

    page = client.get(LAUNCHES, {field: text[:5000]})

    assert page.status_code == 200
    assert "<script>alert" not in page.text


def test_expired_evidence_counts_in_the_list_from_its_hour_on(client):
    launch = make_launch({"items": ["Scan"]})
    launch.items.update(evidence_demanded=True, status=ItemStatus.DONE)
    make_evidence(
        launch.items.select_related("section__launch").get(),
        expires_on=date.today(),  # noqa: DTZ011
    )
    Launch.objects.update(tone=Tone.READY, next_expiry=timezone.now())
    launch.sections.update(next_expiry=timezone.now())
    client.force_login(make_user())

    assert client.get(LAUNCHES).context["page"].rows[0].state == "not-ready"


def test_an_empty_portfolio_says_what_to_do(client):
    client.force_login(make_user())
    assert "Once a launch manager has started one" in client.get(LAUNCHES).text

    client.force_login(make_manager())
    assert client.get(LAUNCHES).text.count(f'href="{START}"') == 2


# Starting


def wish(checklist, **fields):
    return {
        "template": checklist.pk,
        "name": "Aureus",
        "version": "1.0",
        "environment": "production",
        "target_on": "2026-12-11",
        "target_time": "14:00",
        "time_zone": "Europe/Berlin",
        "classification": "internal",
        "owner_team": make_team().pk,
        "once": "5a4b0d0e-3f43-4b62-8d53-5a1b6a3f8a11",
    } | fields


@pytest.fixture
def manager(client):
    person = make_manager()
    client.force_login(person)
    return person


def test_a_launch_is_started_as_a_draft(client, manager):
    response = client.post(START, wish(make_template(), four_eyes="on"))

    launch = Launch.objects.get()
    assert response.url == launch_url(launch)
    assert (str(launch), launch.state, launch.four_eyes) == ("Aureus 1.0", "draft", True)
    assert (str(launch.target_on), str(launch.target_time)) == ("2026-12-11", "14:00:00")
    assert launch.items.count() == 2
    assert said(response) == ["“Aureus 1.0” is started."]


def test_sent_twice_it_starts_once(client, manager):
    data = wish(make_template())
    first = client.post(START, data)

    second = client.post(START, data)

    assert Launch.objects.count() == 1
    assert second.url == first.url
    assert said(second)[-1] == "This launch was started already: you sent the form twice."


def test_after_a_refusal_the_same_form_may_be_sent_again(client, manager):
    data = wish(make_template(), target_on="")
    refused = client.post(START, data)

    client.post(START, data | {"target_on": "2026-12-11"})

    assert "Give a target date as well" in refused.text
    assert Launch.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required."),
        ("name", "\u200b", "This field is required."),
        ("name", "x" * 1_000_000, "at most 200 characters"),
        ("target_on", "0001-01-01", "Give a date between 2000 and 2100."),
        ("target_on", "2101-01-01", "Give a date between 2000 and 2100."),
        ("target_on", "31.02.2026", "Enter a valid date."),
        ("target_time", "25:00", "Enter a valid time."),
        ("time_zone", "Mars/Olympus", "Select a valid choice."),
        ("time_zone", "\x00", "Select a valid choice."),
        ("owner_team", "x", "Select a valid choice."),
        ("owner_team", "\x00", "Null characters are not allowed."),
        ("classification", "secret", "Select a valid choice."),
        ("template", "00000000-0000-0000-0000-000000000000", "Select a valid choice."),
        ("artefact_digest", "abc", "Give a SHA-256 in 64 hexadecimal digits"),
        ("once", "x", "Enter a valid UUID."),
    ],
)
def test_a_slip_is_a_sentence_at_its_field_and_keeps_the_rest(
    client, manager, field, value, sentence
):
    response = client.post(START, wish(make_template(), **{field: value}))

    assert response.status_code == 200
    assert sentence in str(response.context["form"].errors[field])
    assert 'value="production"' in response.text
    assert not Launch.objects.exists()


def test_a_draft_of_a_template_cannot_be_chosen(client, manager):
    response = client.post(START, wish(make_template(published=False)))

    assert response.context["form"].errors["template"]


def test_members_do_not_start_launches(client):
    client.force_login(make_user())

    assert client.get(START).status_code == 403
    assert client.post(START, wish(make_template())).status_code == 403


def test_a_launch_called_start_has_an_address_of_its_own(client, manager):
    response = client.post(START, wish(make_template(), name="Start", version="!"))

    assert response.url == "/launches/start-2/"


# Changing


@pytest.fixture
def launch(client):
    found = make_launch(name="Aureus")
    client.force_login(manager_of(found))
    return found


def change(launch, **fields):
    return {
        "seen": EditLaunchForm(launch=launch).fingerprint,
        "name": launch.name,
        "version": launch.version,
        "environment": launch.environment,
        "time_zone": launch.time_zone,
        "owner_team": launch.owner_team_id,
        "classification": launch.classification,
    } | fields


def test_a_manager_changes_a_launch(client, launch):
    data = change(launch, name="Aureus II", next_review="Quarterly")

    response = client.post(launch_url(launch, "launch-edit"), data)

    launch.refresh_from_db()
    assert response.url == launch_url(launch)
    assert (launch.name, launch.next_review) == ("Aureus II", "Quarterly")


def test_the_target_is_edited_in_a_draft_only(client, launch):
    manager = manager_of(launch)
    draft = make_launch(by=manager, in_review=False)

    for row in (draft, launch):
        client.post(launch_url(row, "launch-edit"), change(row, target_on="2030-12-11"))
        row.refresh_from_db()

    assert (str(draft.target_on), launch.target_on) == ("2030-12-11", None)


def test_two_managers_changes_are_both_shown_and_sent_again_mine_holds(client, launch):
    data = change(launch, name="Mine")
    Launch.objects.filter(pk=launch.pk).update(name="Theirs")

    refused = client.post(launch_url(launch, "launch-edit"), data)
    launch.refresh_from_db()
    name_then = launch.name
    client.post(launch_url(launch, "launch-edit"), change(launch, name="Mine"))

    launch.refresh_from_db()
    assert "Somebody else changed this launch meanwhile." in refused.text
    assert "Now there: “Theirs”." in refused.text
    assert 'value="Mine"' in refused.text
    assert (name_then, launch.name) == ("Theirs", "Mine")


def test_a_time_without_a_date_is_a_sentence(client, launch):
    launch = make_launch(by=manager_of(launch), in_review=False)
    data = change(launch, target_time="14:00")

    response = client.post(launch_url(launch, "launch-edit"), data)

    assert "Give a target date as well, or leave the time out." in response.text


def test_others_do_not_change_it(client, launch):
    client.force_login(make_lead(launch.sections.get()))

    for name in ("launch-edit", "participants"):
        assert client.get(launch_url(launch, name)).status_code == 403
        assert client.post(launch_url(launch, name), {}).status_code == 403


# Participants


def test_somebody_is_let_in_and_taken_out(client, launch):
    guest = make_user(full_name="A Guest")

    client.post(launch_url(launch, "participants"), {"email": guest.email.upper()})
    page = client.get(launch_url(launch, "participants"))
    participant = launch.participants.get(user=guest)
    address = launch_url(launch, "participant-remove", participant.pk)
    client.post(address)

    assert "A Guest" in page.text
    assert not launch.participants.filter(user=guest).exists()
    assert client.post(address).status_code == 404


def test_the_only_manager_stays(client, launch):
    participant = launch.participants.get()

    response = client.post(launch_url(launch, "participant-remove", participant.pk))

    assert said(response) == [
        "This is the launch's only manager. Make somebody else a manager first."
    ]


@pytest.mark.parametrize("email", ["", "nobody@example.org", "x\x00", "x" * 1_000_000])
def test_an_unknown_address_is_a_sentence(client, launch, email):
    response = client.post(launch_url(launch, "participants"), {"email": email})

    assert response.context["form"].errors["email"]


def test_a_participant_of_another_launch_is_not_found_here(client, launch):
    other = make_participant(make_launch())

    assert client.post(launch_url(launch, "participant-remove", other.pk)).status_code == 404
