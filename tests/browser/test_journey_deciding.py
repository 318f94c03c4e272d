"""Executives vote NO-GO; a new round ends GO, one of them on a phone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.story import (
    answer,
    expect_verdict,
    make_signed_stage,
    make_stage,
    open_round,
    vote,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_go_then_a_new_round_ends_go(new_context, phone, sign_in):
    stage = make_signed_stage()
    decision = reverse("signoff:decision", args=[stage.launch.slug])
    manager, cto, ciso = (new_context().new_page() for _ in range(3))
    people = {
        manager: stage.manager,
        cto: stage.cto,
        ciso: stage.ciso,
        phone: stage.coo,
    }
    for page, person in people.items():
        sign_in(page, person)
        page.goto(decision)

    open_round(manager)
    cto.reload()
    vote(cto, "GO")
    phone.reload()
    vote(phone, "NO-GO", comment="Support is not staffed on Monday.")
    expect_verdict(manager, stage, "NO-GO")

    manager.goto(decision)
    expect(manager.get_by_text("Support is not staffed on Monday.").first).to_be_visible()
    open_round(manager, what_changed="Support is staffed from Monday on.")
    for page in (cto, ciso, phone):
        page.goto(decision)
        vote(page, "GO")
    expect_verdict(manager, stage, "APPROVED")


def test_go_is_refused_while_anything_blocks_and_says_what(page, new_context, sign_in):
    stage = make_stage()
    manager = new_context().new_page()
    decision = reverse("signoff:decision", args=[stage.launch.slug])
    sign_in(manager, stage.manager)
    manager.goto(decision)
    manager.get_by_role("link", name="Open a").click()
    answer(manager, "No", "No", "No")
    manager.get_by_role("button", name="Open the round").click()

    sign_in(page, stage.cto)
    slot = stage.launch.slots.executive().get(authorities__slug="cto")
    page.goto(reverse("signoff:vote", args=[stage.launch.slug, slot.pk]))

    expect(page.get_by_role("button", name="GO", exact=True)).to_be_disabled()
    expect(page.get_by_text("3 items are not settled").first).to_be_visible()
    expect(page.get_by_role("button", name="NO-GO", exact=True)).to_be_enabled()
