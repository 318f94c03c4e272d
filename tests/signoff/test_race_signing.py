"""Two people at once at one section: signing, editing, asking, returning."""

from functools import partial

import pytest

from checklist.actions.asking import ask_signature
from checklist.actions.items import Conflict, set_status
from checklist.models import Item, Slot
from checklist.reading import slot_facts
from checklist.rules import ItemStatus, SlotState
from signoff.models import Signature, Standing
from tests.checklist.aftermath import codes
from tests.factories.launches import make_holder, make_launch, manager_of, set_items
from tests.factories.people import make_authority
from tests.factories.signatures import seen_in
from tests.signoff.acting import (
    TIMES,
    at_once,
    make_asked_launch,
    reread,
    send_back,
    sign,
    split,
    withdraw,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def state_of(slot):
    slot = Slot.objects.select_related("section").get(pk=slot.pk)
    return slot_facts(slot, slot.section).state


def test_of_two_signers_of_one_slot_exactly_one_signs():
    for _ in TIMES:
        slot = make_asked_launch({"authorities": [make_authority(), make_authority()]}).slots.get()
        calls = [partial(sign, slot, make_holder(slot), seen=seen_in(slot)) for _ in range(2)]

        signed, refused = split(at_once(*calls))

        assert refused == [["signed_already"]]
        assert list(Signature.objects.filter(slot=slot)) == signed
        assert [row.signature for row in Standing.objects.filter(slot=slot)] == signed
        assert state_of(slot) == SlotState.SIGNED


@pytest.mark.parametrize(
    ("status", "refusals"),
    [
        (ItemStatus.NA, {"changed_meanwhile"}),
        (ItemStatus.NOT_DONE, {"changed_meanwhile", "not_asked", "outstanding"}),
    ],
)
def test_no_signature_stands_over_what_an_edit_changed_meanwhile(status, refusals):
    for _ in TIMES:
        launch = make_asked_launch()
        slot, item, manager = launch.slots.get(), launch.items.first(), manager_of(launch)
        edit = partial(set_status, item, by=manager, status=status, na_reason="No such thing.")
        signing = partial(sign, slot, make_holder(slot), seen=seen_in(slot))

        edited, signed = at_once(edit, signing)

        assert edited.status == status
        if isinstance(signed, Exception):
            assert set(codes(signed)) == refusals
            assert not Standing.objects.filter(slot=slot).exists()
        else:
            assert state_of(slot) == SlotState.STALE


def test_of_two_edits_of_one_status_exactly_one_holds():
    for _ in TIMES:
        launch = make_launch()
        item, manager = launch.items.first(), manager_of(launch)
        calls = [
            partial(set_status, item, by=manager, status=status, seen=ItemStatus.UNSET)
            for status in (ItemStatus.DONE, ItemStatus.NOT_DONE)
        ]

        results = at_once(*calls)

        (saved,) = [row for row in results if isinstance(row, Item)]
        (conflict,) = [row for row in results if isinstance(row, Conflict)]
        assert reread(item).status == saved.status == conflict.current != conflict.wanted


def test_no_request_stands_over_an_error_that_an_edit_made_meanwhile():
    for _ in TIMES:
        launch = make_launch()
        section, item, manager = launch.sections.get(), launch.items.first(), manager_of(launch)
        set_items(section, status=ItemStatus.DONE)

        asked, edited = at_once(
            partial(ask_signature, section, by=manager),
            partial(set_status, item, by=manager, status=ItemStatus.ATTENTION),
        )

        assert edited.status == ItemStatus.ATTENTION
        assert asked == section or codes(asked) == ["outstanding"]
        assert reread(section).asked_at is None


def test_of_a_signature_and_a_colleague_s_return_one_goes_through():
    for _ in TIMES:
        slot = make_asked_launch().slots.get()
        signer, returner, seen = make_holder(slot), make_holder(slot), seen_in(slot)

        done, refused = split(
            at_once(partial(sign, slot, signer, seen=seen), partial(send_back, slot, returner))
        )

        (signature,) = done
        came_second = {"sign": ["signed_by_another"], "return": ["not_asked"]}
        state = {"sign": SlotState.SIGNED, "return": SlotState.RETURNED}
        assert refused == [came_second[signature.act]]
        assert Standing.objects.filter(slot=slot).exists() == (signature.act == "sign")
        assert state_of(slot) == state[signature.act]


def test_a_signature_is_withdrawn_once():
    for _ in TIMES:
        signature = sign(make_asked_launch().slots.get())

        withdrawn, refused = split(at_once(*[partial(withdraw, signature)] * 2))

        assert refused == [["not_standing"]]
        assert list(signature.withdrawals.all()) == withdrawn
