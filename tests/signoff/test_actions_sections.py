"""Signing and returning sections: rows, entries, refusals, staleness, healing, re-signing."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from audit import head
from audit.ledger import Salted
from audit.models import Entry
from checklist import material
from checklist.actions.appointments import end_appointment
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.comments import add_comment
from checklist.actions.items import edit_item, set_status
from checklist.models import Appointment, Evidence
from checklist.reading import slot_facts
from checklist.rules import ItemStatus, SlotState
from signoff.models import Signature, Snapshot, Standing
from tests.checklist.aftermath import acts, appended, refused
from tests.factories.launches import (
    make_appointment,
    make_evidence,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_participant,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_auditor, make_authority, make_user
from tests.factories.signatures import seen_in
from tests.signoff.acting import (
    make_asked_launch,
    make_signed_launch,
    reread,
    send_back,
    server_key_sha256,
    sign,
)

pytestmark = pytest.mark.django_db


def state_of(slot):
    slot = reread(slot)
    return slot_facts(slot, slot.section).state


def value_of(blob):
    return json.loads(bytes(blob))


# Signing


def test_a_holder_signs_what_was_asked_for():
    slot = make_asked_launch().slots.get()
    holder = make_holder(slot, time_zone="Asia/Tokyo")
    log = head.state()

    with appended() as entries:
        signature = sign(slot, holder, comment="Well done.")

    stored, entry = Signature.objects.get(), Entry.objects.last()
    authority, title = slot.authorities.get(), slot.section.title
    assert stored == signature
    assert (stored.act, stored.vote, stored.section, stored.slot) == (
        "sign",
        "",
        slot.section,
        slot,
    )
    assert (stored.signer, stored.signer_name) == (holder, holder.full_name)
    assert (stored.signer_email, stored.zone) == (holder.email, "Asia/Tokyo")
    assert (stored.authority, stored.authority_name) == (authority, authority.name)
    assert (stored.meaning, stored.comment) == ("section.sign", "Well done.")
    assert stored.meaning_text.startswith(
        f"As {authority.name} I have reviewed section 1, “{title}”"
    )
    assert (stored.log_size, stored.log_root) == (log.size, log.root.hex())
    assert stored.signed_at.microsecond % 1000 == 0
    assert [row.signature for row in Standing.objects.all()] == [stored]
    new = {
        "signature": str(stored.pk),
        "act": "sign",
        "vote": "",
        "slot": str(slot.pk),
        "round": None,
        "signer": str(holder.pk),
        "name": Salted(holder.full_name),
        "authority": str(authority.pk),
        "meaning": "section.sign",
        "presence": "password",
        "level": "server-attested",
        "statement": stored.sha256,
        "snapshot": stored.snapshot_id,
        "material": stored.material,
        "target": None,
        "proof": "server",
        "public_key_sha256": server_key_sha256(),
    }
    assert entries == [("signature.signed", f"slot:{slot.pk}", {}, new, "Well done.")]
    assert (entry.actor, entry.launch) == (holder.pk, slot.launch_id)


def test_a_signature_stands_in_its_slot():
    slot = make_asked_launch().slots.get()

    signature = sign(slot)

    slot = reread(slot)
    assert (slot.signature, slot.signed_by) == (signature.pk, signature.signer)
    assert (slot.signed_at, slot.signed_material) == (signature.signed_at, seen_in(slot))
    assert state_of(slot) == SlotState.SIGNED
    assert reread(slot.launch).unsigned == 0


def test_statement_and_snapshot_hold_what_was_signed():
    launch = make_asked_launch()
    item, slot = launch.items.first(), launch.slots.get()
    make_evidence(item, name="Scan")
    edit_item(item, by=manager_of(launch), fields={"note": "Looked at", "owner": make_user()})

    signature = sign(slot)

    statement, snapshot = value_of(signature.statement), value_of(signature.snapshot.content)
    assert signature.sha256 == sha256(bytes(signature.statement)).hexdigest()
    assert signature.snapshot_id == sha256(bytes(signature.snapshot.content)).hexdigest()
    assert statement["content"]["sha256"] == signature.snapshot_id
    assert statement["content"]["bytes"] == len(bytes(signature.snapshot.content))
    assert statement["content"]["material"] == signature.material
    assert statement["nonce"] == signature.nonce
    assert statement["log"] == {"size": signature.log_size, "root": signature.log_root}
    assert [row["note"] for row in snapshot["items"]] == ["Looked at", ""]
    assert snapshot["template"]["sha256"] == launch.template.publication.sha256


def test_the_material_digest_follows_from_the_snapshot_alone():
    launch = make_asked_launch()
    slot, item = launch.slots.get(), launch.items.first()
    for name in ("Prüfung", "Pru\u0308fung 2"):
        make_evidence(item, name=name)
    make_item(launch.sections.get(), text="Cafe\u0301", status=ItemStatus.DONE)

    signature = sign(slot)

    snapshot = value_of(signature.snapshot.content)
    names = ("number", "text", "status", "na_reason", "evidence_demanded", "evidence", "acceptance")
    items = [{name: row[name] for name in names} for row in snapshot["items"]]
    section = {
        "v": 1,
        "title": snapshot["section"]["title"],
        "items": sorted(items, key=material.canonical),
    }
    of_slot = material.of_slot(material.digest(section), snapshot["authorities"])
    assert material.digest(of_slot) == signature.material


def test_any_one_of_the_authorities_signs():
    for place in range(2):
        authorities = [make_authority(), make_authority()]
        slot = make_asked_launch({"authorities": authorities}).slots.get()
        holder = make_appointment(authorities[place]).holder

        assert sign(slot, holder).authority == authorities[place]


def test_each_of_two_slots_is_signed_for_itself():
    authority, other = make_authority(), make_authority()
    launch = make_asked_launch({"authorities": [authority]}, {"authorities": [other]})
    first, second = launch.slots.all()

    sign(first)

    assert (state_of(first), state_of(second)) == (SlotState.SIGNED, SlotState.ASKED)
    assert reread(launch).unsigned == 1


# Refusals


def test_nobody_signs_who_holds_nothing_here():
    slot = make_asked_launch().slots.get()
    now, authority = timezone.now(), slot.authorities.get()
    day = timedelta(days=1)
    people = [
        make_user(),
        make_appointment().holder,
        make_appointment(authority, ends_at=now - timedelta(seconds=1)).holder,
        make_appointment(authority, starts_at=now + day).holder,
        make_appointment(authority, make_user(is_active=False)).holder,
        make_lead(slot.section),
        make_admin(),
        manager_of(slot.launch),
    ]

    for person in people:
        with refused("not_holder"):
            sign(slot, person)


def test_the_appointment_counts_at_the_very_moment_of_signing():
    slot = make_asked_launch().slots.get()
    holder, seen = make_holder(slot), seen_in(slot)
    end_appointment(Appointment.objects.get(holder=holder), by=make_admin())

    with refused("not_holder"):
        sign(slot, holder, seen=seen)


def test_nothing_is_signed_that_was_not_asked_for():
    launch = make_launch()
    set_items(launch.sections.get(), status=ItemStatus.DONE)
    slot, holder = launch.slots.get(), make_holder(launch.slots.get())

    with refused("not_asked"):
        sign(slot, holder)


def test_nothing_is_signed_after_the_request_was_taken_back():
    slot = make_asked_launch().slots.get()
    holder = make_holder(slot)
    take_back_request(slot.section, by=manager_of(slot.launch))

    with refused("not_asked"):
        sign(slot, holder)


def test_nothing_is_signed_twice():
    slot = make_signed_launch(executive=0).slots.get()
    holder = make_holder(slot)

    with refused("signed_already"):
        sign(slot, holder)


def test_nothing_is_signed_over_other_content_than_was_seen():
    slot = make_asked_launch().slots.get()
    holder, seen, item = make_holder(slot), seen_in(slot), slot.launch.items.first()
    set_status(item, by=manager_of(slot.launch), status=ItemStatus.NA, na_reason="Not used.")

    with refused("changed_meanwhile"):
        sign(slot, holder, seen=seen)


def test_an_error_that_only_the_clock_made_keeps_from_signing():
    launch = make_asked_launch()
    slot, item = launch.slots.get(), launch.items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on="2100-01-01")
    holder = make_holder(slot)
    seen = seen_in(slot)
    Evidence.objects.update(expires_on="2001-01-01")

    with refused("evidence_expired"):
        sign(slot, holder, seen=seen)


# Four eyes


def test_with_four_eyes_nobody_signs_their_own_work():
    launch = make_asked_launch(four_eyes=True)
    slot, holder = launch.slots.get(), make_holder(launch.slots.get())
    make_evidence(launch.items.first(), added_by=holder)

    with refused("four_eyes"):
        sign(slot, holder)
    Evidence.objects.update(removed_at=timezone.now(), removed_by=holder)
    make_evidence(launch.items.first())
    launch.items.filter(number="1.1").update(status_by=holder)
    with refused("four_eyes"):
        sign(slot, holder)
    launch.items.update(status_by=make_user())

    assert sign(slot, holder).signer == holder


def test_without_four_eyes_one_signs_one_s_own_work():
    launch = make_launch()
    section, slot = launch.sections.get(), launch.slots.get()
    set_items(section, status=ItemStatus.DONE)
    holder = make_holder(slot)
    launch.items.update(status_by=holder)
    ask_signature(section, by=manager_of(launch))

    assert sign(slot, holder).signer == holder


# Stale, healed, signed again


def test_a_material_change_makes_a_signature_stale_and_undoing_it_heals():
    launch = make_signed_launch(executive=0)
    slot, item, manager = launch.slots.get(), launch.items.first(), manager_of(launch)

    with appended() as entries:
        set_status(item, by=manager, status=ItemStatus.NOT_DONE)
    stale, since, changed = state_of(slot), reread(slot).stale_since, reread(item).status_at
    with appended() as undone:
        set_status(item, by=manager, status=ItemStatus.DONE)

    subjects = f"item:{item.pk}", f"section:{slot.section_id}", f"slot:{slot.pk}"
    verbs = "item.changed", "request.voided", "slot.stale"
    assert acts(entries) == list(zip(verbs, subjects, strict=True))
    assert acts(undone) == [("item.changed", subjects[0]), ("slot.healed", subjects[2])]
    assert (stale, state_of(slot)) == (SlotState.STALE, SlotState.SIGNED)
    assert (since, reread(slot).stale_since) == (changed, None)
    assert Standing.objects.count() == 1


@pytest.mark.parametrize(
    "fields", [{"note": "New words"}, {"owner": None}, {"due_on": "2026-05-05"}]
)
def test_what_is_not_material_leaves_a_signature_alone(fields):
    launch = make_signed_launch(executive=0)
    item, manager = launch.items.first(), manager_of(launch)
    item.owner = manager
    item.save()

    with appended() as entries:
        edit_item(item, by=manager, fields=fields)
        add_comment(item, by=manager, text="Hm.")

    assert [action for action, _ in acts(entries)] == ["item.changed", "comment.added"]
    assert state_of(launch.slots.get()) == SlotState.SIGNED


def test_a_stale_section_is_signed_again_and_says_what_it_supersedes():
    launch = make_signed_launch(executive=0)
    slot, item = launch.slots.get(), launch.items.first()
    first = Signature.objects.get()
    set_status(item, by=manager_of(launch), status=ItemStatus.NA, na_reason="Not used.")

    second = sign(slot)

    assert value_of(second.statement)["supersedes"] == str(first.pk)
    assert [row.signature for row in Standing.objects.all()] == [second]
    assert Signature.objects.count() == 2
    assert (state_of(slot), reread(slot).stale_since) == (SlotState.SIGNED, None)


def test_signing_the_same_content_again_keeps_one_snapshot():
    slot = make_asked_launch().slots.get()
    holder = make_holder(slot)
    first = sign(slot, holder)
    send_back(slot, holder)
    ask_signature(slot.section, by=manager_of(slot.launch))

    second = sign(slot, holder)

    assert first.snapshot_id == second.snapshot_id
    assert first.sha256 != second.sha256
    assert Snapshot.objects.filter(sha256=first.snapshot_id).count() == 1


# Returning


def test_a_section_is_returned_with_a_reason():
    slot = make_asked_launch().slots.get()
    holder = make_holder(slot)

    with appended() as entries:
        signature = send_back(slot, holder, comment="1.2 says nothing.")

    slot = reread(slot)
    assert (signature.act, signature.meaning) == ("return", "section.return")
    assert (slot.returned_by, slot.returned_at) == (holder, signature.signed_at)
    assert (slot.return_reason, slot.section.asked_at) == ("1.2 says nothing.", None)
    assert [(row[0], row[1], row[4]) for row in entries] == [
        ("signature.returned", f"slot:{slot.pk}", "1.2 says nothing.")
    ]
    assert state_of(slot) == SlotState.RETURNED
    assert not Standing.objects.exists()


@pytest.mark.parametrize("change", [False, True])
def test_a_signed_or_stale_section_is_returned_and_nothing_stands(change):
    launch = make_signed_launch(executive=0)
    slot = launch.slots.get()
    if change:
        status = {"status": ItemStatus.NA, "na_reason": "Not used."}
        set_status(launch.items.first(), by=manager_of(launch), **status)

    send_back(slot)

    slot = reread(slot)
    assert (slot.signature, slot.signed_material, slot.signed_by) == (None, "", None)
    assert state_of(slot) == SlotState.RETURNED
    assert not Standing.objects.exists()


def test_returning_needs_a_reason_something_to_return_and_an_authority():
    slot = make_asked_launch().slots.get()
    holder, stranger = make_holder(slot), make_participant(slot.launch).user

    with refused(__all__=["reason_required"]):
        send_back(slot, holder, comment="")
    with refused("not_holder"):
        send_back(slot, stranger)
    send_back(slot, holder)
    with refused("nothing_to_return"):
        send_back(slot, holder)


def test_an_auditor_signs_nothing_whatever_they_were_appointed_to():
    slot = make_asked_launch().slots.get()
    auditor = make_auditor()
    make_appointment(slot.authorities.first(), auditor)

    with refused("not_holder"):
        sign(slot, auditor)
