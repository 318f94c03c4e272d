"""Receipts: what they say of a signature, what becomes of it, and taking it back."""

import json
from datetime import UTC
from hashlib import sha256

import pytest
from django.urls import reverse

from checklist.actions.asking import ask_signature
from checklist.rules import Classification, ItemStatus
from signoff.actions import cancel_round
from signoff.models import Signature
from signoff.rules import Vote
from tests.factories.launches import (
    make_evidence,
    make_holder,
    make_lead,
    manager_of,
    set_items,
)
from tests.factories.people import PASSWORD, make_auditor, make_user
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def slot():
    return make_asked_slot("Audit", "Keys")


@pytest.fixture
def signature(slot, client):
    holder = make_holder(slot, full_name="Rui Chen", time_zone="Asia/Tokyo")
    client.force_login(holder)
    return make_signature(slot, holder, comment="Well done.")


@pytest.fixture
def vote(client):
    launch = make_ready_launch(executives=2)
    make_round(launch)
    slot = launch.slots.executive().first()
    holder = make_holder(slot, full_name="Elin Sandberg")
    client.force_login(holder)
    return make_vote(slot, holder)


def url(name, signature):
    return reverse(f"signoff:{name}", args=[signature.pk])


def fate(client, signature):
    return client.get(signature.get_absolute_url()).context["page"].fate


# The receipt


def test_the_receipt_says_who_what_when_and_over_what(client, signature):
    response = client.get(signature.get_absolute_url())

    page = response.context["page"]
    assert signature.meaning_text in response.text
    assert "<strong>Rui Chen</strong>" in response.text
    assert "Well done." in response.text
    assert (page.over, page.digits.replace(" ", "")) == ("2 items", signature.short)
    assert signature.sha256 in response.text


def test_the_time_is_told_in_the_signer_s_zone_and_in_utc(client, signature):
    page = client.get(signature.get_absolute_url()).context["page"]

    assert page.when.endswith(" JST")
    assert page.when_utc == signature.signed_at.astimezone(UTC).strftime(
        "%a %-d %b %Y, %H:%M:%S UTC"
    )


def test_the_receipt_says_what_it_does_not_prove(client, signature):
    text = client.get(signature.get_absolute_url()).text

    assert "It does not prove, to somebody who trusts neither this server" in text


def test_the_receipt_shows_what_was_signed_after_everything_has_changed(client, slot, signature):
    set_items(slot.section, text="Something else", status=ItemStatus.NOT_DONE, note="Later.")

    page = client.get(signature.get_absolute_url()).context["page"]

    assert [(row.number, row.text, row.label, row.note) for row in page.items] == [
        ("1.1", "Audit", "Done", ""),
        ("1.2", "Keys", "Done", ""),
    ]


def test_the_receipt_tells_exceptions_and_evidence_as_they_were(client):
    slot = make_asked_slot("Audit")
    item = slot.section.items.get()
    make_evidence(item, name="The ticket", url="https://t.example/1")
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.", note="Owner TBD")
    signature = make_signature(slot)
    client.force_login(make_auditor())

    page = client.get(signature.get_absolute_url()).context["page"]

    assert [(r.label, r.text, r.reason) for r in page.exceptions] == [
        ("N/A", "1.1 Audit", "Elsewhere."),
        ("Warning", "The note of 1.1 Audit says “TBD”.", ""),
    ]
    assert page.over == "1 item, 1 piece of evidence"


def test_a_return_s_receipt_lists_what_was_not_settled(client, slot):
    make_signature(slot)
    set_items(slot.section, status=ItemStatus.ATTENTION)
    returned = make_return(slot)
    client.force_login(make_auditor())

    page = client.get(returned.get_absolute_url()).context["page"]

    assert [r.label for r in page.exceptions] == ["Needs attention", "Needs attention"]
    assert page.act_label == "Returned"


