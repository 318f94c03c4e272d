"""Adding and removing evidence: rows, entries, files kept under ids alone, refusals."""

import unicodedata
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.utils import timezone

from audit.ledger import Salted
from checklist.actions.evidence import add_file, add_link, remove_evidence
from checklist.models import Evidence, Item
from checklist.rules import ItemStatus
from tests.checklist.aftermath import acts, appended, refused, said
from tests.factories.launches import make_evidence, make_item, make_launch, make_member
from tests.signoff.acting import make_signed_launch, reread

pytestmark = pytest.mark.django_db

LINK = {"name": "Audit", "url": "https://example.org/audit?id=7"}


@pytest.fixture
def item():
    return make_launch().items.first()


@pytest.fixture
def member(item):
    return make_member(item.section)


# Links


def test_a_link_is_added(item, member):
    with appended() as entries:
        proof = add_link(item, by=member, **LINK, expires_on=date(2026, 9, 1))

    new = {
        "evidence": str(proof.pk),
        "name": Salted("Audit"),
        "url": Salted("https://example.org/audit?id=7"),
        "sha256": "",
        "size": None,
        "expires_on": "2026-09-01",
        "added_by": str(member.pk),
    }
    assert entries == [said("evidence.added", f"item:{item.pk}", new=new)]
    assert (proof.added_by, proof.removed_at) == (member, None)
    assert reread(item).evidence_count == 1


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "x" * 201}, {"name": ["max_length"]}),
        ({"url": "javascript:alert(1)"}, {"url": ["invalid"]}),
        ({"url": "data:text/html,x"}, {"url": ["invalid"]}),
        ({"url": "not a link"}, {"url": ["invalid"]}),
        ({"url": ""}, {"__all__": ["link_or_file"]}),
    ],
)
def test_a_link_that_does_not_fit_is_refused(item, member, fields, refusal):
    with refused(**refusal):
        add_link(item, by=member, **LINK | fields)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_link_may_expire_on_any_day_of_the_calendar(item, member, day):
    proof = add_link(item, by=member, **LINK, expires_on=day)

    assert Evidence.objects.get(pk=proof.pk).expires_on == day


# Files


def test_a_file_is_kept_under_its_ids_with_its_digest(item, member):
    content = b"%PDF-1.7 " + bytes(range(256)) * 300

    with appended() as entries:
        proof = add_file(item, by=member, file=SimpleUploadedFile("report.pdf", content))

    digest = sha256(content).hexdigest()
    assert proof.file.name == f"evidence/{item.launch_id}/{proof.pk}"
    assert default_storage.open(proof.file.name).read() == content
    assert (proof.name, proof.sha256, proof.size) == ("report.pdf", digest, len(content))
    new = {
        "evidence": str(proof.pk),
        "name": Salted("report.pdf"),
        "url": Salted(""),
        "sha256": digest,
        "size": len(content),
        "expires_on": None,
        "added_by": str(member.pk),
    }
    assert entries == [said("evidence.added", f"item:{item.pk}", new=new)]
    assert reread(item).evidence_count == 1


def test_a_file_may_be_named(item, member):
    proof = add_file(item, by=member, file=SimpleUploadedFile("x.pdf", b"x"), name="The report")

    assert proof.name == "The report"


@pytest.mark.parametrize(
    "file", [SimpleUploadedFile("empty.txt", b""), ContentFile(b"", "empty.txt")]
)
def test_an_empty_file_is_refused(item, member, file):
    with refused(file=["empty"]):
        add_file(item, by=member, file=file)


def test_a_file_that_is_too_large_is_refused(item, member, settings):
    settings.MAX_UPLOAD_MB = 1

    fits = add_file(item, by=member, file=SimpleUploadedFile("a", b"x" * 1_000_000))
    with refused(file=["too_large"]):
        add_file(item, by=member, file=SimpleUploadedFile("a", b"x" * 1_000_001))

    assert fits.size == 1_000_000


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "../../etc/passwd"),
        ("C:\\autoexec.bat", "C:\\autoexec.bat"),
        ("a\x00b.txt", "ab.txt"),
        ("invoice\u202egnp.exe", "invoicegnp.exe"),
        ("two\r\nlines.txt", "two lines.txt"),
        ("<script>.html", "<script>.html"),
        (unicodedata.normalize("NFD", "Prüfung.pdf"), "Prüfung.pdf"),
        ("x" * 300 + ".pdf", "x" * 200),
        ("\u200b", "file"),
    ],
)
def test_a_hostile_name_is_kept_as_safe_words_and_never_touches_the_disk(item, member, name, kept):
    file = File(BytesIO(b"x"), name=name)
    file.size = 1

    proof = add_file(item, by=member, file=file)

    assert Evidence.objects.get(pk=proof.pk).name == kept
    assert proof.file.name == f"evidence/{item.launch_id}/{proof.pk}"


# Removing


def test_evidence_is_taken_back_and_its_row_stays(item, member):
    proof = make_evidence(item, name="Scan", url="https://example.org/scan")

    with appended() as entries:
        remove_evidence(proof, by=member)

    old = {
        "evidence": str(proof.pk),
        "name": Salted("Scan"),
        "url": Salted("https://example.org/scan"),
        "sha256": "",
        "size": None,
        "expires_on": None,
        "added_by": str(proof.added_by_id),
    }
    assert entries == [said("evidence.removed", f"item:{item.pk}", old)]
    stored = Evidence.objects.get(pk=proof.pk)
    assert (stored.removed_by, stored.removed_at is not None) == (member, True)
    assert reread(item).evidence_count == 0


def test_evidence_is_taken_back_once(item, member):
    proof = make_evidence(item)
    remove_evidence(proof, by=member)

    with pytest.raises(Http404):
        remove_evidence(proof, by=member)


def test_a_file_stays_although_its_evidence_is_taken_back(item, member):
    proof = add_file(item, by=member, file=SimpleUploadedFile("a", b"proof"))

    remove_evidence(proof, by=member)

    assert default_storage.open(proof.file.name).read() == b"proof"


# What it does to signatures


def test_evidence_added_or_taken_back_makes_a_signature_stale_and_undoing_heals():
    launch = make_signed_launch(executive=0)
    item, slot = launch.items.first(), launch.slots.get()
    member = make_member(item.section)

    with appended() as entries:
        proof = add_link(item, by=member, **LINK)
    with appended() as undone:
        remove_evidence(proof, by=member)

    assert acts(entries)[1:] == [("slot.stale", f"slot:{slot.pk}")]
    assert acts(undone)[1:] == [("slot.healed", f"slot:{slot.pk}")]


def test_demanded_evidence_that_has_expired_blocks_and_the_clock_alone_ends_it():
    section = make_launch({"items": ()}).sections.get()
    item = make_item(section, evidence_demanded=True)
    today = timezone.now().date()

    make_evidence(item, expires_on=today - timedelta(days=2))
    expired = reread(section).expired
    make_evidence(item, expires_on=today + timedelta(days=2))

    assert (expired, reread(section).expired) == (1, 0)
    assert Item.objects.get(pk=item.pk).status == ItemStatus.UNSET
