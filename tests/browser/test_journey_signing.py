"""A lead completes a section, the authority signs it, also without JavaScript; it goes stale and is signed again."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.story import (
    expect_status,
    expect_verdict,
    make_signed_stage,
    make_stage,
    open_section,
    put_name_to,
    row,
    set_status,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_lead_completes_security_and_the_ciso_signs_it(new_context, sign_in, script):
    stage = make_stage()
    lead = new_context(java_script_enabled=script).new_page()
    ciso = new_context(java_script_enabled=script).new_page()

    sign_in(lead, stage.lead)
    lead.goto(stage.launch.get_absolute_url())
    expect(lead.get_by_text("NOT READY", exact=True)).to_be_visible()
    lead.get_by_role("link", name="Security", exact=False).first.click()
    set_status(lead, "Security audit completed", "Done")
    expect_status(lead, "Security audit completed", "Done")
    set_status(lead, "Certificates installed", "Done")
    expect_status(lead, "Certificates installed", "Done")
    set_status(lead, "CDN configured", "N/A")
    lead.get_by_label("Why it does not apply").fill("No static assets")
    lead.get_by_role("button", name="Set to N/A").click()
    expect_status(lead, "CDN configured", "N/A")
    open_section(lead, stage)
    lead.get_by_role("button", name="Ask for the signature").click()
    expect(lead.get_by_text("The signature has been asked for.")).to_be_visible()

    sign_in(ciso, stage.ciso)
    ciso.goto(reverse("checklist:my-work"))
    ciso.get_by_role("link", name="Security").first.click()
    expect(ciso.get_by_text("As CISO I have reviewed section 1, “Security”").first).to_be_visible()
    expect(ciso.get_by_text("No static assets").first).to_be_visible()
    put_name_to(ciso, "Sign", password="a wrong password")
    expect(ciso.get_by_text("This is not your password.").first).to_be_visible()
    put_name_to(ciso, "Sign")
    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()

    expect_verdict(ciso, stage, "READY TO DECIDE")


def test_a_signed_section_goes_stale_and_is_signed_again(new_context, sign_in):
    stage = make_signed_stage()
    lead, ciso = new_context().new_page(), new_context().new_page()
    sign_in(lead, stage.lead)
    sign_in(ciso, stage.ciso)

    open_section(lead, stage)
    set_status(lead, "Certificates installed", "N/A")
    lead.get_by_label("Why it does not apply").fill("Terminated upstream")
    lead.get_by_role("button", name="Set to N/A").click()
    expect_status(lead, "Certificates installed", "N/A")
    expect_verdict(lead, stage, "NOT READY")
    expect(lead.get_by_text("Changed since signed").first).to_be_visible()

    ciso.goto(reverse("signoff:sign", args=[stage.launch.slug, stage.section.number]))
    changed = ciso.get_by_role("listitem").filter(has_text="Certificates installed").first
    expect(changed).to_contain_text("done → N/A", ignore_case=True)
    put_name_to(ciso, "Sign")
    expect(ciso.get_by_text("1. Security is signed.")).to_be_visible()
    expect_verdict(ciso, stage, "READY TO DECIDE")


def test_undoing_the_change_heals_a_stale_signature(page, sign_in):
    stage = make_signed_stage()
    sign_in(page, stage.lead)

    open_section(page, stage)
    set_status(page, "Certificates installed", "Needs attention")
    expect_status(page, "Certificates installed", "Needs attention")
    expect_verdict(page, stage, "NOT READY")
    open_section(page, stage)
    set_status(page, "Certificates installed", "Done")
    expect_status(page, "Certificates installed", "Done")

    expect_verdict(page, stage, "READY TO DECIDE")


def test_a_returned_section_says_why_and_is_asked_for_again(new_context, sign_in):
    stage = make_stage()
    lead, ciso = new_context().new_page(), new_context().new_page()
    sign_in(lead, stage.lead)
    sign_in(ciso, stage.ciso)

    open_section(lead, stage)
    for text in ("Security audit completed", "Certificates installed", "CDN configured"):
        set_status(lead, text, "Done")
        expect_status(lead, text, "Done")
    lead.get_by_role("button", name="Ask for the signature").click()
    ciso.goto(reverse("signoff:sign", args=[stage.launch.slug, stage.section.number]))
    put_name_to(ciso, "Return", comment="Show me the audit report.")
    expect(ciso.get_by_text("1. Security is returned.")).to_be_visible()

    open_section(lead, stage)
    expect(lead.get_by_text("Show me the audit report.").first).to_be_visible()
    lead.get_by_role("button", name="Ask for the signature").click()
    expect(lead.get_by_text("The signature has been asked for.")).to_be_visible()


def test_what_a_member_may_not_do_is_not_offered(page, sign_in):
    stage = make_signed_stage()
    sign_in(page, stage.coo)

    open_section(page, stage)

    expect(page.get_by_text("Certificates installed").first).to_be_visible()
    expect(row(page, "Certificates installed")).to_have_count(0)
    expect(page.get_by_role("button", name="Ask for the signature")).to_have_count(0)