def test_a_vote_s_receipt_lists_answers_and_the_signatures_beneath(client, vote):
    page = client.get(vote.get_absolute_url()).context["page"]

    assert [(row.question, row.given) for row in page.answers] == [
        ("All checklists complete?", "Yes"),
        ("Outstanding items acceptable for launch?", "Yes"),
        ("Risk assessment completed?", "Yes"),
    ]
    signed = vote.launch.signatures.get(act="sign")
    [section] = page.sections
    assert section.signed == (
        f"{signed.signer_name} ({signed.authority_name}), signature {signed.short}",
    )


@pytest.mark.parametrize("name", ["receipt", "statement", "content", "withdraw"])
def test_a_restricted_launch_s_signature_does_not_exist_for_strangers(client, name):
    slot = make_asked_slot("Audit", classification=Classification.RESTRICTED)
    signature = make_signature(slot)
    client.force_login(make_user())

    assert client.get(url(name, signature)).status_code == 404


@pytest.mark.parametrize("act", ["sign", "return", "vote", "withdraw"])
def test_statement_and_content_are_given_as_they_were_hashed(client, slot, signature, vote, act):
    made = {
        "sign": lambda: signature,
        "return": lambda: make_return(slot),
        "vote": lambda: vote,
        "withdraw": lambda: withdrawn(client, vote),
    }[act]()

    statement = client.get(url("statement", made))
    content = client.get(url("content", made))

    assert sha256(statement.content).hexdigest() == made.sha256
    assert sha256(content.content).hexdigest() == made.snapshot_id
    assert json.loads(statement.content)["content"]["sha256"] == made.snapshot_id
    assert statement.headers["Content-Disposition"] == (
        f'attachment; filename="statement-{made.short}.json"'
    )
    assert statement.headers["Content-Type"] == "application/json"
    assert client.get(made.get_absolute_url()).status_code == 200


# What has become of it


def test_a_signature_stands(client, signature):
    assert fate(client, signature).label == "Stands"


def test_a_stale_signature_says_what_changed_and_where_to_sign(client, slot, signature):
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")

    found = fate(client, signature)

    assert found.label == "Changed since"
    assert [line.text for line in found.changes.material] == [
        "1.1 Audit: done → N/A, “Elsewhere.”",
        "1.2 Keys: done → N/A, “Elsewhere.”",
    ]
    assert client.get(found.url).context["page"].slot == slot


def test_a_superseded_signature_leads_to_the_one_in_its_place(client, slot, signature):
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")
    later = make_signature(slot)

    found = fate(client, signature)

    assert (found.label, found.url) == ("Superseded", later.get_absolute_url())


def test_after_a_return_the_signature_stands_no_longer(client, slot, signature):
    returned = make_return(slot)

    found = fate(client, signature)

    assert (found.label, found.url) == ("Returned since", returned.get_absolute_url())
    assert fate(client, returned).label == "With the team"


def test_a_return_is_answered_by_asking_again_and_followed_by_a_signature(client, slot, signature):
    returned = make_return(slot)
    slot.section.refresh_from_db()
    ask_signature(slot.section, by=make_lead(slot.section))
    assert fate(client, returned).label == "Answered"

    later = make_signature(slot)

    assert fate(client, returned).url == later.get_absolute_url()


def test_a_vote_stands_then_needs_affirming(client, vote):
    assert fate(client, vote).label == "Stands"
    section = vote.launch.sections.get()
    set_items(section, status=ItemStatus.NA, na_reason="Elsewhere.")

    found = fate(client, vote)

    assert found.label == "Changed since"
    assert [line.text for line in found.changes.material] == [
        "1.1 Audit completed: done → N/A, “Elsewhere.”",
        "1.2 Certificates installed: done → N/A, “Elsewhere.”",
    ]


def test_a_vote_affirmed_again_leads_to_the_later_one(client, vote):
    section = vote.launch.sections.get()
    set_items(section, status=ItemStatus.NA, na_reason="Elsewhere.")
    make_signature(section.slots.get())
    later = make_vote(vote.slot, vote.signer)

    assert fate(client, vote).url == later.get_absolute_url()
    assert fate(client, later).label == "Stands"


