"""What people do on the pages, in their own words: the steps that journeys are made of."""

from types import SimpleNamespace

from django.urls import reverse
from playwright.sync_api import expect

from checklist.actions.asking import ask_signature
from checklist.models import Launch
from checklist.rules import ItemStatus
from tests.factories.launches import make_appointment, make_launch, manager_of, set_items
from tests.factories.people import PASSWORD, make_authority, make_manager, make_team, make_user
from tests.signoff.acting import sign

ITEMS = ("Security audit completed", "Certificates installed", "CDN configured")
EXECUTIVES = {"cto": "CTO", "ciso": "CISO", "coo": "COO"}


def make_stage():
    """A launch in review with one section, Security, and everybody who has a part in it."""
    team, manager = make_team("Security Team"), make_manager(full_name="Mateo Álvarez")
    offices = {slug: make_authority(name, slug=slug) for slug, name in EXECUTIVES.items()}
    people = {slug: make_user(full_name=f"The {name}") for slug, name in EXECUTIVES.items()}
    for slug, person in people.items():
        make_appointment(offices[slug], person)
    launch = make_launch(
        {
            "title": "Security",
            "items": ITEMS,
            "teams": [team],
            "authorities": [offices["ciso"]],
        },
        executive=[[office] for office in offices.values()],
        by=manager,
        name="Aureus",
        owner_team=team,
    )
    return SimpleNamespace(
        launch=launch,
        section=launch.sections.get(),
        manager=manager,
        lead=make_user(full_name="Miyu Ito", lead_of=[team]),
        member=make_user(team, full_name="Kofi Mensah"),
        **people,
    )


def make_signed_stage():
    """The same, with the section done and signed by the CISO: ready to decide."""
    stage = make_stage()
    set_items(stage.section, status=ItemStatus.DONE)
    ask_signature(stage.section, by=manager_of(stage.launch))
    sign(stage.section.slots.get(), stage.ciso)
    stage.launch = Launch.objects.get(pk=stage.launch.pk)
    return stage


def row(page, text):
    """An item's row in its section's list."""
    return page.get_by_role("listitem").filter(has_text=text).filter(has=page.get_by_role("group"))


def set_status(page, text, status):
    row(page, text).get_by_role("button", name=status, exact=True).click()


def expect_status(page, text, status):
    button = row(page, text).get_by_role("button", name=status, exact=True)
    expect(button).to_have_attribute("aria-pressed", "true")


def open_section(page, stage):
    page.goto(reverse("checklist:section", args=[stage.launch.slug, stage.section.number]))


def put_name_to(page, button, *, comment="", password=PASSWORD):
    """Give the password in the very form, and press what is meant."""
    if comment:
        page.get_by_label("Comment").or_(page.get_by_label("Reason")).first.fill(comment)
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name=button, exact=True).click()


def expect_verdict(page, stage, word):
    page.goto(stage.launch.get_absolute_url())
    expect(page.get_by_text(word, exact=True).first).to_be_visible()
