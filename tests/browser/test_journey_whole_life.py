"""The whole life of a launch, told once: waivers, a deputy, a condition, a date that slips, live, closed."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from checklist.models import Launch
from checklist.rules import Phase
from tests.browser.story import (
    EXECUTIVES,
    expect_status,
    expect_verdict,
    find_work,
    let_acceptance_end,
    open_round,
    open_section,
    press,
    put_name_to,
    set_status,
    vote,
)
from tests.factories.launches import make_appointment, make_template
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user

pytestmark = pytest.mark.django_db(transaction=True)

SETTLED = (
    "Security audit completed",
    "Certificates installed",
    "Secrets in the vault",
    "Firewall rules reviewed",
    "Access rights reviewed",
)
PENTEST, SCANNER = "Penetration test completed", "Dependency scanner in the pipeline"
AFTER = (
    {
        "title": "First 24 hours",
        "phase": Phase.POST_LAUNCH,
        "items": ["Watch the errors", "Call the desk"],
    },
    {"title": "First week", "phase": Phase.REVIEW, "items": ["Write the review"]},
)
DESK, TRAINING = "Staff the desk on Monday", "The trainer is ill until the new year."


def make_cast():
    """A checklist, the people, and what they hold. Everything else is done on the pages."""
    team = make_team("Security Team")
    offices = {slug: make_authority(name, slug=slug) for slug, name in EXECUTIVES.items()}
    people = {slug: make_user(full_name=f"The {name}") for slug, name in EXECUTIVES.items()}
    for slug, person in people.items():
        make_appointment(offices[slug], person)
    security = {
        "title": "Security",
        "items": [*SETTLED, PENTEST, SCANNER],
        "teams": [team],
        "authorities": [offices["ciso"]],
    }
    executive = [[office] for office in offices.values()]
    make_template(security, *AFTER, executive=executive, name="Production readiness")
    return SimpleNamespace(
        manager=make_manager(full_name="Mateo Álvarez"),
        lead=make_user(full_name="Miyu Ito", lead_of=[team]),
        member=make_user(team, full_name="Kofi Mensah"),
        deputy=make_user(full_name="Rosa Lind"),
        admin=make_admin(full_name="Astrid Berg"),
        **people,
    )


def day(days):
    return f"{timezone.localdate() + timedelta(days=days):%Y-%m-%d}"


def start(page, number):
    """The launch from nothing into review."""
    page.goto(reverse("checklist:launches"))
    page.get_by_role("link", name="Start a launch").first.click()
    page.get_by_label("Checklist").select_option(index=1)
    page.get_by_label("Name").fill("Aureus")
    page.get_by_label("Version").fill("2.4")
    page.get_by_label("Environment").fill("production")
    page.get_by_label("Target date").fill(day(number))
    page.get_by_label("Owner team").select_option(label="Security Team")
    press(page, "Start as a draft")
    press(page, "Open the review")
    expect(page.get_by_role("button", name="Open the review")).to_have_count(0)
    launch = Launch.objects.get()
    return SimpleNamespace(launch=launch, section=launch.sections.get(title="Security"))


def settle_five(page, stage):
    """Five of seven; the signature cannot be asked for, and the page says why."""
    find_work(page, "Your teams' sections")
    for text in SETTLED:
        set_status(page, text, "Done")
        expect_status(page, text, "Done")
    set_status(page, PENTEST, "Needs attention")
    expect_status(page, PENTEST, "Needs attention")
    open_section(page, stage)
    expect(page.get_by_role("button", name="Ask for the signature")).to_be_disabled()
    expect_verdict(page, stage, "NOT READY")
    expect(page.get_by_text("2 items outstanding").first).to_be_visible()


def accept(page, stage, text, until, why):
    """The CISO finds the section, and lives with one of its items until a day."""
    open_section(page, stage)
    page.get_by_role("link", name="Accept outstanding items until a day").click()
    page.get_by_role("checkbox", name=text).check()
    page.get_by_label("Until the end of").fill(until)
    page.get_by_label("Why it can be lived with").fill(why)
    put_name_to(page, "Accept")
    expect(page.get_by_text("Receipt:")).to_be_visible()


def record_risk(page, stage):
    page.goto(stage.launch.get_absolute_url())
    page.get_by_role("link", name="Go to the risks").click()
    page.get_by_role("link", name="Record a risk").first.click()
    page.get_by_label("What may go wrong").fill("A hole that nobody has looked for")
    page.get_by_label("Likelihood").select_option(label="2 unlikely")
    page.get_by_label("Impact").select_option(label="4 major")
    page.get_by_label("Mitigation").fill("Traffic is watched around the clock.")
    page.get_by_label("Owner").select_option(label="Miyu Ito")
    page.get_by_label("Items it concerns").select_option(label=[f"1.6 {PENTEST}"])
    press(page, "Record")


def ask_and_sign(lead, ciso, stage):
    open_section(lead, stage)
    press(lead, "Ask for the signature")
    expect(lead.get_by_text("The signature has been asked for.")).to_be_visible()
    find_work(ciso, "Signatures asked of you")
    expect(ciso.get_by_text(PENTEST).first).to_be_visible()
    put_name_to(ciso, "Sign")
    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()


def vote_with_condition(page):
    find_work(page, "Votes in open rounds")
    page.get_by_role("link", name="Vote").first.click()
    row = page.get_by_role("group", name="Condition 1")
    row.get_by_label("What has to be done").fill(DESK)
    row.get_by_label("By whom").select_option(label="Kofi Mensah")
    row.get_by_label("Until the end of").fill(day(5))
    put_name_to(page, "GO with conditions")
    expect(page.get_by_text("Your vote is cast: GO with conditions.")).to_be_visible()


def name_deputy(page):
    """The COO is away. An admin says who stands in, until when and why."""
    page.goto(reverse("checklist:my-work"))
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_role("link", name="Authorities", exact=True).click()
    row = page.get_by_role("row").filter(has_text="The COO")
    row.get_by_role("link", name="Name a deputy").click()
    page.get_by_label("Who stands in").fill("Rosa Lind")
    page.get_by_label("Until").fill(day(7))
    page.get_by_label("Why").fill("At sea until Monday.")
    press(page, "Name the deputy")
    expect(row.get_by_text("Stands in:")).to_be_visible()
    expect(row.get_by_text("Rosa Lind").first).to_be_visible()


def vote_for_another(page):
    """The deputy votes, and the receipt says for whom."""
    find_work(page, "Votes in open rounds")
    vote(page, "GO")
    expect(page.get_by_text("Rosa Lind, COO, standing in for The COO").first).to_be_visible()


def meet_what_expired(page, stage):
    """Time runs out between opening the page and pressing GO: refused, with the reason; the page then says so."""
    find_work(page, "Votes in open rounds")
    page.get_by_role("link", name="Vote").first.click()
    expect(page.get_by_role("button", name="GO", exact=True)).to_be_enabled()
    let_acceptance_end(PENTEST)
    put_name_to(page, "GO")
    expect(page.get_by_text("1 item is not settled").first).to_be_visible()
    expect(page.get_by_role("button", name="GO", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="NO-GO", exact=True)).to_be_enabled()
    expect_verdict(page, stage, "NOT READY")
    expect(page.get_by_role("link", name="1 accepted").first).to_be_visible()
    expect(page.get_by_role("link", name="1 waiver has ended")).to_be_visible()
    expect(page.get_by_role("link", name=f"1.6 {PENTEST}").first).to_be_visible()


def extend_and_sign_again(page, stage):
    """Extending is a new acceptance: the section changed under its signature, and is signed again."""
    open_section(page, stage)
    page.get_by_role("link", name=PENTEST).first.click()
    page.get_by_role("link", name="Accept it anew").click()
    page.get_by_label("Until the end of").fill(day(10))
    page.get_by_label("Why it can be lived with").fill("The testers come a week later.")
    put_name_to(page, "Accept")
    expect_verdict(page, stage, "NOT READY")
    expect(page.get_by_text("1 section changed since signed")).to_be_visible()


def sign_again(page, stage):
    find_work(page, "Signatures asked of you")
    changed = page.get_by_role("listitem").filter(has_text=PENTEST).first
    expect(changed).to_contain_text("accepted")
    put_name_to(page, "Sign")
    expect(page.get_by_text("1. Security is signed.")).to_be_visible()


def affirm(page):
    """The vote went stale with the section; the condition it asked for is filled in again."""
    find_work(page, "Votes in open rounds")
    page.get_by_role("link", name="Vote").first.click()
    row = page.get_by_role("group", name="Condition 1")
    expect(row.get_by_label("What has to be done")).to_have_value(DESK)
    put_name_to(page, "GO with conditions")
    expect(page.get_by_text("Your vote is cast: GO with conditions.")).to_be_visible()


def keep_condition(page):
    page.goto(reverse("checklist:my-work"))
    page.get_by_role("link", name=DESK).click()
    page.get_by_label("How it was done").fill("Two people each shift.")
    press(page, "Mark as done")
    expect(page.get_by_text("The condition is done.")).to_be_visible()


def postpone(page, stage):
    page.goto(stage.launch.get_absolute_url())
    page.get_by_role("link", name="Move the target date").click()
    page.get_by_label("New target date").fill(day(21))
    page.get_by_label("Why the date is moved").fill("The bank's window is a week later.")
    press(page, "Move the target date")


def go_live(page):
    page.get_by_role("link", name="Record that it went live").click()
    expect(page.get_by_text("It is approved now.")).to_be_visible()
    press(page, "Record that it went live")
    expect(page.get_by_text("It is live, and on record.")).to_be_visible()


def work_afterwards(page, stage):
    """Two of three tasks; the third is not done, and that undoes nothing."""
    page.goto(stage.launch.get_absolute_url())
    page.get_by_role("link", name="Post-launch", exact=True).click()
    expect(page.get_by_text("due in 23 h")).to_be_visible()
    for text, status in (
        ("Watch the errors", "Done"),
        ("Call the desk", "Done"),
        ("Write the review", "Not done"),
    ):
        set_status(page, text, status)
        expect_status(page, text, status)


def close(page):
    page.get_by_role("link", name="Close the launch").click()
    expect(page.get_by_text("1 item is not settled.")).to_be_visible()
    left = page.get_by_role("group", name="3.1 Write the review")
    left.get_by_label("Why it is left").fill(TRAINING)
    left.get_by_label("Who sees to it").select_option(label="Miyu Ito")
    left.get_by_label("By when").fill(day(60))
    press(page, "Close the launch")
    expect(page.get_by_text("The launch is closed.")).to_be_visible()


def test_seven_open_items_become_a_closed_launch(new_desk, new_phone):
    cast = make_cast()
    desks = [cast.manager, cast.lead, cast.member, cast.admin]
    manager, lead, member, admin = map(new_desk, desks)
    cto, ciso, deputy = map(new_phone, [cast.cto, cast.ciso, cast.deputy])

    stage = start(manager, 14)
    settle_five(lead, stage)
    accept(ciso, stage, PENTEST, day(3), "The testers come on Thursday.")
    accept(ciso, stage, SCANNER, day(30), "It scans by hand until then.")
    record_risk(lead, stage)
    ask_and_sign(lead, ciso, stage)
    expect_verdict(manager, stage, "READY TO DECIDE")
    manager.get_by_role("link", name="Go to the decision").click()
    open_round(manager, answers=("No", "Yes", "Yes"))
    vote_with_condition(cto)

    name_deputy(admin)
    meet_what_expired(deputy, stage)
    extend_and_sign_again(ciso, stage)
    sign_again(ciso, stage)
    expect_verdict(manager, stage, "READY TO DECIDE")
    affirm(cto)
    find_work(ciso, "Votes in open rounds")
    vote(ciso, "GO")
    vote_for_another(deputy)
    expect_verdict(manager, stage, "READY TO DECIDE")
    expect(manager.get_by_text("waiting on 1 condition before launch")).to_be_visible()
    keep_condition(member)
    postpone(manager, stage)
    expect_verdict(manager, stage, "APPROVED")
    expect(manager.get_by_text("T-minus 21 days")).to_be_visible()
    expect_verdict(cto, stage, "APPROVED")

    go_live(manager)
    work_afterwards(lead, stage)
    expect_verdict(manager, stage, "LIVE")
    close(manager)
    expect_verdict(manager, stage, "CLOSED")
    expect(manager.get_by_role("link", name="1 open condition", exact=True)).to_be_visible()
    expect(manager.get_by_text("It is looked at again on")).to_be_visible()
    cto.goto(reverse("signoff:report", args=[stage.launch.slug]))
    expect(cto.get_by_text(TRAINING).first).to_be_visible()
    find_work(lead, "Conditions you owe")
    expect(lead.get_by_text(TRAINING).first).to_be_visible()
