"""The report page and the file it offers: all of a launch, for whoever may see it, and nothing that runs."""

import pytest
from django.urls import reverse

from audit.models import Entry
from checklist.rules import ItemStatus
from signoff.rules import Vote
from tests.checklist.pages import HOSTILE
from tests.factories.launches import (
    make_evidence,
    make_item,
    make_launch,
    make_participant,
    manager_of,
)
from tests.factories.people import make_user
from tests.factories.signatures import make_ready_launch, make_round, make_vote

pytestmark = pytest.mark.django_db

MARKUP = "<script>alert(1)</script> | **bold** &amp;"


def url_of(launch, name="report", *more):
    return reverse(f"signoff:{name}", args=[launch.slug, *more])


@pytest.fixture
def read(client):
    """A page of a launch as one of its managers reads it."""

    def read(launch, name="report", *more):
        client.force_login(manager_of(launch))
        return client.get(url_of(launch, name, *more))

    return read


def test_the_report_shows_the_verdict_the_items_and_when_it_was_made(read):
    launch = make_launch(
        {"title": "Security", "items": ("Audit completed",)}, time_zone="Asia/Tokyo"
    )

    page = read(launch)

    assert page.context["page"].verdict.word == "NOT READY"
    assert page.text.index("NOT READY") < page.text.index("Audit completed")
    assert "1. Security" in page.text
    assert page.context["page"].made.startswith("As it stood ")
    assert "JST (Asia/Tokyo), when the ledger had " in page.context["page"].made
    assert "Times on this page are the launch's: Asia/Tokyo." in page.text
    assert f'href="{url_of(launch, "export", "md")}"' in page.text


def test_the_report_shows_votes_answers_and_where_their_receipts_are(read):
    launch = make_ready_launch()
    make_round(launch)
    vote = make_vote(launch.slots.executive().get(), vote=Vote.NO_GO, comment="Keys were lost.")

    page = read(launch).text

    assert f"http://localhost:8000{vote.get_absolute_url()}" in page
    assert "Keys were lost." in page
    assert page.count("(the answer)") == 4


def test_the_launch_page_leads_to_the_report(client):
    launch = make_launch()
    client.force_login(make_user())

    page = client.get(launch.get_absolute_url())

    assert f'href="{url_of(launch)}"' in page.text


def test_the_file_is_markdown_to_be_kept(read):
    launch = make_launch(name="Zahlung & Co")

    answer = read(launch, "export", "md")

    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == (
        f'attachment; filename="{launch.slug}-checklist.md"'
    )
    assert answer.text.startswith("# Zahlung & Co - ")


@pytest.mark.parametrize("extension", ["csv", "xlsx", "json", "html", "MD"])
def test_a_format_that_is_not_there_yet_is_not_found(read, extension):
    assert read(make_launch(), "export", extension).status_code == 404


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_is_in_it_both_answer(read, text):
    launch = make_launch({"items": ()})
    short = text[:400].replace("\x00", "")
    make_item(
        launch.sections.get(), text=short, note=text.replace("\x00", ""), status=ItemStatus.NA
    )

    assert [read(launch).status_code, read(launch, "export", "md").status_code] == [200, 200]


def test_markup_is_text_in_both(read):
    launch = make_launch({"items": (), "title": MARKUP}, name=MARKUP)
    item = make_item(
        launch.sections.get(),
        number="<b>1",
        text=MARKUP,
        note=MARKUP,
        status=ItemStatus.NA,
        na_reason=MARKUP + "!",
    )
    make_evidence(item, name=MARKUP, url="https://example.org/|<script>")

    page, file = read(launch).text, read(launch, "export", "md").text

    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 5
    assert "\n<script" not in file
    assert "[^\\]<script" not in file
    assert "**bold**" not in file
    assert "https://example.org/%7C%3Cscript%3E" in file


def test_an_address_that_runs_is_no_link(read):
    launch = make_launch({"items": ()})
    make_evidence(make_item(launch.sections.get()), name="Proof", url="javascript:alert(1)")

    page, file = read(launch).text, read(launch, "export", "md").text

    assert "javascript:" not in page + file
    assert "Proof" in page
    assert "Proof" in file


def test_what_turns_text_around_is_not_in_the_file(read):
    launch = make_launch({"items": ()})
    make_item(launch.sections.get(), text="evil \u202egnp.exe")

    assert "evil gnp.exe" in read(launch, "export", "md").text


@pytest.mark.parametrize("name", ["report", "export"])
def test_a_restricted_launch_is_there_for_its_participants_alone(client, name):
    launch = make_launch(classification="restricted")
    guest, outsider = make_user(), make_user()
    make_participant(launch, guest)
    url = url_of(launch, name, *(["md"] if name == "export" else []))

    answers = []
    for person in (guest, outsider):
        client.force_login(person)
        answers.append(client.get(url).status_code)

    assert answers == [200, 404]


def test_reading_a_report_writes_nothing(read):
    launch = make_launch()
    before = Entry.objects.count()

    read(launch)
    read(launch, "export", "md")

    assert Entry.objects.count() == before
