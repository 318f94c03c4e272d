"""My work: what waits for whom, and what does not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.rules import Role
from checklist.models import Launch
from checklist.pages.turns import moment
from checklist.rules import ItemStatus, Outcome
from tests.checklist.test_views_launch import sign
from tests.factories.launches import (
    make_comment,
    make_holder,
    make_launch,
    make_lead,
    make_member,
    set_items,
)
from tests.factories.people import make_authority, make_manager, make_user

pytestmark = pytest.mark.django_db


def piles(client, person):
    client.force_login(person)
    work = client.get(reverse("checklist:my-work")).context["work"]
    return {pile.key: [task.text for task in pile.tasks] for pile in work.piles}


@pytest.fixture
def section():
    return make_launch({"title": "Security"}).sections.get()


def ask(section):
    set_items(section, status=ItemStatus.DONE)
    type(section).objects.filter(pk=section.pk).update(
        asked_at=timezone.now(), asked_by=section.launch.created_by
    )
    section.refresh_from_db()


def test_nothing_waits_and_that_is_said_kindly(client):
    client.force_login(make_user())

    page = client.get(reverse("checklist:my-work"))

    assert "Nothing waits for you" in page.text
    assert reverse("checklist:launches") in page.text


def test_a_signature_asked_of_me(client, section):
    holder = make_holder(section.slots.get())
    assert "sign" not in piles(client, holder)

    ask(section)

    assert piles(client, holder)["sign"] == ["1 Security"]
    assert "sign" not in piles(client, make_user())


def test_what_is_signed_no_longer_waits(client, section):
    holder = make_holder(section.slots.get())
    ask(section)

    sign(section)

    assert "sign" not in piles(client, holder)


def test_under_four_eyes_my_own_work_does_not_wait_for_my_signature(client):
    section = make_launch(four_eyes=True).sections.get()
    holder, other = make_holder(section.slots.get()), make_holder(section.slots.get())
    section.items.filter(pk=section.items.first().pk).update(status_by=holder)
    ask(section)

    assert "sign" not in piles(client, holder)
    assert "sign" in piles(client, other)


def test_a_vote_in_an_open_round(client):
    launch = make_launch(executive=[[make_authority()]])
    holder = make_holder(launch.slots.executive().get())
    assert "vote" not in piles(client, holder)

    Launch.objects.update(outcome=Outcome.OPEN)

    assert piles(client, holder)["vote"] == ["Executive Sign-Off"]


def test_sections_that_i_lead_are_ready_returned_or_stale(client, section):
    lead = make_lead(section)
    assert "lead" not in piles(client, lead)

    set_items(section, status=ItemStatus.DONE)
    assert piles(client, lead)["lead"] == ["1 Security"]

    sign(section)
    assert "lead" not in piles(client, lead)

    set_items(section, status=ItemStatus.NA, na_reason="Not ours")
    assert piles(client, lead)["lead"] == ["1 Security"]
    with timezone.override(lead.time_zone):
        when = moment(section.slots.get().stale_since)
    assert f"changed {when}, since it was signed" in client.get(reverse("checklist:my-work")).text
    assert "lead" not in piles(client, make_member(section))


def test_a_section_without_a_team_is_led_by_its_owner_teams_lead(client):
    launch = make_launch({"teams": ()})
    set_items(launch.sections.get(), status=ItemStatus.DONE)

    assert piles(client, make_user(lead_of=[launch.owner_team]))["lead"] == ["1 Section 1"]


def test_my_items_overdue_first(client, section):
    person = make_member(section)
    first, second = section.items.all()
    today = timezone.now().date()
    section.items.filter(pk=first.pk).update(owner=person)
    section.items.filter(pk=second.pk).update(owner=person, due_on=today - timedelta(days=2))

    found = piles(client, person)
    page = client.get(reverse("checklist:my-work"))

    assert found["items"] == ["1.2 Certificates installed", "1.1 Audit completed"]
    assert "overdue since" in page.text


def test_settled_items_and_those_one_may_not_see_do_not_wait(client):
    launch = make_launch(classification="restricted")
    person = make_user()
    launch.items.update(owner=person)

    assert piles(client, person) == {}


def test_open_questions_wait_for_the_team_and_for_whoever_asked(client, section):
    asker = make_user()
    make_comment(section.items.first(), "Really?", is_question=True, author=asker)

    assert piles(client, make_member(section))["questions"] == ["1.1 Audit completed"]
    assert piles(client, asker) == {"questions": ["1.1 Audit completed"]}


def test_my_teams_sections_say_what_is_outstanding(client, section):
    assert piles(client, make_member(section)) == {"teams": ["1 Security"]}


def test_an_auditor_has_no_work(client, section):
    auditor = make_user(*section.teams.all(), role=Role.AUDITOR)

    assert piles(client, auditor) == {}


def test_long_piles_say_that_there_is_more(client):
    section = make_launch({"items": [f"Item {n}" for n in range(25)]}).sections.get()
    person = make_member(section)
    section.items.update(owner=person)

    assert len(piles(client, person)["items"]) == 20
    assert "There are more" in client.get(reverse("checklist:my-work")).text


def test_a_manager_without_work_sees_the_empty_state(client):
    assert piles(client, make_manager()) == {}
