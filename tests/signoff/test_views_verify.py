"""The page that checks bundles and certificates, and where a bundle is taken away."""

import json
import zipfile
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from audit.models import Checkpoint
from audit.verifier import verify as verifier
from signoff.bundle.trust import trust_file
from signoff.bundle.writing import sealed_bundle
from signoff.certificate.issuing import certify_decision
from signoff.forms import verify as verify_form
from tests.factories.launches import make_launch, manager_of
from tests.factories.people import make_user
from tests.factories.signatures import ask, make_signature
from tests.signoff.acting import make_go_launch
from tests.signoff.bundle.test_checking import EARLY, EVIDENCE, TRUST, packed, unpacked
from tests.test_pages_strict import strict

pytestmark = pytest.mark.django_db

URL = "/verify/"


@pytest.fixture
def reader(client):
    """Somebody who may see no more than anybody."""
    client.force_login(make_user())
    return client


@pytest.fixture
def check(reader):
    """The answer to some files: their names and kinds are as wrong as can be."""

    def send(**files):
        sent = {
            name: SimpleUploadedFile(f"<b>{name}.exe", content, content_type="image/png")
            for name, content in files.items()
        }
        return reader.post(URL, sent, secure=True)

    return send


def words(response):
    return " ".join(response.text.split())


def page_of(response):
    return response.context["page"]


def altered():
    """The kept bundle with one letter of a statement changed."""
    files = unpacked()
    name = next(name for name, raw in files.items() if b"Looked through" in raw)
    return packed(files | {name: files[name].replace(b"Looked", b"looked")})


def test_anybody_signed_in_finds_the_form(reader):
    response = reader.get(URL)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    for name in ("bundle", "trust", "checkpoint"):
        assert f'name="{name}"' in response.text
    assert "verify.py, the very file that an auditor runs" in words(response)


def test_every_page_leads_to_it(reader):
    assert f'<a href="{URL}">Check a bundle</a>' in reader.get(reverse("checklist:launches")).text


class TestABundle:
    def test_that_holds(self, check):
        response = check(bundle=EVIDENCE, trust=TRUST, checkpoint=EARLY)
        page, text = page_of(response), words(response)

        assert strict(response) == []
        assert "no-store" in response["Cache-Control"]
        assert (page.word, page.tone, page.bad) == ("EVERYTHING HOLDS", "complete", [])
        assert page.details == ["5 of 5 signatures hold"]
        assert page.about == "Launch 1 1.0; the ledger had 25 entries when the bundle was made"
        assert [group.title for group in page.good_things] == [
            "The trust file",
            "The bundle",
            "The ledger",
            "The checkpoint that was kept elsewhere",
        ]
        assert len(page.good_signatures) == len(page.rows) == 5
        assert verifier.NOT_PROVED in text
        assert "Checked by the trust file that you gave" in text
        assert "No checkpoint from outside" not in text
        assert "nothing was changed, removed or inserted below these signatures" in text
        assert 'role="img"' in text
        assert page.drawing.picture.kept is not None

    def test_that_was_altered_says_so_first(self, check):
        response = check(bundle=altered(), trust=TRUST)
        page = page_of(response)

        assert (page.word, page.tone) == ("SOMETHING WAS ALTERED", "no-go")
        assert page.groups[0].about.name.startswith("Signer not known")
        assert page.groups[0].checks[0].told == (
            "The statement was changed: its digest is not the one that names it."
        )
        assert page.details[:2] == [
            "1 check found something altered",
            "1 check found something missing",
        ]
        assert words(response).count('<details class="check" open>') == len(page.bad) == 2
        assert "No checkpoint from outside was given" in words(response)

    def test_that_lacks_something_says_so(self, check):
        files = {n: raw for n, raw in unpacked().items() if not n.startswith("proofs/")}
        page = page_of(check(bundle=packed(files), trust=TRUST))

        assert (page.word, page.tone) == ("SOMETHING IS MISSING", "warning")
        assert page.details == [
            "5 checks found something missing",
            "0 of 5 signatures hold",
        ]
        assert page.about == "The ledger had 25 entries when the bundle was made"

    @pytest.mark.parametrize("bundle", [b"x", b"PK\x03\x04", EVIDENCE[:-50], packed({"../x": b""})])
    def test_that_is_none(self, check, bundle):
        response = check(bundle=bundle, trust=TRUST)

        assert page_of(response).word == "SOMETHING WAS ALTERED"
        assert page_of(response).drawing is None
        assert strict(response) == []

    def test_what_it_brings_is_shown_as_text(self, check):
        files = unpacked() | {"manifest.json": json.dumps({"type": "<script>\ud800"}).encode()}
        response = check(bundle=packed(files | {"leaves/0.json": b"<b>"}), trust=TRUST)

        assert response.status_code == 200
        assert strict(response) == []
        assert ".exe" not in response.text

    def test_by_this_servers_own_trust_file(self, check):
        slot = ask(make_launch({"items": ["Alpha"]}).sections.get())
        launch = make_signature(slot).launch
        bundle = sealed_bundle(launch, now=timezone.now())
        response = check(bundle=bundle)

        assert page_of(response).word == "EVERYTHING HOLDS"
        assert "it proves nothing against this server or whoever runs it" in words(response)
        assert (
            page_of(check(bundle=bundle, trust=json.dumps(trust_file()).encode())).tone
            == "complete"
        )
        assert page_of(check(bundle=bundle, trust=TRUST)).tone == "no-go"

    def test_many_signatures_are_folded(self, check, monkeypatch):
        monkeypatch.setattr("signoff.pages.checked.MOST_UNFOLDED", 4)
        response = check(bundle=EVIDENCE, trust=TRUST)

        assert page_of(response).folds
        assert "<strong>5 signatures</strong>" in words(response)

    @pytest.mark.parametrize("given", ["own", "theirs"])
    def test_it_asks_the_database_little_and_writes_nothing(
        self, check, django_assert_num_queries, given
    ):
        make_signature(ask(make_launch({"items": ["Alpha"]}).sections.get()))
        files = {"bundle": EVIDENCE} | ({"trust": TRUST} if given == "theirs" else {})

        with django_assert_num_queries(5 if given == "own" else 2) as asked:
            check(**files)

        assert not [row for row in asked if not row["sql"].startswith("SELECT")]


