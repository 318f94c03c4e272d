"""The operators' pages: drafts saved by one action, published versions and launches to look at."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from checklist.models import Appointment, TemplateItem, TemplateSection, TemplateVersion
from checklist.rules import Classification, Phase
from tests.factories.appointments import make_for_launch
from tests.factories.launches import (
    make_appointment,
    make_launch,
    make_participant,
    make_template,
)
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user

# Django's own templates ask for variables that are not there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

HIDDEN = 302
VERSION_QUERIES = 10
SECTION_QUERIES = 11
APPOINTMENTS_QUERIES = 6
LIST_QUERIES = {"launch": 5, "section": 5, "templateversion": 5, "templatesection": 5}


@pytest.fixture
def admin(client):
    person = make_admin()
    client.force_login(person)
    ContentType.objects.get_for_models(TemplateVersion, TemplateSection, Appointment)
    return person


def page(row, what="change"):
    return reverse(f"admin:checklist_{row._meta.model_name}_{what}", args=[row.pk])


def listing(model, what="changelist"):
    return reverse(f"admin:checklist_{model}_{what}")


def filled(response, **changes):
    """What the page's form would send if somebody made only these changes."""
    formsets = [inline.formset for inline in response.context["inline_admin_formsets"]]
    forms = [response.context["adminform"].form]
    for formset in formsets:
        forms += [formset.management_form, *formset.forms]
    sent = {field.html_name: _sent(field) for form in forms for field in form}
    unsent = ("None", "False", "[]")
    return {name: value for name, value in sent.items() if str(value) not in unsent} | changes


def _sent(field):
    value = field.value()
    return [getattr(part, "pk", part) for part in value] if isinstance(value, list) else value


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response):
    return [sentence for part in response.context["errors"] for sentence in part]


def actions():
    return list(Entry.objects.values_list("action", flat=True))


# Templates


def test_an_operator_makes_a_template(client, admin):
    team = make_team()
    blank = client.get(listing("templateversion", "add"))
    rows = {"sections-0-number": "1", "sections-0-title": "Security", "sections-0-teams": [team.pk]}

    response = client.post(
        listing("templateversion", "add"), filled(blank, name="Release", slug="release", **rows)
    )

    version = TemplateVersion.objects.get()
    section = version.sections.get()
    assert response.url == listing("templateversion")
    assert (str(version), section.key, section.teams.get()) == ("Release v1", "security", team)
    assert actions() == ["template.created", "template_section.added"]


def test_an_operator_edits_a_draft_and_its_sections(client, admin):
    version = make_template({}, {}, published=False)
    authority = make_authority()
    before = client.get(page(version))
    changes = {
        "edition": "Week 14",
        "sections-0-title": "Renamed",
        "sections-1-DELETE": "on",
        "slots-0-title": "CTO",
        "slots-0-authorities": [authority.pk],
    }

    client.post(page(version), filled(before, **changes))

    assert [section.title for section in version.sections.all()] == ["Renamed"]
    assert version.slots.get(section=None).authorities.get() == authority
    assert actions() == [
        "template.changed",
        "template_item.removed",
        "template_item.removed",
        "template_slot.removed",
        "template_section.removed",
        "template_section.changed",
        "template_slot.added",
    ]


def test_an_operator_edits_a_sections_items_and_slots(client, admin):
    section = make_template(published=False).sections.get()
    team = make_team()
    before = client.get(page(section))
    changes = {
        "items-0-text": "Reworded",
        "items-0-team": team.pk,
        "items-2-text": "Added",
        "slots-0-title": "Signed here",
    }

    client.post(page(section), filled(before, **changes))

    assert [(item.text, item.position, item.team) for item in section.items.all()] == [
        ("Reworded", 1, team),
        ("Certificates installed", 2, None),
        ("Added", 3, None),
    ]
    assert actions() == [
        "template_item.changed",
        "template_item.added",
        "template_slot.changed",
    ]


def test_what_the_action_refuses_is_said_beside_what_was_typed(client, admin):
    version = make_template({}, {}, published=False)
    section = version.sections.first()
    before = client.get(page(section))

    response = client.post(page(section), filled(before, number="2", title="Typed"))

    assert errors(response) == ["This version has a section of that number already."]
    assert response.context["adminform"].form["title"].value() == "Typed"
    assert actions() == []


def test_a_draft_that_was_published_meanwhile_is_refused(client, admin):
    version = make_template()

    response = client.post(page(version), {"name": "Other"})

    assert response.status_code == 403
    assert TemplateVersion.objects.get().name == version.name


@pytest.mark.parametrize("kind", ["version", "section"])
def test_a_published_version_is_only_looked_at(client, admin, kind):
    version = make_template()
    row = {"version": version, "section": version.sections.get()}[kind]

    response = client.get(page(row))

    assert 'name="_save"' not in response.text
    assert "TOTAL_FORMS" in response.text
    assert 'type="text"' not in response.text


