"""What people do on the pages, in their own words: the steps that journeys are made of."""

from datetime import timedelta
from types import SimpleNamespace

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from checklist.actions.asking import ask_signature
from checklist.models import Acceptance, Item, Launch, Section
from checklist.rules import ItemStatus
from tests.factories.launches import make_appointment, make_launch, manager_of, set_items
from tests.factories.people import PASSWORD, make_authority, make_manager, make_team, make_user
from tests.signoff.acting import sign

ITEMS = ("Security audit completed", "Certificates installed", "CDN configured")
EXECUTIVES = {"cto": "CTO", "ciso": "CISO", "coo": "COO"}


def make_stage(*sections):
    """A launch in review with one section, Security, and those given; and everybody who has a part in it."""
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
        *sections,
        executive=[[office] for office in offices.values()],
        by=manager,
        name="Aureus",
        owner_team=team,
    )
    return SimpleNamespace(
        launch=launch,
        section=launch.sections.get(title="Security"),
        manager=manager,
        lead=make_user(full_name="Miyu Ito", lead_of=[team]),
        member=make_user(team, full_name="Kofi Mensah"),
        **people,
    )


def make_signed_stage(*sections):
    """The same, with Security done and signed by the CISO: ready to decide."""
    stage = make_stage(*sections)
    set_items(stage.section, status=ItemStatus.DONE)
    ask_signature(stage.section, by=manager_of(stage.launch))
    sign(stage.section.slots.get(), stage.ciso)
    stage.launch = Launch.objects.get(pk=stage.launch.pk)
    return stage


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


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
        inside = page.get_by_role("main")
        inside.get_by_label("Comment").or_(inside.get_by_label("Reason")).first.fill(comment)
    page.get_by_label("Your password").fill(password)
    page.get_by_role("button", name=button, exact=True).click()


def find_work(page, pile):
    """What waits for a person: the first thing of a kind in My work."""
    page.goto(reverse("checklist:my-work"))
    page.get_by_role("table", name=pile).get_by_role("link").first.click()


def answer(page, *words):
    """The three questions answered, each with its word."""
    choices = page.get_by_role("radio", name="Yes", exact=True)
    expect(choices).to_have_count(3)
    for at, word in enumerate(words):
        page.get_by_role("radio", name=word, exact=True).nth(at).check()


def open_round(page, *, answers=("Yes", "Yes", "Yes"), what_changed=""):
    page.get_by_role("link", name="Open a").click()
    answer(page, *answers)
    if what_changed:
        page.get_by_label("What has changed").fill(what_changed)
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_text("is open for votes.")).to_be_visible()


def vote(page, word, *, comment=""):
    page.get_by_role("link", name="Vote").first.click()
    put_name_to(page, word, comment=comment)
    expect(page.get_by_text(f"Your vote is cast: {word}.")).to_be_visible()


def expect_verdict(page, stage, word):
    page.goto(stage.launch.get_absolute_url())
    expect(page.get_by_text(word, exact=True).first).to_be_visible()


def let_acceptance_end(text):
    """Time passes until an acceptance has ended: as if it had been given until a minute ago."""
    item, end = Item.objects.get(text=text), timezone.now() - timedelta(minutes=1)
    given = Acceptance.objects.filter(pk=item.acceptance_id)
    given.update(at=end - timedelta(days=1), until=end)
    Section.objects.filter(pk=item.section_id).update(next_expiry=end)
    Launch.objects.filter(pk=item.launch_id).update(next_expiry=end)
