"""The section page: its filters, its pre-check, asking for the signature, adding an item."""

from datetime import date

import pytest

from checklist.actions.items import set_status
from checklist.rules import ItemStatus
from tests.checklist.pages import HTMX, PLAIN, hostile, said, section_url
from tests.factories.launches import (
    make_comment,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_member,
    manager_of,
    set_items,
)
from tests.factories.people import make_user
from tests.signoff.acting import make_asked_launch, make_go_launch, make_round, make_signed_launch
from tests.signoff.living import make_live_launch

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    return make_launch().sections.get()


@pytest.fixture
def lead(section, client):
    person = make_lead(section)
    client.force_login(person)
    return person


def shown(page):
    return [row.text for row in page.context["page"].rows]


def test_the_page_names_the_section_its_team_and_whose_signature_it_asks(client, section, lead):
    page = client.get(section_url(section))

    assert page.text.count("<h1>") == 1
    assert f"<h1>{section.number} {section.title}</h1>" in page.text
    assert section.teams.get().name in page.text
    assert section.slots.get().authorities.get().name in page.text


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["Audit completed", "Certificates installed"]),
        ("?status=done", ["Audit completed"]),
        ("?status=outstanding", ["Certificates installed"]),
        ("?status=settled", ["Audit completed"]),
        ("?gap=outstanding", ["Certificates installed"]),
        ("?gap=overdue", ["Certificates installed"]),
        ("?gap=no_owner", []),
        ("?who=mine", ["Certificates installed"]),
        ("?who=mine&status=done", []),
        ("?who=team", ["Audit completed", "Certificates installed"]),
        ("?status=gone&gap=x&who=%00", ["Audit completed", "Certificates installed"]),
    ],
)
def test_a_filter_shows_the_rows_that_a_number_counts(client, section, lead, query, texts):
    first, second = section.items.all()
    section.items.filter(pk=first.pk).update(status=ItemStatus.DONE)
    section.items.filter(pk=second.pk).update(owner=lead, due_on=date(2020, 1, 1))

    page = client.get(section_url(section) + query)

    assert shown(page) == texts


def test_the_tabs_count_their_rows_under_the_same_filter(client, section, lead):
    section.items.filter(pk=section.items.first().pk).update(owner=lead)

    page = client.get(section_url(section), {"status": "unset"})

    tabs = [(tab.label, tab.count, tab.url) for tab in page.context["page"].tabs]
    assert tabs == [
        ("Mine", 1, "?who=mine&status=unset"),
        ("My team", 2, "?who=team&status=unset"),
        ("All", 2, "?status=unset"),
    ]


def test_nothing_that_fits_says_so_and_leads_back(client, section, lead):
    page = client.get(section_url(section), {"status": "na"})

    assert "No item fits" in page.text
    assert f'href="{section_url(section)}"' in page.text


def test_a_section_without_items_says_who_adds_the_first(client):
    section = make_launch({"items": []}).sections.get()
    client.force_login(make_member(section))

    page = client.get(section_url(section))

    assert "No items yet" in page.text
    assert "This section has no items yet." in page.text


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (make_asked_launch, ""),
        (make_signed_launch, "It is signed."),
        (lambda: make_round(make_asked_launch(executive=1)).launch, "A decision round is open."),
        (make_go_launch, "GO was given over this section as it is signed."),
        (make_live_launch, ""),
    ],
    ids=["asked for", "signed", "open round", "go", "live"],
)
def test_what_a_change_takes_away_is_said_beforehand_to_whoever_may_make_it(client, make, says):
    section = make().sections.get(phase="readiness")
    client.force_login(make_member(section))
    page = client.get(section_url(section))
    client.force_login(make_user())
    reader = client.get(section_url(section))

    assert page.context["page"].head.voids.startswith(says)
    assert bool(page.context["page"].head.voids) is bool(says) is ('id="voids"' in page.text)
    assert reader.context["page"].head.voids == ""


def test_after_the_change_nothing_more_is_taken_away(client):
    section = make_signed_launch().sections.get()
    item = section.items.first()
    client.force_login(make_member(section))
    set_status(item, by=make_member(section), status=ItemStatus.ATTENTION)

    assert client.get(section_url(section)).context["page"].head.voids == ""


def test_each_gap_leads_to_its_mend(client, section, lead):
    item, settled = section.items.all()
    section.items.filter(pk=settled.pk).update(status=ItemStatus.NA, na_reason="")
    make_comment(settled, "Really?", is_question=True)

    check = client.get(section_url(section)).context["page"].check

    assert [(gap.text, gap.url) for gap in check.errors] == [
        (f"{item} is not settled.", f"{item.get_absolute_url()}#status"),
        (f"{settled} is N/A without a reason.", f"{settled.get_absolute_url()}#na-reason"),
        (f"{settled} has an open question.", f"{settled.get_absolute_url()}#comments"),
    ]
    assert [(gap.text, gap.url) for gap in check.warnings] == [
        (f"{item} has no owner.", f"{item.get_absolute_url()}#assign")
    ]


def test_many_gaps_of_one_kind_are_one_line_that_leads_to_their_rows(client):
    section = make_launch({"items": [f"Item {n}" for n in range(7)]}).sections.get()
    client.force_login(make_member(section))

    check = client.get(section_url(section)).context["page"].check

    assert [(gap.text, gap.url) for gap in check.errors] == [
        ("7 items are not settled.", f"{section_url(section)}?gap=outstanding")
    ]


def test_while_an_error_is_left_the_button_is_disabled_and_says_why(client, section, lead):
    page = client.get(section_url(section))

    assert "disabled aria-describedby" in page.text
    assert "2 errors are left." in page.text


