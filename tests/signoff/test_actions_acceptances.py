"""Accepting what is outstanding until a day (DESIGN 3.6), and taking that back."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.rules import Standing
from audit.ledger import Salted
from checklist.actions.asking import ask_signature
from checklist.actions.items import edit_item, set_status
from checklist.actions.risks import close_risk, edit_risk
from checklist.models import Acceptance, Item, Section
from checklist.reading import standing_of
from checklist.rules import ItemStatus, SlotState, Tone, day_ends
from signoff import reading
from signoff.actions import accept_items, relaunch, set_aside
from signoff.models import Signature
from signoff.offer import Wish
from signoff.pages.content import listed_remarks
from tests.checklist.aftermath import acts, appended, forbidden, refused
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_participant,
    make_risk,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_authority, make_membership, make_user
from tests.factories.signatures import (
    make_acceptance,
    make_signature,
    offered_in,
    presence_of,
)
from tests.signoff.acting import reread, withdraw
from tests.signoff.living import live, make_rolled_back_launch
from tests.signoff.test_actions_withdrawal import state_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def section():
    """Two items done, and one that is not."""
    section = make_launch().sections.get()
    set_items(section, status=ItemStatus.DONE)
    make_item(section, text="Penetration test", number="9", status=ItemStatus.NOT_DONE)
    return reread(section)


@pytest.fixture
def item(section):
    return Item.objects.get(section=section, number="9")


def tomorrow():
    return timezone.localdate() + timedelta(days=1)


def wish(*items, until_on=None, seen=None, risk=None):
    section = items[0].section
    seen = offered_in(section) if seen is None else seen
    return Wish([item.pk for item in items], until_on or tomorrow(), seen, risk)


def accept(item, by, *, reason="We can live with it.", **fields):
    asked = wish(item, **fields)
    return accept_items(item.section.slots.get(), asked, presence=presence_of(by), reason=reason)


@pytest.fixture
def holder(section):
    return make_holder(section.slots.get())


def verdict(section, now=None):
    return standing_of(reread(section.launch), now or timezone.now()).verdict


def test_an_accepted_item_stays_outstanding_and_blocks_no_longer(section, item):
    ask_again = [r.code for r in verdict(section).readiness.blockers]

    make_acceptance(item)

    section = reread(section)
    assert ask_again == ["items_outstanding", "slot_waiting"]
    assert (section.accepted, section.errors, section.counts.outstanding) == (1, 0, 1)
    assert section.next_blocker == ""
    assert [r.code for r in verdict(section).readiness.blockers] == ["slot_waiting"]
    assert not verdict(section).readiness.complete
    assert (section.launch.accepted, section.launch.outstanding) == (1, 1)


def test_what_is_recorded_of_an_acceptance(section, item):
    holder = make_holder(section.slots.get(), full_name="R. Chen")

    with appended() as entries:
        signature = make_acceptance(item, by=holder, reason="Until the vendor's patch.")

    until = day_ends(tomorrow(), section.launch.time_zone)
    promise = reread(item).acceptance
    assert (promise.signature, promise.statement) == (signature.pk, signature.sha256)
    assert (promise.until, promise.reason) == (until, "Until the vendor's patch.")
    assert (promise.by, promise.by_name, promise.at) == (holder, "R. Chen", signature.signed_at)
    assert acts(entries) == [
        ("signature.accepted", f"slot:{section.slots.get().pk}"),
        ("item.accepted", f"item:{item.pk}"),
    ]
    assert entries[0][3]["items"] == [str(item.pk)]
    assert entries[0][4] == "Until the vendor's patch."
    assert entries[1][2] == {}
    assert entries[1][3]["acceptance"] == str(signature.pk)
    assert entries[1][3]["accepted_status"] == "not_done"


def test_what_the_statement_says(section, item):
    signature = make_acceptance(item)

    statement = json.loads(bytes(signature.statement))
    content = json.loads(bytes(signature.snapshot.content))
    until = day_ends(tomorrow(), section.launch.time_zone)
    assert (statement["act"], statement["scope"]) == ("accept", f"section:{section.number}")
    assert statement["until"] == content["until"] == until.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert statement["items"] == [{"id": str(item.pk), "number": "9", "text": "Penetration test"}]
    assert statement["meaning"] == "section.accept"
    assert "I accept that 1 item" in statement["meaning_text"]
    assert "24:00 (UTC)" in statement["meaning_text"]
    assert [row["text"] for row in content["items"]] == ["Penetration test"]
    assert content["items"][0]["acceptance"] is None
    assert "accepted_by" not in content["items"][0]


def test_one_statement_lists_several_items(section, item):
    other = make_item(section, text="Load test", number="10", status=ItemStatus.ATTENTION)

    signature = make_acceptance(item, other)

    assert {row.acceptance.signature for row in map(reread, [item, other])} == {signature.pk}
    assert Acceptance.objects.count() == 1
    assert reread(section).accepted == reread(section).acceptances_ending == 2


def test_the_clock_ends_it_without_any_job(section, item):
    make_acceptance(item)
    end = day_ends(tomorrow(), section.launch.time_zone)

    before, after = (
        verdict(section, now).readiness for now in (end - timedelta(milliseconds=1), end)
    )

    assert reread(section).next_expiry == reread(section).acceptances_end == end
    assert [r.code for r in before.blockers] == ["slot_waiting"]
    assert [r.code for r in after.blockers] == ["items_outstanding", "slot_waiting"]
    assert (before.accepted, after.accepted) == (1, 0)


@pytest.mark.parametrize(
    ("zone", "end"),
    [("Pacific/Kiritimati", "10:00"), ("America/New_York", "05:00"), ("UTC", "00:00")],
)
def test_its_day_ends_at_midnight_where_the_launch_is(zone, end):
    section = make_launch(time_zone=zone).sections.get()

    make_acceptance(section.items.first(), until_on=tomorrow().replace(year=2031, month=1, day=15))

    assert f"{reread(section).acceptances_end:%H:%M}" == end


def test_that_it_has_ended_makes_no_signature_stale(section, item):
    make_acceptance(item)
    ask_signature(section, by=make_lead(section))
    make_signature(section.slots.get())
    end = reread(section).acceptances_end

    standing = standing_of(reread(section.launch), end)

    assert [slot.state for slot in standing.facts[0].slots] == [SlotState.SIGNED]
    assert standing.verdict.tone is Tone.NOT_READY


def test_another_status_suspends_it_and_the_old_one_brings_it_back(section, item):
    make_acceptance(item)
    lead = make_lead(section)

    set_status(item, by=lead, status=ItemStatus.ATTENTION)
    suspended = reread(section).accepted, reread(section).errors
    set_status(item, by=lead, status=ItemStatus.DONE)
    done = reread(section).accepted, reread(section).errors
    set_status(item, by=lead, status=ItemStatus.NOT_DONE)

    assert (suspended, done) == ((0, 1), (0, 0))
    assert (reread(section).accepted, reread(section).errors) == (1, 0)


def test_another_wording_suspends_it(section, item):
    make_acceptance(item)

    edit_item(item, by=make_lead(section), fields={"text": "Penetration test, internal"})

    assert (reread(section).accepted, reread(section).errors) == (0, 1)


def test_it_is_part_of_what_a_signature_covers(section, item):
    make_acceptance(item)
    ask_signature(section, by=make_lead(section))
    slot = section.slots.get()
    make_signature(slot)

    with appended() as entries:
        make_acceptance(item, reason="Longer.", until_on=tomorrow() + timedelta(days=5))

    assert state_of(slot) == SlotState.STALE
    assert ("slot.stale", f"slot:{slot.pk}") in acts(entries)


def test_whoever_accepts_may_sign(section, item):
    slot = section.slots.get()
    holder = make_holder(slot)
    make_acceptance(item, by=holder)
    ask_signature(section, by=make_lead(section))

    make_signature(slot, by=holder)

    assert state_of(slot) == SlotState.SIGNED


def test_extending_is_a_new_acceptance(section, item):
    first = make_acceptance(item)
    second = make_acceptance(item, until_on=tomorrow() + timedelta(days=5))

    assert reread(item).acceptance.signature == second.pk
    assert Signature.objects.filter(act="accept").count() == 2
    with refused("not_standing"):
        withdraw(first, comment="Too late.")


# What is refused


def test_only_a_holder_accepts(section, item):
    admin = make_admin()

    with refused("not_holder"):
        accept(item, manager_of(section.launch))
    with refused("not_holder"):
        accept(item, admin)


def test_a_former_holder_accepts_nothing(section, item):
    slot, former = section.slots.get(), make_user()
    make_appointment(slot.authorities.get(), former, ends_at=timezone.now())

    with refused("not_holder"):
        accept(item, former)


def test_a_holder_of_another_section_s_authority_accepts_nothing(section, item):
    other = make_user()
    make_appointment(make_authority(), other)

    with refused("not_holder"):
        accept(item, other)


def test_nobody_accepts_their_own_item(section, item, holder):
    edit_item(item, by=make_lead(section), fields={"owner": holder})

    with refused("own_item"):
        accept(reread(item), holder)


def test_giving_an_item_away_does_not_let_its_owner_accept_it(section, item, holder):
    edit_item(item, by=make_lead(section), fields={"owner": holder})
    make_membership(section.teams.get(), holder, Standing.LEAD)
    edit_item(reread(item), by=holder, fields={"owner": make_lead(section)})

    with refused("own_item"):
        accept(reread(item), holder)


def test_who_had_an_item_taken_from_them_accepts_it(section, item, holder):
    lead = make_lead(section)
    edit_item(item, by=lead, fields={"owner": holder})
    edit_item(reread(item), by=lead, fields={"owner": lead})

    accept(reread(item), holder)

    assert reread(item).acceptance


def test_giving_a_risk_away_does_not_let_its_owner_accept_under_it(section, item, holder):
    risk = make_risk(section.launch, items=[item], owner=holder)
    to = make_participant(section.launch).user
    edit_risk(risk, by=holder, fields={"owner": to})

    with refused("own_item"):
        accept(item, holder, risk=risk.pk)


def test_under_a_risk_its_owner_is_who_does_not_accept(section, item, holder):
    edit_item(item, by=make_lead(section), fields={"owner": holder})
    theirs = make_risk(section.launch, items=[item], owner=make_participant(section.launch).user)
    own = make_risk(section.launch, items=[item], owner=holder)

    with refused("own_item"):
        accept(reread(item), holder, risk=own.pk)
    signature = accept(reread(item), holder, risk=theirs.pk)

    assert reread(item).acceptance.risk == theirs
    content = json.loads(bytes(signature.snapshot.content))
    assert content["risk"] == {"number": theirs.number, "title": theirs.title}


def test_a_risk_that_does_not_concern_the_items_is_no_way_around(section, item, holder):
    edit_item(item, by=make_lead(section), fields={"owner": holder})
    other = make_risk(section.launch, items=[section.items.exclude(pk=item.pk).first()])

    with refused("risk_unconcerned"):
        accept(reread(item), holder, risk=other.pk)


def test_a_closed_risk_is_none(section, item, holder):
    risk = make_risk(section.launch, items=[item])
    close_risk(risk, by=manager_of(section.launch), reason="Gone.")

    with refused("changed_meanwhile"):
        accept(item, holder, risk=risk.pk)


def test_nothing_settled_is_accepted(section, item, holder):
    done = section.items.exclude(pk=item.pk).first()

    with refused("not_outstanding"):
        accept(done, holder)


def test_an_end_in_the_past_is_refused(item, holder):
    with refused("ends_in_past"):
        accept(item, holder, until_on=tomorrow() - timedelta(days=2))


def test_without_items_nothing_is_accepted(section, item, holder):
    nothing = Wish([], tomorrow(), offered_in(section))

    with refused("nothing_chosen"):
        accept_items(section.slots.get(), nothing, presence=presence_of(holder), reason="So.")


def test_a_reason_is_needed(item, holder):
    with refused(comment=["reason_required"]):
        accept(item, holder, reason="")


def test_an_item_that_is_gone_is_not_accepted_silently(section, item, holder):
    elsewhere = make_launch().items.first()
    both = Wish([item.pk, elsewhere.pk], tomorrow(), offered_in(section))

    with refused("changed_meanwhile"):
        accept_items(section.slots.get(), both, presence=presence_of(holder), reason="Both.")


def test_what_has_changed_since_the_page_was_read_is_not_accepted(section, item, holder):
    seen = offered_in(section)
    set_status(item, by=make_lead(section), status=ItemStatus.ATTENTION)

    with refused("changed_meanwhile"):
        accept(reread(item), holder, seen=seen)


def test_a_draft_is_not_accepted_yet():
    section = make_launch(in_review=False).sections.get()
    holder = make_holder(section.slots.get())

    with refused("not_in_review"):
        accept(section.items.first(), holder)


# Taking it back


def test_an_acceptance_is_withdrawn(section, item):
    signature = make_acceptance(item)

    with appended() as entries:
        withdraw(signature, comment="The exploit is public.")

    assert acts(entries) == [
        ("signature.withdrawn", f"slot:{section.slots.get().pk}"),
        ("item.released", f"item:{item.pk}"),
    ]
    assert reread(item).acceptance is None
    assert (reread(section).accepted, reread(section).errors) == (0, 1)


def test_a_withdrawn_acceptance_voids_a_request_and_stales_a_signature(section, item):
    acceptance = make_acceptance(item)
    ask_signature(section, by=make_lead(section))
    make_signature(section.slots.get())

    with appended() as entries:
        withdraw(acceptance, comment="The exploit is public.")

    assert [action for action, _subject in acts(entries)] == [
        "signature.withdrawn",
        "item.released",
        "request.voided",
        "slot.stale",
    ]
    assert state_of(section.slots.get()) == SlotState.STALE


# Once the launch is live


@pytest.fixture
def live_launch(section, item):
    """A launch that went live while one item was accepted."""
    make_acceptance(item)
    return live(reread(section.launch), reason="It had to be.")


def test_what_was_accepted_when_it_went_live_stays_accepted_for_ever(live_launch, section):
    later = reread(section).acceptances_end + timedelta(days=30)

    ready = standing_of(reread(live_launch), later).verdict.readiness

    assert (ready.accepted, ready.unaccepted) == (1, 0)
    assert [reason.code for reason in ready.blockers] == ["slot_waiting"]


def test_nothing_is_accepted_any_more(live_launch, section, item):
    holder = make_holder(section.slots.get())

    with refused("launch_is_live"):
        accept(reread(item), holder)


def test_a_withdrawal_while_live_is_recorded_and_rewrites_nothing(live_launch, section, item):
    acceptance = Signature.objects.get(act="accept")

    with appended() as entries:
        withdraw(acceptance, comment="The exploit is public.")

    assert [action for action, _subject in acts(entries)] == ["signature.withdrawn"]
    assert reread(item).acceptance is not None
    assert reread(section).accepted == 1
    with refused("not_standing"):
        withdraw(acceptance, comment="Again.")


def test_the_relaunch_releases_what_was_withdrawn_meanwhile(live_launch, section, item):
    withdraw(Signature.objects.get(act="accept"), comment="The exploit is public.")
    make_rolled_back_launch(live_launch)

    with appended() as entries:
        relaunch(live_launch, by=manager_of(live_launch), reason="Patched.")

    assert ("item.released", f"item:{item.pk}") in acts(entries)
    assert reread(item).acceptance is None
    assert (reread(section).accepted, reread(section).errors) == (0, 1)


def leave(user):
    type(user).objects.filter(pk=user.pk).update(is_active=False)


def test_what_somebody_signed_who_has_left_is_set_aside_by_a_manager(section, item):
    slot = section.slots.get()
    acceptance = make_acceptance(item)
    ask_signature(section, by=make_lead(section))
    signature = make_signature(slot)
    manager = manager_of(section.launch)
    for signed in (signature, acceptance):
        leave(signed.signer)

    with appended() as entries:
        act = set_aside(signature, presence=presence_of(manager), comment="She left.")
        set_aside(acceptance, presence=presence_of(manager), comment="He left.")

    assert (act.act, act.target, act.signer) == ("set_aside", signature, manager)
    assert "who has left" in act.meaning_text
    assert acts(entries)[0] == ("signature.set_aside", f"slot:{slot.pk}")
    assert entries[0][4] == "She left."
    assert state_of(slot) == SlotState.WAITING
    assert reread(item).acceptance is None


def test_the_signature_of_somebody_who_is_here_is_theirs_to_withdraw(section, item):
    acceptance = make_acceptance(item)

    with refused("signer_is_here"):
        set_aside(acceptance, presence=presence_of(manager_of(section.launch)), comment="No.")


def test_only_managers_set_aside(section, item):
    acceptance = make_acceptance(item)
    leave(acceptance.signer)
    others = [make_lead(section), make_holder(section.slots.get()), make_admin()]

    for person in others:
        with forbidden():
            set_aside(acceptance, presence=presence_of(person), comment="No.")


def test_nothing_is_set_aside_twice_or_without_a_reason(section, item):
    acceptance, presence = make_acceptance(item), presence_of(manager_of(section.launch))
    leave(acceptance.signer)

    with refused(comment=["reason_required"]):
        set_aside(acceptance, presence=presence, comment="")
    set_aside(acceptance, presence=presence, comment="He left.")
    with refused("not_standing"):
        set_aside(acceptance, presence=presence, comment="He left.")


def test_the_reasons_stay_beside_the_log(item):
    with appended() as entries:
        make_acceptance(item, reason="A secret exploit.")

    assert isinstance(entries[0][3]["name"], Salted)
    assert Section.objects.get(pk=item.section_id).accepted == 1


def test_a_vote_lists_what_is_lived_with_and_what_may_go_wrong(section, item):
    acceptance = make_acceptance(item, reason="Until the patch.")
    ask_signature(section, by=make_lead(section))
    make_signature(section.slots.get())
    make_risk(section.launch, title="Data loss", likelihood=2, impact=5)

    listed = reading.listed_beneath(reread(section.launch))

    assert [(row["number"], row["statement"], row["reason"]) for row in listed.acceptances] == [
        ("9", acceptance.sha256, "Until the patch.")
    ]
    assert [(row["number"], row["title"], row["owner"]) for row in listed.risks] == [
        (1, "Data loss", "")
    ]
    texts = [
        (str(row.text), row.reason) for row in listed_remarks(listed.acceptances, listed.risks)
    ]
    assert texts[0][0] == "9 Penetration test"
    assert texts[1] == ("Risk R1: Data loss", "level high")


def test_a_suspended_acceptance_is_not_listed(section, item):
    make_acceptance(item)
    set_status(item, by=make_lead(section), status=ItemStatus.DONE)

    assert reading.listed_beneath(reread(section.launch)).acceptances == []
