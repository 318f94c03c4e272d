"""As what one signs: the sentence, the statement, the row, and every page that shows who signed (DESIGN 3.7, 3.8)."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from audit.models import Entry
from audit.reading import read
from audit.words import sentences
from checklist.actions.appointments import end_appointment
from checklist.rules import ItemStatus
from signoff.models import Signature
from signoff.rules import Act, Vote
from tests.checklist.pages import launch_url, section_url
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.launches import make_appointment, make_launch, manager_of, set_items
from tests.factories.people import PASSWORD, make_admin, make_authority, make_manager, make_user
from tests.factories.signatures import (
    ask,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
    seen_in,
)
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db

AWAY = datetime(2030, 11, 30, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def slot():
    launch = make_launch(
        {"items": ("Audit",), "title": "Security", "authorities": [make_authority("CISO")]},
        by=make_manager(full_name="M. Alvarez"),
    )
    return ask(launch.sections.get())


@pytest.fixture
def principal(slot):
    return make_principal(slot, full_name="R. Chen")


@pytest.fixture
def deputy(principal):
    return make_deputy(principal, make_user(full_name="M. Ito"), ends_at=AWAY).holder


def appointee(slot, name="K. Osei"):
    return make_for_launch(slot, make_user(full_name=name), reason="The post is open.").holder


def statement_of(signature):
    return json.loads(bytes(Signature.objects.get(pk=signature.pk).statement))


def sign_page(client, person, slot):
    client.force_login(person)
    address = reverse("signoff:sign", args=[slot.launch.slug, slot.section.number])
    return client.get(address)


# What is signed


def test_a_deputy_signs_for_whom_they_stand_in(slot, principal, deputy):
    signature = make_signature(slot, deputy)

    assert signature.meaning_text == (
        "As CISO, standing in for R. Chen, I have reviewed section 1, “Security”, as it is recorded here, "
        "and I approve it for launch."
    )
    assert statement_of(signature)["signer"] == {
        "id": str(deputy.pk),
        "name": "M. Ito",
        "email": deputy.email,
        "authority": "CISO",
        "standing_in_for": {"id": str(principal.holder_id), "name": "R. Chen"},
    }
    row = Signature.objects.get(pk=signature.pk)
    assert (row.standing_in_for, row.appointed_by, row.authority_name) == ("R. Chen", "", "CISO")
    assert reread(slot).signed_for == "R. Chen"


def test_somebody_for_this_launch_signs_by_whose_appointment(slot):
    signature = make_signature(slot, appointee(slot))

    assert signature.meaning_text.startswith(
        "As CISO, appointed for this launch by M. Alvarez, I have reviewed section 1"
    )
    signer = statement_of(signature)["signer"]
    assert signer["appointed_for_launch"] == {"by": "M. Alvarez", "reason": "The post is open."}
    assert "standing_in_for" not in signer
    assert (signature.standing_in_for, signature.appointed_by) == ("", "M. Alvarez")


def test_a_holder_s_statement_has_the_shape_it_always_had(slot, principal, deputy):
    signer = statement_of(make_signature(slot, principal.holder))["signer"]

    assert set(signer) == {"id", "name", "email", "authority"}
    assert reread(slot).signed_for == ""


def test_the_statement_names_the_entry_of_the_appointment_that_was_used(slot, principal):
    person = make_user()
    make_for_launch(slot, person)
    made = make_deputy(principal, person)
    entry = Entry.objects.about(f"appointment:{made.pk}").first()
    signature = make_signature(slot, person)

    assert statement_of(signature)["appointment"] == (entry.seq if entry else None)
    assert signature.standing_in_for == principal.holder.full_name


def test_a_deputy_returns_votes_and_accepts_as_one(slot, principal, deputy):
    returned = make_return(slot, deputy)

    assert returned.act == Act.RETURN
    assert returned.meaning_text.startswith("As CISO, standing in for R. Chen, I have reviewed")
    assert reread(slot).signed_for == ""


def test_what_a_deputy_signed_stands_when_the_principal_is_back(slot, deputy):
    signature = make_signature(slot, deputy)
    end_appointment(deputy.appointments.get(), by=make_admin())

    assert reread(slot).signature == signature.pk
    assert reread(slot).signed_for == "R. Chen"


def test_the_principal_s_own_signature_takes_the_place_of_the_deputy_s(slot, principal, deputy):
    make_signature(slot, deputy)
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")
    make_signature(slot, principal.holder)

    assert reread(slot).signed_for == ""


# Where it is shown


def test_the_sign_page_prints_it_beforehand(client, slot, deputy):
    response = sign_page(client, deputy, slot)
    page = response.context["page"]

    assert "As CISO, standing in for R. Chen, I have reviewed" in page.sentence
    assert page.signer.authority == "CISO, standing in for R. Chen"


def test_what_the_page_prints_is_what_is_signed(client, slot, deputy):
    page = sign_page(client, deputy, slot).context["page"]
    url = reverse("signoff:sign", args=[slot.launch.slug, "1"])
    client.post(url, {"act": "sign", "seen": seen_in(slot), "password": PASSWORD, "comment": ""})

    assert Signature.objects.get().meaning_text == page.sentence


def test_another_appointment_is_named_beside(client, slot, principal, deputy):
    make_appointment(principal.authority, deputy)
    make_for_launch(slot, deputy)

    signer = sign_page(client, deputy, slot).context["page"].signer

    assert signer.authority == "CISO"
    assert signer.others == (
        "CISO, standing in for R. Chen; CISO, appointed for this launch by M. Alvarez"
    )


def test_a_slot_that_waits_names_who_is_away_and_who_stands_in(client, slot, deputy):
    told = "R. Chen (CISO; away until Fri 29 Nov: M. Ito stands in)"
    page = sign_page(client, make_user(), slot).context["page"]
    [row] = client.get(launch_url(slot.launch)).context["page"].phases[0].rows
    check = client.get(section_url(slot.section)).context["page"].check

    assert page.holders == f"{told} may sign here."
    assert (row.slots[0].whom, check.slots[0].whom, check.asked) == (told, told, (told,))
    assert row.slots[0].brief.startswith("Waiting on R. Chen (away: M. Ito stands in) since ")


@pytest.mark.parametrize("who", ["principal", "deputy"])
def test_it_waits_for_both(client, request, slot, principal, deputy, who):
    client.force_login(principal.holder if who == "principal" else deputy)

    [turn, *_] = client.get(launch_url(slot.launch)).context["page"].turns

    assert turn.text == "Sign or return 1 Security"


def test_a_slot_that_a_deputy_signed_says_so(client, slot, deputy):
    make_signature(slot, deputy)
    client.force_login(make_user())

    [row] = client.get(launch_url(slot.launch)).context["page"].phases[0].rows
    page = sign_page(client, make_user(), slot).context["page"]

    assert row.slots[0].reads.startswith("Signed by M. Ito, standing in for R. Chen, ")
    assert page.stands.startswith("Signed by M. Ito, standing in for R. Chen, ")


def test_the_receipt_says_as_what(client, slot, deputy):
    client.force_login(make_user())

    for person, told in [
        (deputy, "<strong>M. Ito</strong>, CISO, standing in for R. Chen"),
        (
            appointee(slot),
            "<strong>K. Osei</strong>, CISO, appointed for this launch by M. Alvarez",
        ),
    ]:
        signature = make_return(slot, person) if person == deputy else None
        if signature is None:
            ask(reread(slot.section))
            signature = make_signature(slot, person)
        assert told in client.get(signature.get_absolute_url()).text


def test_the_ledger_says_for_whom(slot, deputy):
    make_signature(slot, deputy)
    [line] = sentences(read(Entry.objects.of_launch(slot.launch_id).newest_first()[:1]))

    assert line.text == (
        "Section 1. Security, Security Sign-Off: signed; as CISO; standing in for R. Chen, M. Ito"
    )


# Decisions


@pytest.fixture
def decision():
    launch = make_ready_launch({"items": ("Audit",)})
    make_round(launch)
    return launch


def cards(client, launch, person=None):
    client.force_login(person or make_user())
    return client.get(reverse("signoff:decision", args=[launch.slug])).context["page"].cards


def test_a_vote_card_waits_for_both_and_says_for_whom_was_voted(client, decision):
    seat = decision.slots.executive().get()
    held = make_principal(seat, full_name="A. Brandt")
    voter = make_deputy(held, make_user(full_name="D. Kim"), ends_at=AWAY).holder
    authority = held.authority.name

    [card] = cards(client, decision)
    assert card.wait.whom == f"A. Brandt ({authority}; away until Fri 29 Nov: D. Kim stands in)"
    vote = make_vote(seat, voter)
    [card] = cards(client, decision)

    assert card.vote.by == f"D. Kim ({authority}, standing in for A. Brandt)"
    assert vote.meaning_text.startswith(f"As {authority}, standing in for A. Brandt, I decide GO")


def test_the_vote_page_prints_both_sentences_with_it(client, decision):
    seat = decision.slots.executive().get()
    voter = make_deputy(make_principal(seat, full_name="A. Brandt")).holder
    client.force_login(voter)

    page = client.get(reverse("signoff:vote", args=[decision.slug, seat.pk])).context["page"]

    for sentence in (page.go_sentence, page.no_go_sentence):
        assert ", standing in for A. Brandt, I decide" in sentence


def test_a_vacant_seat_names_the_admins_and_gives_managers_a_way(client, decision):
    make_admin(full_name="A. Berg")
    seat = decision.slots.executive().get()
    authority = seat.authorities.get()
    told = f"Nobody holds {authority}: ask an admin (A. Berg or "

    [card] = cards(client, decision)
    [managed] = cards(client, decision, manager_of(decision))

    assert card.wait.nobody.startswith(told)
    assert (card.wait.appoint, managed.wait.nobody) == ((), card.wait.nobody)
    assert [link.url for link in managed.wait.appoint] == [
        reverse("checklist:launch-appoint", args=[decision.slug, authority.slug])
    ]


def test_somebody_for_this_launch_votes_as_such(client, decision):
    seat = decision.slots.executive().get()
    vote = make_vote(seat, make_for_launch(seat, make_user(full_name="K. Osei")).holder, Vote.GO)
    [card] = cards(client, decision)

    by = manager_of(decision).full_name
    assert card.vote.by == f"K. Osei ({vote.authority_name}, appointed for this launch by {by})"
