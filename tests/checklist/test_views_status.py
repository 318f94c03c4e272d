"""Setting statuses in a section's list: by one click, several at once, refused, contested."""

import pytest

from accounts.rules import Role
from checklist.rules import ItemStatus
from checklist.tokens import token_of
from tests.checklist.pages import HTMX, PLAIN, at_row, both_ways, click, said, section_url
from tests.factories.launches import make_launch, make_lead, make_member, set_items
from tests.factories.people import make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return make_launch().sections.get()


@pytest.fixture
def member(section, client):
    person = make_member(section)
    client.force_login(person)
    return person


def post(client, section, data, headers=PLAIN):
    return client.post(section_url(section, "section-status"), data, headers=headers)


def statuses(section):
    return list(section.items.values_list("status", flat=True))


def test_a_click_sets_the_status_and_leads_back_to_the_row(client, section, member):
    item = section.items.first()

    response = post(client, section, click(item, "done"))

    assert (response.status_code, response.url) == (302, at_row(item))
    assert statuses(section) == ["done", "unset"]


def test_over_htmx_a_click_answers_with_its_row_and_the_head_alone(client, section, member):
    item = section.items.first()

    response = post(client, section, click(item, "done"), HTMX)

    assert response.text.count('<li class="item"') == 1
    assert f'id="i-{token_of(item.pk)}" hx-swap-oob="true"' in response.text
    assert 'id="section-head" hx-swap-oob="true"' in response.text
    assert "1 outstanding item" in response.text
    assert "<html" not in response.text
    assert response["HX-Trigger"] == f"section-changed, item-{token_of(item.pk)}"


def test_two_people_one_status_the_second_sees_both_and_chooses(client, section, member):
    item = section.items.first()
    set_items(section, status=ItemStatus.DONE)

    response = post(client, section, click(item, "attention", seen="unset"), HTMX)

    token = token_of(item.pk)
    assert response.status_code == 409
    assert f'value="{token}:done:done"' in response.text
    assert f'value="{token}:done:attention"' in response.text
    assert "You, just now" in response.text
    assert statuses(section) == ["done", "done"]


def test_a_conflict_without_htmx_is_the_whole_page_with_both_values(client, section, member):
    item = section.items.first()
    set_items(section, status=ItemStatus.DONE)

    response = post(client, section, click(item, "attention", seen="unset"))

    assert response.status_code == 409
    assert "Somebody else changed this meanwhile" in response.text
    assert f'value="{token_of(item.pk)}:done:attention"' in response.text


@pytest.mark.parametrize(("choice", "holds"), [("done", "done"), ("attention", "attention")])
def test_the_choice_after_a_conflict_holds(client, section, member, choice, holds):
    item = section.items.first()
    set_items(section, status=ItemStatus.DONE)

    post(client, section, click(item, choice, seen="done"))

    assert statuses(section) == [holds, "done"]


@both_ways
def test_done_without_the_evidence_demanded_is_refused_beside_the_row(
    client, section, member, headers
):
    set_items(section, evidence_demanded=True)
    item = section.items.first()

    response = post(client, section, click(item, "done"), headers)

    assert response.status_code == 422
    assert "demands evidence: add it first, then set it to done." in response.text
    assert 'role="alert"' in response.text
    assert statuses(section) == ["unset", "unset"]


def test_na_by_a_click_opens_the_item_and_keeps_the_choice(client, section, member):
    item = section.items.first()

    response = post(client, section, click(item, "na"))
    page = client.get(response.url)

    assert response.url == f"{item.get_absolute_url()}?set=na#na-reason"
    assert "Set to N/A" in page.text
    assert statuses(section) == ["unset", "unset"]


def test_na_by_a_click_over_htmx_brings_the_drawer(client, section, member):
    item = section.items.first()

    response = post(client, section, click(item, "na"), HTMX)

    assert response["HX-Push-Url"] == f"{item.get_absolute_url()}?set=na"
    assert 'id="drawer"' in response.text
    assert "Set to N/A" in response.text


@both_ways
@pytest.mark.parametrize(
    "value",
    [
        "",
        "x",
        "::",
        "AAAA:unset:done",
        f"{'A' * 21}!:unset:done",
        f"{'é' * 22}:unset:done",
        "\x00:unset:done",
        "9" * 5000,
    ],
)
def test_a_click_that_cannot_be_read_changes_nothing(client, section, member, headers, value):
    response = post(client, section, {"set": value}, headers)

    assert response.status_code == 422
    assert "notice is-error" in response.text
    assert statuses(section) == ["unset", "unset"]


