"""How often each page asks the database: as often for many rows as for one, session and user included."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from checklist.actions.asking import ask_signature
from checklist.actions.comments import add_comment
from checklist.actions.evidence import add_link
from checklist.actions.items import edit_item, set_status
from checklist.actions.launches import change_launch, share_launch
from checklist.forms.items import fingerprint
from checklist.models import Launch
from checklist.rules import ItemStatus, Outcome
from checklist.tokens import token_of
from signoff.actions import open_round
from signoff.rules import Answer, Question
from tests.checklist.pages import HTMX, click, item_url, launch_url, section_url
from tests.checklist.test_views_launch import sign
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_evidence,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    make_risk,
    manager_of,
    recount,
    set_items,
)
from tests.factories.people import make_authority, make_manager, make_team, make_user
from tests.factories.signatures import make_acceptance, make_signature

pytestmark = pytest.mark.django_db
ADVISORY_LOCK = connection.vendor == "postgresql"
one_and_three = pytest.mark.parametrize("count", [1, 3])


def busy(section, lead):
    """A section with everything on it: owners, evidence, questions, a past."""
    set_items(section, owner=lead, note="See RUNBOOKS.md")
    for item in section.items.select_related("section__launch", "launch"):
        make_evidence(item, added_by=lead)
        make_comment(item, "Really?", is_question=True, author=lead)
    make_appointment(section.slots.get().authorities.first(), make_user())
    section.refresh_from_db()


def busy_launch(sections=1, items=1, **fields):
    texts = {"items": [f"Item {number}" for number in range(items)]}
    launch = make_launch(*[texts] * sections, executive=[[make_authority()]], **fields)
    for section in launch.sections.all():
        busy(section, make_lead(section))
    return launch


def set_by_click(client, launch, times=1):
    """Something in the ledger that the launch page tells of; who did it stays signed in."""
    for section in launch.sections.all():
        client.force_login(make_member(section))
        for item in list(section.items.all()) * times:
            item.refresh_from_db()
            wanted = "not_done" if item.status != "not_done" else "attention"
            client.post(section_url(section, "section-status"), click(item, wanted))


@one_and_three
def test_the_launch_page(client, django_assert_num_queries, count):
    launch = busy_launch(sections=count)
    for section in launch.sections.all():
        sign(section)
    set_by_click(client, launch, times=8)

    with django_assert_num_queries(11):
        page = client.get(launch_url(launch))
    assert {row.slots[0].state for row in page.context["page"].phases[0].rows} == {"stale"}


def test_the_page_of_a_launch_just_started(client, django_assert_num_queries):
    launch = make_launch()
    client.force_login(manager_of(launch))

    with django_assert_num_queries(11):
        client.get(launch_url(launch))


@one_and_three
def test_the_launch_page_with_something_of_every_kind_in_its_last_lines(
    client, django_assert_num_queries, count
):
    launch = make_launch(*[{}] * count, executive=[[make_authority()]])
    manager = manager_of(launch)
    item = launch.items.first()
    answers = [Answer(question, given=False, reason="Not yet") for question in Question]
    edit_item(item, by=manager, fields={"team": make_team()})
    edit_item(item, by=manager, fields={"authority": make_authority(), "owner": make_user()})
    share_launch(launch, by=manager, user=make_user())
    change_launch(launch, by=manager, owner_team=make_team())
    open_round(launch, by=manager, answers=answers)
    client.force_login(manager)

    with django_assert_num_queries(12):
        client.get(launch_url(launch))


@one_and_three
@pytest.mark.parametrize("classification", ["internal", "restricted"])
def test_the_launch_page_with_deputies_vacancies_and_somebody_for_it_alone(
    client, django_assert_num_queries, count, classification
):
    away, vacant, filled = ([{}] * count for _ in range(3))
    launch = make_launch(*away, *vacant, *filled, classification=classification)
    slots = list(launch.slots.order_by("position"))
    for slot in slots[:count]:
        held = make_principal(slot)
        for _ in range(count):
            make_deputy(held)
    for slot in slots[-count:]:
        make_for_launch(slot)
    launch.sections.update(asked_at=timezone.now(), asked_by=manager_of(launch))
    client.force_login(manager_of(launch))

    with django_assert_num_queries(11 + (classification == "restricted")):
        page = client.get(launch_url(launch)).context["page"]
    lines = [row.slots[0] for row in page.phases[0].rows]
    assert [bool(line.nobody) for line in lines] == [
        *[False] * count,
        *[True] * count,
        *[False] * count,
    ]
    assert all("stands in" in line.whom for line in lines[:count])


@one_and_three
def test_the_section_page(client, django_assert_num_queries, count):
    launch = busy_launch(items=count)
    section = launch.sections.get()
    client.force_login(make_lead(section))

    with django_assert_num_queries(9):
        client.get(section_url(section))


@one_and_three
def test_the_section_page_of_an_owner_team(client, django_assert_num_queries, count):
    texts = {"items": [f"Item {number}" for number in range(count)], "teams": ()}
    section = make_launch(texts).sections.get()
    client.force_login(make_user(section.launch.owner_team))

    with django_assert_num_queries(8):
        client.get(section_url(section))


@one_and_three
def test_the_drawer(client, django_assert_num_queries, count):
    launch = busy_launch(items=count)
    set_by_click(client, launch)
    item = launch.items.select_related("section__launch", "launch").first()
    client.force_login(make_lead(item.section))

    with django_assert_num_queries(15):
        client.get(item.get_absolute_url(), headers=HTMX)


@one_and_three
def test_the_item_page(client, django_assert_num_queries, count):
    launch = busy_launch(items=count)
    set_by_click(client, launch)
    item = launch.items.select_related("section__launch", "launch").first()
    client.force_login(make_lead(item.section))

    with django_assert_num_queries(19):
        client.get(item.get_absolute_url())


@one_and_three
def test_the_items_page(client, django_assert_num_queries, count):
    launch = busy_launch(sections=count)
    client.force_login(make_user())

    with django_assert_num_queries(5):
        client.get(launch_url(launch, "items"))


@one_and_three
def test_the_portfolio(client, django_assert_num_queries, count):
    for _ in range(count):
        busy_launch()
    client.force_login(make_user())

    with django_assert_num_queries(4):
        client.get(reverse("checklist:launches"))


@one_and_three
def test_the_portfolio_where_a_clock_has_run_out(client, django_assert_num_queries, count):
    for _ in range(count):
        busy_launch().sections.update(next_expiry=timezone.now())
    Launch.objects.update(next_expiry=timezone.now())
    client.force_login(make_user())

    with django_assert_num_queries(8):
        client.get(reverse("checklist:launches"))


@one_and_three
def test_my_work(client, django_assert_num_queries, count):
    team = make_team()
    person = make_user(lead_of=[team])
    for _ in range(count):
        launch = busy_launch()
        section = launch.sections.get()
        section.teams.set([team])
        section.items.update(owner=person)
        section.asked_at, section.asked_by = timezone.now(), person
        section.save()
        for slot in launch.slots.all():
            make_appointment(slot.authorities.first(), person)
        Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.OPEN)
    client.force_login(person)

    with django_assert_num_queries(17):
        page = client.get(reverse("checklist:my-work"))
    assert len(page.context["work"].piles) == 5


@one_and_three
def test_the_participants(client, django_assert_num_queries, count):
    launch = make_launch()
    for _ in range(count):
        make_participant(launch)
    client.force_login(manager_of(launch))

    with django_assert_num_queries(5):
        client.get(launch_url(launch, "participants"))


# As it stood: however long the history is, however much it names


def past_of(count):
    """A launch with some of everything in its past, all of it by actions."""
    texts = [f"Item {number}" for number in range(count)]
    launch = make_launch(*[{"items": texts}] * count, executive=[[make_authority()]])
    by = manager_of(launch)
    for section in launch.sections.all():
        slot = section.slots.get()
        make_appointment(slot.authorities.get(), make_user())
        for item in section.items.all():
            edit_item(item, by=by, fields={"owner": make_user(), "team": make_team()})
            edit_item(item, by=by, fields={"authority": make_authority(), "note": "Seen"})
            add_link(item, by=by, name="Report", url="https://example.org/")
            add_comment(item, by=by, text="Said")
            make_acceptance(item)
            set_status(item, by=by, status=ItemStatus.DONE)
        ask_signature(section, by=by)
        make_signature(slot)
    return launch


@one_and_three
def test_the_launch_page_as_it_stood(client, django_assert_num_queries, count):
    launch = past_of(count)
    client.force_login(make_user())

    for signature in (launch.signatures.first(), launch.signatures.last()):
        with django_assert_num_queries(11):
            client.get(launch_url(launch), {"at": signature.pk})
        with django_assert_num_queries(10):
            client.get(launch_url(launch), {"at": signature.log_size})


@one_and_three
def test_the_section_page_as_it_stood(client, django_assert_num_queries, count):
    launch = past_of(count)
    client.force_login(make_user())
    section, signature = launch.sections.first(), launch.signatures.first()

    with django_assert_num_queries(11):
        client.get(section_url(section), {"at": signature.pk})


@one_and_three
def test_the_item_page_as_it_stood(client, django_assert_num_queries, count):
    launch = past_of(count)
    client.force_login(make_user())
    item = launch.items.select_related("section__launch").first()

    at = launch.signatures.first().pk

    with django_assert_num_queries(12):
        client.get(item_url(item), {"at": at})


# A click: BEGIN and COMMIT (here a savepoint's two statements) and PostgreSQL's advisory lock included


def a_click(client, django_assert_num_queries, section, wanted, count):
    item = section.items.select_related("section__launch").first()
    with django_assert_num_queries(count + ADVISORY_LOCK):
        response = client.post(
            section_url(section, "section-status"), click(item, wanted), headers=HTMX
        )
    item.refresh_from_db()
    assert (response.status_code, item.status) == (200, wanted)


@one_and_three
def test_a_click(client, django_assert_num_queries, count):
    texts = {"items": [f"Item {number}" for number in range(count)]}
    section = make_launch(texts).sections.get()
    client.force_login(make_member(section))

    a_click(client, django_assert_num_queries, section, "done", 19)


@one_and_three
def test_a_click_where_there_is_everything(client, django_assert_num_queries, count):
    """Evidence to weigh, a reason to keep, a signature that goes stale: the dearest click there is."""
    section = busy_launch(items=count).sections.get()
    section.items.update(status=ItemStatus.DONE, na_reason="Not ours", evidence_demanded=True)
    recount(section)
    sign(section)
    client.force_login(make_member(section))

    a_click(client, django_assert_num_queries, section, "na", 22)


@one_and_three
def test_setting_several(client, django_assert_num_queries, count):
    texts = {"items": [f"Item {number}" for number in range(count)]}
    section = make_launch(texts).sections.get()
    client.force_login(make_member(section))
    tokens = [token_of(pk) for pk in section.items.values_list("pk", flat=True)]

    with django_assert_num_queries(20 + ADVISORY_LOCK):
        client.post(
            section_url(section, "section-status"),
            {"items": tokens, "status": "done", "na_reason": ""},
        )


@one_and_three
def test_saving_a_note(client, django_assert_num_queries, count):
    texts = {"items": [f"Item {number}" for number in range(count)]}
    section = make_launch(texts).sections.get()
    client.force_login(make_member(section))
    item = section.items.select_related("section__launch", "launch").first()
    data = {"note": "Ordered", "seen": fingerprint({"note": ""})}

    with django_assert_num_queries(19 + ADVISORY_LOCK):
        client.post(item_url(item, "item-note"), data, headers=HTMX)
    item.refresh_from_db()
    assert item.note == "Ordered"


@one_and_three
def test_what_somebody_holds(client, django_assert_num_queries, count):
    leaver, manager = make_user(), make_manager()
    for _ in range(count):
        launch = make_launch(*[{}] * count, executive=[[make_authority()]] * count, by=manager)
        make_participant(launch, leaver)
        for section in launch.sections.all():
            item = make_item(section, owner=leaver)
            make_comment(item, "Really?", is_question=True, author=leaver)
            make_condition(launch, owner=leaver)
            make_risk(launch, owner=leaver)
        for slot in launch.slots.all():
            make_appointment(slot.authorities.get(), leaver)
    client.force_login(manager)

    with django_assert_num_queries(18):
        client.get(reverse("checklist:handover", args=[leaver.pk]))
