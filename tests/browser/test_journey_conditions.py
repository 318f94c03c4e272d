"""On a phone: GO with a condition before the launch, which somebody keeps; then the launch is approved."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from signoff.rules import Vote
from tests.browser.story import expect_verdict, make_signed_stage, put_name_to
from tests.factories.conditions import make_wish
from tests.factories.signatures import make_round, make_vote

pytestmark = pytest.mark.django_db(transaction=True)


def executives_vote(stage, *slugs):
    for slug in slugs:
        slot = stage.launch.slots.executive().get(authorities__slug=slug)
        make_vote(slot, getattr(stage, slug))


def write_condition(page, number, text, owner, *, day, when):
    row = page.get_by_role("group", name=f"Condition {number}")
    row.get_by_label("What has to be done").fill(text)
    row.get_by_label("By whom").select_option(label=owner)
    row.get_by_label("Until the end of").fill(day)
    row.get_by_label("When").select_option(label=when)


def test_go_with_a_condition_before_the_launch_is_kept_and_approved(phone, new_context, sign_in):
    stage = make_signed_stage()
    make_round(stage.launch)
    executives_vote(stage, "cto", "ciso")
    sign_in(phone, stage.coo)
    phone.goto(reverse("signoff:decision", args=[stage.launch.slug]))
    phone.get_by_role("link", name="Vote").click()

    write_condition(
        phone,
        1,
        "Staff the desk on Monday",
        "Kofi Mensah",
        day="2099-12-12",
        when="Before the launch",
    )
    phone.get_by_label("Your password").fill("never kept")
    phone.get_by_role("button", name="Add another").click()
    expect(phone.get_by_role("group", name="Condition 4")).to_be_visible()
    write_condition(
        phone, 2, "Write the runbook", "Miyu Ito", day="2099-12-31", when="After the launch"
    )
    put_name_to(phone, "GO with conditions")
    expect(phone.get_by_text("Your vote is cast: GO with conditions.")).to_be_visible()
    expect(phone.get_by_text("Staff the desk on Monday")).to_be_visible()
    expect_verdict(phone, stage, "READY TO DECIDE")
    expect(phone.get_by_text("waiting on 1 condition before launch")).to_be_visible()

    owner = new_context().new_page()
    sign_in(owner, stage.member)
    owner.goto(reverse("checklist:my-work"))
    owner.get_by_role("link", name="Staff the desk on Monday").click()
    owner.get_by_label("How it was done").fill("Two people each shift.")
    owner.get_by_role("button", name="Mark as done").click()
    expect(owner.get_by_text("The condition is done.")).to_be_visible()

    expect_verdict(phone, stage, "APPROVED")
    expect(phone.get_by_text("1 condition after launch by Thu 31 Dec 2099")).to_be_visible()


def test_the_next_round_offers_what_is_left_without_javascript(plain_page, sign_in):
    stage = make_signed_stage()
    make_round(stage.launch)
    slots = {slot.authorities.get().slug: slot for slot in stage.launch.slots.executive()}
    wishes = [make_wish("Staff the desk", stage.lead), make_wish("Rotate the keys", stage.lead)]
    make_vote(slots["cto"], stage.cto, Vote.GO_CONDITIONAL, conditions=wishes)
    make_vote(slots["coo"], stage.coo, Vote.NO_GO)
    sign_in(plain_page, stage.manager)
    plain_page.goto(reverse("signoff:open-round", args=[stage.launch.slug]))

    for choice in plain_page.get_by_role("radio", name="Yes", exact=True).all():
        choice.check()
    plain_page.get_by_label("What has changed").fill("The desk is staffed.")
    first = plain_page.get_by_role("group", name="Condition 1")
    first.get_by_label("Drop it").check()
    first.get_by_label("Why it is dropped").fill("It is staffed.")
    plain_page.get_by_role("button", name="Open the round").click()

    expect(plain_page.get_by_text("Conditions beside the votes")).to_be_visible()
    plain_page.get_by_role("link", name="All conditions").click()
    expect(plain_page.get_by_text("Dropped by Mateo Álvarez")).to_be_visible()
    expect(plain_page.get_by_text("Carried into the next round")).to_be_visible()