def test_an_operator_publishes_a_draft(client, admin):
    version = make_template(published=False)

    response = client.post(
        page(version), {"CHANGE_FORM-action": "publish", "_selected_action": version.pk}
    )

    version.refresh_from_db()
    assert version.publication.published_by == admin
    assert said(response) == [f"{version} is published."]


def test_a_draft_that_is_not_whole_is_not_published(client, admin):
    version = TemplateVersion.objects.create(slug="empty", name="Empty")

    response = client.post(
        page(version), {"CHANGE_FORM-action": "publish", "_selected_action": version.pk}
    )

    assert said(response) == ["A template needs at least one section."]
    assert not TemplateVersion.objects.published().exists()


def test_an_operator_makes_a_new_version_once(client, admin):
    version = make_template()
    asked = {"CHANGE_FORM-action": "make_new_version", "_selected_action": version.pk}

    first = client.post(page(version), asked)
    second = client.post(page(version), asked)

    draft = TemplateVersion.objects.drafts().get()
    assert (draft.number, first.url) == (2, page(draft))
    assert said(second)[-1] == "Version 2 is a draft already: edit that one."


@pytest.mark.parametrize("count", [1, 3])
def test_a_drafts_page_asks_the_database_as_often_for_many_rows_as_for_one(
    client, admin, django_assert_num_queries, count
):
    version = make_template(*[{} for _ in range(count)], published=False)

    with django_assert_num_queries(VERSION_QUERIES):
        client.get(page(version))


@pytest.mark.parametrize("count", [1, 3])
def test_a_sections_page_asks_the_database_as_often_for_many_items_as_for_one(
    client, admin, django_assert_num_queries, count
):
    section = make_template({"items": ["Item"] * count}, published=False).sections.get()
    TemplateItem.objects.update(team=make_team(), authority=make_authority())

    with django_assert_num_queries(SECTION_QUERIES):
        client.get(page(section))


# Appointments


def test_an_operator_appoints_somebody(client, admin):
    authority, holder = make_authority(), make_user()
    blank = client.get(listing("appointment", "add"))

    client.post(
        listing("appointment", "add"), filled(blank, authority=authority.pk, holder=holder.pk)
    )

    appointment = Appointment.objects.current(timezone.now()).get()
    assert (appointment.authority, appointment.holder) == (authority, holder)
    assert (appointment.made_by, actions()) == (admin, ["appointment.made"])


def test_nobody_appoints_themselves(client, admin):
    blank = client.get(listing("appointment", "add"))

    response = client.post(
        listing("appointment", "add"),
        filled(blank, authority=make_authority().pk, holder=admin.pk),
    )

    assert errors(response) == ["Nobody appoints themselves: ask another admin."]
    assert not Appointment.objects.exists()


def test_nobody_appoints_who_has_left(client, admin):
    blank = client.get(listing("appointment", "add"))
    left = make_user(is_active=False)

    response = client.post(
        listing("appointment", "add"),
        filled(blank, authority=make_authority().pk, holder=left.pk),
    )

    assert "holder" in response.context["adminform"].form.errors
    assert not Appointment.objects.exists()


def test_an_operator_names_a_deputy(client, admin):
    held, deputy = make_appointment(make_authority("CISO")), make_user(full_name="M. Ito")
    blank = client.get(listing("appointment", "add"))
    wish = {"authority": held.authority_id, "holder": deputy.pk, "stands_in_for": held.holder_id}
    until = {"ends_at_0": "2030-11-30", "ends_at_1": "00:00:00"}

    refused = client.post(listing("appointment", "add"), filled(blank, **wish, **until))
    client.post(listing("appointment", "add"), filled(blank, **wish, **until, reason="Away."))

    assert errors(refused) == ["Say why."]
    made = Appointment.objects.current(timezone.now()).get(stands_in_for=held.holder)
    assert (made.holder, made.reason, made.made_by) == (deputy, "Away.", admin)
    assert "M. Ito, CISO, standing in for" in client.get(page(made)).text


def test_nobody_stands_in_for_who_does_not_hold_it(client, admin):
    blank = client.get(listing("appointment", "add"))
    rui = make_user(full_name="R. Chen")
    wish = {"authority": make_authority("CISO").pk, "holder": make_user().pk}
    until = {"ends_at_0": "2030-11-30", "ends_at_1": "00:00:00", "reason": "Away."}

    response = client.post(
        listing("appointment", "add"), filled(blank, **wish, **until, stands_in_for=rui.pk)
    )

    assert errors(response) == ["R. Chen does not hold CISO then, so nobody can stand in for them."]


