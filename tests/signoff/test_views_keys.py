"""Signing with a key on the pages: two steps for every act, the password beside it, and launches that demand keys."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.actions import endorse_key, revoke_key
from checklist.actions.launches import change_launch
from signoff.models import Pending, Signature
from signoff.statements import challenge_of
from tests.checklist.aftermath import refused
from tests.factories.launches import make_holder, make_item, manager_of
from tests.factories.passkeys import make_key
from tests.factories.people import PASSWORD, make_admin
from tests.factories.signatures import (
    make_asked_slot,
    make_ready_launch,
    make_round,
    make_signature,
    offered_in,
    seen_in,
)
from tests.signoff.acting import reread
from tests.signoff.acting import vote as cast

pytestmark = pytest.mark.django_db

HTTPS = "https://testserver"


@pytest.fixture
def slot():
    return make_asked_slot("Alpha")


@pytest.fixture
def holder(slot, client):
    holder = make_holder(slot)
    client.force_login(holder)
    return holder


@pytest.fixture
def key(holder):
    return make_key(holder, name="Desk <1>")[1]


def signing_url(slot):
    return reverse("signoff:sign", args=[slot.launch.slug, slot.section.number])


def voting_url(slot):
    return reverse("signoff:vote", args=[slot.launch.slug, slot.pk])


def first_step(client, url, **sent):
    return client.post(url, {"way": "key"} | sent, secure=True)


def second_step(client, url, key, response, **changes):
    page = response.context["page"]
    challenge = challenge_of(bytes(page.pending.statement))
    given = {"pending": page.pending.pk, "assertion": key.answer(challenge, origin=HTTPS)}
    return client.post(url, dict(page.again) | given | changes, secure=True)


def both_steps(client, url, key, **sent):
    return second_step(client, url, key, first_step(client, url, **sent))


def test_the_page_offers_the_key_first_and_the_password_beside_it(client, slot, holder, key):
    page = client.get(signing_url(slot), secure=True)

    assert [value for value, _label in page.context["form"].fields["way"].choices] == [
        "key",
        "password",
    ]
    assert page.context["form"]["way"].value() == "key"
    assert reverse("mfa_add_webauthn") not in page.text


def test_without_a_key_the_page_leads_to_one_and_back(client, slot, holder):
    page = client.get(signing_url(slot), secure=True)

    assert f"{reverse('mfa_add_webauthn')}?next=%2Flaunches" in page.text
    assert "way" not in page.context["form"].fields


def test_where_keys_cannot_work_nobody_is_sent_for_one(client, slot, holder, key):
    page = client.get(signing_url(slot))

    assert "way" not in page.context["form"].fields
    assert reverse("mfa_add_webauthn") not in page.text


def test_the_first_step_shows_what_the_key_will_sign(client, slot, holder, key):
    page = first_step(client, signing_url(slot), act="sign", seen=seen_in(slot), comment="A <b>")

    pending = Pending.objects.get()
    assert not Signature.objects.exists()
    assert f"{pending.sha256[:4]} {pending.sha256[4:8]}" in page.text
    assert page.context["page"].sentence in page.text.replace("&#x27;", "'")
    assert "A &lt;b&gt;" in page.text
    assert "Desk &lt;1&gt;" in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_no_secret_goes_into_the_second_step(client, slot, holder, key):
    page = first_step(
        client, signing_url(slot), act="sign", seen=seen_in(slot), password=PASSWORD, comment=""
    )

    assert PASSWORD not in page.text
    assert {name for name, _value in page.context["page"].again} == {
        "way",
        "act",
        "seen",
        "comment",
    }


@pytest.mark.parametrize(("act", "said"), [("sign", "is signed."), ("return", "is returned.")])
def test_a_section_is_signed_or_returned_with_a_key(client, slot, holder, key, act, said):
    done = both_steps(client, signing_url(slot), key, act=act, seen=seen_in(slot), comment="So.")

    signature = Signature.objects.get()
    assert (signature.act, signature.level, done.url) == (
        act,
        "personal-key",
        signature.get_absolute_url(),
    )
    assert said in client.get(done.url, secure=True).text


def test_items_are_accepted_with_a_key(client, slot, holder, key):
    section = slot.section
    item = make_item(section, text="Open")
    url = reverse("signoff:accept", args=[slot.launch.slug, section.number])
    until = timezone.localdate() + timedelta(days=3)

    done = both_steps(
        client,
        url,
        key,
        items=[item.pk],
        until_on=str(until),
        seen=offered_in(section),
        comment="Fine.",
    )

    signature = Signature.objects.get()
    assert (signature.act, signature.level) == ("accept", "personal-key")
    assert done.url == signature.get_absolute_url()


def test_a_signature_is_withdrawn_with_a_key(client, slot, holder, key):
    signed = make_signature(slot, holder)
    url = reverse("signoff:withdraw", args=[signed.pk])

    both_steps(client, url, key, comment="A mistake.")

    withdrawal = Signature.objects.get(act="withdraw")
    assert (withdrawal.level, withdrawal.target) == ("personal-key", signed)


def test_the_password_signs_all_the_same(client, slot, holder, key):
    client.post(
        signing_url(slot),
        {"way": "password", "act": "sign", "seen": seen_in(slot), "password": PASSWORD},
        secure=True,
    )

    assert Signature.objects.get().level == "server-attested"


@pytest.mark.parametrize("way", ["password", ""])
def test_without_a_word_how_the_password_is_asked_for(client, slot, holder, key, way):
    page = client.post(
        signing_url(slot), {"way": way, "act": "sign", "seen": seen_in(slot)}, secure=True
    )

    assert page.context["form"].has_error("password")
    assert not Signature.objects.exists()


def test_what_the_rules_refuse_is_said_before_the_key_is_asked(client, slot, holder, key):
    page = first_step(client, signing_url(slot), act="sign", seen="another", comment="")

    assert page.context["form"].has_error("__all__", "changed_meanwhile")
    assert not Pending.objects.exists()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"assertion": "nonsense"}, "answer_unreadable"),
        ({"pending": ""}, "signing_over"),
        ({"comment": "Something else."}, "changed_meanwhile"),
    ],
)
def test_a_second_step_that_was_tampered_with_signs_nothing(
    client, slot, holder, key, changes, code
):
    url = signing_url(slot)
    first = first_step(client, url, act="sign", seen=seen_in(slot), comment="Fine.")

    page = second_step(client, url, key, first, **changes)

    assert page.context["form"].has_error("__all__", code)
    assert not Signature.objects.exists()


def test_another_session_of_the_same_person_cannot_finish(client, slot, holder, key):
    url = signing_url(slot)
    first = first_step(client, url, act="sign", seen=seen_in(slot), comment="")
    client.logout()
    client.force_login(holder)

    page = second_step(client, url, key, first)

    assert page.context["form"].has_error("__all__", "signing_over")


def test_a_changed_note_is_another_content_and_shown(client, slot, holder, key):
    url = signing_url(slot)
    shown = client.get(url, secure=True).context["page"].shown
    first = first_step(client, url, act="sign", seen=seen_in(slot), shown=shown, comment="")
    slot.section.items.update(note="Looked at again.")

    page = second_step(client, url, key, first)

    assert page.context["form"].has_error("__all__", "changed_meanwhile")
    assert "Looked at again." in page.text


# Receipts


def receipt_of(client, signature):
    return client.get(signature.get_absolute_url(), secure=True)


def test_the_receipt_names_the_key_and_that_nobody_vouches_for_it(client, slot, holder, key):
    both_steps(client, signing_url(slot), key, act="sign", seen=seen_in(slot), comment="")

    page = receipt_of(client, Signature.objects.get())

    proof = page.context["page"].proof
    assert (proof.level, proof.key, proof.is_verified) == (
        "signed with a key of their own",
        "Desk <1>",
        False,
    )
    assert "Identity not verified: nobody has made sure whose key it is." in page.text
    assert "identity not verified" in proof.brief


def test_the_signing_page_says_by_whose_key_it_is_signed(client, slot, holder, key):
    both_steps(client, signing_url(slot), key, act="sign", seen=seen_in(slot), comment="")

    stands = client.get(signing_url(slot), secure=True).context["page"].stands

    digits = Signature.objects.get().sha256
    assert stands.endswith(
        f", signed with a key of their own, “Desk <1>”, identity not verified, {digits[:4]} {digits[4:8]}"
    )


def test_who_made_sure_before_is_told_apart_from_who_did_later(client, slot, holder):
    row, key = make_key(holder)
    other = make_asked_slot("Beta")
    other.authorities.set(slot.authorities.all())
    admin = make_admin(full_name="Ada Root")
    both_steps(client, signing_url(slot), key, act="sign", seen=seen_in(slot), comment="")
    endorse_key(row, by=admin, how="Met.")
    both_steps(client, signing_url(other), key, act="sign", seen=seen_in(other), comment="")
    earlier, later = Signature.objects.order_by("signed_at")

    pages = [receipt_of(client, signature).context["page"].proof for signature in (earlier, later)]

    assert [proof.is_verified for proof in pages] == [False, True]
    assert [proof.identity.partition(" Ada")[0] for proof in pages] == [
        "Identity not verified when it signed; since then by",
        "Identity verified by",
    ]


def test_a_receipt_of_the_password_says_that_this_server_vouches(client, slot, holder):
    page = receipt_of(client, make_signature(slot, holder))

    assert "This server vouches for it" in page.text
    assert "no key of their own signed it" in page.text


def test_a_receipt_without_any_key_says_so(client, slot, holder, settings, tmp_path):
    settings.KEYS_DIR = str(tmp_path)

    page = receipt_of(client, make_signature(slot, holder))

    assert "no key signed it" in page.text


# Launches that demand keys of their executives


@pytest.fixture
def demanding(client):
    """A round of a launch that demands keys, and somebody who may vote in its one slot."""
    launch = make_ready_launch({"items": ("Audit",)})
    change_launch(launch, by=manager_of(launch), executive_keys=True)
    make_round(launch)
    slot = launch.slots.executive().get()
    slot.launch.refresh_from_db()
    voter = make_holder(slot)
    client.force_login(voter)
    return slot, voter


def test_a_vote_by_password_is_refused_there(demanding):
    slot, voter = demanding

    with refused("own_key_demanded"):
        cast(slot, voter)


def test_who_has_no_key_is_told_to_make_one(client, demanding):
    slot, _voter = demanding

    page = client.get(voting_url(slot), secure=True).context["page"]

    (reason,) = page.reasons
    assert (page.can_go, page.can_condition, page.can_refuse) == (False, False, True)
    assert reason.text == (
        "This launch asks executives to vote GO with a key of their own: make a passkey first, then vote with it. "
        "NO-GO counts with the password too."
    )
    assert reason.url.startswith(reverse("mfa_add_webauthn"))


def test_who_has_one_votes_go_with_nothing_else(client, demanding):
    slot, voter = demanding
    _row, key = make_key(voter)
    url, sent = voting_url(slot), {"vote": "go", "seen": seen_in(slot), "comment": ""}

    page = client.get(url, secure=True)
    by_password = client.post(url, sent | {"way": "password", "password": PASSWORD}, secure=True)
    both_steps(client, url, key, **sent)

    assert "GO needs your key here" in page.text
    assert by_password.context["form"].has_error("way", "own_key_demanded")
    assert Signature.objects.get(act="vote").level == "personal-key"


@pytest.mark.parametrize("has_key", [True, False])
def test_no_go_counts_with_the_password_too(client, demanding, has_key):
    slot, voter = demanding
    if has_key:
        make_key(voter)
    sent = {
        "vote": "no_go",
        "seen": seen_in(slot),
        "comment": "The key is at home, and this must not go live.",
    }

    client.post(voting_url(slot), sent | {"way": "password", "password": PASSWORD}, secure=True)

    vote = Signature.objects.get(act="vote")
    assert (vote.vote, vote.level) == ("no_go", "server-attested")


def test_the_launch_and_the_decision_say_so(client, demanding):
    slot, voter = demanding
    _row, key = make_key(voter)
    sent = {"vote": "go", "seen": seen_in(slot), "comment": ""}
    both_steps(client, voting_url(slot), key, **sent)
    voted = Signature.objects.get(act="vote")

    launch = client.get(slot.launch.get_absolute_url(), secure=True)
    decision = client.get(reverse("signoff:decision", args=[slot.launch.slug]), secure=True)

    assert "vote GO with their own key; a password is not enough" in launch.text
    digits = f"{voted.sha256[:4]} {voted.sha256[4:8]}"
    said = f"signed with a key of their own, “Laptop”, identity not verified, {digits}"
    assert said in decision.text


def test_the_demand_is_given_up_with_a_reason_alone(demanding):
    slot, _voter = demanding
    manager = manager_of(slot.launch)

    with refused(reason=["reason_required"]):
        change_launch(slot.launch, by=manager, executive_keys=False)
    change_launch(slot.launch, by=manager, executive_keys=False, reason="A key is lost.")

    assert not reread(slot.launch).executive_keys


def test_a_revoked_key_is_offered_no_more(client, slot, holder):
    row, _key = make_key(holder)
    revoke_key(row, by=holder, reason="Lost.")

    page = client.get(signing_url(slot), secure=True)

    assert "way" not in page.context["form"].fields
