"""Voting: what a vote commits to, when GO is refused, and that NO-GO never is."""

import time

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse

from checklist.rules import Classification, ItemStatus
from signoff.models import Round, Signature
from signoff.rules import RoundState, Vote
from tests.factories.launches import make_appointment, make_holder, manager_of, set_items
from tests.factories.people import PASSWORD, make_authority, make_user
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
    seen_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    return make_ready_launch({"items": ("Audit",)}, executives=2)


@pytest.fixture
def round_(launch):
    return make_round(launch)


@pytest.fixture(autouse=True)
def patient_clock(settings):
    """A code that was made just before its half minute ended is still right."""
    settings.MFA_TOTP_TOLERANCE = 2


@pytest.fixture
def slot(launch):
    return launch.slots.executive().first()


@pytest.fixture
def holder(slot, client):
    holder = make_holder(slot, full_name="Elin Sandberg", title="Chief Technology Officer")
    client.force_login(holder)
    return holder


def url_of(slot):
    return reverse("signoff:vote", args=[slot.launch.slug, slot.pk])


def sent(slot, vote="go", **fields):
    return {"vote": vote, "seen": seen_in(slot), "password": PASSWORD, "comment": ""} | fields


def page_of(client, slot):
    return client.get(url_of(slot)).context["page"]


def errors(response):
    form = response.context["form"]
    return {name: [e.code for e in found.as_data()] for name, found in form.errors.items()}


# Reading


def test_the_page_shows_both_sentences_and_what_the_vote_commits_to(
    client, launch, slot, round_, holder
):
    response = client.get(url_of(slot))

    page, authority = response.context["page"], slot.authorities.get()
    assert page.go_sentence == (f"As {authority} I decide GO: {launch} may go live in production.")
    assert page.no_go_sentence in response.text
    signed = launch.signatures.get(act="sign")
    [section] = page.sections
    assert section.slots[0].text.startswith(f"{signed.signer_name} ({signed.authority_name}), ")
    assert [row.given for row in page.answers] == ["Yes", "Yes", "Yes"]
    assert seen_in(slot)[:8] in response.text


def test_everybody_who_sees_the_launch_may_read(client, launch, slot, round_):
    make_holder(slot, full_name="Elin Sandberg")
    client.force_login(make_user())

    page = page_of(client, slot)

    assert [(gap.text, gap.who) for gap in page.reasons] == [
        (
            "You hold none of the authorities that may sign here.",
            f"Elin Sandberg ({slot.authorities.get()}) may vote here.",
        )
    ]
    assert not page.can_act


def test_a_slot_that_nobody_holds_says_whom_to_ask(client, slot, round_):
    client.force_login(make_user())

    [gap] = page_of(client, slot).reasons

    asks = f"Nobody holds {slot.authorities.get()}: ask an admin ("
    assert gap.who.startswith(asks)


def test_without_a_round_there_is_nothing_to_vote_on(client, slot, holder):
    page = page_of(client, slot)

    assert [gap.text for gap in page.reasons] == ["No round is open. A launch manager opens one."]
    assert (page.can_go, page.can_refuse) == (False, False)


def test_go_is_refused_while_something_blocks_and_no_go_is_not(
    client, launch, slot, round_, holder
):
    set_items(launch.sections.get(), status=ItemStatus.ATTENTION)

    page = page_of(client, slot)

    assert (page.can_go, page.can_refuse) == (False, True)
    assert [gap.text for gap in page.blockers] == [
        "1. Section 1: 1 item is not settled.",
        "1. Section 1 has changed since it was signed.",
    ]
    assert page.blockers[0].url.endswith("/sections/1/?status=outstanding")


def test_the_verdict_heads_the_page(client, slot, round_, holder):
    response = client.get(url_of(slot))

    assert response.text.index("READY TO DECIDE") < response.text.index("I decide GO")


@pytest.mark.parametrize("what", ["section", "nothing", "elsewhere"])
def test_what_is_no_executive_slot_of_the_launch_is_not_found(client, launch, what):
    client.force_login(make_user())
    pk = {
        "section": lambda: launch.sections.get().slots.get().pk,
        "nothing": lambda: launch.pk,
        "elsewhere": lambda: make_ready_launch().slots.executive().get().pk,
    }[what]()

    response = client.get(reverse("signoff:vote", args=[launch.slug, pk]))

    assert response.status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_restricted_launch_does_not_exist_for_strangers(client, method):
    launch = make_ready_launch(classification=Classification.RESTRICTED)
    client.force_login(make_user())

    assert getattr(client, method)(url_of(launch.slots.executive().get())).status_code == 404


# Voting


def test_voting_go_leads_to_the_receipt(client, slot, round_, holder):
    response = client.post(url_of(slot), sent(slot, comment="Well done."))

    signature = Signature.objects.get(act="vote")
    assert response.headers["Location"] == signature.get_absolute_url()
    assert (signature.vote, signature.comment, signature.signer) == ("go", "Well done.", holder)
    assert signature.round == round_


def test_voting_no_go_ends_the_round(client, slot, round_, holder):
    client.post(url_of(slot), sent(slot, "no_go", comment="Keys were shared."))

    assert Signature.objects.get(act="vote").comment == "Keys were shared."
    assert Round.objects.get().state == RoundState.NO_GO


