"""The signing moment: what the page says, what it refuses, and that nothing is signed unseen."""

import time
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.urls import reverse
from django.utils import timezone

from checklist.rules import Classification, ItemStatus
from signoff.models import Signature
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_holder,
    make_launch,
    make_lead,
    set_items,
)
from tests.factories.people import (
    PASSWORD,
    make_admin,
    make_auditor,
    make_authority,
    make_team,
    make_user,
)
from tests.factories.signatures import (
    ask,
    make_asked_slot,
    make_return,
    make_round,
    make_signature,
    seen_in,
)

pytestmark = pytest.mark.django_db


def url_of(slot):
    return reverse("signoff:sign", args=[slot.launch.slug, slot.section.number])


@pytest.fixture(autouse=True)
def patient_clock(settings):
    """A code that was made just before its half minute ended is still right."""
    settings.MFA_TOTP_TOLERANCE = 2


@pytest.fixture
def slot():
    return make_asked_slot("Audit", "Keys")


@pytest.fixture
def holder(slot, client):
    holder = make_holder(slot, full_name="Rui Chen", title="Head of Security")
    client.force_login(holder)
    return holder


def sent(slot, act="sign", **fields):
    """What the form sends when its page was read."""
    return {"act": act, "seen": seen_in(slot), "password": PASSWORD, "comment": ""} | fields


def hidden(response):
    """What the page gave along, as a browser would send it back."""
    page = response.context["page"]
    return {"seen": page.seen, "shown": page.shown}


def errors(response):
    """The form's errors by field, as codes."""
    form = response.context["form"]
    return {name: [e.code for e in found.as_data()] for name, found in form.errors.items()}


def code_for(secret):
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


# Reading


def test_the_page_shows_the_sentence_the_printed_name_and_the_digest(client, slot, holder):
    page = client.get(url_of(slot))

    authority = slot.authorities.get().name
    assert f"As {authority} I have reviewed section 1, “Section 1”" in page.text
    assert "<strong>Rui Chen</strong>, Head of Security" in page.text
    assert seen_in(slot)[:8] in page.text
    assert page.context["page"].can_act


def test_the_first_fitting_authority_is_taken_and_the_others_are_named(client, slot, holder):
    authority = make_authority("AAA first in order")
    slot.authorities.add(authority)
    make_appointment(authority, holder)

    page = client.get(url_of(slot)).context["page"]

    assert page.signer.authority == "AAA first in order"
    assert page.signer.others == slot.authorities.exclude(pk=authority.pk).get().name


def test_the_page_can_be_cached_nowhere_and_asks_for_no_code_without_a_factor(client, slot, holder):
    response = client.get(url_of(slot))

    assert "no-store" in response.headers["Cache-Control"]
    assert "code" not in response.context["form"].fields


def test_exceptions_are_told_one_line_each(client, holder, slot):
    item = slot.section.items.first()
    set_items(slot.section, note="TBD", status=ItemStatus.DONE)
    type(item).objects.filter(pk=item.pk).update(
        status=ItemStatus.NA, na_reason="The gateway does it.", note=""
    )
    slot.section.refresh_from_db()

    found = client.get(url_of(slot)).context["page"].exceptions

    assert [(remark.label, remark.text, remark.reason) for remark in found] == [
        ("N/A", "1.1 Audit", "The gateway does it."),
        ("Warning", "The note of 1.2 Keys says “TBD”.", ""),
    ]


def test_what_changed_since_the_signature_is_told_in_sentences(client, slot, holder):
    make_signature(slot, holder)
    item = slot.section.items.first()
    set_items(slot.section, note="Look here.")
    type(item).objects.filter(pk=item.pk).update(status=ItemStatus.NA, na_reason="Elsewhere.")
    set_items(slot.section, note="Look here.")

    page = client.get(url_of(slot)).context["page"]

    assert page.label == "Changed since signed"
    assert [line.text for line in page.since.material] == ["1.1 Audit: done → N/A, “Elsewhere.”"]
    assert page.since.notes_heading == "2 notes edited since"
    assert [(line.old, line.new) for line in page.since.notes] == [("", "Look here.")] * 2


