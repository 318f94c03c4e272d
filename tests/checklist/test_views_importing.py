"""Bringing a checklist: the file, what is understood of it, read anew, its names, the template, and that undone."""

import pytest
from django.contrib.messages import get_messages
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Authority, Team
from checklist.forms import importing as forms
from checklist.models import Launch, Origin, TemplateItem, TemplateVersion, Upload
from checklist.pages import importing as pages
from tests.checklist.imports.test_hostile import HOSTILE
from tests.factories.bringing import FILE, make_brought, make_upload
from tests.factories.launches import make_template
from tests.factories.people import make_admin, make_authority, make_manager, make_team
from tests.test_pages_strict import strict

pytestmark = pytest.mark.django_db
URL = reverse("checklist:import")
PREVIEW = 8


@pytest.fixture
def manager(client):
    person = make_manager()
    client.force_login(person)
    return person


@pytest.fixture
def admin(client):
    person = make_admin()
    client.force_login(person)
    return person


def send(client, content=FILE, name="mine.md", **options):
    return client.post(URL, {"file": SimpleUploadedFile(name, content)}, secure=True, **options)


def words(response):
    return " ".join(response.text.split())


def page_of(response):
    return response.context["page"]


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def errors(response):
    return [str(e) for rows in response.context["form"].errors.values() for e in rows]


# The file


def test_the_form_says_what_happens_and_lists_what_is_ones_own(client, manager):
    upload, origin = make_upload(manager), make_brought(manager, name="old.md")
    make_upload(make_manager(), name="another.md"), make_brought(make_admin(), name="theirs.md")

    response = client.get(URL, secure=True)

    assert strict(response) == []
    assert "no-store" in response["Cache-Control"]
    assert list(response.context["waiting"]) == [upload]
    assert list(response.context["brought"]) == [origin]
    assert "another.md" not in response.text
    assert "theirs.md" not in response.text
    assert "Nothing of it is stored before you say so." in words(response)


def test_a_file_that_can_be_read_leads_to_what_is_understood(client, manager):
    response = send(client)

    upload = Upload.objects.get()
    assert response.url == upload.get_absolute_url()
    assert (upload.name, upload.owner) == ("mine.md", manager)
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize(
    "name", ["bomb.xlsx", "deep.yaml", "10mb.md", "wide.csv", "zeros.txt", "bytes.md"]
)
def test_a_hostile_file_is_a_sentence_and_is_not_kept(client, manager, name):
    response = send(client, HOSTILE[name](), name)

    (sentence,) = errors(response)
    assert response.status_code == 200
    assert sentence.endswith(".")
    assert sentence.replace('"', "&quot;").replace("'", "&#x27;") in response.text
    assert not Upload.objects.exists()


def test_a_file_that_is_too_large_is_not_looked_into(client, manager):
    response = send(client, b"- [ ] a\n" + b" " * 10_000_000)

    assert errors(response) == ["The file is larger than 10000 kB: it was not looked into."]


@pytest.mark.parametrize("data", [{}, {"file": "no file"}])
def test_without_a_file_the_form_asks_for_one(client, manager, data):
    assert errors(client.post(URL, data)) == ["This field is required."]


def test_the_name_of_a_file_is_made_safe(client, manager):
    send(client, name="../../etc/<b>\u202ea\u2066.md")

    assert Upload.objects.get().name == "<b>a.md"
    assert "&lt;b&gt;a.md" in client.get(URL).text


def test_it_is_not_done_more_often_than_somebody_could_read(client, manager, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"import": "1/m/user"}
    cache.clear()

    answers = [send(client).status_code for _turn in range(2)]
    looked = client.get(Upload.objects.get().get_absolute_url()).status_code

    assert (answers, looked) == ([302, 429], 429)


def test_without_its_token_nothing_is_kept(manager):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)

    assert send(client).status_code == 403
    assert client.post(make_upload(manager).get_absolute_url(), {"title": "A"}).status_code == 403
    assert not TemplateVersion.objects.exists()


# What is understood


def look(client, owner, content=FILE, name="mine.md", **query):
    return client.get(make_upload(owner, content, name).get_absolute_url(), query, secure=True)


def test_the_preview_says_what_is_understood_and_from_where(client, manager):
    response = look(client, manager)

    page = page_of(response)
    assert strict(response) == []
    assert page.summary == ["1 section", "2 items", "1 signature to give"]
    assert page.statuses == [("unset", "1 Not set"), ("done", "1 Done")]
    assert page.aside == [
        "Line 13, “Sign-off”: a decision to be made, which is asked when executives decide."
    ]
    (section,) = page.sections
    assert (section.title, section.count) == ("1 Security", "2 items")
    assert section.facts == ["Team: Night Watch", "To be signed by Gatekeeper"]
    assert [(row.line, row.text, row.label) for row in section.rows] == [
        (8, "Doors", "Done"),
        (9, "Windows", "Not set"),
    ]
    assert not TemplateVersion.objects.exists()