def test_no_go_needs_a_reason(client, slot, round_, holder):
    response = client.post(url_of(slot), sent(slot, "no_go"))

    assert errors(response) == {"comment": ["reason_required"]}
    assert "Say why it is NO-GO." in response.text


def test_no_go_is_possible_while_go_is_refused(client, launch, slot, round_, holder):
    set_items(launch.sections.get(), status=ItemStatus.ATTENTION)

    response = client.post(url_of(slot), sent(slot))
    assert errors(response) == {"__all__": ["items_outstanding", "slot_stale"]}
    client.post(url_of(slot), sent(slot, "no_go", comment="Mend it first."))

    assert Signature.objects.get(act="vote").vote == Vote.NO_GO


def test_the_password_is_asked_for_and_the_comment_stays(client, slot, round_, holder):
    response = client.post(url_of(slot), sent(slot, password="wrong", comment="Well done."))

    assert errors(response) == {"password": ["password"]}
    assert "Well done.</textarea>" in response.text
    assert not Signature.objects.filter(act="vote").exists()


def test_with_a_second_factor_a_code_is_asked_for(client, slot, round_, holder):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(holder, secret)

    assert errors(client.post(url_of(slot), sent(slot))) == {"code": ["required"]}
    code = totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30))
    client.post(url_of(slot), sent(slot, code=code))

    assert Signature.objects.filter(act="vote").count() == 1


def test_no_vote_is_cast_over_what_changed_meanwhile(client, launch, slot, round_, holder):
    page = page_of(client, slot)
    section = launch.sections.get()
    set_items(section, status=ItemStatus.NA, na_reason="Elsewhere.")
    make_signature(section.slots.get())

    response = client.post(url_of(slot), sent(slot, seen=page.seen, shown=page.shown))

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert [line.text for line in response.context["page"].meanwhile.material] == [
        "1.1 Audit: done → N/A, “Elsewhere.”"
    ]
    assert not Signature.objects.filter(act="vote").exists()


def test_a_token_of_another_page_is_no_trouble(client, launch, slot, round_, holder):
    section_slot = launch.sections.get().slots.get()
    other = reverse("signoff:sign", args=[launch.slug, section_slot.section.number])
    shown = client.get(other).context["page"].shown

    response = client.post(url_of(slot), sent(slot, seen="old", shown=shown))

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert response.context["page"].meanwhile is None


def test_one_executive_slot_a_person(client, launch, slot, round_, holder):
    other = launch.slots.executive().last()
    make_appointment(other.authorities.get(), holder)
    make_vote(slot, holder)

    response = client.post(url_of(other), sent(other))

    assert errors(response) == {"__all__": ["one_slot_a_person"]}


def test_a_former_holder_is_refused(client, slot, round_, holder):
    holder.appointments.all().delete()

    assert errors(client.post(url_of(slot), sent(slot))) == {"__all__": ["not_holder"]}


def test_go_twice_is_refused_and_no_go_after_all_is_not(client, slot, round_, holder):
    make_vote(slot, holder)

    response = client.post(url_of(slot), sent(slot))
    assert errors(response) == {"__all__": ["signed_already"]}
    client.post(url_of(slot), sent(slot, "no_go", comment="Found something."))

    assert Round.objects.get().state == RoundState.NO_GO


def test_a_stale_vote_says_what_changed_since(client, launch, slot, round_, holder):
    make_vote(slot, holder)
    set_items(launch.sections.get(), status=ItemStatus.NA, na_reason="Elsewhere.")

    page = page_of(client, slot)

    assert page.is_stale
    assert page.since.since.startswith("Changed since Elin Sandberg voted GO, ")
    assert [line.text for line in page.since.material] == ["1.1 Audit: done → N/A, “Elsewhere.”"]


def test_what_no_go_ends_is_said_beforehand(client, launch, slot, round_, holder):
    assert page_of(client, slot).voids == "NO-GO ends this round."
    make_vote(launch.slots.executive().last(), make_user_of(launch.slots.executive().last()))
    assert "These votes were given in it: David Okafor, " in page_of(client, slot).voids
    make_vote(slot, holder)
    assert "which had come to GO by the votes of " in page_of(client, slot).voids


def make_user_of(slot):
    return make_holder(slot, full_name="David Okafor")


def test_what_the_manager_says_has_changed_is_shown(client, launch, slot, round_, holder):
    make_vote(slot, holder, Vote.NO_GO)
    make_round(launch, what_changed="Keys were rotated.")

    assert "Keys were rotated." in client.get(url_of(slot)).text


def test_a_section_s_signature_page_is_another_page(client):
    slot = make_asked_slot("Audit")
    client.force_login(manager_of(slot.launch))

    response = client.get(reverse("signoff:vote", args=[slot.launch.slug, slot.pk]))

    assert response.status_code == 404


def test_a_second_authority_is_no_second_sentence(client, slot, round_, holder):
    slot.authorities.add(make_authority("ZZZ last in order"))

    assert page_of(client, slot).signer.authority == str(slot.authorities.first())
