"""Somebody brings a checklist as it is: sees it understood, makes a template, undoes it, starts a launch."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import FITS
from tests.browser.test_every_page import Eye
from tests.browser.test_journey_verifying import drop
from tests.factories.bringing import FILE, make_brought, make_upload
from tests.factories.people import make_admin, make_authority, make_manager, make_team
from tests.test_pages_strict import client_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.ignore_template_errors  # the admin's own
def test_a_file_is_dropped_seen_made_into_a_draft_and_undone(new_desk):
    page = new_desk(make_admin())
    page.goto(reverse("checklist:import"))

    drop(page, "notes.docx", b"none of them")
    expect(page.get_by_text("This is none of the files that can be read.")).to_be_attached()
    drop(page, "mine.md", FILE)
    expect(page.get_by_text("Taken, and ready to read: mine.md")).to_be_attached()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="What was understood")).to_be_visible()
    security = page.get_by_role("table", name="1 Security")
    expect(security.get_by_role("row", name="Doors Done")).to_be_visible()
    page.get_by_label("Team “Night Watch”").select_option("make it")
    page.get_by_label("Authority “Gatekeeper”").select_option("make it")
    page.get_by_role("button", name="Make the draft").click()

    expect(page.get_by_role("heading", name="Mine v1")).to_be_visible()
    page.get_by_role("link", name="Open the template").click()
    expect(page.get_by_role("heading", name="Mine v1")).to_be_visible()
    page.goto(reverse("checklist:import"))
    page.get_by_role("link", name="Mine v1").click()
    page.get_by_role("button", name="Take it away again").click()

    expect(page.get_by_text("mine.md is undone.")).to_be_visible()
    expect(page.get_by_role("link", name="Mine v1")).to_be_hidden()


def test_without_javascript_it_is_read_anew_and_a_launch_is_started(plain_page, sign_in, tmp_path):
    make_authority(name="Gatekeeper"), make_team("Guards")
    sign_in(plain_page, make_manager())
    page, file = plain_page, tmp_path / "mine.md"
    file.write_bytes(FILE + b"\n## More\n\n### Deep\n\n- [ ] Cellar\n")
    page.goto(reverse("checklist:launches"))
    page.get_by_role("link", name="Bring a checklist").click()

    expect(page.get_by_text("Drop the file anywhere")).to_be_hidden()
    page.get_by_label("Your checklist").set_input_files(file)
    page.get_by_role("button", name="See what is understood").click()
    expect(page.get_by_role("table", name="Deep")).to_be_visible()
    page.get_by_text("Read it differently").click()
    page.get_by_label("Headings that make sections").select_option("down to level 2")
    page.get_by_role("button", name="Read it so").click()
    expect(page.get_by_role("table", name="More")).to_be_visible()
    page.get_by_label("Version").fill("1.0")
    page.get_by_label("Environment").fill("production")
    page.get_by_label("Owner team").select_option("Guards")
    page.get_by_role("button", name="Start the launch").click()

    expect(page.get_by_text("“Mine 1.0” is started.")).to_be_visible()
    expect(page.get_by_role("link", name="2 More")).to_be_visible()


def test_on_a_phone(new_phone):
    page = new_phone(make_manager())
    page.goto(reverse("checklist:import"))
    drop(page, "mine.md", FILE)
    page.get_by_role("button", name="See what is understood").click()

    expect(page.get_by_role("heading", name="What was understood")).to_be_visible()
    assert page.evaluate(FITS)


@pytest.mark.parametrize("query", ["", "?bullets=no&column=Gone&level=1"])
def test_the_pages_are_like_any_other(new_context, live_server, complaints, query):
    manager = make_manager()
    upload, origin = make_upload(manager), make_brought(manager)
    eye = Eye(new_context, live_server, complaints, client_of(manager))

    addresses = [f"{upload.get_absolute_url()}{query}", origin.get_absolute_url()]

    assert [eye.wrong(f"{live_server.url}{address}") for address in addresses] == [[], []]
