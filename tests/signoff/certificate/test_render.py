"""The printed certificate: every script comes out, nothing typed is markup, and it claims what it is."""

import json
import re
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.actions import endorse_key
from checklist.actions.asking import ask_signature
from checklist.models import Item
from checklist.rules import ItemStatus
from signoff.actions import cancel_round, keep_condition
from signoff.certificate.record import record_of, written
from signoff.certificate.source import decision_source, newest_round
from signoff.models import Condition
from signoff.rules import Vote
from tests.factories.conditions import make_wish
from tests.factories.launches import (
    make_evidence,
    make_holder,
    make_launch,
    make_lead,
    recount,
    set_items,
)
from tests.factories.passkeys import make_key
from tests.factories.people import make_admin
from tests.factories.signatures import make_acceptance, make_asked_slot, make_signature
from tests.signoff.acting import (
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    vote,
    vote_if,
)
from tests.signoff.bundle.making import appointed, sign_with_key
from tests.signoff.certificate.making import (
    MARKUP,
    SCRIPTS,
    attachments_of,
    section_certificate_of,
    text_of,
    unsealed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seal_keys")]

SECTION = {"items": ("Audit", "Keys")}
# What poppler reads back of scripts that are written from right to left, or shaped, is not always in the order typed.
READ_BACK = [text for text in SCRIPTS if not re.search("[\u0590-\u06ff\u0900-\u0e7f]", text)]


def make_voted(launch, **signer):
    """A round in which one executive of this name votes GO."""
    make_round(launch)
    slot = launch.slots.executive().get()
    vote(slot, make_holder(slot, **signer))
    return reread(launch)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_comes_out_in_its_own_script(name, tmp_path):
    launch = make_voted(make_signed_launch(SECTION), full_name=name)

    text = text_of(unsealed(launch), tmp_path)

    letters = set(name) - set(" \u200d\ufe0f")
    assert letters - set(text) <= COMPOSED
    assert "[U+" not in text


# Parts that are printed as one glyph with what stands beside them, so that poppler reads the whole or nothing.
COMPOSED = frozenset("\u20e3\U0001f3fd\U0001f680\U0001f469\U0001f1e9\U0001f1ea")


@pytest.mark.parametrize("name", READ_BACK[:5])
def test_a_name_is_read_back_as_it_was_typed(name, tmp_path):
    launch = make_voted(make_signed_launch(SECTION), full_name=name)

    assert name in text_of(unsealed(launch), tmp_path)


def test_markup_in_names_and_notes_is_text(tmp_path):
    launch = make_signed_launch({"items": (MARKUP[:100],), "title": MARKUP[:60]}, name=MARKUP[:80])
    Item.objects.update(note=MARKUP)
    launch = make_voted(launch, full_name=MARKUP[:100])

    pdf = unsealed(launch)

    text = text_of(pdf, tmp_path)
    assert '#import "@preview/x:1.0.0" #read("/etc/passwd") #panic() $x^2$' in text
    assert "root:" not in text
    assert PdfReader(BytesIO(pdf)).metadata.title == f"Decision about {MARKUP[:80]} 1.0, round 1"


def test_a_character_that_no_font_has_is_printed_as_its_code_point_and_kept_in_the_record(tmp_path):
    launch = make_voted(make_signed_launch(SECTION), full_name="𠀀 Wang")

    pdf = unsealed(launch)

    assert "[U+20000] Wang" in text_of(pdf, tmp_path)
    assert "𠀀 Wang" in attachments_of(pdf)["record.json"][0].decode()


def test_the_record_is_attached_to_the_byte():
    launch, now = make_go_launch(SECTION), timezone.now()

    pdf = unsealed(launch, now)

    record = record_of(decision_source(launch, newest_round(launch), now))
    assert attachments_of(pdf) == {"record.json": [written(record)]}


def test_it_claims_pdf_a_3a_and_says_its_title_and_language():
    launch = make_go_launch(SECTION, name="Aureus", version="1.0")

    reader = PdfReader(BytesIO(unsealed(launch)))

    root = reader.root_object
    claims = root["/Metadata"].get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in claims
    assert reader.metadata.title == "Decision about Aureus 1.0, round 1"
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("en", True)
    assert root["/AF"][0]["/AFRelationship"] == "/Source"


def test_every_font_is_embedded_whole_enough_to_have_no_missing_glyph():
    launch = make_signed_launch(SECTION)
    make_round(launch)
    vote(launch.slots.executive().get(), comment=" ".join(SCRIPTS))

    reader = PdfReader(BytesIO(unsealed(reread(launch))))

    fonts = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        for page in reader.pages
        for font in page["/Resources"].get("/Font", {}).values()
    ]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def test_a_go_with_conditions_prints_votes_conditions_and_how_to_check(tmp_path):
    launch = make_signed_launch(SECTION)
    make_round(launch)
    cast = vote_if(launch.slots.executive().get(), make_wish("Rotate the keys"))
    keep_condition(Condition.objects.get(), by=Condition.objects.get().owner, note="Rotated.")

    text = text_of(unsealed(reread(launch)), tmp_path)

    assert "GO with conditions" in text
    assert "Rotate the keys" in text
    assert ": Rotated." in text
    assert cast.sha256[:8] in text
    assert "How to check this certificate" in text


