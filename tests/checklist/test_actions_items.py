"""Setting statuses, editing, adding and removing items: rows, entries, refusals, conflicts."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404

from audit.ledger import Salted
from audit.models import Entry
from checklist.actions.items import (
    add_item,
    edit_item,
    remove_item,
    set_status,
)
from checklist.models import Item
from checklist.rules import ItemStatus
from tests.checklist.aftermath import appended, everything, refused, said
from tests.factories.launches import (
    make_comment,
    make_evidence,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_template,
    make_template_item,
    make_template_section,
    publish,
)
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

UNSET, DONE, ATTENTION, NOT_DONE, NA = ItemStatus


def make_work(*items, **fields):
    """A section in review, one of its members, and its items."""
    section = make_launch({"items": items or ("One", "Two")}, **fields).sections.get()
    return section, make_member(section), list(section.items.order_by("position"))


def make_proving():
    """A member, and an item that demands evidence."""
    template = make_template(published=False)
    section = make_template_section(template, items=())
    make_template_item(section, "Proven", evidence_demanded=True)
    publish(template)
    item = make_launch(template=template).items.get(text="Proven")
    return make_member(item.section), item


def reread(item):
    return Item.objects.get(pk=item.pk)


# One status


def test_a_status_is_set_with_who_and_when():
    _section, member, (item, _) = make_work()

    with appended() as entries:
        saved = set_status(item, by=member, status=DONE, seen=UNSET)

    entry = Entry.objects.last()
    assert reread(item).status == saved.status == DONE
    assert (saved.status_by, saved.status_at) == (member, entry.at)
    assert entries == [
        said("item.changed", f"item:{item.pk}", {"status": "unset"}, {"status": "done"})
    ]
    assert (entry.actor, entry.launch) == (member.pk, item.launch_id)


def test_na_keeps_its_reason_in_a_field_of_its_own_until_another_status_follows():
    _section, member, (item, _) = make_work()

    with appended() as entries:
        set_status(item, by=member, status=NA, na_reason="Not used.")
        set_status(item, by=member, status=DONE)

    na = {"status": "na", "na_reason": Salted("Not used.")}
    assert entries == [
        said("item.changed", f"item:{item.pk}", {"status": "unset", "na_reason": Salted("")}, na),
        said("item.changed", f"item:{item.pk}", na, {"status": "done", "na_reason": Salted("")}),
    ]
    assert (reread(item).status, reread(item).na_reason) == (DONE, "")


def test_setting_na_again_without_a_reason_keeps_the_one_that_is_there():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NA, na_reason="Not used.")

    with appended() as entries:
        set_status(item, by=member, status=NA)

    assert entries == []
    assert reread(item).na_reason == "Not used."


def test_what_is_set_already_is_no_change():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=DONE)
    before = everything()

    set_status(item, by=make_member(item.section), status=DONE, seen=DONE)

    assert everything() == before


def test_na_without_a_reason_is_refused():
    _section, member, (item, _) = make_work()

    with refused("na_needs_reason"):
        set_status(item, by=member, status=NA)


def test_done_is_refused_while_demanded_evidence_is_missing():
    member, item = make_proving()

    with refused("done_needs_evidence"):
        set_status(item, by=member, status=DONE)
    make_evidence(item)
    set_status(item, by=member, status=DONE)

    assert reread(item).status == DONE


def test_an_item_that_is_gone_meanwhile_is_not_found():
    section, member, _items = make_work()
    item = make_item(section)
    Item.objects.filter(pk=item.pk).delete()

    with pytest.raises(Http404):
        set_status(item, by=member, status=DONE)


# Other fields


def test_a_note_is_kept_beside_the_log():
    _section, member, (item, _) = make_work()

    with appended() as entries:
        edit_item(item, by=member, fields={"note": "Ask *Maya*."})

    old, new = {"note": Salted("")}, {"note": Salted("Ask *Maya*.")}
    assert entries == [said("item.changed", f"item:{item.pk}", old, new)]
    assert b"Maya" not in bytes(Entry.objects.last().leaf)


def test_a_lead_assigns():
    section, _member, (item, _) = make_work()
    lead, owner = make_lead(section), make_user()

    with appended() as entries:
        edit_item(item, by=lead, fields={"owner": owner, "due_on": date(2026, 5, 1)})

    old = {"owner": None, "due_on": None}
    new = {"owner": str(owner.pk), "due_on": "2026-05-01"}
    assert entries == [said("item.changed", f"item:{item.pk}", old, new)]
    assert (reread(item).owner, reread(item).due_on) == (owner, date(2026, 5, 1))


@pytest.mark.parametrize(
    "fields", [{"text": "Less"}, {"number": "1.9"}, {"evidence_demanded": False}]
)
def test_what_came_from_the_template_is_never_reworded(fields):
    section, _member, (item, _) = make_work()

    with refused("from_template"):
        edit_item(item, by=make_lead(section), fields=fields)


def test_an_item_of_the_launch_s_own_is_reworded():
    section, _member, _items = make_work()
    item = make_item(section, text="Own")

    with appended() as entries:
        edit_item(item, by=make_lead(section), fields={"text": "Better", "evidence_demanded": True})

    old = {"text": Salted("Own"), "evidence_demanded": False}
    new = {"text": Salted("Better"), "evidence_demanded": True}
    assert entries == [said("item.changed", f"item:{item.pk}", old, new)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": ""}, "blank"),
        ({"text": "x" * 501}, "max_length"),
        ({"number": "1" * 21}, "max_length"),
    ],
)
def test_a_field_that_does_not_fit_is_refused(fields, code):
    section, _member, _items = make_work()
    item = make_item(section)

    with refused(**{name: [code] for name in fields}):
        edit_item(item, by=make_lead(section), fields=fields)


def test_the_reason_of_na_is_reworded_and_never_taken_away():
    _section, member, (item, _) = make_work()
    set_status(item, by=member, status=NA, na_reason="Not used.")

    edit_item(item, by=member, fields={"na_reason": "Not used here."})
    with refused("na_needs_reason"):
        edit_item(item, by=member, fields={"na_reason": ""})

    assert reread(item).na_reason == "Not used here."


def test_a_gap_that_an_import_left_keeps_nobody_from_the_other_fields():
    section, member, _items = make_work()
    item = make_item(section, status=NA, na_reason="")

    edit_item(item, by=member, fields={"note": "Imported."})

    assert reread(item).note == "Imported."


def test_a_field_that_items_do_not_have_is_a_mistake_of_the_caller():
    section, _member, (item, _) = make_work()

    with pytest.raises(TypeError, match="status"):
        edit_item(item, by=make_lead(section), fields={"status": DONE})


# Adding and removing


def test_an_item_is_added_at_the_end():
    section, _member, _items = make_work()

    with appended() as entries:
        item = add_item(section, by=make_lead(section), text="Ours", number="1.3", guidance="How")

    new = {
        "number": "1.3",
        "text": Salted("Ours"),
        "guidance": Salted("How"),
        "evidence_demanded": False,
        "team": None,
        "authority": None,
        "status": "unset",
        "na_reason": Salted(""),
        "note": Salted(""),
        "owner": None,
        "due_on": None,
        "key": item.key,
        "section": str(section.pk),
        "position": 3,
        "from_template": False,
    }
    assert entries == [said("item.added", f"item:{item.pk}", new=new)]
    assert (reread(item).position, reread(item).from_template) == (3, False)


def test_an_item_is_added_to_a_section_that_has_none():
    template = make_template({"items": ()})
    section = make_launch(template=template).sections.get()

    assert add_item(section, by=make_lead(section), text="First").position == 1


def test_the_longest_number_and_text_fit_the_read_model():
    section = make_launch({"items": ()}).sections.get()

    item = add_item(section, by=make_lead(section), text="x" * 500, number="1" * 20)

    section.refresh_from_db()
    assert section.next_blocker == f"{item.number} {item.text}"


@pytest.mark.parametrize(("text", "code"), [("", "blank"), ("x" * 501, "max_length")])
def test_an_item_needs_a_text_that_fits(text, code):
    section, _member, _items = make_work()

    with refused(text=[code]):
        add_item(section, by=make_lead(section), text=text)


def test_an_item_of_the_launch_s_own_is_removed_with_a_reason():
    section, _member, _items = make_work()
    item = make_item(section, number="9", text="Own", note="Gone", status=ATTENTION)

    with appended() as entries:
        remove_item(item, by=make_lead(section), reason="Twice in the list.")

    ((action, subject, old, new, reason),) = entries
    assert (action, subject, new, reason) == (
        "item.removed",
        f"item:{item.pk}",
        {},
        "Twice in the list.",
    )
    assert (old["number"], old["text"], old["note"]) == ("9", Salted("Own"), Salted("Gone"))
    assert not Item.objects.filter(pk=item.pk).exists()


@pytest.mark.parametrize("make_trace", [make_evidence, make_comment])
def test_what_people_proved_or_discussed_is_not_removed(make_trace):
    section, _member, _items = make_work()
    item = make_item(section)
    make_trace(item)

    with refused("has_a_past"):
        remove_item(item, by=make_lead(section), reason="Twice in the list.")


def test_removing_needs_a_reason():
    section, _member, _items = make_work()
    item = make_item(section)

    with refused(reason=["reason_required"]):
        remove_item(item, by=make_lead(section), reason="")


def test_what_came_from_the_template_is_never_removed():
    section, _member, (item, _) = make_work()

    with refused("from_template"):
        remove_item(item, by=make_lead(section), reason="I do not like it.")


def test_a_refusal_of_an_item_whose_text_has_percent_signs_is_a_sentence():
    _section, member, (item,) = make_work("99.9% uptime, %s")

    with pytest.raises(ValidationError) as refusal:
        set_status(item, by=member, status=NA)

    assert "99.9% uptime, %s" in refusal.value.messages[0]
