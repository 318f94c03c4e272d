"""Proofs of an item: links, files as they come in and go out, taking one back."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.checklist.pages import HTMX, both_ways, item_url, launch_url
from tests.factories.launches import make_evidence, make_launch, make_lead, make_member
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db
SHA256_OF_HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"


@pytest.fixture
def item():
    return make_launch().items.select_related("section__launch", "launch").first()


@pytest.fixture
def member(item, client):
    person = make_member(item.section)
    client.force_login(person)
    return person


def upload(client, item, name, content=b"hello", headers=None, **data):
    file = SimpleUploadedFile(name, content, content_type="text/html")
    address = item_url(item, "evidence-upload")
    return client.post(address, {"file": file, **data}, headers=headers or {})


def file_url(proof, name="evidence-file"):
    return launch_url(proof.item.launch, name, proof.pk)


@both_ways
def test_a_link_is_added(client, item, member, headers):
    data = {"name": "Ticket", "url": "https://example.org/1", "expires_on": "2026-12-24"}

    client.post(item_url(item, "evidence-link"), data, headers=headers)

    proof = item.evidence.get()
    assert (proof.name, proof.url) == ("Ticket", "https://example.org/1")
    assert proof.expires_on == date(2026, 12, 24)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.org/x",
        "x",
        "https://",
        "http://[",
        "https://example.org/\x00",
        "https://example.org/" + "x" * 1_000_000,
        "",
    ],
)
def test_only_links_to_the_web_are_kept(client, item, member, url):
    response = client.post(item_url(item, "evidence-link"), {"name": "Ticket", "url": url})

    assert response.status_code == 422
    assert response.context["drawer"].forms["link"].errors["url"]
    assert 'value="Ticket"' in response.text


@both_ways
def test_a_file_is_kept_and_shows_its_digest(client, item, member, headers):
    upload(client, item, "scan.pdf", headers=headers)

    page = client.get(item.get_absolute_url())
    proof = item.evidence.get()
    assert (proof.name, proof.sha256, proof.size) == ("scan.pdf", SHA256_OF_HELLO, 5)
    assert "2cf2 4dba 5fb0" in page.text
    assert SHA256_OF_HELLO in page.text


def test_a_file_goes_out_as_it_came_in_and_is_never_shown(client, item, member):
    upload(client, item, "page.html", b"<script>alert(1)</script>")

    response = client.get(file_url(item.evidence.get()))

    assert response.getvalue() == b"<script>alert(1)</script>"
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"] == 'attachment; filename="page.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(
    ("name", "kept", "disposition"),
    [
        ("../../etc/passwd", "passwd", 'attachment; filename="passwd"'),
        ("a\u202efdp.exe", "afdp.exe", 'attachment; filename="afdp.exe"'),
        ("Prüfung.pdf", "Prüfung.pdf", "attachment; filename*=utf-8''Pr%C3%BCfung.pdf"),
        ('a"b.html', 'a"b.html', 'attachment; filename="a\\"b.html"'),
        ("<b>.svg", "<b>.svg", 'attachment; filename="<b>.svg"'),
        ("x" * 190 + ".pdf", "x" * 190 + ".pdf", None),
    ],
)
def test_hostile_names_are_harmless(client, item, member, name, kept, disposition):
    upload(client, item, name)

    proof = item.evidence.get()
    response = client.get(file_url(proof))
    page = client.get(item.get_absolute_url())
    assert proof.name == kept
    assert proof.file.name == f"evidence/{item.launch_id}/{proof.pk}"
    assert disposition in {None, response["Content-Disposition"]}
    assert "<b>.svg" not in page.text
    assert "\n" not in response["Content-Disposition"]


@both_ways
def test_an_empty_file_is_a_sentence(client, item, member, headers):
    response = upload(client, item, "empty.pdf", b"", headers)

    assert response.status_code == 422
    assert "This file is empty." in response.text


@both_ways
def test_a_file_too_large_is_a_sentence(client, item, member, settings, headers):
    settings.MAX_UPLOAD_MB = 0

    response = upload(client, item, "large.pdf", b"x", headers)

    assert response.status_code == 422
    assert "This file is larger than 0 MB" in response.text


def test_no_file_at_all_is_a_sentence(client, item, member):
    response = client.post(item_url(item, "evidence-upload"), {})

    assert response.status_code == 422
    assert "This field is required." in response.text


@both_ways
def test_a_proof_is_taken_back_and_its_file_stays(client, item, member, headers):
    upload(client, item, "scan.pdf")
    proof = item.evidence.get()

    client.post(file_url(proof, "evidence-remove"), headers=headers)

    assert client.get(item.get_absolute_url()).context["drawer"].proofs == []
    assert not item.evidence.standing().exists()
    assert client.get(file_url(proof)).getvalue() == b"hello"


def test_taken_back_twice_is_not_found(client, item, member):
    proof = make_evidence(item)
    client.post(file_url(proof, "evidence-remove"))

    assert client.post(file_url(proof, "evidence-remove")).status_code == 404


def test_a_reader_neither_adds_nor_takes_back(client, item):
    proof = make_evidence(item)
    client.force_login(make_user())
    data = {"name": "x", "url": "https://example.org/"}

    assert client.post(item_url(item, "evidence-link"), data).status_code == 403
    assert upload(client, item, "x.pdf").status_code == 403
    assert client.post(file_url(proof, "evidence-remove")).status_code == 403


def test_a_file_of_a_restricted_launch_does_not_exist_for_a_stranger(client):
    item = make_launch(classification="restricted").items.first()
    client.force_login(make_lead(item.section))
    upload(client, item, "secret.pdf")
    proof = item.evidence.get()
    client.force_login(make_user())

    assert client.get(file_url(proof)).status_code == 404


def test_a_file_under_another_launchs_address_is_not_found(client, item, member):
    upload(client, item, "scan.pdf")
    args = [make_launch().slug, item.evidence.get().pk]

    assert client.get(reverse("checklist:evidence-file", args=args)).status_code == 404


def test_a_link_is_no_file(client, item, member):
    assert client.get(file_url(make_evidence(item))).status_code == 404


def test_a_lost_file_is_not_found(client, item, member):
    upload(client, item, "scan.pdf")
    proof = item.evidence.get()
    proof.file.storage.delete(proof.file.name)

    assert client.get(file_url(proof)).status_code == 404


def test_an_expired_proof_says_so(client, item, member):
    make_evidence(item, expires_on=date(2020, 1, 1))

    drawer = client.get(item.get_absolute_url(), headers=HTMX)

    assert "expired on Wed 1 Jan 2020" in drawer.text
