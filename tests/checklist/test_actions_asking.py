"""Asking for a section's signature and taking the request back: rows, entries, refusals, what voids it."""

from datetime import UTC

import pytest

from audit.models import Entry
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.items import set_status
from checklist.rules import ItemStatus, SectionState
from tests.checklist.aftermath import acts, appended, refused, said
from tests.factories.launches import (
    make_comment,
    make_evidence,
    make_item,
    make_launch,
    make_lead,
    manager_of,
    set_items,
)
from tests.signoff.acting import make_asked_launch, make_signed_launch, reread, send_back, sign

pytestmark = pytest.mark.django_db

NOBODY = {"asked_at": None, "asked_by": None}


def make_clean_section(**fields):
    section = make_launch(**fields).sections.get()
    set_items(section, status=ItemStatus.DONE)
    return section


def leaf_time(moment):
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_a_lead_asks_once_the_pre_check_is_clean():
    section = make_clean_section()
    lead = make_lead(section)

    with appended() as entries:
        ask_signature(section, by=lead)

    section = reread(section)
    asked = {"asked_at": leaf_time(section.asked_at), "asked_by": str(lead.pk)}
    assert entries == [said("signature.asked", f"section:{section.pk}", NOBODY, asked)]
    assert section.asked_by == lead


def test_every_error_of_the_pre_check_is_a_refusal():
    section = make_launch({"items": ("One",)}).sections.get()
    make_item(section, status=ItemStatus.NA)
    make_item(section, status=ItemStatus.DONE, evidence_demanded=True)
    make_comment(make_item(section, status=ItemStatus.DONE), is_question=True)
    expired = make_item(section, status=ItemStatus.DONE, evidence_demanded=True)
    make_evidence(expired, expires_on="2001-01-01")

    with refused(
        "outstanding", "na_without_reason", "evidence_missing", "open_question", "evidence_expired"
    ):
        ask_signature(section, by=make_lead(section))


def test_an_empty_section_is_not_ready_to_be_asked_for():
    section = make_launch({"items": ()}).sections.get()

    with refused("section_empty"):
        ask_signature(section, by=make_lead(section))


def test_asking_waits_for_the_review():
    section = make_clean_section(in_review=False)

    with refused("not_in_review"):
        ask_signature(section, by=make_lead(section))


def test_a_section_without_a_slot_asks_for_nothing():
    section = make_launch({"authorities": ()}).sections.get()
    set_items(section, status=ItemStatus.DONE)

    with refused("no_slot"):
        ask_signature(section, by=make_lead(section))


def test_asking_twice_is_refused():
    section = make_asked_launch().sections.get()

    with refused("already_asked"):
        ask_signature(section, by=make_lead(section))


def test_asking_for_what_is_signed_is_refused():
    section = make_signed_launch(executive=0).sections.get()

    with refused("already_signed"):
        ask_signature(section, by=make_lead(section))


def test_warnings_keep_nobody_from_asking():
    section = make_launch({"items": ()}).sections.get()
    make_item(section, status=ItemStatus.DONE, note="TBD")

    ask_signature(section, by=make_lead(section))

    assert reread(section).warnings == 1


def test_a_request_is_taken_back():
    section = make_asked_launch().sections.get()
    asked = {"asked_at": leaf_time(section.asked_at), "asked_by": str(section.asked_by_id)}

    with appended() as entries:
        take_back_request(section, by=make_lead(section))

    assert entries == [said("request.taken_back", f"section:{section.pk}", asked, NOBODY)]
    assert reread(section).asked_at is None
    with refused("not_asked"):
        take_back_request(section, by=make_lead(section))


def test_a_new_error_voids_the_request_and_mending_it_does_not_bring_it_back():
    launch = make_asked_launch()
    section, item = launch.sections.get(), launch.items.first()
    asked = {"asked_at": leaf_time(section.asked_at), "asked_by": str(section.asked_by_id)}

    with appended() as entries:
        set_status(item, by=manager_of(launch), status=ItemStatus.ATTENTION)
    with appended() as mended:
        set_status(item, by=manager_of(launch), status=ItemStatus.DONE)

    assert entries[1:] == [said("request.voided", f"section:{section.pk}", asked, NOBODY)]
    assert acts(mended) == [("item.changed", f"item:{item.pk}")]
    assert reread(section).asked_at is None


def test_a_change_without_an_error_leaves_the_request():
    launch = make_asked_launch()

    set_status(
        launch.items.first(), by=manager_of(launch), status=ItemStatus.NA, na_reason="Not used."
    )

    assert launch.sections.get().asked_at is not None


def test_a_return_voids_the_request_and_asking_again_answers_it():
    launch = make_asked_launch()
    slot, section = launch.slots.get(), launch.sections.get()
    send_back(slot, comment="Not like this.")
    returned = reread(section).asked_at, reread(slot).return_reason

    with appended() as entries:
        ask_signature(section, by=manager_of(launch))

    slot = reread(slot)
    assert returned == (None, "Not like this.")
    assert acts(entries) == [("signature.asked", f"section:{section.pk}")]
    assert (slot.returned_at, slot.returned_by, slot.return_reason) == (None, None, "")


def test_a_stale_signature_is_asked_for_again_after_an_error_voided_the_request():
    launch = make_signed_launch(executive=0)
    section, item, manager = launch.sections.get(), launch.items.first(), manager_of(launch)
    set_status(item, by=manager, status=ItemStatus.NOT_DONE)
    set_status(item, by=manager, status=ItemStatus.NA, na_reason="Given up.")

    ask_signature(section, by=manager)
    sign(launch.slots.get())

    assert reread(launch).unsigned == 0


def test_asking_says_when_and_who_for_the_page():
    section = make_clean_section()
    manager = manager_of(section.launch)

    ask_signature(section, by=manager)

    section = reread(section)
    assert (section.asked_by, section.asked_at) == (manager, Entry.objects.last().at)
    assert SectionState.ASKED == "asked"
