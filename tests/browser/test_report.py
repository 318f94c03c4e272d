"""The report in a real browser: it prints by its button, and on paper there is nothing but the document."""

import pytest

from tests.factories.launches import make_launch, manager_of
from tests.factories.people import make_authority
from tests.factories.signatures import ask, make_signature

NAVIGATION = ".bar-top, .tabs, .crumbs, .foot, .actions"


@pytest.fixture
def launch(db):
    launch = make_launch({"items": ["Audit"] * 40}, executive=[[make_authority()]])
    make_signature(ask(launch.sections.get()))
    return launch


def open_report(page, launch, sign_in):
    sign_in(page, manager_of(launch))
    page.goto(f"{launch.get_absolute_url()}report/")


def test_the_button_prints(new_context, live_server, launch, sign_in):
    page = new_context().new_page()
    page.add_init_script("window.print = () => { document.title = 'printed'; };")
    open_report(page, launch, sign_in)

    page.get_by_role("button", name="Print").click()

    assert page.title() == "printed"


def test_without_javascript_there_is_no_button_that_does_nothing(plain_page, launch, sign_in):
    open_report(plain_page, launch, sign_in)

    assert plain_page.get_by_role("link", name="Download as Markdown").is_visible()
    assert plain_page.get_by_role("button", name="Print").count() == 0


def test_on_paper_there_is_the_document_and_where_to_find_the_signatures(
    new_context, live_server, launch, sign_in
):
    page = new_context().new_page()
    open_report(page, launch, sign_in)
    address = page.get_by_text("/signatures/")
    assert address.is_hidden()

    page.emulate_media(media="print")

    assert address.is_visible()
    assert page.locator(NAVIGATION).locator("visible=true").count() == 0
    assert page.locator(".verdict-word").is_visible()
    assert (
        page.locator(".report-table thead").first.evaluate(
            "(head) => getComputedStyle(head).display"
        )
        == "table-header-group"
    )


def test_the_file_is_downloaded_under_the_launchs_name(new_context, live_server, launch, sign_in):
    page = new_context().new_page()
    open_report(page, launch, sign_in)

    with page.expect_download() as download:
        page.get_by_role("link", name="Download as Markdown").click()

    assert download.value.suggested_filename == f"{launch.slug}-checklist.md"
    assert download.value.path().read_text().startswith("# ")