def test_everybody_who_sees_the_launch_may_read_and_is_told_whom_to_ask(client, slot):
    make_holder(slot, full_name="Rui Chen")
    client.force_login(make_auditor())

    response = client.get(url_of(slot))

    page = response.context["page"]
    assert [(gap.text, gap.who) for gap in page.reasons] == [
        (
            "You hold none of the authorities that may sign here.",
            f"Rui Chen ({slot.authorities.get()}) may sign here.",
        )
    ]
    assert response.text.count('disabled aria-describedby="reasons"') == 2
    assert 'name="password"' not in response.text


def test_a_slot_that_nobody_may_sign_says_whom_to_ask(client, slot):
    make_admin(full_name="A. Berg")
    make_admin(full_name="B. Ray", is_active=False)
    client.force_login(make_user())

    [gap] = client.get(url_of(slot)).context["page"].reasons

    names = slot.authorities.get().name
    assert gap.who == f"Nobody holds {names}: ask an admin (A. Berg) to appoint somebody."


def test_before_the_request_every_reason_is_named_with_its_mend(client):
    launch = make_launch({"items": ("Audit",), "teams": [make_team("Security Team")]})
    slot = launch.slots.get()
    client.force_login(make_holder(slot))

    page = client.get(url_of(slot)).context["page"]

    item = slot.section.items.get()
    assert [(gap.text, gap.url, gap.who) for gap in page.reasons] == [
        (
            "The section's lead has not asked for the signature yet.",
            "",
            "A lead of Security Team asks for it.",
        ),
        ("1.1 Audit is not settled.", f"{item.get_absolute_url()}#status", ""),
    ]


def test_an_open_question_stands_in_the_way_of_signing_and_not_of_returning(client, slot, holder):
    type(slot.section).objects.filter(pk=slot.section_id).update(errors=0)
    comment = make_comment(slot.section.items.first())
    comment.item.open_questions = 1
    comment.item.save()

    page = client.get(url_of(slot)).context["page"]

    assert (page.can_sign, page.can_return) == (False, True)


def test_a_section_without_a_slot_has_no_such_page(client):
    launch = make_launch({"items": ("Audit",), "authorities": ()})
    client.force_login(make_user())

    response = client.get(reverse("signoff:sign", args=[launch.slug, "1"]))

    assert response.status_code == 404


def test_of_several_slots_the_one_that_waits_for_the_reader_comes_first(client):
    launch = make_launch({"items": ("Audit",)})
    section = launch.sections.get()
    first = section.slots.get()
    mine = type(first).objects.create(
        launch=launch, section=section, key="second", position=9, title="Second Sign-Off"
    )
    mine.authorities.set([make_authority("Privacy Officer")])
    mine.authority_key = mine.authorities.get().slug
    mine.save()
    client.force_login(make_holder(mine))
    url = reverse("signoff:sign", args=[launch.slug, "1"])

    assert client.get(url).context["page"].slot == mine
    assert client.get(url, {"slot": first.pk}).context["page"].slot == first
    assert client.get(url, {"slot": launch.pk}).status_code == 404
    assert client.get(url, {"slot": "no-id"}).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_restricted_launch_does_not_exist_for_strangers(client, method):
    slot = make_asked_slot("Audit", classification=Classification.RESTRICTED)
    client.force_login(make_user())

    assert getattr(client, method)(url_of(slot)).status_code == 404


# Signing


def test_signing_leads_to_the_receipt(client, slot, holder):
    response = client.post(url_of(slot), sent(slot, comment="Well done."))

    signature = Signature.objects.get()
    assert response.headers["Location"] == signature.get_absolute_url()
    assert (signature.signer, signature.comment, signature.act) == (holder, "Well done.", "sign")


def test_the_page_s_own_hidden_fields_are_what_signing_needs(client, slot, holder):
    page = client.get(url_of(slot))

    client.post(url_of(slot), hidden(page) | {"act": "sign", "password": PASSWORD})

    assert Signature.objects.get().material == seen_in(slot)