class TestWhatIsRefused:
    def test_nothing_sent(self, check):
        assert "This field is required" in words(check())

    def test_an_empty_file(self, check):
        assert "The submitted file is empty" in words(check(bundle=b""))

    def test_a_file_that_is_too_large(self, check, settings, monkeypatch):
        settings.MAX_UPLOAD_MB = 0
        monkeypatch.setattr(verify_form.VerifyForm.base_fields["trust"], "most", 1000)

        text = words(check(bundle=EVIDENCE, trust=TRUST + b" " * 1000))

        assert "The file is larger than 0 kB: it was not looked into." in text
        assert "The file is larger than 1 kB: it was not looked into." in text

    def test_one_that_takes_too_much(self, check, monkeypatch):
        monkeypatch.setattr("signoff.bundle.checking.SECONDS", 0.001)

        said = words(check(bundle=EVIDENCE, trust=TRUST))

        assert said.count("more time or memory than a check on this page is given") == 1

    def test_where_this_server_has_no_keys(self, check, settings, tmp_path):
        settings.KEYS_DIR = tmp_path

        assert "give a trust file" in words(check(bundle=EVIDENCE))

    def test_more_in_a_minute_than_they_could_read(self, check, settings):
        settings.ACCOUNT_RATE_LIMITS = {"verify": "1/m/user"}

        assert [check(bundle=EVIDENCE, trust=TRUST).status_code for _ in range(2)] == [200, 429]


class TestACertificate:
    @pytest.fixture
    def certificate(self, seal_keys):
        launch = make_go_launch()
        return certify_decision(launch, launch.rounds.get(), now=timezone.now()).content

    def test_that_holds(self, check, certificate):
        response = check(bundle=certificate)
        page = page_of(response)

        assert strict(response) == []
        assert (page.word, page.tone, page.details) == (
            "EVERYTHING HOLDS",
            "complete",
            ["a certificate, as PDF"],
        )
        assert "; sealed " in page.about
        assert "it proves nothing against this server" in words(response)
        assert "The keys of people are not checked here" in words(response)

    def test_to_which_something_was_added(self, check, certificate):
        page = page_of(check(bundle=certificate + b"\n% more"))

        assert (page.word, page.about) == ("SOMETHING WAS ALTERED", "")
        assert [one.told for one in page.groups[0].checks if one.state == "not_done"] == [
            "Something was added to the file after it was sealed."
        ]

    def test_that_is_somebody_elses_pdf(self, check, certificate):
        page = page_of(check(bundle=b"%PDF-1.7 and no seal"))

        assert (page.word, page.tone) == ("NOTHING IS PROVED", "warning")


class TestTakingABundleAway:
    def url(self, launch):
        return reverse("signoff:evidence", args=[launch.slug])

    @pytest.fixture
    def launch(self):
        return make_signature(ask(make_launch({"items": ["Alpha"]}).sections.get())).launch

    def test_it_is_the_launchs_evidence_as_a_file(self, reader, launch):
        before = Checkpoint.objects.count()

        response = reader.get(self.url(launch))

        assert response["Content-Type"] == "application/zip"
        name = f"{launch.slug}-evidence.zip"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in response["Cache-Control"]
        with zipfile.ZipFile(BytesIO(response.content)) as archive:
            assert json.loads(archive.read("manifest.json"))["launch"]["slug"] == launch.slug
        assert Checkpoint.objects.count() == before
        trust = json.dumps(trust_file()).encode()
        assert verifier.verify(response.content, trust).status == 0

    def test_where_nothing_was_signed_the_decision_page_says_so(self, reader, launch):
        empty = make_launch({"items": ["Alpha"]})

        response = reader.get(self.url(empty), follow=True)

        assert response.redirect_chain == [(reverse("signoff:decision", args=[empty.slug]), 302)]
        assert "Nothing was signed in this launch yet" in response.text

    def test_where_there_is_no_checkpoint_yet_it_says_when(self, reader, settings, tmp_path):
        settings.KEYS_DIR = tmp_path
        launch = make_launch({"items": ["Alpha"]})

        response = reader.get(self.url(launch), follow=True)

        assert "The ledger has signed no checkpoint of itself yet" in response.text

    def test_no_more_in_a_minute_than_they_could_read(self, client, launch, settings):
        settings.ACCOUNT_RATE_LIMITS = {"evidence": "1/m/user"}
        client.force_login(manager_of(launch))

        assert [client.get(self.url(launch)).status_code for _ in range(2)] == [200, 429]

    def test_the_decision_page_and_the_receipt_lead_here(self, reader, seal_keys):
        launch = make_go_launch()
        decision = reader.get(reverse("signoff:decision", args=[launch.slug])).text
        receipt = reader.get(launch.signatures.first().get_absolute_url()).text

        assert (self.url(launch) in decision, f'"{URL}">Check a bundle' in decision) == (True, True)
        assert f'"{URL}">Check a bundle of all evidence' in receipt
