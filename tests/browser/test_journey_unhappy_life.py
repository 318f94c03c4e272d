"""A launch goes live unasked, fails, is rolled back, comes back with what changed, and is decided properly."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from checklist.models import Launch
from tests.browser.story import (
    expect_status,
    expect_verdict,
    find_work,
    make_signed_stage,
    open_round,
    press,
    set_status,
    vote,
)
from tests.signoff.living import AFTER

pytestmark = pytest.mark.django_db(transaction=True)

UNASKED = "The bank asked for it."
EARLIER = timedelta(days=3)


def make_earlier_stage():
    """A section signed, tasks for afterwards, no round; the review was opened some days ago."""
    stage = make_signed_stage(*AFTER)
    opened = timezone.now() - EARLIER - timedelta(hours=1)
    Launch.objects.update(review_opened_at=opened)
    return stage


def go_live_unasked(page, stage):
    """The form says what it does, and the moment is on the launch's own clocks."""
    page.goto(stage.launch.get_absolute_url())
    page.get_by_role("link", name="Record that it went live").click()
    expect(page.get_by_text("in red for ever")).to_be_visible()
    moment = (timezone.now() - EARLIER).astimezone(stage.launch.zone)
    page.get_by_label("When").fill(f"{moment:%Y-%m-%dT%H:%M}")
    page.get_by_label("Why it went live without approval").fill(UNASKED)
    press(page, "Record that it went live without approval")
    expect_verdict(page, stage, "LIVE WITHOUT APPROVAL")
    expect(page.get_by_text(f"The reason given: {UNASKED}")).to_be_visible()


def fail_a_task(page, stage):
    """What was not done in its 24 hours is overdue, and that undoes nothing."""
    page.get_by_role("link", name="Post-launch", exact=True).click()
    set_status(page, "Watch the errors", "Not done")
    expect_status(page, "Watch the errors", "Not done")
    overdue = page.get_by_role("region", name="Overdue")
    expect(overdue.get_by_role("link", name="Watch the errors")).to_be_visible()
    expect(page.get_by_text("overdue since").first).to_be_visible()
    expect_verdict(page, stage, "LIVE WITHOUT APPROVAL")


def roll_back_and_relaunch(page, stage):
    page.get_by_role("link", name="Record a roll back").click()
    page.get_by_label("Reason").fill("Errors doubled within the hour.")
    press(page, "Record a roll back")
    expect_verdict(page, stage, "ROLLED BACK")
    page.get_by_role("link", name="Relaunch").click()
    page.get_by_label("What changed since it was rolled back").fill("The cache is bounded now.")
    press(page, "Relaunch")


def decide(manager, phones):
    """A round that a manager opens and three executives end on their phones."""
    manager.get_by_role("link", name="Go to the decision").click()
    open_round(manager)
    for page in phones:
        find_work(page, "Votes in open rounds")
        vote(page, "GO")


def expect_apart(page, stage):
    """In the portfolio on a phone neither of its two badges lies over its name, and its tabs take one line."""
    page.goto(reverse("checklist:launches"))
    name = page.get_by_role("link", name=str(stage.launch)).bounding_box()
    badges = page.locator("td .state").all()
    assert len(badges) == 2
    assert all(badge.bounding_box()["y"] >= name["y"] + name["height"] for badge in badges)
    page.goto(stage.launch.get_absolute_url())
    assert page.locator(".tabs").bounding_box()["height"] < 40


def test_a_launch_that_went_live_unasked_comes_back_approved_and_stays_red(
    page, new_context, new_phone, sign_in
):
    stage = make_earlier_stage()
    sign_in(page, stage.manager)
    go_live_unasked(page, stage)
    fail_a_task(page, stage)
    roll_back_and_relaunch(page, stage)

    expect_verdict(page, stage, "READY TO DECIDE")
    expect(page.get_by_text("1 section signed")).to_be_visible()
    expect(page.get_by_text(re.compile("^Went live without approval")).first).to_be_visible()
    phones = [new_phone(person) for person in (stage.cto, stage.ciso, stage.coo)]
    decide(page, phones)
    expect_verdict(page, stage, "APPROVED")
    page.get_by_role("link", name="Record that it went live").click()
    expect(page.get_by_text("It is approved now.")).to_be_visible()
    press(page, "Record that it went live")
    expect_verdict(page, stage, "LIVE")

    for reader in (page, *phones):
        expect_verdict(reader, stage, "LIVE")
        expect(reader.get_by_text("went live without approval").first).to_be_visible()
    expect_apart(phones[0], stage)
    page.get_by_role("link", name="Its life so far").click()
    for words in ("Went live without approval", UNASKED, "The cache is bounded now."):
        expect(page.get_by_text(words).first).to_be_visible()
    expect(page.get_by_text("Went live by approval")).to_be_visible()
