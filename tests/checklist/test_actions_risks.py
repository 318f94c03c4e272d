"""Keeping the register of risks: who may, what is recorded, what is refused."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from audit.ledger import Salted
from checklist.actions.risks import close_risk, edit_risk, raise_risk, reopen_risk
from checklist.models import Launch
from checklist.reading import standing_of
from signoff.rules import Question, derived_answers
from tests.checklist.aftermath import appended, forbidden, refused, said
from tests.factories.launches import (
    make_holder,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    make_risk,
    manager_of,
)
from tests.factories.people import make_admin, make_auditor, make_user

pytestmark = pytest.mark.django_db
WHOLE = {"likelihood": 4, "impact": 5, "mitigation": "Restore twice."}


@pytest.fixture
def launch():
    return make_launch()


def counters(launch):
    launch = Launch.objects.get(pk=launch.pk)
    return launch.risk_count, launch.risks_incomplete, launch.worst_risk


def test_a_risk_is_recorded_with_all_it_has(launch):
    owner, items = make_user(), list(launch.items.all())

    with appended() as entries:
        risk = raise_risk(
            launch,
            by=manager_of(launch),
            fields={"title": "Data loss", "owner": owner} | WHOLE,
            items=items,
        )

    assert (risk.number, str(risk)) == (1, "R1 Data loss")
    assert set(risk.items.all()) == set(items)
    assert counters(launch) == (1, 0, 20)
    new = {
        "number": 1,
        "title": Salted("Data loss"),
        "description": Salted(""),
        "likelihood": 4,
        "impact": 5,
        "mitigation": Salted("Restore twice."),
        "owner": str(owner.pk),
        "items": sorted(str(item.pk) for item in items),
        "closed_at": None,
    }
    assert entries == [said("risk.raised", f"risk:{risk.pk}", new=new)]


def test_risks_are_numbered_and_may_lack_everything(launch):
    first, second = (make_risk(launch) for _ in range(2))

    assert (first.number, second.number) == (1, 2)
    assert counters(launch) == (2, 2, 0)


def test_a_change_is_recorded_and_counted(launch):
    risk = make_risk(launch, title="Data loss")

    with appended() as entries:
        edit_risk(risk, by=manager_of(launch), fields={"title": "Loss", "impact": 3}, items=[])

    old = {"title": Salted("Data loss"), "impact": None}
    new = {"title": Salted("Loss"), "impact": 3}
    assert entries == [said("risk.changed", f"risk:{risk.pk}", old, new)]


def test_a_change_of_nothing_is_none(launch):
    risk = make_risk(launch, title="Data loss")

    with appended() as entries:
        edit_risk(risk, by=manager_of(launch), fields={"title": "Data loss"})

    assert entries == []


def test_its_items_alone_are_a_change(launch):
    risk, items = make_risk(launch), list(launch.items.all())

    with appended() as entries:
        edit_risk(risk, by=manager_of(launch), fields={}, items=items)

    assert entries[0][3] == {"items": sorted(str(item.pk) for item in items)}


def test_whoever_is_second_saves_nothing(launch):
    risk, manager = make_risk(launch), manager_of(launch)
    edit_risk(risk, by=manager, fields={"impact": 3}, seen=0)

    with refused("conflict"):
        edit_risk(risk, by=manager, fields={"impact": 4}, seen=0)


def test_items_of_another_launch_are_refused(launch):
    elsewhere, manager = [make_launch().items.first()], manager_of(launch)

    with refused("item_elsewhere"):
        make_risk(launch, items=elsewhere)
    risk = make_risk(launch)
    with refused("item_elsewhere"):
        edit_risk(risk, by=manager, fields={}, items=elsewhere)


@pytest.mark.parametrize("name", ["likelihood", "impact"])
@pytest.mark.parametrize("value", [0, 6])
def test_scales_go_from_one_to_five(launch, name, value):
    with pytest.raises(ValidationError) as refusal:
        make_risk(launch, **{name: value})

    assert [error.code for error in refusal.value.error_dict["__all__"]] == ["one_to_five"]


def test_a_closed_risk_stays_and_counts_no_longer(launch):
    risk, manager = make_risk(launch, **WHOLE), manager_of(launch)

    with appended() as entries:
        closed = close_risk(risk, by=manager, reason="The vendor is gone.")

    assert (closed.closed_by, closed.close_reason) == (manager, "The vendor is gone.")
    assert counters(launch) == (0, 0, 0)
    assert entries[0][0] == "risk.closed"
    assert entries[0][4] == "The vendor is gone."
    with refused("risk_is_closed"):
        edit_risk(risk, by=manager, fields={"impact": 1})
    with refused("risk_is_closed"):
        close_risk(risk, by=manager, reason="Twice.")


def test_a_closed_risk_is_opened_again(launch):
    risk, manager = make_risk(launch, **WHOLE), manager_of(launch)
    close_risk(risk, by=manager, reason="Gone.")

    reopened = reopen_risk(risk, by=manager)

    assert (reopened.closed_at, reopened.closed_by, reopened.close_reason) == (None, None, "")
    assert counters(launch) == (1, 1, 20)
    with refused("risk_is_open"):
        reopen_risk(risk, by=manager)


def test_closing_needs_a_reason(launch):
    risk, manager = make_risk(launch), manager_of(launch)

    with refused(reason=["reason_required"]):
        close_risk(risk, by=manager, reason="")


def test_an_unknown_field_is_a_mistake_of_the_caller(launch):
    with pytest.raises(TypeError, match="number"):
        edit_risk(make_risk(launch), by=manager_of(launch), fields={"number": 9})


def test_who_keeps_the_register(launch):
    section = launch.sections.get()
    may = [make_member(section), make_lead(section), make_holder(section.slots.get())]

    for person in [*may, manager_of(launch)]:
        edit_risk(make_risk(launch, by=person), by=person, fields={"impact": 2})


def test_an_owner_keeps_their_own_risk_only(launch):
    owner = make_participant(launch).user
    risk, other = make_risk(launch, owner=owner), make_risk(launch)

    edit_risk(risk, by=owner, fields={"impact": 2})

    with forbidden():
        edit_risk(other, by=owner, fields={"impact": 2})
    with forbidden():
        make_risk(launch, by=owner)


def test_nobody_else_keeps_it(launch):
    risk, others = make_risk(launch), [make_user(), make_admin(), make_auditor()]

    for person in others:
        for act in (
            lambda by: make_risk(launch, by=by),
            lambda by: edit_risk(risk, by=by, fields={"impact": 2}),
            lambda by: close_risk(risk, by=by, reason="No."),
            lambda by: reopen_risk(risk, by=by),
        ):
            with forbidden():
                act(person)


@pytest.mark.parametrize(
    ("risks", "derived"),
    [([], None), ([WHOLE | {"owner": True}], True), ([WHOLE | {"owner": True}, WHOLE], False)],
)
def test_the_third_question_is_derived_from_the_register(launch, risks, derived):
    for fields in risks:
        owner = make_user() if fields.get("owner") else None
        make_risk(launch, **fields | {"owner": owner})
    launch.refresh_from_db()

    (answer,) = [row for row in derived_answers_of(launch) if row.question is Question.ASSESSED]

    assert answer.value is derived


def derived_answers_of(launch):
    standing = standing_of(launch, timezone.now())
    return derived_answers(standing.verdict.readiness, standing.risks)