def test_votes_of_a_round_that_is_over_are_on_record(client, vote):
    refused = make_vote(vote.launch.slots.executive().last(), vote=Vote.NO_GO)

    assert fate(client, vote).label == fate(client, refused).label == "Round over"
    page = client.get(refused.get_absolute_url()).context["page"]
    assert (page.act_label, page.is_good) == ("NO-GO", False)


def test_votes_of_a_cancelled_round_stand_for_nothing(client, vote):
    cancel_round(vote.round, by=manager_of(vote.launch), reason="Wrong version.")

    assert fate(client, vote).label == "Round cancelled"


# Withdrawing


def withdrawn(client, signature, **fields):
    """The signature withdrawn through its page."""
    sent = {"comment": "I was wrong.", "password": PASSWORD} | fields
    client.post(url("withdraw", signature), sent)
    return Signature.objects.get(act="withdraw", target=signature)


def test_only_the_signer_finds_the_way_to_withdraw(client, signature):
    link = url("withdraw", signature)
    assert link in client.get(signature.get_absolute_url()).text

    client.force_login(make_user())

    assert link not in client.get(signature.get_absolute_url()).text


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_withdraws_for_another(client, signature, method):
    client.force_login(make_holder(signature.slot))

    sent = {"comment": "No.", "password": PASSWORD}
    response = getattr(client, method)(url("withdraw", signature), sent)

    assert response.status_code == 403
    assert not Signature.objects.filter(act="withdraw").exists()


def test_the_page_says_beforehand_what_withdrawing_means(client, signature):
    page = client.get(url("withdraw", signature)).context["page"]

    assert page.voids == ["1. Section 1 counts as not signed, and the launch as not ready."]
    assert page.can_act


def test_withdrawing_an_approval_s_vote_says_that_approval_ends(client):
    launch = make_ready_launch()
    make_round(launch)
    vote = make_vote(launch.slots.executive().get())
    client.force_login(vote.signer)

    assert client.get(url("withdraw", vote)).context["page"].voids == [
        "The vote in this round stands no longer: the round waits for this slot again.",
        "The launch is approved no longer.",
    ]


def test_withdrawing_leads_to_its_own_receipt_and_both_stay(client, signature):
    taken_back = withdrawn(client, signature)

    assert (fate(client, taken_back).label, fate(client, taken_back).url) == (
        "Withdrawal",
        signature.get_absolute_url(),
    )
    assert (fate(client, signature).label, fate(client, signature).url) == (
        "Withdrawn",
        taken_back.get_absolute_url(),
    )
    assert taken_back.comment == "I was wrong."


def test_withdrawing_needs_a_reason_and_the_password(client, signature):
    response = client.post(url("withdraw", signature), {})

    form = response.context["form"]
    assert form.has_error("comment", "required")
    assert form.has_error("password", "required")

    wrong = {"comment": "I was wrong.", "password": "wrong"}
    response = client.post(url("withdraw", signature), wrong)

    assert response.context["form"].has_error("password", "password")
    assert "I was wrong.</textarea>" in response.text
    assert not Signature.objects.filter(act="withdraw").exists()


def test_what_stands_no_longer_is_not_withdrawn(client, slot, signature):
    make_return(slot)

    page = client.get(url("withdraw", signature))
    sent = {"comment": "I was wrong.", "password": PASSWORD}
    response = client.post(url("withdraw", signature), sent)

    assert page.context["page"].refusals == ["This signature stands no longer."]
    assert "disabled" in page.text
    assert response.context["form"].has_error("__all__", "not_standing")


def test_a_vote_of_a_round_that_is_over_is_not_withdrawn(client, vote):
    make_vote(vote.launch.slots.executive().last(), vote=Vote.NO_GO)

    sent = {"comment": "I was wrong.", "password": PASSWORD}
    response = client.post(url("withdraw", vote), sent)

    assert response.context["form"].has_error("__all__", "not_standing")
    assert response.context["page"].about.startswith("GO in Executive Sign-Off, ")


def test_a_signer_s_new_name_leaves_the_receipt_as_it_was(client, signature):
    signature.signer.full_name = "Rui Chen-Meyer"
    signature.signer.save()

    assert "<strong>Rui Chen</strong>" in client.get(signature.get_absolute_url()).text
