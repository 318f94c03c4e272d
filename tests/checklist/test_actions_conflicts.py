"""Two people at one item, and several items at once: nothing is merged silently, nothing half done."""

from uuid import uuid4

import pytest

from checklist.actions.items import (
    Conflict,
    edit_item,
    set_status,
    set_statuses,
)
from checklist.models import Item
from checklist.rules import ItemStatus
from tests.checklist.aftermath import appended, refused, said
from tests.factories.launches import (
    make_item,
    make_launch,
    make_member,
    make_template,
    make_template_item,
    make_template_section,
    publish,
)
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

UNSET, DONE, ATTENTION, NOT_DONE, NA = ItemStatus


def reread(item):
    return Item.objects.get(pk=item.pk)


def make_proving():
    """A member, and an item that demands evidence."""
    template = make_template(published=False)
    section = make_template_section(template, items=())
    make_template_item(section, "Proven", evidence_demanded=True)
    publish(template)
    item = make_launch(template=template).items.get(text="Proven")
    return make_member(item.section), item


def make_work(*items, **fields):
    """A section in review, one of its members, and its items."""
    section = make_launch({"items": items or ("One", "Two")}, **fields).sections.get()
    return section, make_member(section), list(section.items.order_by("position"))


def test_two_statuses_are_a_conflict_that_keeps_both_values():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NOT_DONE)

    with refused("conflict") as refusal:
        set_status(item, by=make_member(item.section), status=DONE, seen=UNSET)

    conflict = refusal.value
    assert isinstance(conflict, Conflict)
    assert (conflict.field, conflict.current, conflict.wanted) == ("status", NOT_DONE, DONE)


def test_two_reasons_for_na_are_a_conflict_too():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NA, na_reason="Not used.")

    with refused("conflict") as refusal:
        set_status(
            item, by=make_member(item.section), status=NA, seen=UNSET, na_reason="Out of scope."
        )

    conflict = refusal.value
    assert (conflict.field, conflict.current) == ("na_reason", "Not used.")
    assert conflict.wanted == "Out of scope."


@pytest.mark.parametrize("reason", ["", "Not used."])
def test_the_same_status_by_two_people_is_none(reason):
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NA, na_reason="Not used.")

    with appended() as entries:
        set_status(
            item, by=make_user(item.section.teams.get()), status=NA, seen=UNSET, na_reason=reason
        )

    assert entries == []


def test_a_note_over_a_newer_status_is_none():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NOT_DONE)

    edit_item(item, by=member, fields={"note": "Waiting for keys."}, seen={"note": ""})

    assert (reread(item).status, reread(item).note) == (NOT_DONE, "Waiting for keys.")


def test_two_notes_are_a_conflict_that_keeps_both_values():
    _section, member, (item, _) = make_work()
    edit_item(item, by=member, fields={"note": "First"}, seen={"note": ""})

    with refused("conflict") as refusal:
        edit_item(item, by=member, fields={"note": "Second"}, seen={"note": ""})

    conflict = refusal.value
    assert (conflict.field, conflict.current, conflict.wanted) == ("note", "First", "Second")


def test_the_same_note_by_two_people_is_none():
    _section, member, (item, _) = make_work()
    edit_item(item, by=member, fields={"note": "Same"}, seen={"note": ""})

    with appended() as entries:
        edit_item(item, by=member, fields={"note": "Same"}, seen={"note": ""})

    assert entries == []


def test_several_statuses_are_set_with_an_entry_each():
    section, member, items = make_work()
    set_status(items[0], by=member, status=DONE)

    with appended() as entries:
        set_statuses(section, [item.pk for item in items], by=member, status=DONE)

    assert entries == [
        said("item.changed", f"item:{items[1].pk}", {"status": "unset"}, {"status": "done"})
    ]
    assert [reread(item).status_by for item in items] == [member, member]
    assert [reread(item).status for item in items] == [DONE, DONE]


def test_several_that_are_set_already_are_no_change():
    section, member, items = make_work()
    set_statuses(section, [items[0].pk], by=member, status=DONE)

    with appended() as entries:
        rows = set_statuses(section, [items[0].pk], by=member, status=DONE)

    assert (entries, rows) == ([], [items[0]])


def test_bulk_change_is_all_or_nothing_with_every_reason():
    member, item = make_proving()
    section = item.section
    other, third = make_item(section, evidence_demanded=True), make_item(section)

    with refused("done_needs_evidence", "done_needs_evidence"):
        set_statuses(section, [item.pk, other.pk, third.pk], by=member, status=DONE)
    with refused("na_needs_reason", "na_needs_reason"):
        set_statuses(section, [item.pk, third.pk], by=member, status=NA)


def test_bulk_change_is_refused_where_one_of_the_items_is_not_in_the_section():
    section, member, items = make_work()
    elsewhere = make_launch().items.first()

    for stranger in (uuid4(), elsewhere.pk):
        with refused("item_gone"):
            set_statuses(section, [items[0].pk, stranger], by=member, status=DONE)


def test_bulk_change_over_a_newer_status_is_a_conflict_for_all():
    section, member, items = make_work()
    seen = {item.pk: UNSET for item in items}
    set_status(items[1], by=member, status=NOT_DONE)

    with refused("conflict") as refusal:
        set_statuses(section, list(seen), by=member, status=DONE, seen=seen)

    assert (refusal.value.current, refusal.value.wanted) == (NOT_DONE, DONE)


def test_bulk_change_over_the_same_status_is_none():
    section, member, items = make_work()
    seen = {item.pk: UNSET for item in items}
    set_status(items[1], by=member, status=DONE)

    set_statuses(section, list(seen), by=member, status=DONE, seen=seen)

    assert [reread(item).status for item in items] == [DONE, DONE]


def test_several_statuses_over_a_newer_one_are_a_conflict_for_all():
    section, member, items = make_work()
    seen = dict.fromkeys([item.pk for item in items], ItemStatus.UNSET)
    set_status(items[0], by=member, status=ItemStatus.NOT_DONE)

    with pytest.raises(Conflict) as conflict:
        set_statuses(section, seen, by=member, status=ItemStatus.DONE, seen=seen)

    assert (conflict.value.current, conflict.value.wanted) == ("not_done", "done")
    assert set(section.items.values_list("status", flat=True)) == {"not_done", "unset"}
