"""Certificates on the pages: where they are offered, who gets them, and what is said where there are no keys."""

import pytest
from django.urls import reverse
from django.utils import timezone

from signoff.certificate import authority
from signoff.certificate.checking import checked
from signoff.rules import Vote
from tests.factories.launches import make_launch, manager_of
from tests.factories.people import make_user
from tests.signoff.acting import make_go_launch, make_round, make_signed_launch, vote

pytestmark = pytest.mark.django_db

NO_KEYS = (
    "The keys that seal certificates have not been made: an operator runs “manage.py keys init”."
)


def of_round(launch, number=1):
    return reverse("signoff:decision-certificate", args=[launch.slug, number])


def of_section(section):
    return reverse("signoff:section-certificate", args=[section.launch.slug, section.number])


@pytest.fixture
def get(client):
    """A page as somebody reads it who may see no more than anybody."""
    client.force_login(make_user())
    return client.get


@pytest.fixture
def without_keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path / "none"


def test_a_decision_is_taken_away_as_a_sealed_file(get, seal_keys):
    launch = make_go_launch()

    response = get(of_round(launch))

    assert response["Content-Type"] == "application/pdf"
    name = f"{launch.slug}-decision-1.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "no-store" in response["Cache-Control"]
    found = checked(response.content, authority.root(seal_keys), now=timezone.now())
    assert found.holds
    assert found.record["launch"]["slug"] == launch.slug


def test_a_section_is_taken_away_as_a_sealed_file(get, seal_keys):
    section = make_signed_launch().sections.get()

    response = get(of_section(section))

    found = checked(response.content, authority.root(seal_keys), now=timezone.now())
    assert (found.holds, found.record["about"]) == (True, "section")
    assert f"{section.launch.slug}-section-1.pdf" in response["Content-Disposition"]


def test_what_is_not_there_is_not_found(get, seal_keys):
    launch = make_launch()

    assert get(of_round(launch)).status_code == 404


@pytest.mark.usefixtures("without_keys")
def test_without_keys_the_decision_page_says_what_an_operator_does(get):
    launch = make_go_launch()

    page = get(reverse("signoff:decision", args=[launch.slug]))

    assert f"No certificate: {NO_KEYS}" in " ".join(page.text.split())
    assert of_round(launch) not in page.text


@pytest.mark.usefixtures("without_keys")
@pytest.mark.parametrize("kind", ["decision", "section"])
def test_without_keys_asking_leads_back_to_the_page_and_says_why(client, kind):
    launch = make_go_launch()
    section = launch.sections.get()
    client.force_login(make_user())
    url, back = {
        "decision": (of_round(launch), reverse("signoff:decision", args=[launch.slug])),
        "section": (of_section(section), section.get_absolute_url()),
    }[kind]

    response = client.get(url, follow=True)

    assert response.redirect_chain == [(back, 302)]
    assert [str(message) for message in response.context["messages"]] == [NO_KEYS]


@pytest.mark.usefixtures("seal_keys")
def test_the_decision_and_round_pages_lead_to_the_certificates_of_their_rounds(get):
    launch = make_signed_launch()
    make_round(launch)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Not like this.")
    make_round(launch, what_changed="All is mended.")

    decision = get(reverse("signoff:decision", args=[launch.slug])).text
    first = get(reverse("signoff:round", args=[launch.slug, 1])).text

    assert (of_round(launch, 2) in decision, of_round(launch, 1) in decision) == (True, False)
    assert of_round(launch, 1) in first


@pytest.mark.usefixtures("seal_keys")
def test_a_section_page_leads_to_its_certificate_once_somebody_has_signed(get):
    signed, unsigned = make_signed_launch().sections.get(), make_launch().sections.get()

    assert of_section(signed) in get(signed.get_absolute_url()).text
    assert of_section(unsigned) not in get(unsigned.get_absolute_url()).text


@pytest.mark.usefixtures("seal_keys")
def test_a_section_of_the_past_leads_to_no_certificate_of_today(get):
    launch = make_signed_launch()
    section = launch.sections.get()
    then = f"{section.get_absolute_url()}?at={launch.slots.of_sections().get().signature}"

    assert of_section(section) not in get(then).text


@pytest.mark.usefixtures("seal_keys")
@pytest.mark.parametrize("kind", ["decision", "section"])
def test_nobody_takes_more_in_a_minute_than_they_could_read(client, settings, kind):
    settings.ACCOUNT_RATE_LIMITS = {"certificate": "1/m/user"}
    launch = make_go_launch()
    url = of_round(launch) if kind == "decision" else of_section(launch.sections.get())
    client.force_login(make_user())

    statuses = [client.get(url).status_code for _ in range(2)]
    client.force_login(manager_of(launch))

    assert [*statuses, client.get(url).status_code] == [200, 429, 200]