def test_what_stands_beside_an_item_is_shown_and_only_web_addresses_are_links(client, manager):
    content = (
        b"# L\n\n## P\n\n- [ ] A [run](https://e.org/r) [x](javascript:alert(1))\n"
        b"  - Owner: Ann\n  - Due: May\n  - a note\n"
    )

    response = look(client, manager, content)

    (row,) = page_of(response).sections[0].rows
    assert row.facts == ["Owner: Ann", "Due: May", "Note: a note"]
    assert [link.url for link in row.links] == ["https://e.org/r"]
    assert 'href="javascript' not in response.text


def test_markup_in_a_file_is_words(client, manager):
    response = look(
        client,
        manager,
        b"# <b>L\n\n## `<i>` P\n\n**Responsible:** <u>Team\n\n- [ ] <script>x</script> A\n",
    )

    assert strict(response) == []
    assert "<script>x" not in response.text


def test_a_long_checklist_is_folded(client, manager, monkeypatch):
    monkeypatch.setattr(pages, "MOST_OPEN", 1)

    make_team("Night Watch"), make_authority(name="Gatekeeper")

    response = look(client, manager, FILE.replace(b"- [ ] GO\n- [ ] NO-GO\n", b""))

    assert '<details class="check" open>' not in response.text
    assert "Windows" in response.text


def test_of_what_was_set_aside_only_so_much_is_said(client, manager, monkeypatch):
    monkeypatch.setattr(pages, "MOST_SAID", 1)
    content = FILE + b"\n## Legend\n\n- [x] = done\n- [ ] = open\n\n- [ ] GO\n- [ ] NO-GO\n"

    page = page_of(look(client, manager, content))

    assert (len(page.aside), page.left_out > 0) == (1, True)


LEVELS = b"# L\n\n## P\n\n- [ ] A\n  - [ ] B\n\n### Q\n\n- [ ] C\n- D\n"
TABLE = b"Area,Item,First,Second\nP,A,done,open\nP,B,done,open\n"


@pytest.mark.parametrize(
    ("content", "name", "query", "counted"),
    [
        (LEVELS, "a.md", {}, {"P": ["A", "B"], "Q": ["C"]}),
        (LEVELS, "a.md", {"level": "2"}, {"P": ["A", "B", "C"]}),
        (LEVELS, "a.md", {"bullets": "yes"}, {"P": ["A", "B"], "Q": ["C", "D"]}),
        (TABLE, "a.csv", {}, {"P": ["A", "B"]}),
    ],
)
def test_it_is_read_as_somebody_says(client, manager, content, name, query, counted):
    page = page_of(look(client, manager, content, name, **query))

    assert {part.title: [row.text for row in part.rows] for part in page.sections} == counted


def test_the_column_of_the_status_is_chosen_among_those_found(client, manager):
    first = look(client, manager, TABLE, "a.csv")
    second = client.get(first.request["PATH_INFO"], {"column": "Second"})

    choices = first.context["page"].reading.fields["column"].widget.choices
    assert [value for value, _label in choices] == ["", "Area", "Item", "First", "Second"]
    assert page_of(first).statuses == [("done", "2 Done")]
    assert page_of(second).statuses == [("unset", "2 Not set")]
    assert '<input type="hidden" name="column" value="Second">' in second.text
    assert set(page_of(first).reading.fields) == {"column"}


def test_a_way_of_reading_that_finds_nothing_says_so_and_can_be_changed(client, manager):
    response = look(client, manager, b"# L\n\n## P\n\n- a\n- b\n", bullets="no", column="Gone")

    page = page_of(response)
    assert page.trouble.startswith("mine.md: no checklist was recognised.")
    assert page.form is None
    assert page.reading["bullets"].value() == "no"
    assert "As at first" in response.text


def test_what_cannot_be_understood_of_a_way_of_reading_changes_nothing(client, manager):
    response = look(client, manager, level="99", bullets="perhaps")

    assert page_of(response).summary[1] == "2 items"


def test_nobody_elses_upload_is_there(client, manager):
    address = make_upload(make_admin()).get_absolute_url()

    assert client.get(address).status_code == 404
    assert client.post(address, {"title": "Mine"}).status_code == 404


