"""Every constraint of this app: its code, and the database's own refusal."""

from datetime import time, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from checklist.models import Acceptance
from tests.checklist.breaking import (
    assert_cleaning_refuses,
    assert_the_database_refuses,
    changed,
    constraints_of,
    twin,
)
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_evidence,
    make_launch,
    make_participant,
    make_risk,
    make_template,
)
from tests.factories.people import make_user

TODAY = timezone.now()
pytestmark = pytest.mark.django_db


def draft():
    return make_template(published=False, executive=[()])


def section():
    return make_launch().sections.get()


def slot():
    return make_launch().slots.get()


def item():
    return make_launch().items.first()


def acceptance(**fields):
    launch = make_launch()
    known = {"launch": launch, "by": launch.created_by, "by_name": "M. Ito", "at": TODAY}
    promise = {"reason": "Until Friday.", "until": TODAY + timedelta(days=1)}
    digits = {"signature": uuid4(), "statement": "0" * 64}
    return Acceptance(**known | promise | digits | fields)


def risk(**fields):
    return changed(make_risk(make_launch()), **fields)


def appointment_by_oneself():
    row = make_appointment()
    return changed(row, made_by=row.holder)


def appointment_ended_before():
    row = make_appointment()
    return changed(row, ends_at=row.starts_at - timedelta(seconds=1))


def move():
    return make_launch().moves.get()


def live_by_nothing():
    launch = make_launch()
    return changed(launch, live_at=NOW(), live_by=launch.created_by)


def deputy(**fields):
    held = make_appointment(
        stands_in_for=make_user(), reason="Away.", ends_at=TODAY + timedelta(days=7)
    )
    return changed(held, **fields)


def deputy_of_oneself():
    row = deputy()
    return changed(row, stands_in_for=row.holder)


NOW = timezone.now
TABLE = {
    "launch_time_needs_a_date": (
        lambda: changed(make_launch(), target_time=time(9)),
        "time_without_date",
    ),
    "launch_is_live_by_a_round_or_a_reason": (live_by_nothing, "live_without_reason"),
    "move_live_says_by_what": (lambda: changed(move(), step="go_live", reason="Why"), None),
    "move_has_a_reason": (lambda: changed(move(), step="cancel"), "reason_required"),
    "participant_once_a_launch": (lambda: twin(make_participant(make_launch())), "twice"),
    "section_number": (lambda: twin(section()), "unique_together"),
    "section_request_has_its_author": (lambda: changed(section(), asked_at=NOW()), None),
    "slot_key": (lambda: twin(slot()), "unique_together"),
    "slot_signature_is_whole": (lambda: changed(slot(), signature=uuid4()), None),
    "appointment_is_made_by_another": (appointment_by_oneself, "own_appointment"),
    "appointment_ends_after_it_starts": (appointment_ended_before, "ends_before_start"),
    "appointment_is_of_one_kind": (lambda: deputy(launch=make_launch()), "two_kinds"),
    "appointment_deputy_is_another": (deputy_of_oneself, "own_deputy"),
    "appointment_deputy_has_an_end": (lambda: deputy(ends_at=None), "end_required"),
    "appointment_says_why": (lambda: deputy(reason=""), "reason_required"),
    "item_key": (lambda: twin(item()), "unique_together"),
    "evidence_is_a_link_or_a_file": (
        lambda: changed(make_evidence(item()), url=""),
        "link_or_file",
    ),
    "evidence_removal_has_its_author": (
        lambda: changed(make_evidence(item()), removed_at=NOW()),
        None,
    ),
    "comment_resolution_has_its_author": (
        lambda: changed(make_comment(item()), resolved_at=NOW()),
        None,
    ),
    "templateversion_once_a_number": (lambda: twin(draft()), "twice"),
    "templatesection_key": (lambda: twin(draft().sections.get(), number="9"), "unique_together"),
    "templatesection_number": (lambda: twin(draft().sections.get(), key="other"), "twice"),
    "acceptance_has_a_reason": (lambda: acceptance(reason=""), "reason_required"),
    "acceptance_ends_after_it_is_given": (lambda: acceptance(until=TODAY), "ends_in_past"),
    "risk_number": (lambda: twin(make_risk(make_launch())), "unique_together"),
    "risk_likelihood_is_one_to_five": (lambda: risk(likelihood=6), "one_to_five"),
    "risk_impact_is_one_to_five": (lambda: risk(impact=0), "one_to_five"),
    "risk_closing_has_author_and_reason": (lambda: risk(closed_at=NOW()), None),
    "templateitem_key": (lambda: twin(draft().items.first()), "twice"),
    "templateslot_key": (lambda: twin(draft().slots.first()), "unique_together"),
}


def test_the_table_names_every_constraint():
    assert set(TABLE) == constraints_of("checklist")


@pytest.mark.parametrize("name", TABLE)
def test_cleaning_refuses_with_the_constraint_s_code(name):
    make, code = TABLE[name]

    assert_cleaning_refuses(make(), code)


@pytest.mark.parametrize("name", TABLE)
def test_the_database_itself_refuses(name):
    make, _code = TABLE[name]

    assert_the_database_refuses(make(), name)


def signed(**fields):
    return {
        "signature": uuid4(),
        "signed_material": "ab",
        "signed_at": NOW(),
        "signed_by": make_user(),
    } | fields


@pytest.mark.parametrize(
    "gap", [{"signature": None}, {"signed_material": ""}, {"signed_at": None}, {"signed_by": None}]
)
def test_what_stands_in_a_slot_is_whole(gap):
    whole = slot()

    changed(whole, **signed()).save()

    assert_the_database_refuses(changed(whole, **gap), "slot_signature_is_whole")


@pytest.mark.parametrize(
    "fields",
    [
        {"live_round": uuid4(), "live_reason": "Both"},
        {"live_round": uuid4(), "live_by": None},
        {"live_reason": "Not said to be without approval", "unapproved_at": None},
        {"live_at": None, "live_reason": "Not live"},
        {"live_at": None, "live_by": None, "live_round": uuid4()},
    ],
)
def test_a_launch_is_live_by_a_round_or_else_by_a_reason(fields):
    launch = live_by_nothing()
    launch.unapproved_at = NOW()

    changed(launch, live_reason="The bank asked for it").save()

    assert_the_database_refuses(
        changed(launch, **{"live_reason": ""} | fields), "launch_is_live_by_a_round_or_a_reason"
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "https://example.org/", "file": "evidence/x", "sha256": "ab"},
        {"url": "https://example.org/", "file": "evidence/x"},
        {"url": "https://example.org/", "sha256": "ab"},
        {"url": "", "file": "evidence/x"},
        {"url": "", "sha256": "ab"},
        {"url": ""},
    ],
)
def test_evidence_is_a_link_or_a_file_with_its_digest(fields):
    proof = make_evidence(item())

    assert_the_database_refuses(changed(proof, **fields), "evidence_is_a_link_or_a_file")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("section_request_has_its_author", lambda: changed(section(), asked_by=make_user())),
        (
            "evidence_removal_has_its_author",
            lambda: changed(make_evidence(item()), removed_by=make_user()),
        ),
        (
            "comment_resolution_has_its_author",
            lambda: changed(make_comment(item()), resolved_by=make_user()),
        ),
    ],
)
def test_an_author_without_a_moment_is_refused_too(name, make):
    assert_the_database_refuses(make(), name)