def test_appointments_for_launches_are_shown_to_whoever_sees_the_launch(client, admin):
    internal, restricted = (
        make_for_launch(make_launch(classification=kind).slots.get())
        for kind in ("internal", "restricted")
    )

    text = client.get(listing("appointment")).text

    assert (str(internal.launch) in text, str(restricted.launch) in text) == (True, False)
    assert client.get(page(internal)).status_code == 200
    assert client.get(page(restricted)).status_code == 302
    asked = {"action": "end", "_selected_action": restricted.pk}
    client.post(listing("appointment"), asked)
    assert Appointment.objects.in_force(timezone.now()).filter(pk=restricted.pk).exists()


def test_an_operator_ends_an_appointment_once(client, admin):
    appointment = make_appointment()
    asked = {"CHANGE_FORM-action": "end", "_selected_action": appointment.pk}

    first = client.post(page(appointment), asked)
    second = client.post(page(appointment), asked)

    assert not Appointment.objects.current(timezone.now()).exists()
    assert said(first) == [f"{appointment}: ended."]
    assert said(second)[-1] == f"{appointment}: This appointment has ended already."


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_appointments_asks_the_database_as_often_for_many_as_for_one(
    client, admin, django_assert_num_queries, count
):
    for _ in range(count):
        make_appointment(made_by=admin)

    with django_assert_num_queries(APPOINTMENTS_QUERIES):
        client.get(listing("appointment"))


# Launches


def test_a_launch_is_shown_with_its_verdict_and_the_reasons(client, admin):
    launch = make_launch({"title": "Security", "items": ["Audit"]})

    text = client.get(page(launch)).text

    assert (
        "NOT READY<ul><li>1. Security: 1 item is not settled.</li>"
        "<li>1. Security is not signed: its signature has not been asked for yet.</li></ul>"
    ) in text


def test_a_section_is_shown_with_its_state_and_the_reasons(client, admin):
    section = make_launch({"title": "Security", "items": ["Audit"]}).sections.get()

    text = client.get(page(section)).text

    assert "In progress<ul><li>1. Security: 1 item is not settled.</li>" in text


def test_a_section_without_reasons_shows_its_state_alone(client, admin):
    section = make_launch({"phase": Phase.REVIEW, "items": ()}).sections.get()

    assert '<div class="readonly">In progress</div>' in client.get(page(section)).text


def test_a_restricted_launch_is_hidden_from_operators_too(client, admin):
    launch = make_launch(classification=Classification.RESTRICTED, name="Hush")
    rows = [launch, launch.sections.get()]

    assert [client.get(page(row)).status_code for row in rows] == [HIDDEN, HIDDEN]
    assert "Hush" not in client.get(listing("launch")).text
    assert "Hush" not in client.get(listing("section")).text


def test_an_operator_who_takes_part_sees_a_restricted_launch(client, admin):
    launch = make_launch(classification=Classification.RESTRICTED, name="Hush")
    make_participant(launch, admin)

    assert "Hush 1.0" in client.get(page(launch)).text
    assert "Hush 1.0" in client.get(listing("launch")).text


@pytest.mark.parametrize("model", ["launch", "section"])
def test_launches_and_sections_are_neither_added_nor_changed(client, admin, model):
    launch = make_launch()
    row = {"launch": launch, "section": launch.sections.get()}[model]

    answers = [client.post(page(row), {}), client.post(listing(model, "add"), {})]

    assert [answer.status_code for answer in answers] == [403, 403]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("model", ["launch", "section", "templateversion", "templatesection"])
def test_a_list_asks_the_database_as_often_for_many_as_for_one(
    client, admin, django_assert_num_queries, count, model
):
    template, manager = make_template(owner_team=make_team()), make_manager()
    for _ in range(count):
        make_launch(template=template, by=manager)
        make_template(owner_team=make_team())

    with django_assert_num_queries(LIST_QUERIES[model]):
        client.get(listing(model))


# All of them


@pytest.mark.parametrize(
    "model", ["launch", "section", "templateversion", "templatesection", "appointment"]
)
def test_nothing_is_deleted_alone_or_in_bulk(client, admin, model):
    launch = make_launch()
    rows = {
        "launch": launch,
        "section": launch.sections.get(),
        "templateversion": make_template(published=False),
        "templatesection": TemplateSection.objects.first(),
        "appointment": make_appointment(),
    }

    assert client.post(page(rows[model], "delete"), {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(listing(model)).text


@pytest.mark.parametrize(
    "model", ["launch", "section", "templateversion", "templatesection", "appointment"]
)
def test_the_pages_are_for_operators_alone(client, model):
    client.force_login(make_manager())

    assert client.get(listing(model)).status_code in {302, 403}


def test_the_pages_have_no_inline_script_or_style(client, admin):
    section = make_template(published=False).sections.get()
    pages = [page(section), page(section.version), listing("appointment", "add")]

    texts = [client.get(url).text for url in pages]

    assert not any("<style" in text or ' style="' in text for text in texts)
    assert not any("<script>" in text for text in texts)