def test_a_no_go_prints_its_reason(tmp_path):
    launch = make_signed_launch(SECTION)
    make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Keys were lost.")

    text = text_of(unsealed(reread(launch)), tmp_path)

    assert "NO-GO" in text
    assert "Reason Keys were lost." in text
    assert "The sections as they stood when the last vote of this round was cast." in text


def test_a_round_that_waits_says_who_has_not_voted(tmp_path):
    launch = make_signed_launch(SECTION)
    make_round(launch)

    text = text_of(unsealed(reread(launch)), tmp_path)

    assert "Not decided yet" in text
    assert "Not cast" in text


def test_a_cancelled_round_says_why(tmp_path):
    launch = make_signed_launch(SECTION)
    cancel_round(make_round(launch), by=launch.created_by, reason="Too early.")

    text = text_of(unsealed(reread(launch)), tmp_path)

    assert "Why it was cancelled Too early." in text
    assert "Nobody voted in this round, so it covers no section." in text
    assert "There is no signature yet." in text


def test_a_stale_vote_says_so_and_names_the_blockers(tmp_path):
    launch = make_go_launch(SECTION)
    set_items(launch.sections.get(), status=ItemStatus.NOT_DONE)

    text = text_of(unsealed(reread(launch)), tmp_path)

    assert "GO, changed since" in text
    assert "What stood in the way when this was printed" in text


def test_a_section_prints_its_items_with_all_that_was_signed_of_them(tmp_path):
    slot = make_asked_slot("Audit", "Keys")
    first, second = slot.section.items.all()
    make_evidence(first, name="Report", url="https://example.org/report")
    Item.objects.filter(pk=second.pk).update(status=ItemStatus.NA, na_reason="We have none.")
    recount(slot.section)
    signature = make_signature(slot)

    certificate = section_certificate_of(reread(slot.section))

    text = text_of(certificate.content, tmp_path)
    assert "N/A: We have none." in text
    assert "Evidence: Report https://example.org/report" in text
    assert f"As {signature.signer_name} signed it" in text
    assert json.loads(attachments_of(certificate.content)["record.json"][0]) == certificate.record


def test_a_section_in_which_items_are_accepted_prints_by_whom_and_until_when(tmp_path):
    slot = make_asked_slot("Audit")
    set_items(slot.section, status=ItemStatus.NOT_DONE)
    make_acceptance(slot.section.items.get(), reason="Until the tool arrives. 🙂")
    ask_signature(reread(slot.section), by=make_lead(slot.section))
    make_signature(slot)

    text = text_of(section_certificate_of(reread(slot.section)).content, tmp_path)

    assert "Accepted while outstanding" in text
    assert "Until the tool arrives. 🙂" in text
    assert "24:00 (UTC) by " in text


@pytest.mark.parametrize(
    ("vouched", "printed"),
    [
        (True, "Somebody had made sure that it is theirs."),
        (False, "Identity not verified: nobody had made sure whose key it is."),
    ],
)
def test_a_signature_with_a_key_says_whether_it_was_known_whose_it_is(vouched, printed, tmp_path):
    slot = make_asked_slot("Audit")
    holder = appointed(slot)
    credential, key = make_key(holder)
    if vouched:
        endorse_key(credential, by=make_admin(), how="Met.")
    sign_with_key(slot, holder, key)

    text = text_of(section_certificate_of(reread(slot.section)).content, tmp_path)

    assert f"Whose key {printed}" in text


def test_an_unsigned_section_says_so(tmp_path):
    launch = make_launch(SECTION)

    text = text_of(section_certificate_of(launch.sections.get()).content, tmp_path)

    assert "Not signed: as it stood when printed." in text
    assert "In progress" in text