@both_ways
@pytest.mark.parametrize("pair", ["unset:gone", "gone:done", "unset:"])
def test_an_unknown_status_changes_nothing(client, section, member, headers, pair):
    token = token_of(section.items.first().pk)

    response = post(client, section, {"set": f"{token}:{pair}"}, headers)

    assert response.status_code == 422
    assert "This click could not be read" in response.text


def test_an_item_of_another_section_is_not_found_here(client):
    launch = make_launch({}, {})
    here, there = launch.sections.all()
    client.force_login(make_member(here))

    response = post(client, here, click(there.items.first(), "done"))

    assert response.status_code == 404
    assert statuses(there) == ["unset", "unset"]


def test_an_item_removed_meanwhile_is_not_found(client, section, member):
    item = section.items.first()
    data = click(item, "done")
    item.delete()

    assert post(client, section, data, HTMX).status_code == 404


def test_a_reader_may_not_set_a_status(client, section):
    client.force_login(make_user())

    response = post(client, section, click(section.items.first(), "done"))

    assert response.status_code == 403
    assert statuses(section) == ["unset", "unset"]


def test_an_items_own_team_may_set_it_and_no_other_item(client, section):
    team = make_team()
    item, other = section.items.all()
    section.items.filter(pk=item.pk).update(team=team)
    client.force_login(make_user(team))

    page = client.get(section_url(section))
    post(client, section, click(item, "done"))

    assert page.text.count('role="group"') == 1
    assert post(client, section, click(other, "done")).status_code == 403
    assert statuses(section) == ["done", "unset"]


def bulk(section, **fields):
    seen = [f"{token_of(item.pk)}:{item.status}" for item in section.items.all()]
    return {"items": seen, "status": "done", "na_reason": ""} | fields


def test_several_are_set_at_once(client, section, member):
    response = post(client, section, bulk(section, status="na", na_reason="Not ours"))

    assert (response.url, said(response)) == (section_url(section), ["2 items were set."])
    assert list(section.items.values_list("status", "na_reason")) == [("na", "Not ours")] * 2


def test_several_are_not_set_over_what_somebody_else_set_meanwhile(client, section, member):
    sent = bulk(section)
    section.items.filter(pk=section.items.first().pk).update(status="not_done")

    response = post(client, section, sent)

    assert response.status_code == 422
    assert "Somebody else changed this meanwhile." in response.text
    assert statuses(section) == ["not_done", "unset"]


def test_several_are_all_refused_with_every_reason(client, section, member):
    section.items.update(evidence_demanded=True)

    response = post(client, section, bulk(section))

    assert response.status_code == 422
    assert response.text.count("demands evidence: add it first") == 2
    assert statuses(section) == ["unset", "unset"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"items": []}, "Select the items first."),
        ({"items": ["AAAAAAAAAAAAAAAAAAAAAA"]}, "One of the selected items is no longer here."),
        ({"items": ["\x00", "9" * 5000]}, "One of the selected items is no longer here."),
        ({"status": "gone"}, "Select a valid choice."),
        ({"status": ""}, "This field is required."),
        ({"status": "na"}, "Say why"),
        ({"status": "na", "na_reason": "x" * 1_000_000}, "at most 2000 characters"),
    ],
)
def test_a_bulk_change_that_cannot_be_says_why(client, section, member, fields, sentence):
    response = post(client, section, bulk(section, **fields))

    assert response.status_code == 422
    assert sentence in response.text
    assert statuses(section) == ["unset", "unset"]


def test_a_bulk_change_keeps_the_reason_that_was_typed(client, section, member):
    response = post(client, section, bulk(section, items=[], status="na", na_reason="Not ours"))

    assert 'value="Not ours"' in response.text
    assert response.text.count(" checked>") == 0
    assert '<option value="na" selected>' in response.text


def test_a_refused_bulk_change_keeps_its_selection(client, section, member):
    response = post(client, section, bulk(section, status="na"))

    assert response.text.count(" checked>") == 2


def test_nothing_sent_at_all_is_a_sentence(client, section, member):
    response = post(client, section, {})

    assert response.status_code == 422
    assert "Select the items first." in response.text


def test_an_auditor_sees_the_list_without_a_button(client, section):
    client.force_login(make_user(role=Role.AUDITOR))

    page = client.get(section_url(section))

    assert 'name="set"' not in page.text
    assert page.text.count('class="status is-unset"') == 2


def test_a_lead_may_click_as_well(client, section):
    client.force_login(make_lead(section))

    post(client, section, click(section.items.first(), "not_done"))

    assert statuses(section) == ["not_done", "unset"]