def test_returning_needs_a_reason(client, slot, holder):
    response = client.post(url_of(slot), sent(slot, "return"))

    assert errors(response) == {"comment": ["reason_required"]}
    assert not Signature.objects.exists()


def test_returning_leads_to_the_receipt(client, slot, holder):
    response = client.post(url_of(slot), sent(slot, "return", comment="Not yet."))

    signature = Signature.objects.get()
    assert response.headers["Location"] == signature.get_absolute_url()
    assert (signature.act, signature.comment) == ("return", "Not yet.")


def test_after_a_return_the_page_says_who_returned_it(client, slot, holder):
    make_return(slot, holder)

    page = client.get(url_of(slot)).context["page"]

    assert page.stands.startswith("Returned by Rui Chen, ")


@pytest.mark.parametrize(
    ("password", "code"), [("", "required"), ("wrong", "password"), ("x" * 300, "max_length")]
)
def test_without_the_right_password_nothing_is_signed_and_the_comment_stays(
    client, slot, holder, password, code
):
    response = client.post(url_of(slot), sent(slot, password=password, comment="Well done."))

    assert errors(response) == {"password": [code]}
    assert "Well done.</textarea>" in response.text
    assert '<a href="#id_password">' in response.text
    assert not password or password not in response.text
    assert "data-bounce" in response.text
    assert not Signature.objects.exists()


def test_too_many_wrong_passwords_are_answered_with_a_sentence(client, slot, holder):
    for _ in range(12):
        response = client.post(url_of(slot), sent(slot, password="wrong"))

    assert errors(response) == {"password": ["too_many"]}
    assert response.status_code == 200
    assert not Signature.objects.exists()


def test_somebody_without_a_password_is_told_to_set_one(client, slot, holder):
    holder.set_unusable_password()
    holder.save()
    client.force_login(holder)

    response = client.post(url_of(slot), sent(slot, password="anything"))

    assert errors(response) == {"password": ["no_password"]}


def test_with_a_second_factor_the_code_is_asked_for(client, slot, holder):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(holder, secret)

    assert "code" in client.get(url_of(slot)).context["form"].fields
    response = client.post(url_of(slot), sent(slot))
    assert errors(response) == {"code": ["required"]}
    response = client.post(url_of(slot), sent(slot, code="000000x"))
    assert errors(response) == {"code": ["code"]}
    assert "000000x" not in response.text
    client.post(url_of(slot), sent(slot, code=code_for(secret)))
    assert Signature.objects.count() == 1


def test_too_many_wrong_codes_are_answered_with_a_sentence(client, slot, holder):
    totp.TOTP.activate(holder, totp.generate_totp_secret())

    for _ in range(6):
        response = client.post(url_of(slot), sent(slot, code="0"))

    assert errors(response) == {"code": ["too_many"]}


def test_a_code_works_once(client, slot, holder):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(holder, secret)
    code = code_for(secret)
    client.post(url_of(slot), sent(slot, "return", comment="Not yet.", code=code))
    ask(slot.section)

    response = client.post(url_of(slot), sent(slot, code=code))

    assert errors(response) == {"code": ["code"]}
    assert Signature.objects.count() == 1


def test_what_the_domain_refuses_uses_no_code_up(client, slot, holder):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(holder, secret)
    code = code_for(secret)
    client.post(url_of(slot), sent(slot, seen="stale", code=code))

    client.post(url_of(slot), sent(slot, code=code))

    assert Signature.objects.count() == 1


def test_nothing_is_signed_over_what_changed_meanwhile_and_the_page_says_what(client, slot, holder):
    page = client.get(url_of(slot))
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")

    answer = hidden(page) | {"act": "sign", "password": PASSWORD, "comment": "Well done."}
    response = client.post(url_of(slot), answer)

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert [line.text for line in response.context["page"].meanwhile.material] == [
        "1.1 Audit: done → N/A, “Elsewhere.”",
        "1.2 Keys: done → N/A, “Elsewhere.”",
    ]
    assert "Well done.</textarea>" in response.text
    assert not Signature.objects.exists()


