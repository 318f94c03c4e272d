"""The button that reminds: who sees it, what it answers, and what the page says of an escalation."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from checklist.models import Section, Slot
from tests.factories.launches import make_holder, make_lead, make_member, manager_of
from tests.factories.people import make_user
from tests.factories.signatures import make_asked_slot, make_ready_launch, make_round

pytestmark = pytest.mark.django_db


def nudge_url(slot):
    return reverse("checklist:slot-nudge", args=[slot.launch.slug, slot.pk])


def section_line(client, slot):
    (line,) = client.get(slot.section.get_absolute_url()).context["page"].check.slots
    return line


def test_a_lead_reminds_with_one_click_and_is_told_when_it_works_again(client):
    slot = make_asked_slot()
    make_holder(slot, full_name="Rui Chen")
    client.force_login(make_lead(slot.section))
    offered = section_line(client, slot).reminder
    assert (offered.label, offered.url, offered.why_not) == ("Remind Rui Chen", nudge_url(slot), "")

    response = client.post(nudge_url(slot), follow=True)

    assert [str(message) for message in response.context["messages"]] == ["They are reminded."]
    (line,) = response.context["page"].check.slots
    assert line.reminder.why_not.startswith("Reminded within the last 24 hours. Again from ")
    again = client.post(nudge_url(slot), follow=True)
    (message,) = again.context["messages"]
    assert str(message) == line.reminder.why_not


def test_the_button_counts_those_it_does_not_name(client):
    slot = make_asked_slot()
    for name in ("Ana", "Bo", "Cy"):
        make_holder(slot, full_name=name)
    client.force_login(manager_of(slot.launch))

    assert section_line(client, slot).reminder.label == "Remind Ana and 2 more"


def test_the_only_holder_is_told_that_there_is_nobody_to_remind(client):
    slot = make_asked_slot()
    lead = make_lead(slot.section)
    slot.authorities.get().appointments.create(
        holder=lead, starts_at=timezone.now(), made_by=make_user()
    )
    client.force_login(lead)

    offered = section_line(client, slot).reminder

    assert (offered.label, offered.why_not) == (
        "Remind",
        "Nobody but you may sign here: there is nobody to remind.",
    )


def test_who_does_not_lead_sees_no_button(client):
    slot = make_asked_slot()
    make_holder(slot)
    client.force_login(make_member(slot.section))

    assert section_line(client, slot).reminder is None


def test_where_nobody_holds_the_authority_there_is_nobody_to_remind(client):
    slot = make_asked_slot()
    client.force_login(manager_of(slot.launch))

    assert section_line(client, slot).reminder is None


def test_a_slot_of_another_launch_is_not_here(client):
    slot, other = make_asked_slot(), make_asked_slot()
    client.force_login(manager_of(slot.launch))

    address = reverse("checklist:slot-nudge", args=[slot.launch.slug, other.pk])

    assert client.post(address).status_code == 404


@pytest.mark.parametrize("to", ["Bo", ""])
def test_the_page_says_to_whom_it_passed(client, to):
    slot = make_asked_slot()
    person = make_holder(slot, full_name="Bo")
    Section.objects.update(asked_at=timezone.now() - timedelta(days=3))
    Slot.objects.update(escalated_at=timezone.now(), escalated_to=person if to else None)
    client.force_login(make_user())

    said = section_line(client, slot).escalated

    expected = "passed on to Bo, " if to else "the launch managers were told, "
    assert said.startswith(f"Nobody signed in time: {expected}")


def test_an_escalation_of_an_earlier_request_is_not_told(client):
    slot = make_asked_slot()
    Slot.objects.update(escalated_at=timezone.now() - timedelta(days=3))
    client.force_login(make_user())

    assert section_line(client, slot).escalated == ""


def test_managers_remind_of_votes_on_the_decision_page(client):
    launch = make_ready_launch()
    slot = launch.slots.executive().get()
    make_holder(slot, full_name="Anika Sharma")
    make_round(launch)
    address = reverse("signoff:decision", args=[launch.slug])

    offers = []
    for person in (manager_of(launch), make_user()):
        client.force_login(person)
        (card,) = client.get(address).context["page"].cards
        offers.append(card.wait.reminder and card.wait.reminder.label)
    client.force_login(manager_of(launch))
    response = client.post(nudge_url(slot))

    assert offers == ["Remind Anika Sharma", None]
    assert response.url == address


def test_the_launch_page_says_whose_votes_are_missing_and_since_when(client):
    launch = make_ready_launch()
    make_holder(launch.slots.executive().get(), full_name="Anika Sharma")
    round_ = make_round(launch)
    client.force_login(make_user())

    line = client.get(launch.get_absolute_url()).context["page"].decision

    assert line.whom.startswith("Anika Sharma (")
    assert line.since == round_.opened_at