def test_what_has_expired_is_not_there(client, manager):
    upload = make_upload(manager)
    Upload.objects.update(expires_at=timezone.now())

    assert client.get(upload.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_preview_asks_the_database_as_often_for_many_as_for_one(
    client, manager, count, django_assert_num_queries
):
    part = "\n## {n}\n\n**Responsible:** Team {n}\n**Sign-off:** Chief {n}\n\n- [ ] a\n- [ ] b\n"
    upload = make_upload(
        manager, ("# L\n" + "".join(part.format(n=n) for n in range(count))).encode()
    )
    make_team(), make_authority()

    with django_assert_num_queries(PREVIEW):
        client.get(upload.get_absolute_url())


# Its names


def field(form, name):
    return next(unknown.field for unknown in form.unknown if unknown.name == name)


def test_unknown_names_are_asked_for_and_known_ones_are_not(client, manager):
    team, gone = make_team("Elsewhere"), make_team("Gone")
    Team.objects.filter(pk=gone.pk).update(is_active=False)
    make_authority(name="Gatekeeper")

    form = page_of(look(client, manager)).form

    assert [unknown.name for unknown in form.unknown] == ["Night Watch"]
    choices = form.fields[field(form, "Night Watch")].choices
    assert choices == [("", "no team"), (str(team.pk), "Elsewhere")]


def test_who_operates_may_make_them(client, admin):
    response = look(client, admin)
    form = page_of(response).form
    chosen = {field(form, name): "make" for name in ("Night Watch", "Gatekeeper")}

    client.post(response.request["PATH_INFO"], {"title": "Mine"} | chosen)

    assert (Team.objects.get().name, Team.objects.get().slug) == ("Night Watch", "night-watch")
    assert Authority.objects.get().name == "Gatekeeper"
    version = TemplateVersion.objects.get()
    assert version.slots.get().authorities.get() == Authority.objects.get()


def test_nobody_else_may_make_them(client, manager):
    response = look(client, manager)
    name = field(page_of(response).form, "Night Watch")

    again = client.post(response.request["PATH_INFO"], {"title": "Mine", name: "make"})

    assert page_of(again).form.has_error(name, "invalid_choice")
    assert not TemplateVersion.objects.exists()
    assert not Team.objects.exists()


def test_they_stand_for_what_is_chosen(client, manager):
    team = make_team("Guards")
    response = look(client, manager)
    name = field(page_of(response).form, "Night Watch")

    client.post(response.request["PATH_INFO"], {"title": "Mine", name: team.pk})

    assert TemplateVersion.objects.get().sections.get().teams.get() == team


def test_one_that_cannot_be_made_is_a_sentence_and_nothing_is_made(client, admin):
    make_team("x" * 100)
    response = look(client, admin, FILE.replace(b"Night Watch", b"x" * 110))
    name = field(page_of(response).form, "x" * 110)

    again = client.post(response.request["PATH_INFO"], {"title": "Mine", name: "make"})

    assert page_of(again).form.non_field_errors() == ["Team with this Name already exists."]
    assert not TemplateVersion.objects.exists()
    assert Upload.objects.exists()


def test_of_many_unknown_names_only_so_many_are_asked_for(client, manager, monkeypatch):
    monkeypatch.setattr(forms, "MOST_UNKNOWN", 1)
    content = FILE.replace(b"Gatekeeper", b"Gatekeeper + Porter")

    response = look(client, manager, content)

    form = page_of(response).form
    assert [unknown.name for unknown in form.unknown] == ["Night Watch", "Gatekeeper"]
    assert "One more is left out." in response.text


def test_a_short_name_that_is_taken_gets_a_number(client, admin):
    make_team("Others", slug="equipe")
    response = look(client, admin, FILE.replace(b"Night Watch", "Équipe".encode()))
    name = field(page_of(response).form, "Équipe")

    client.post(response.request["PATH_INFO"], {"title": "Mine", name: "make"})

    assert Team.objects.get(name="Équipe").slug == "equipe-2"


# The template


def test_a_template_is_made_under_the_name_given_and_nothing_waits_any_more(client, manager):
    upload = make_upload(manager)

    response = client.post(upload.get_absolute_url(), {"title": "Our gate"})

    version = TemplateVersion.objects.get()
    assert (version.name, version.slug, version.is_published) == ("Our gate", "our-gate", False)
    assert [item.text for item in TemplateItem.objects.order_by("position")] == ["Doors", "Windows"]
    assert response.url == version.origin.get_absolute_url()
    assert said(response) == ["Our gate v1 is made, as a draft."]
    assert not Upload.objects.exists()


def test_it_is_made_as_it_was_read_last(client, manager):
    upload = make_upload(manager, LEVELS)

    client.post(upload.get_absolute_url(), {"title": "L", "level": "2"})

    assert [section.title for section in TemplateVersion.objects.get().sections.all()] == ["P"]


def test_the_same_form_sent_twice_leads_to_the_one_template(client, manager):
    upload = make_upload(manager)

    first, second = (
        client.post(upload.get_absolute_url(), {"title": "Our gate"}) for _turn in range(2)
    )

    assert second.url == first.url
    assert TemplateVersion.objects.count() == 1


@pytest.mark.parametrize("title", ["", " \u200b ", "x" * 201])
def test_a_name_that_is_none_is_asked_for_again(client, manager, title):
    upload = make_upload(manager)

    response = client.post(upload.get_absolute_url(), {"title": title})

    assert page_of(response).form.errors.keys() == {"title"}
    assert not TemplateVersion.objects.exists()


def test_what_was_made_says_where_it_is_and_what_it_lacks(client, admin):
    origin = make_brought(admin)

    response = client.get(origin.get_absolute_url(), secure=True)

    assert strict(response) == []
    assert page_of(response).summary == ["1 section", "2 items", "1 signature to give"]
    assert page_of(response).missing == ["“Gatekeeper” names nobody who may sign it."]
    assert reverse("admin:checklist_templateversion_change", args=[origin.pk]) in response.text


def test_who_does_not_operate_is_told_who_does(client, manager):
    response = client.get(make_brought(manager).get_absolute_url())

    assert "Whoever operates this installation edits and publishes it" in response.text
    assert "/admin/" not in response.text


def test_what_others_brought_is_not_there_but_for_operators(client, manager):
    origin = make_brought(make_manager())

    assert client.get(origin.get_absolute_url()).status_code == 404
    client.force_login(make_admin())
    assert client.get(origin.get_absolute_url()).status_code == 200


def test_a_template_that_nobody_brought_is_not_there(client, admin):
    address = reverse("checklist:import-made", args=[make_template(published=False).pk])

    assert client.get(address).status_code == 404


# The launch


def begin(client, upload, **asked):
    return client.post(reverse("checklist:import-start", args=[upload.pk]), asked)


def about(**fields):
    team = Team.objects.first() or make_team()
    return {
        "title": "Our gate",
        "name": "Gate",
        "version": "2.0",
        "environment": "production",
        "owner_team": team.pk,
        "classification": "internal",
    } | fields


def test_a_launch_is_started_that_stands_as_the_file_says(client, manager):
    make_authority(name="Gatekeeper")

    response = begin(client, make_upload(manager), **about())

    launch = Launch.objects.get()
    assert (response.url, said(response)) == (
        launch.get_absolute_url(),
        ["“Gate 2.0” is started."],
    )
    assert (launch.time_zone, launch.template.name) == (manager.time_zone, "Our gate")
    assert dict(launch.items.values_list("text", "status")) == {"Doors": "done", "Windows": "unset"}


def test_what_a_launch_still_needs_is_asked_beside_its_field(client, manager):
    upload = make_upload(manager)

    response = begin(client, upload, **about(version=""))

    page = page_of(response)
    assert page.launch.errors.keys() == {"version"}
    assert not page.form.errors
    assert not TemplateVersion.objects.exists()


def test_why_it_cannot_be_started_is_said_and_a_choice_helps(client, manager):
    upload = make_upload(manager)

    refused = begin(client, upload, **about())
    name = field(page_of(refused).form, "Gatekeeper")
    begin(client, upload, **about(**{name: "unasked"}))

    sentence = "“Gatekeeper” names nobody who may sign it."
    assert page_of(refused).launch.non_field_errors() == [sentence]
    assert sentence in refused.text
    assert not Launch.objects.get().slots.exists()


def test_who_may_not_start_a_launch_is_offered_the_template_alone(client, admin):
    response = look(client, admin)

    assert page_of(response).launch is None
    assert "Start the launch" not in response.text
    assert "Make the draft" in response.text


def test_what_became_of_it_leads_to_the_launch_and_is_not_undone(client, manager):
    make_authority(name="Gatekeeper")
    upload = make_upload(manager)
    begin(client, upload, **about())

    again = begin(client, upload, **about())
    page = client.get(again.url)

    assert Launch.objects.get().get_absolute_url() in page.text
    assert "It is published: what launches may rest on stays." in page.text


# Undo


def undo(client, origin):
    return client.post(reverse("checklist:import-undo", args=[origin.pk]))


def test_it_is_undone_while_nobody_touched_it(client, manager):
    response = undo(client, make_brought(manager))

    assert (response.url, said(response)) == (URL, ["mine.md is undone."])
    assert not TemplateVersion.objects.exists()


def test_what_somebody_touched_stays_and_says_why(client, manager):
    origin = make_brought(manager)
    TemplateItem.objects.filter(text="Doors").update(text="Gates")

    response = undo(client, origin)
    page = client.get(origin.get_absolute_url())

    sentence = "Somebody has changed it since it was made: it is not taken away."
    assert (response.url, said(response)) == (origin.get_absolute_url(), [sentence])
    assert sentence in page.text
    assert "Take it away again" not in page.text
    assert Origin.objects.get() == origin
