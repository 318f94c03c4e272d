"""What lies beside the evidence in a bundle: certificates to read, and an attestation that its votes bear out."""

import zipfile
from io import BytesIO
from shutil import copytree

import pytest
from django.db import connection
from django.utils import timezone

from audit.verifier.verify import verify
from signoff.bundle.checking import checked as bundle_checked
from signoff.bundle.trust import trust_file
from signoff.bundle.writing import make_bundle, written, zipped
from signoff.certificate.authority import root
from signoff.certificate.checking import checked
from signoff.pages.checked import checked_page
from tests.factories.signatures import make_asked_slot, make_signature
from tests.signoff.acting import reread
from tests.signoff.attestation.gating import make_attested, payload_of, signed

pytestmark = pytest.mark.django_db

QUERIES = 40


def files_of(launch):
    bundle = make_bundle(reread(launch), now=timezone.now())
    with zipfile.ZipFile(BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def verified(files, **trust):
    return verify(zipped(files), written(trust_file() | trust))


def told(report, outcome):
    return [line.told for line in report.lines if line.outcome == outcome]


@pytest.fixture(autouse=True)
def all_keys(made_seal_keys, settings, tmp_path):
    """Every key of an installation in one folder."""
    folder = copytree(settings.KEYS_DIR, tmp_path / "keys")
    copytree(made_seal_keys, folder, dirs_exist_ok=True)
    settings.KEYS_DIR = folder
    return folder


@pytest.fixture
def launch():
    return make_attested()


def test_an_approved_launch_brings_its_certificate_and_its_attestation(launch, all_keys):
    files = files_of(launch)

    report = verified(files)

    assert report.status == 0
    assert (
        "The attestation is signed by this installation, and rests on votes that are here."
        in told(report, "holds")
    )
    notes = told(report, "note")
    assert [note for note in notes if note.startswith("It counts for a deployment until 20")]
    assert [
        note for note in notes if note.startswith("certificates/decision-1.pdf is here to be read")
    ]
    found = checked(files["certificates/decision-1.pdf"], root(all_keys), now=timezone.now())
    assert found.holds


def test_the_page_that_checks_says_that_it_has_not_checked_a_seal(launch):
    found = bundle_checked(zipped(files_of(launch)), written(trust_file()))

    page = checked_page(found, own_trust=True, kept=False)

    words = {group.title: group.word for group in page.groups}
    assert (words["The attestation"], words["The certificates"]) == ("Holds", "To know")
    assert not page.bad


@pytest.mark.parametrize("executives", [1, 3])
def test_it_asks_as_many_questions_however_many_vote(executives, django_assert_num_queries):
    launch = make_attested(executive=executives)

    with django_assert_num_queries(QUERIES + (connection.vendor == "postgresql")):
        make_bundle(reread(launch), now=timezone.now())


def test_without_approval_there_is_no_attestation_and_without_votes_no_certificate():
    slot = make_asked_slot("Audit")
    make_signature(slot)

    files = files_of(slot.launch)

    assert not [name for name in files if name.startswith(("certificates/", "attestation"))]
    assert verified(files).status == 0


def test_without_the_keys_the_evidence_comes_alone(launch, all_keys):
    for path in [*all_keys.glob("*seal*"), all_keys / "attestation.pem"]:
        path.unlink()

    files = files_of(launch)

    assert not [name for name in files if name.startswith(("certificates/", "attestation"))]


def test_an_attestation_by_another_key_is_found(launch):
    files = files_of(launch)

    assert verified(files, attestation_keys=trust_file()["server_keys"]).status == 1
    assert verified(files, attestation_keys=[]).status == 2


def test_a_changed_attestation_is_found(launch):
    files = files_of(launch)
    files["attestation.json"] = files["attestation.json"].replace(
        b'"payload": "ey', b'"payload": "eX'
    )

    assert verified(files).status == 1


@pytest.mark.parametrize(
    ("change", "status", "sentence"),
    [
        ({"vote": "conditional"}, 1, "says something else of a vote than its voter did"),
        ({"statement": {"sha256": "0" * 64}}, 2, "A vote that the attestation names is not in the bundle."),
    ],
)  # fmt: skip
def test_an_attestation_by_the_stolen_key_must_rest_on_votes(launch, change, status, sentence):
    files = files_of(launch)
    value = payload_of(files["attestation.json"])
    value["predicate"]["signatures"][0] |= change
    files["attestation.json"] = signed(value)

    report = verified(files)

    assert report.status == status
    assert [line for line in report.lines if line.about == "attestation" and sentence in line.told]


def test_an_attestation_of_another_launch_is_found(launch):
    files, other = files_of(launch), files_of(make_attested())
    files["attestation.json"] = other["attestation.json"]

    assert verified(files).status == 2


def test_an_attestation_about_something_else_is_found(launch):
    files = files_of(launch)
    value = payload_of(files["attestation.json"]) | {"predicateType": "urn:other"}
    files["attestation.json"] = signed(value)

    assert verified(files).status == 1
