"""The page of what somebody holds: what it lists, to whom, what can be ticked, and what the rest says."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.rules import Role
from checklist.models import Launch, Slot
from checklist.rules import Classification, ItemStatus, LaunchState
from checklist.tokens import token_of
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    make_risk,
    manager_of,
)
from tests.factories.people import make_admin, make_auditor, make_manager, make_user
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db


def url_of(person):
    return reverse("checklist:handover", args=[person.pk])


@pytest.fixture
def section():
    return make_launch({"title": "Security"}, name="Aureus").sections.get()


@pytest.fixture
def leaver(section):
    return make_member(section, full_name="Kofi Mensah")


def shown(client, person, reader):
    client.force_login(reader)
    return client.get(url_of(person)).context["page"]


def lines(page):
    return [(row.what, row.text, bool(row.token)) for group in page.groups for row in group.rows]


def send(client, person, *rows, to, reason="They go.", kind="item"):
    data = {
        "picked": [f"{kind}:{token_of(row.pk)}" for row in rows],
        "to": to.pk,
        "reason": reason,
    }
    return client.post(url_of(person), data)


def test_it_lists_what_still_matters_by_launch(client, section, leaver):
    item = make_item(section, text="Keys rotated", owner=leaver)
    make_item(section, owner=leaver, status=ItemStatus.DONE)
    make_risk(section.launch, title="Loss", owner=leaver)
    make_condition(section.launch, text="Rotate", owner=leaver)
    make_comment(item, "Which keys?", is_question=True, author=leaver)
    make_item(make_launch(name="Bridge").sections.get(), text="Drill", owner=leaver)

    page = shown(client, leaver, leaver)

    assert [group.title for group in page.groups] == ["Aureus 1.0", "Bridge 1.0"]
    assert lines(page) == [
        ("Item", "1.3 Keys rotated", True),
        ("Risk", "R1 Loss", True),
        ("Condition", "Rotate", True),
        ("Open question", "1.3 Keys rotated: “Which keys?”", False),
        ("Item", "1.3 Drill", True),
    ]
    assert page.total == 5


def test_a_launch_that_they_alone_manage(client, section):
    manager = manager_of(section.launch)
    make_participant(section.launch)

    assert lines(shown(client, manager, manager)) == [("Managing the launch", "Aureus 1.0", True)]

    make_participant(section.launch, is_manager=True)
    assert lines(shown(client, manager, manager)) == []


def test_a_slot_that_only_they_can_fill(client, section):
    holder = make_holder(section.slots.get())
    authority = section.slots.get().authorities.get()

    (row,) = shown(client, holder, make_admin()).groups[0].rows
    assert (row.what, row.text) == ("Signature, not given yet", "1. Security, Security Sign-Off")
    assert row.why.startswith(f"Nobody else holds {authority}. Ask an admin")
    (own,) = shown(client, holder, holder).groups[0].rows
    assert own.why.startswith(f"Only you hold {authority}.")

    make_holder(section.slots.get())
    assert shown(client, holder, holder).groups == []


def test_an_executive_slot_leads_to_the_decision_until_the_launch_is_live(client):
    launch = make_launch(executive=[[(held := make_appointment()).authority]])
    holder = held.holder

    (row,) = shown(client, holder, make_admin()).groups[0].rows
    assert row.url == reverse("signoff:decision", args=[launch.slug])

    Launch.objects.filter(pk=launch.pk).update(state=LaunchState.CANCELLED)
    assert shown(client, holder, make_admin()).groups == []


def test_a_slot_signed_already_says_so_and_stays_listed_when_they_have_left(client, section):
    slot = section.slots.get()
    holder = make_holder(slot)
    Slot.objects.filter(pk=slot.pk).update(
        signature=slot.pk, signed_material="0", signed_by=holder, signed_at=slot.launch.created_at
    )
    holder.is_active = False
    holder.save()

    (row,) = shown(client, holder, make_admin()).groups[0].rows

    assert row.what == "Signature, given"


@pytest.mark.parametrize("is_self", [True, False])
def test_nothing_is_left(client, is_self):
    reader = make_admin()

    client.force_login(reader)
    page = client.get(url_of(reader if is_self else make_user()))

    assert ("Nothing is left in your hands." in page.text) == is_self
    assert ("Nothing is left in their hands." in page.text) != is_self


def test_who_may_not_hand_over_reads_who_can(client, section, leaver):
    make_item(section, owner=leaver)

    page = shown(client, leaver, make_admin())

    assert page.tokens == []
    assert [row.why for row in page.groups[0].rows] == [
        "Handed over by its owner, who leads its section, or a launch manager."
    ]
    text = client.get(url_of(leaver)).text
    assert "Nothing here is yours to hand over." in text
    assert 'name="picked"' not in text


def test_why_nothing_moves_in_a_launch_that_was_rolled_back(client, section, leaver):
    make_item(section, owner=leaver)
    Launch.objects.filter(pk=section.launch_id).update(state=LaunchState.ROLLED_BACK)

    (row,) = shown(client, leaver, leaver).groups[0].rows

    assert (row.token, "rolled back" in row.why) == ("", True)


def test_nobody_takes_part_besides(client):
    manager = make_manager()
    make_launch(by=manager)

    (row,) = shown(client, manager, manager).groups[0].rows

    assert row.why.startswith("Nobody else takes part yet")


def test_a_restricted_launch_is_for_those_who_may_see_it(client):
    launch = make_launch(classification=Classification.RESTRICTED)
    leaver = make_member(launch.sections.get())
    make_item(launch.sections.get(), owner=leaver)

    assert shown(client, leaver, make_admin()).groups == []
    assert len(shown(client, leaver, manager_of(launch)).groups) == 1


def test_who_may_look(client, section, leaver):
    lead, manager = make_lead(section), manager_of(section.launch)
    guest_manager = make_participant(make_launch(), is_manager=True).user
    for reader in (leaver, lead, manager, guest_manager, make_manager(), make_admin()):
        client.force_login(reader)
        assert client.get(url_of(leaver)).status_code == 200

    auditor_who_led = make_lead(section, role=Role.AUDITOR)
    for reader in (make_member(section), make_auditor(), auditor_who_led):
        client.force_login(reader)
        assert client.get(url_of(leaver)).status_code == 403
        assert client.get(url_of(reader)).status_code == 200


def test_somebody_unknown_is_not_there(client):
    client.force_login(make_admin())

    assert client.get(reverse("checklist:handover", args=[uuid4()])).status_code == 404


def test_handing_over(client, section, leaver):
    items = [make_item(section, owner=leaver) for _ in range(2)]
    to, lead = make_member(section, full_name="Priya Nair"), make_lead(section)
    client.force_login(lead)

    response = send(client, leaver, *items, to=to)

    assert response.status_code == 302
    assert {reread(item).owner for item in items} == {to}
    assert "2 things are with Priya Nair now." in client.get(response.url).text


def test_what_is_refused_stands_on_the_page_and_what_was_typed_stays(client, section, leaver):
    item, other = (make_item(section, owner=leaver) for _ in range(2))
    holder = make_holder(section.slots.get(), full_name="Ada Outside")
    make_risk(section.launch, owner=leaver)
    client.force_login(manager_of(section.launch))

    response = send(client, leaver, item, to=holder, reason="They go on Friday.")

    assert response.status_code == 422
    assert "Ada Outside cannot take" in response.text
    assert "They go on Friday." in response.text
    ticked = {row.text: row.is_ticked for row in response.context["page"].groups[0].rows}
    assert ticked == {str(item): True, str(other): False, "R1 " + str(risk_title(section)): False}


def risk_title(section):
    return section.launch.risks.get().title


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"picked": []}, "Tick what is handed over."),
        ({"picked": ["item:x"]}, "in other hands by now"),
        ({"picked": ["nothing"]}, "in other hands by now"),
        ({"reason": " "}, "Say why."),
        ({"to": ""}, "This field is required."),
    ],
)
def test_a_form_that_is_not_whole(client, section, leaver, change, sentence):
    item = make_item(section, owner=leaver)
    client.force_login(manager_of(section.launch))
    data = {"picked": [f"item:{token_of(item.pk)}"], "to": make_lead(section).pk, "reason": "Why"}

    response = client.post(url_of(leaver), data | change)

    assert response.status_code == 422
    assert sentence in response.text
    assert reread(item).owner == leaver


def test_a_row_of_somebody_else_cannot_be_slipped_in(client, section, leaver):
    other = make_item(section, owner=make_member(section))
    make_item(section, owner=leaver)
    client.force_login(leaver)

    response = send(client, leaver, other, to=make_lead(section))

    assert response.status_code == 422
    assert reread(other).owner != leaver


def test_who_only_looks_sends_nothing(client, section, leaver):
    item = make_item(section, owner=leaver)
    client.force_login(make_admin())

    assert send(client, leaver, item, to=make_lead(section)).status_code == 403


def test_whoever_comes_too_late_is_told_so(client, section, leaver):
    item = make_item(section, owner=make_lead(section))
    client.force_login(leaver)

    response = send(client, leaver, item, to=make_lead(section))

    assert response.status_code == 422
    assert "Nothing is left in your hands." in response.text


@pytest.mark.parametrize("make", [make_admin, make_manager, lambda: make_lead(lead_section())])
def test_the_way_there_from_the_people(client, make):
    reader = make()
    client.force_login(reader)

    assert url_of(reader) in client.get(reverse("accounts:people")).text


def lead_section():
    return make_launch().sections.get()


@pytest.mark.parametrize("make", [make_user, make_auditor])
def test_no_way_there_for_others(client, make):
    reader = make()
    client.force_login(reader)

    assert url_of(reader) not in client.get(reverse("accounts:people")).text


def test_the_way_there_from_profile_and_from_a_launch(client, section, leaver):
    client.force_login(leaver)
    assert url_of(leaver) in client.get(reverse("accounts:profile")).text

    guest = make_participant(section.launch).user
    client.force_login(manager_of(section.launch))
    page = client.get(reverse("checklist:participants", args=[section.launch.slug]))
    assert url_of(guest) in page.text


def test_an_admin_is_led_there_when_somebody_leaves(client, leaver):
    client.force_login(make_admin())
    address = reverse("admin:accounts_user_change", args=[leaver.pk])
    data = {"full_name": leaver.full_name, "role": "member", "time_zone": "UTC", "language": "en"}

    page = client.post(address, data | {"reason": "Gone."}, follow=True)
    assert f'Kofi Mensah has left. <a href="{url_of(leaver)}">' in page.text

    page = client.post(address, data | {"reason": "Back.", "is_active": "on"}, follow=True)
    assert url_of(leaver) not in page.text


def test_who_may_take_all_of_it_comes_first(client, section, leaver):
    make_item(section, owner=leaver)
    make_risk(section.launch, owner=leaver)
    make_holder(section.slots.get(), full_name="Ada Holder")
    make_member(section, full_name="Priya Nair")

    page = shown(client, leaver, leaver)

    assert [str(taker) for taker in page.takers] == [
        *sorted(["Priya Nair", str(manager_of(section.launch))]),
        "Ada Holder, for 1 of 2",
    ]
