"""Somebody takes a launch's evidence away and has it checked: whole, and with one byte changed."""

import zipfile
from base64 import b64encode
from io import BytesIO

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.conftest import FITS, PHONE
from tests.browser.story import make_signed_stage
from tests.browser.test_every_page import Eye
from tests.factories.people import make_user
from tests.factories.signatures import make_round
from tests.signoff.bundle.test_checking import DATA
from tests.test_pages_strict import client_of

pytestmark = pytest.mark.django_db(transaction=True)

# What a hand does with a mouse: a file from a folder is let go over the form.
DROP = """([form, name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  for (const kind of ["dragover", "drop"]) {
    form.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
  }
}"""


def drop(page, name, content):
    form = page.locator("form[data-drop]").element_handle()
    page.evaluate(DROP, [form, name, b64encode(content).decode()])


def flipped(bundle):
    """The same bundle with one bit of one statement changed."""
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = next(name for name in files if name.startswith("statements/"))
    raw = bytearray(files[name])
    raw[len(raw) // 2] ^= 1
    files[name] = bytes(raw)
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each, content in files.items():
            archive.writestr(each, content)
    return out.getvalue()


def check(page):
    page.get_by_role("button", name="Check", exact=True).click()


def test_evidence_is_taken_away_dropped_and_found_whole_and_altered(new_desk):
    stage = make_signed_stage()
    make_round(stage.launch)
    page = new_desk(stage.cto)
    page.goto(reverse("signoff:decision", args=[stage.launch.slug]))

    with page.expect_download() as download:
        page.get_by_role("link", name="All evidence (zip)").click()
    assert download.value.suggested_filename == f"{stage.launch.slug}-evidence.zip"
    bundle = download.value.path().read_bytes()

    page.get_by_role("contentinfo").get_by_role("link", name="Check a bundle").click()
    drop(page, "notes.docx", b"none of them")
    expect(page.get_by_text("This is none of the files that can be checked.")).to_be_attached()
    drop(page, "evidence.zip", bundle)
    expect(page.get_by_text("Taken, and ready to check: evidence.zip")).to_be_attached()
    expect(page.get_by_role("button", name="Check", exact=True)).to_be_focused()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="EVERYTHING HOLDS")).to_be_visible()
    expect(page.get_by_text("that nobody forced them")).to_be_visible()
    expect(page.get_by_role("img", name="Who signed when")).to_be_visible()
    ledger = page.get_by_text("nothing was changed, removed or inserted below these signatures")
    expect(ledger).to_be_hidden()
    page.get_by_text("The ledger", exact=True).click()
    expect(ledger).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("table", name="Signatures").get_by_text("The CISO")).to_be_visible()

    page.get_by_role("link", name="Check another").click()
    drop(page, "evidence.zip", flipped(bundle))
    check(page)

    expect(page.get_by_role("heading", name="SOMETHING WAS ALTERED")).to_be_visible()
    expect(page.get_by_text("The statement was changed: its digest is not")).to_be_visible()


def test_without_javascript_and_on_a_phone(plain_page, new_phone, sign_in):
    stage = make_signed_stage()
    sign_in(plain_page, stage.cto)
    for page, drops in ((plain_page, False), (new_phone(stage.coo), True)):
        page.goto(reverse("signoff:verify"))
        expect(page.get_by_text("Drop the files anywhere")).to_be_visible(visible=drops)
        page.get_by_label("Bundle or certificate").set_input_files(DATA / "evidence-v1.zip")
        page.get_by_label("Trust file").set_input_files(DATA / "trust-v1.json")
        page.get_by_label("Checkpoint that was kept elsewhere").set_input_files(
            DATA / "checkpoint-v1.txt"
        )
        check(page)

        expect(page.get_by_role("heading", name="EVERYTHING HOLDS")).to_be_visible()
    assert page.evaluate(FITS)


def test_on_paper_what_is_folded_is_printed_too(new_desk):
    page = new_desk(make_signed_stage().cto)
    page.goto(reverse("signoff:verify"))
    page.get_by_label("Bundle or certificate").set_input_files(DATA / "evidence-v1.zip")
    page.get_by_label("Trust file").set_input_files(DATA / "trust-v1.json")
    check(page)
    told = page.get_by_text("11 entries are in the ledger, where they say they are.")
    expect(told).to_be_hidden()

    page.emulate_media(media="print")

    expect(told).to_be_visible()
    expect(page.get_by_role("button", name="Print")).to_be_hidden()


@pytest.mark.parametrize("gone", ["", "proofs/", "leaves/"])
def test_the_result_is_a_page_like_any_other(new_context, live_server, complaints, tmp_path, gone):
    """Named, quiet, no id twice, no wider than the screen, folded out: what holds, and what does not."""
    with (
        zipfile.ZipFile(DATA / "evidence-v1.zip") as whole,
        zipfile.ZipFile(tmp_path / "e.zip", "w") as cut,
    ):
        for name in whole.namelist():
            if not gone or not name.startswith(gone):
                cut.writestr(name, whole.read(name))
    eye = Eye(new_context, live_server, complaints, client_of(make_user()))
    eye.page.goto(reverse("signoff:verify"))
    eye.page.get_by_label("Bundle or certificate").set_input_files(tmp_path / "e.zip")
    eye.page.get_by_label("Trust file").set_input_files(DATA / "trust-v1.json")
    check(eye.page)
    expect(eye.page.locator(".verdict-word")).to_be_visible()

    found = list(eye.seen(ours=True))
    eye.page.set_viewport_size(PHONE)
    eye.page.emulate_media(color_scheme="dark")

    assert [*found, *eye.seen(ours=True)] == []
    assert [url for url in eye.asked if not url.startswith((eye.home, "data:"))] == []
