"""Two browsers at one item; a session that ends while somebody types; a note that saves itself."""

import re
from hashlib import sha256

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from checklist.models import Item
from tests.browser.story import ITEMS, expect_status, make_stage, open_section, row, set_status

pytestmark = pytest.mark.django_db(transaction=True)


def open_item(page, stage, text="Certificates installed"):
    item = stage.section.items.get(text=text)
    page.goto(item.get_absolute_url())
    return item


def expect_saved(page):
    expect(page.locator("#note-saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def test_of_two_statuses_the_second_sees_both_and_chooses(new_context, sign_in, complaints):
    stage = make_stage()
    first, second = new_context().new_page(), new_context().new_page()
    sign_in(first, stage.lead)
    sign_in(second, stage.member)
    open_section(first, stage)
    open_section(second, stage)

    set_status(first, "Certificates installed", "Done")
    expect_status(first, "Certificates installed", "Done")
    set_status(second, "Certificates installed", "Not done")
    conflict = second.get_by_role("alert").filter(has_text="meanwhile").first
    expect(conflict).to_be_visible()
    assert stage.section.items.get(text="Certificates installed").status == "done"
    complaints.clear()

    conflict.get_by_role("button", name="Set mine").click()
    expect_status(second, "Certificates installed", "Not done")
    assert stage.section.items.get(text="Certificates installed").status == "not_done"


def test_a_note_over_a_newer_status_is_no_conflict(new_context, sign_in):
    stage = make_stage()
    first, second = new_context().new_page(), new_context().new_page()
    sign_in(first, stage.lead)
    sign_in(second, stage.member)
    open_section(first, stage)
    item = open_item(second, stage)

    set_status(first, "Certificates installed", "Done")
    expect_status(first, "Certificates installed", "Done")
    second.get_by_label("Note").fill("Ordered on Monday")
    second.get_by_label("Note").blur()
    expect_saved(second)

    item = Item.objects.get(pk=item.pk)
    assert (item.status, item.note) == ("done", "Ordered on Monday")


def test_of_two_notes_the_second_keeps_what_was_typed_and_sees_the_other(
    new_context, sign_in, complaints
):
    stage = make_stage()
    first, second = new_context().new_page(), new_context().new_page()
    sign_in(first, stage.lead)
    sign_in(second, stage.member)
    item = open_item(first, stage)
    open_item(second, stage)

    first.get_by_label("Note").fill("From the lead")
    first.get_by_label("Note").blur()
    expect_saved(first)
    second.get_by_label("Note").fill("From the member")
    second.get_by_label("Note").blur()
    expect(second.get_by_text("From the lead").first).to_be_visible()

    expect(second.get_by_label("Note").first).to_have_value("From the member")
    assert Item.objects.get(pk=item.pk).note == "From the lead"
    complaints.clear()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_of_two_reasons_for_na_mine_is_kept_until_i_choose(
    new_context, sign_in, complaints, script
):
    stage = make_stage()
    first = new_context().new_page()
    second = new_context(java_script_enabled=script).new_page()
    sign_in(first, stage.lead)
    sign_in(second, stage.member)
    for page in (first, second):
        item = open_item(page, stage)
        page.locator("#status").get_by_role("button", name="N/A", exact=True).click()
        expect(page.get_by_role("button", name="Set to N/A")).to_be_visible()
    for page, reason in ((first, "Handled upstream"), (second, "Not ours")):
        page.get_by_label("Why it does not apply").first.fill(reason)
        page.get_by_role("button", name="Set to N/A").click()

    conflict = second.get_by_role("alert").filter(has_text="meanwhile")
    expect(conflict).to_contain_text("Handled upstream")
    expect(conflict).to_contain_text("Not ours")
    expect_status(second, "Certificates installed", "N/A")
    complaints.clear()
    conflict.get_by_role("button", name="Set mine").click()

    expect(second.get_by_label("Why it does not apply").first).to_have_value("Not ours")
    expect(second.get_by_text("Your unsaved text is back.")).to_have_count(0)
    item.refresh_from_db()
    assert item.na_reason == "Not ours"


def test_a_session_that_ends_amid_typing_keeps_the_text(new_context, sign_in, complaints):
    stage = make_stage()
    context = new_context()
    page = context.new_page()
    sign_in(page, stage.lead)
    item = open_item(page, stage)

    Session.objects.all().delete()
    page.get_by_label("Note").fill("A long thought")
    page.get_by_label("Note").blur()
    expect(page.get_by_role("alert").filter(has_text="signed out")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("A long thought")
    complaints.clear()

    sign_in(page, stage.lead)
    page.reload()
    expect(page.get_by_label("Note")).to_have_value("A long thought")
    page.get_by_label("Note").press("End")
    page.get_by_label("Note").type(".")
    page.get_by_label("Note").blur()
    expect_saved(page)
    assert Item.objects.get(pk=item.pk).note == "A long thought."


def test_quick_clicks_leave_the_pre_check_up_to_date(page, sign_in):
    """What changes while the pre-check is being asked for is asked for once more."""
    stage = make_stage()
    sign_in(page, stage.lead)
    open_section(page, stage)
    held = []

    def hold(route):
        held.append(route)

    page.route(page.url, hold, times=1)

    with page.expect_request(page.url):
        set_status(page, ITEMS[0], "Done")
    for text in ITEMS[1:]:
        set_status(page, text, "Done")
        expect_status(page, text, "Done")
    held.pop().fulfill(body="<p>As it was before the last clicks</p>", content_type="text/html")

    expect(page.get_by_role("button", name="Ask for the signature")).to_be_enabled()


def test_several_items_are_set_at_once_or_none(page, sign_in):
    stage = make_stage()
    sign_in(page, stage.member)
    open_section(page, stage)

    for text in ("Security audit completed", "CDN configured"):
        row(page, text).get_by_role("checkbox").check()
    page.get_by_label("Status", exact=True).select_option("Done")
    page.get_by_role("button", name="Set", exact=True).click()

    expect_status(page, "Security audit completed", "Done")
    expect_status(page, "CDN configured", "Done")
    expect_status(page, "Certificates installed", "Not set")


def test_evidence_is_uploaded_and_comes_back_as_a_file(page, sign_in):
    stage = make_stage()
    sign_in(page, stage.member)
    item = open_item(page, stage)

    page.get_by_text("Add a file").click()
    page.get_by_label("File").set_input_files(
        {"name": "scan <b>.html", "mimeType": "text/html", "buffer": b"<script>1</script>"}
    )
    page.get_by_role("button", name="Add the file").click()
    proof = page.get_by_role("link", name="scan")
    expect(proof.first).to_be_visible()
    with page.expect_download() as download:
        proof.first.click()

    assert download.value.path().read_bytes() == b"<script>1</script>"
    assert item.evidence.get().sha256 == sha256(b"<script>1</script>").hexdigest()
