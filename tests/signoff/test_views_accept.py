"""The page of accepting outstanding items: what it offers, to whom, what it refuses, what it leads to."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checklist.actions.asking import ask_signature
from checklist.actions.items import edit_item, set_status
from checklist.rules import ItemStatus
from signoff.models import Signature
from tests.factories.launches import (
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_risk,
    set_items,
)
from tests.factories.people import PASSWORD, make_user
from tests.factories.signatures import make_acceptance
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    section = make_launch().sections.get()
    set_items(section, status=ItemStatus.DONE)
    for number, text in (("9", "Penetration test"), ("10", "Load test")):
        make_item(section, text=text, number=number, status=ItemStatus.NOT_DONE)
    return reread(section)


@pytest.fixture
def holder(section, client):
    holder = make_holder(section.slots.get(), full_name="Rui Chen")
    client.force_login(holder)
    return holder


def url_of(section):
    return reverse("signoff:accept", args=[section.launch.slug, section.number])


def item(section, number):
    return section.items.get(number=number)


def sent(client, section, *numbers, **fields):
    """What the form sends when its page was read."""
    seen = client.get(url_of(section)).context["page"].seen
    until = timezone.localdate() + timedelta(days=3)
    given = {"until_on": until, "comment": "Behind the firewall.", "password": PASSWORD}
    ticked = [item(section, number).pk for number in numbers]
    return {"seen": seen, "items": ticked} | given | fields


def errors(response):
    form = response.context["form"]
    return {name: [e.code for e in found.as_data()] for name, found in form.errors.items()}


def test_the_outstanding_items_are_offered(client, section, holder):
    response = client.get(url_of(section))

    offered = response.context["page"].items
    assert [(row.number, row.is_ticked, row.why_not) for row in offered] == [
        ("9", False, ""),
        ("10", False, ""),
    ]
    assert "I accept that the items of section 1" in response.text


def test_an_address_may_tick_an_item_beforehand(client, section, holder):
    response = client.get(url_of(section), {"item": [item(section, "10").pk, "nonsense"]})

    assert [row.is_ticked for row in response.context["page"].items] == [False, True]


def test_some_of_them_are_accepted(client, section, holder):
    response = client.post(url_of(section), sent(client, section, "9"), follow=True)

    signature = Signature.objects.get(act="accept")
    assert response.redirect_chain == [(signature.get_absolute_url(), 302)]
    assert signature.signer == holder
    assert reread(section).accepted == 1
    assert "1 item is accepted." in response.text
    assert "1 item is accepted by it." in response.text
    assert "Behind the firewall." in response.text


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"items": []}, {"__all__": ["nothing_chosen"]}),
        ({"items": ["nonsense"]}, {"items": ["invalid_choice"]}),
        ({"until_on": "2020-01-01"}, {"__all__": ["ends_in_past"]}),
        ({"until_on": ""}, {"until_on": ["required"]}),
        ({"until_on": "soon"}, {"until_on": ["invalid"]}),
        ({"comment": " "}, {"comment": ["required"]}),
        ({"password": "wrong"}, {"password": ["password"]}),
        ({"seen": "0" * 64}, {"__all__": ["changed_meanwhile"]}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_accepted(client, section, holder, fields, wrong):
    response = client.post(url_of(section), sent(client, section, "9", **fields))

    assert errors(response) == wrong
    assert not Signature.objects.exists()


def test_a_risk_of_the_section_is_offered(client, section, holder):
    risk = make_risk(section.launch, items=[item(section, "9")])
    make_risk(section.launch)

    page = client.get(url_of(section))
    form = sent(client, section, "9", risk=risk.pk)
    client.post(url_of(section), form)

    assert [label for _pk, label in page.context["form"].fields["risk"].choices] == [
        "none",
        str(risk),
    ]
    assert reread(item(section, "9")).acceptance.risk == risk


def test_what_was_ticked_and_typed_is_kept(client, section, holder):
    response = client.post(url_of(section), sent(client, section, "10", password="wrong"))

    assert [row.is_ticked for row in response.context["page"].items] == [False, True]
    assert "Behind the firewall." in response.text


def test_nothing_is_accepted_over_what_has_changed_meanwhile(client, section, holder):
    form = sent(client, section, "9")
    set_status(item(section, "9"), by=make_lead(section), status=ItemStatus.ATTENTION)

    response = client.post(url_of(section), form)

    assert errors(response) == {"__all__": ["changed_meanwhile"]}


def test_one_s_own_item_has_no_box(client, section, holder):
    edit_item(item(section, "9"), by=make_lead(section), fields={"owner": holder})

    page = client.get(url_of(section)).context["page"]

    assert page.items[0].why_not == (
        "9 Penetration test is yours, or was until you gave it away: another holder accepts it."
    )


@pytest.mark.parametrize("settled", [True, False])
def test_whoever_cannot_is_told_why(client, section, settled):
    client.force_login(make_user())
    if settled:
        set_items(section, status=ItemStatus.DONE)

    page = client.get(url_of(section)).context["page"]

    why = ["Nothing is outstanding in this section."] if settled else []
    assert page.refusals == ["You hold none of the authorities that may sign here.", *why]


def test_an_acceptance_shows_wherever_the_item_is(client, section, holder):
    make_acceptance(item(section, "9"), by=holder, reason="Behind the firewall.")
    launch = section.launch
    day = timezone.localdate() + timedelta(days=1)

    pages = {
        name: client.get(address).text
        for name, address in {
            "launch": launch.get_absolute_url(),
            "section": section.get_absolute_url(),
            "item": item(section, "9").get_absolute_url(),
            "items": reverse("checklist:items", args=[launch.slug]) + "?status=accepted",
            "accept": url_of(section),
        }.items()
    }

    assert "1 accepted" in pages["launch"]
    assert f"1 waiver expires {day:%A}" in pages["launch"]
    assert "2 outstanding items, 1 accepted" in pages["section"]
    assert f"accepted until {day.day} {day:%b}" in pages["section"]
    assert "Accepted by Rui Chen until the end of" in pages["item"]
    assert "Behind the firewall." in pages["item"]
    assert "Penetration test" in pages["items"]
    assert "Load test" not in pages["items"]
    assert "Accepted by Rui Chen until the end of" in pages["accept"]


@pytest.mark.parametrize(("word", "shown"), [("accepted", ["9"]), ("unaccepted", ["10"])])
def test_the_section_is_narrowed_to_them(client, section, holder, word, shown):
    make_acceptance(item(section, "9"), by=holder)

    page = client.get(section.get_absolute_url(), {"status": word}).context["page"]

    assert [row.number for row in page.rows] == shown


def test_an_acceptance_is_an_exception_that_the_signer_reads(client, section, holder):
    make_acceptance(*(item(section, number) for number in ("9", "10")), by=holder)
    ask_signature(section, by=make_lead(section))

    page = client.get(reverse("signoff:sign", args=[section.launch.slug, section.number])).context[
        "page"
    ]

    accepted = [remark for remark in page.exceptions if remark.label == "Accepted"]
    assert [remark.text for remark in accepted] == ["9 Penetration test", "10 Load test"]
    assert all("We can live with it." in remark.reason for remark in accepted)


@pytest.mark.parametrize(
    ("then", "label"),
    [
        ("nothing", "In force"),
        ("extended", "Superseded"),
        ("withdrawn", "Withdrawn"),
        ("another status", "Suspended"),
    ],
)
def test_the_receipt_says_what_has_become_of_it(client, section, holder, then, label):
    signature = make_acceptance(item(section, "9"), by=holder)
    if then == "extended":
        make_acceptance(item(section, "9"), by=holder)
    if then == "another status":
        set_status(item(section, "9"), by=make_lead(section), status=ItemStatus.ATTENTION)
    if then == "withdrawn":
        url = reverse("signoff:withdraw", args=[signature.pk])
        client.post(url, {"password": PASSWORD, "comment": "No longer."})

    page = client.get(signature.get_absolute_url()).context["page"]

    assert page.fate.label == label


def test_an_acceptance_of_another_day_has_ended(client, section, holder):
    signature = make_acceptance(item(section, "9"), by=holder)
    promise = item(section, "9").acceptance
    type(promise).objects.update(at=promise.at - timedelta(days=9), until=timezone.now())

    receipt = client.get(signature.get_absolute_url()).context["page"]
    drawer = client.get(item(section, "9").get_absolute_url()).text

    assert receipt.fate.label == "Ended"
    assert "acceptance ended" in drawer
    assert "The acceptance of Rui Chen ended with" in drawer
    assert "The acceptance of 9 Penetration test has ended." in drawer