def test_the_page_that_tells_of_the_change_can_then_be_signed(client, slot, holder):
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")
    response = client.post(url_of(slot), sent(slot, seen="an older digest"))

    client.post(url_of(slot), hidden(response) | {"act": "sign", "password": PASSWORD})

    assert Signature.objects.count() == 1


@pytest.mark.parametrize("shown", ["", "nonsense", "\x00", "é" * 9, "x" * 100_000])
def test_a_tampered_page_is_no_trouble(client, slot, holder, shown):
    response = client.post(url_of(slot), sent(slot, seen="\x00", shown=shown))

    assert errors(response) == {"__all__": ["changed_meanwhile"]}
    assert response.context["page"].meanwhile is None


def test_what_another_launch_s_page_showed_is_not_compared(client, slot, holder):
    other = make_asked_slot("Something secret")
    shown = client.get(url_of(other)).context["page"].shown

    response = client.post(url_of(slot), sent(slot, seen="old", shown=shown))

    assert response.context["page"].meanwhile is None


@pytest.mark.parametrize("comment", ["x" * 1_000_000, "a\x00b", "\u202egnihton"])
def test_hostile_comments_are_answered_with_a_page(client, slot, holder, comment):
    response = client.post(url_of(slot), sent(slot, comment=comment, password="wrong"))

    assert response.status_code == 200
    assert not Signature.objects.exists()


@pytest.mark.parametrize("act", ["", "approve"])
def test_an_unknown_act_is_refused(client, slot, holder, act):
    response = client.post(url_of(slot), sent(slot, act))

    assert "act" in errors(response)
    assert response.text.count('class="notice is-error" role="alert"') == 1
    assert not Signature.objects.exists()


# Who may not


def test_somebody_else_s_slot_is_refused(client, slot):
    client.force_login(make_user())

    response = client.post(url_of(slot), sent(slot))

    assert errors(response) == {"__all__": ["not_holder"]}
    assert "<span>You hold none of the authorities that may sign here.</span>" in response.text
    assert not Signature.objects.exists()


def test_a_former_holder_is_refused(client, slot, holder):
    holder.appointments.update(ends_at=timezone.now() - timedelta(minutes=1))

    response = client.post(url_of(slot), sent(slot))

    assert errors(response) == {"__all__": ["not_holder"]}


def test_whoever_worked_on_the_section_is_refused_where_four_eyes_are_asked(client):
    slot = make_asked_slot("Audit", four_eyes=True)
    holder = make_holder(slot)
    slot.section.items.update(status_by=holder)
    client.force_login(holder)

    response = client.post(url_of(slot), sent(slot))

    assert errors(response) == {"__all__": ["four_eyes"]}


def test_signing_twice_is_refused_and_says_why(client, slot, holder):
    make_signature(slot, holder)

    response = client.post(url_of(slot), sent(slot))

    assert errors(response) == {"__all__": ["signed_already"]}
    assert response.context["page"].stands.startswith("Signed by Rui Chen, ")


def test_what_returning_voids_is_said_beforehand(client):
    launch = make_launch({"items": ("Audit",)}, executive=[[make_authority()]])
    slot = ask(launch.sections.get())
    signer = make_holder(slot, full_name="Rui Chen")
    make_signature(slot, signer)
    make_round(launch)
    client.force_login(signer)

    page = client.get(url_of(slot)).context["page"]

    assert [voided.partition(",")[0] for voided in page.takes_away] == [
        "the signature of Rui Chen",
        "nobody can vote GO until the section is signed",
    ]


def test_a_stale_signature_says_whose_place_the_new_one_takes(client, slot, holder):
    make_signature(slot, make_holder(slot, full_name="Ada Ng"))
    set_items(slot.section, status=ItemStatus.NA, na_reason="Elsewhere.")

    assert "takes the place of that of Ada Ng" in client.get(url_of(slot)).text
    make_signature(slot, holder)
    set_items(slot.section, status=ItemStatus.DONE, na_reason="")
    assert "It takes the place of your signature of" in client.get(url_of(slot)).text


def test_a_lead_who_holds_nothing_reads_only(client, slot):
    client.force_login(make_lead(slot.section))

    assert not client.get(url_of(slot)).context["page"].can_act