def test_without_an_error_the_button_says_who_is_asked(client, section, lead):
    set_items(section, status=ItemStatus.DONE)
    holder = make_holder(section.slots.get())

    page = client.get(section_url(section))

    assert "disabled" not in page.text
    assert f"Who is asked: {holder} (" in page.text


def test_a_slot_that_nobody_holds_says_whom_to_ask(client, section, lead):
    set_items(section, status=ItemStatus.DONE)

    page = client.get(section_url(section))

    name = section.slots.get().authorities.get().name
    assert f"Nobody holds {name}: ask an admin to appoint somebody." in page.text


def test_a_member_cannot_ask(client, section):
    set_items(section, status=ItemStatus.DONE)
    client.force_login(make_member(section))

    page = client.get(section_url(section))

    assert "Ask for the signature" not in page.text
    assert client.post(section_url(section, "section-ask")).status_code == 403


def test_asking_and_taking_back(client, section, lead):
    set_items(section, status=ItemStatus.DONE)

    asked = client.post(section_url(section, "section-ask"))
    page = client.get(asked.url)
    back = client.post(section_url(section, "section-take-back"))

    assert asked.url == section_url(section)
    assert "Take the request back" in page.text
    assert said(back) == ["The request was taken back."]
    section.refresh_from_db()
    assert section.asked_at is None


def test_a_holder_who_is_asked_reads_that_it_waits_for_them(client, section, lead):
    set_items(section, status=ItemStatus.DONE)
    client.post(section_url(section, "section-ask"))
    client.force_login(make_holder(section.slots.get()))

    page = client.get(section_url(section))

    assert "Waiting on you since" in page.text


def test_asking_too_early_says_every_reason(client, section, lead):
    response = client.post(section_url(section, "section-ask"))

    assert said(response) == [f"{item} is not settled." for item in section.items.all()]


def test_taking_back_what_nobody_asked_is_a_sentence(client, section, lead):
    response = client.post(section_url(section, "section-take-back"))

    assert said(response) == ["Nobody has asked for the signature."]


@pytest.mark.parametrize(
    ("target", "has", "lacks"),
    [
        ("check", "Pre-check and signature", 'class="items"'),
        ("drawer", '<div id="drawer" hidden></div>', 'id="check"'),
    ],
)
def test_htmx_asks_for_a_part_by_its_place(client, section, lead, target, has, lacks):
    page = client.get(section_url(section), headers=HTMX | {"HX-Target": target})

    assert has in page.text
    assert lacks not in page.text
    assert "<html" not in page.text


def test_a_lead_adds_an_item_and_lands_on_it(client, section, lead):
    data = {"number": "1.9", "text": "Watch the logs", "evidence_demanded": "on"}

    response = client.post(section_url(section, "item-add"), data)

    item = section.items.get(number="1.9")
    assert response.url == item.get_absolute_url()
    assert (item.text, item.evidence_demanded, item.from_template) == (
        "Watch the logs",
        True,
        False,
    )


def test_an_item_without_a_text_keeps_what_was_typed(client, section, lead):
    response = client.post(section_url(section, "item-add"), {"number": "1.9", "text": ""})

    assert response.status_code == 422
    assert 'value="1.9"' in response.text
    assert "This field is required." in response.text


@hostile
def test_hostile_text_never_breaks_adding(client, section, lead, text):
    data = {"number": text[:500], "text": text, "guidance": text}

    response = client.post(section_url(section, "item-add"), data)
    page = client.get(section_url(section))

    assert response.status_code in {302, 422}
    assert "<script>alert" not in response.text + page.text
    assert "\u202e" not in page.text


def test_a_member_cannot_add(client, section):
    client.force_login(make_member(section))

    response = client.post(section_url(section, "item-add"), {"text": "Mine"})

    assert response.status_code == 403
    assert section.items.count() == 2


@pytest.mark.parametrize("number", ["99", "x" * 300, "-"])
def test_an_unknown_section_is_not_found(client, section, lead, number):
    section.number = number

    assert client.get(section_url(section)).status_code == 404


def test_a_deleted_sections_address_is_not_found(client, section, lead):
    address = section_url(section)
    section.delete()

    assert client.get(address).status_code == 404


def test_a_restricted_launch_does_not_exist_for_a_stranger(client):
    section = make_launch(classification="restricted").sections.get()
    client.force_login(make_user())

    assert client.get(section_url(section)).status_code == 404


def test_107_items_fit_into_120_kilobytes(client):
    section = make_launch({"items": [f"A line of a checklist, number {n}" for n in range(107)]})
    section = section.sections.get()
    lead = make_lead(section)
    set_items(section, note="Week 10, exceeded targets, see RUNBOOKS.md for all", owner=lead)
    client.force_login(lead)

    page = client.get(section_url(section), headers=PLAIN)

    assert page.text.count('<li class="item"') == 107
    assert len(page.content) < 120_000


def test_a_draft_cannot_ask_and_says_so(client):
    launch = make_launch(in_review=False)
    section = launch.sections.get()
    set_items(section, status=ItemStatus.DONE)
    client.force_login(manager_of(launch))

    page = client.get(section_url(section))

    assert "The launch is not in review yet" in page.text


def test_an_item_with_a_percent_sign_is_refused_in_words(client, section, lead):
    item = make_item(section, text="Coverage above 80% of lines", evidence_demanded=True)
    set_items(section, status=ItemStatus.UNSET)
    data = {"items": [], "status": "done", "na_reason": ""}

    response = client.post(section_url(section, "section-ask"), data)

    assert f"{item} is not settled." in said(response)
