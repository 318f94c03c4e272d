"""A launch goes live: by approval to its post-launch tasks, and without it, which stays red."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.story import expect_status, expect_verdict, set_status
from tests.factories.launches import make_launch, manager_of
from tests.signoff.acting import make_go_launch
from tests.signoff.living import AFTER

pytestmark = pytest.mark.django_db(transaction=True)


def go_to(page, launch, name="checklist:launch"):
    page.goto(reverse(name, args=[launch.slug]))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_an_approved_launch_goes_live_and_is_seen_through_to_its_end(page, sign_in):
    launch = make_go_launch({}, *AFTER, name="Aureus")
    stage = type("Stage", (), {"launch": launch})
    sign_in(page, manager_of(launch))
    go_to(page, launch)
    page.get_by_role("link", name="Record that it went live").click()
    expect(page.get_by_text("It is approved now.")).to_be_visible()
    press(page, "Record that it went live")

    expect(page.get_by_role("heading", name="2 Section 2")).to_be_visible()
    expect(page.get_by_text("due in 23 h")).to_be_visible()
    set_status(page, "Watch the errors", "Done")
    expect_status(page, "Watch the errors", "Done")
    set_status(page, "Call the desk", "Not done")
    expect_status(page, "Call the desk", "Not done")
    expect_verdict(page, stage, "LIVE")

    page.get_by_role("link", name="Close the launch").click()
    expect(page.get_by_text("2 items are not settled.")).to_be_visible()
    for part in page.locator("fieldset").all():
        part.get_by_label("Why it is left").fill("Waits for the vendor.")
        part.get_by_label("Who sees to it").select_option(index=1)
        part.get_by_label("By when").fill("2090-01-01")
    press(page, "Close the launch")

    expect_verdict(page, stage, "CLOSED")
    expect(page.get_by_text("2 open conditions")).to_be_visible()
    expect(page.get_by_text(re.compile("It is looked at again on"))).to_be_visible()


def test_without_approval_is_said_beforehand_and_for_ever(page, sign_in):
    launch = make_launch({}, *AFTER, name="Aureus")
    stage = type("Stage", (), {"launch": launch})
    sign_in(page, manager_of(launch))
    go_to(page, launch, "signoff:go-live")
    expect(page.get_by_text("in red for ever")).to_be_visible()
    page.get_by_label("Why it went live without approval").fill("The bank asked for it.")
    press(page, "Record that it went live without approval")
    expect_verdict(page, stage, "LIVE WITHOUT APPROVAL")

    page.get_by_role("link", name="Record a roll back").click()
    page.get_by_label("Reason").fill("It was too slow.")
    press(page, "Record a roll back")
    expect_verdict(page, stage, "ROLLED BACK")
    page.get_by_role("link", name="Relaunch").click()
    page.get_by_label("What changed since it was rolled back").fill("Twice as fast.")
    press(page, "Relaunch")

    expect_verdict(page, stage, "NOT READY")
    expect(page.get_by_text(re.compile("^Went live without approval")).first).to_be_visible()
    go_to(page, launch, "checklist:life")
    expect(page.get_by_text("The bank asked for it.")).to_be_visible()


def test_without_javascript_a_date_is_moved(plain_page, sign_in):
    launch = make_launch(target_on="2090-06-01")
    sign_in(plain_page, manager_of(launch))
    go_to(plain_page, launch, "checklist:postpone")
    plain_page.get_by_label("New target date").fill("2090-07-01")
    plain_page.get_by_label("Why the date is moved").fill("The vendor is late.")
    press(plain_page, "Move the target date")

    go_to(plain_page, launch, "checklist:life")
    expect(plain_page.get_by_text("moved once")).to_be_visible()
    expect(plain_page.get_by_text("The vendor is late.")).to_be_visible()
