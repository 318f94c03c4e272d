"""Handing over: rows, entries, read models; who may, who may take it, and that it is all or nothing."""

import pytest

from accounts.models import User
from accounts.rules import Role
from checklist.actions.handover import hand_over
from checklist.actions.risks import close_risk
from checklist.models import Item, Launch, Participant
from checklist.rules import Classification, ItemStatus, LaunchState, Phase
from tests.checklist.aftermath import acts, appended, codes, forbidden, refused, said
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    make_risk,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_auditor, make_team, make_user
from tests.signoff.acting import reread
from tests.signoff.living import make_launch_in

pytestmark = pytest.mark.django_db
WHY = "Kofi goes on Friday."


@pytest.fixture
def section():
    return make_launch().sections.get()


@pytest.fixture
def leaver(section):
    return make_member(section)


@pytest.fixture
def item(section, leaver):
    return make_item(section, owner=leaver)


def give(*rows, person, to, by=None, reason=WHY):
    kinds = {"Item": "item", "Risk": "risk", "Participant": "launch"}
    picked = [(kinds[type(row).__name__], row.pk) for row in rows]
    return hand_over(person, to=to, by=by or person, picked=picked, reason=reason)


def sentences(refusal):
    return refusal.value.messages


def test_an_item_gets_another_owner(section, leaver, item):
    to, revision = make_member(section), reread(section).revision

    with appended() as entries:
        give(item, person=leaver, to=to)

    owners = ({"owner": str(leaver.pk)}, {"owner": str(to.pk)})
    assert entries == [said("item.changed", f"item:{item.pk}", *owners, WHY)]
    assert reread(item).owner == to
    assert reread(section).revision > revision


def test_a_risk_gets_another_owner(section, leaver):
    risk, to = make_risk(section.launch, owner=leaver), make_member(section)

    with appended() as entries:
        give(risk, person=leaver, to=to)

    owners = ({"owner": str(leaver.pk)}, {"owner": str(to.pk)})
    assert entries == [said("risk.changed", f"risk:{risk.pk}", *owners, WHY)]
    assert (reread(risk).owner, reread(risk).revision) == (to, risk.revision + 1)


def test_a_launch_gets_another_manager_beside_its_only_one(section):
    launch, to = section.launch, make_member(section)
    manager = manager_of(launch)

    with appended() as entries:
        give(launch.participants.get(), person=manager, to=to)

    assert entries == [said("launch.shared", f"user:{to.pk}", {}, {"is_manager": True}, WHY)]
    assert set(launch.participants.filter(is_manager=True).values_list("user", flat=True)) == {
        manager.pk,
        to.pk,
    }


def test_whoever_reads_the_launch_already_becomes_its_manager(section):
    launch = section.launch
    guest = make_participant(launch)

    with appended() as entries:
        give(launch.participants.get(is_manager=True), person=manager_of(launch), to=guest.user)

    assert [entry[2:4] for entry in entries] == [({"is_manager": False}, {"is_manager": True})]
    assert Participant.objects.get(pk=guest.pk).is_manager


def test_everything_goes_at_once_over_several_launches():
    manager, to, leaver = make_user(role=Role.MANAGER), make_user(), make_user()
    launches = [make_launch({}, {}, by=manager) for _ in range(2)]
    rows = []
    for launch in launches:
        make_participant(launch, to)
        make_participant(launch, leaver)
        rows += [make_item(section, owner=leaver) for section in launch.sections.all()]
        rows.append(make_risk(launch, owner=leaver))

    with appended() as entries:
        give(*rows, person=leaver, to=to, by=manager)

    assert sorted(acts(entries)) == sorted(
        (f"{kind}.changed", f"{kind}:{row.pk}")
        for row in rows
        for kind in [type(row).__name__.lower()]
    )
    assert {reread(row).owner for row in rows} == {to}


# Who may


@pytest.mark.parametrize("make", [make_lead, lambda section: manager_of(section.launch)])
def test_leads_and_managers_hand_an_item_over(section, leaver, item, make):
    give(item, person=leaver, to=make_member(section), by=make(section))

    assert reread(item).owner != leaver


@pytest.mark.parametrize(
    "make",
    [
        make_member,
        lambda section: make_user(lead_of=[make_team()]),
        lambda section: make_admin(),
        lambda section: make_auditor(),
        lambda section: make_user(),
        lambda section: make_participant(section.launch).user,
    ],
)
def test_nobody_else_hands_an_item_over(section, leaver, item, make):
    by, to = make(section), make_member(section)

    with forbidden():
        give(item, person=leaver, to=to, by=by)


def test_who_works_on_the_launch_hands_its_risks_over(section, leaver):
    risk = make_risk(section.launch, owner=leaver)

    with forbidden():
        give(risk, person=leaver, to=make_member(section), by=make_admin())
    give(risk, person=leaver, to=make_member(section), by=make_holder(section.slots.get()))

    assert reread(risk).owner != leaver


def test_nobody_hands_an_item_over_so_as_to_accept_it(section):
    """Whoever may accept it must not own it: giving it away first would get round that."""
    holder = make_holder(section.slots.get())
    item = make_item(section, owner=holder)

    with forbidden():
        give(item, person=holder, to=make_member(section))
    give(item, person=holder, to=make_member(section), by=make_lead(section))


def test_only_its_manager_hands_a_launch_over(section):
    row = section.launch.participants.get()

    with forbidden():
        give(row, person=row.user, to=make_member(section), by=make_lead(section))
    with forbidden():
        give(row, person=row.user, to=make_member(section), by=make_admin())


def test_a_manager_who_takes_part_no_more_hands_nothing_over(section):
    manager = manager_of(section.launch)
    User.objects.filter(pk=manager.pk).update(role=Role.AUDITOR)
    row = section.launch.participants.get()

    with forbidden():
        give(row, person=manager, to=make_member(section), by=reread(manager))


def test_one_row_that_may_not_be_given_keeps_them_all(section, leaver, item):
    elsewhere = make_item(make_launch().sections.get(), owner=leaver)

    with forbidden():
        give(item, elsewhere, person=leaver, to=make_member(section), by=make_lead(section))


def test_what_one_may_not_see_is_not_there(leaver, section, item):
    hidden = make_launch(classification=Classification.RESTRICTED).sections.get()
    unseen, to = make_item(hidden, owner=leaver), make_member(section)

    with refused("handed_meanwhile"):
        give(item, unseen, person=leaver, to=to)


# Who may take it


def test_an_outsider_of_a_restricted_launch_is_refused_by_name():
    launch = make_launch(classification=Classification.RESTRICTED)
    section = launch.sections.get()
    leaver, outsider = make_member(section), make_user(full_name="Ada Outside")
    item, risk = make_item(section, owner=leaver), make_risk(launch, owner=leaver)

    with refused("cannot_take", "cannot_take") as refusal:
        give(item, risk, person=leaver, to=outsider)

    assert all("Ada Outside" in sentence for sentence in sentences(refusal))


def test_a_team_of_the_item_alone_opens_no_restricted_launch():
    launch = make_launch(classification=Classification.RESTRICTED)
    section, team = launch.sections.get(), make_team()
    leaver, colleague = make_member(section), make_user(team)
    item = make_item(section, owner=leaver, team=team)

    with refused("cannot_take"):
        give(item, person=leaver, to=colleague)
    Launch.objects.filter(pk=launch.pk).update(classification=Classification.INTERNAL)
    give(item, person=leaver, to=colleague)

    assert reread(item).owner == colleague


@pytest.mark.parametrize(
    ("make", "takes_item"),
    [
        (make_member, True),
        (lambda section: make_user(section.launch.owner_team), True),
        (lambda section: make_participant(section.launch).user, True),
        (lambda section: make_holder(section.slots.get()), False),
    ],
)
def test_who_takes_part_takes_as_in_assigning(section, leaver, item, make, takes_item):
    to, risk = make(section), make_risk(section.launch, owner=leaver)

    give(risk, person=leaver, to=to)
    if takes_item:
        give(item, person=leaver, to=to)
    else:
        with refused("cannot_take"):
            give(item, person=leaver, to=to)

    assert reread(risk).owner == to


@pytest.mark.parametrize("fields", [{"is_active": False}, {"role": Role.AUDITOR}])
def test_who_has_left_or_only_audits_takes_nothing(section, leaver, item, fields):
    to = make_member(section)
    User.objects.filter(pk=to.pk).update(**fields)

    with refused("cannot_take"):
        give(item, person=leaver, to=reread(to))


def test_a_holder_whose_appointment_ended_takes_nothing(section, leaver):
    risk = make_risk(section.launch, owner=leaver)
    held = make_appointment(section.slots.get().authorities.get())
    held.ends_at = held.starts_at
    held.save()

    with refused("cannot_take"):
        give(risk, person=leaver, to=held.holder)


def test_nobody_takes_over_from_themselves(section, leaver, item):
    with refused("takes_over_from_self"):
        give(item, person=leaver, to=leaver)


def test_every_reason_is_given_at_once(section, leaver, item):
    risk, outsider = make_risk(section.launch, owner=leaver), make_user()
    not_theirs = make_item(section)

    with refused("handed_meanwhile", "cannot_take", "cannot_take"):
        give(
            item,
            risk,
            not_theirs,
            person=leaver,
            to=outsider,
        )


# What there is to give


def test_it_needs_a_reason_and_something_to_give(section, leaver, item):
    with refused(reason=["reason_required"]):
        give(item, person=leaver, to=make_member(section), reason="")
    with refused("nothing_picked"):
        give(person=leaver, to=make_member(section))


def test_what_was_settled_or_given_meanwhile_refuses_it_all(section, leaver, item):
    other, to = make_item(section, owner=leaver), make_member(section)
    Item.objects.filter(pk=other.pk).update(status=ItemStatus.DONE)

    with refused("handed_meanwhile"):
        give(item, other, person=leaver, to=to)
    give(item, person=leaver, to=to)
    with refused("handed_meanwhile"):
        give(item, person=leaver, to=to)


def test_a_closed_risk_is_not_handed_over(section, leaver):
    risk = make_risk(section.launch, owner=leaver)
    close_risk(risk, by=leaver, reason="Gone.")

    with refused("handed_meanwhile"):
        give(risk, person=leaver, to=make_member(section))


def test_a_launch_that_somebody_else_manages_too_needs_no_hands(section):
    row = section.launch.participants.get()
    make_participant(section.launch, is_manager=True)

    with refused("handed_meanwhile"):
        give(row, person=row.user, to=make_member(section))


@pytest.mark.parametrize(
    ("state", "phase", "code"),
    [
        (LaunchState.DRAFT, Phase.READINESS, None),
        (LaunchState.POSTPONED, Phase.READINESS, None),
        (LaunchState.LIVE, Phase.READINESS, "handed_meanwhile"),
        (LaunchState.LIVE, Phase.POST_LAUNCH, None),
        (LaunchState.ROLLED_BACK, Phase.READINESS, "cannot_be_given"),
        (LaunchState.CLOSED, Phase.REVIEW, "handed_meanwhile"),
        (LaunchState.CANCELLED, Phase.READINESS, "handed_meanwhile"),
    ],
)
def test_items_are_handed_over_while_the_launch_lets_them_be_planned(state, phase, code):
    launch = make_launch_in(state)
    section = launch.sections.get(phase=phase)
    manager, to = manager_of(launch), make_participant(launch).user
    Item.objects.filter(pk=section.items.first().pk).update(owner=to, status=ItemStatus.UNSET)
    item, leaver, heir = section.items.first(), to, make_participant(launch).user

    if code:
        with refused(code):
            give(item, person=leaver, to=heir, by=manager)
    else:
        give(item, person=leaver, to=heir, by=manager)
        assert reread(item).owner == heir


def test_two_managers_hand_over_at_once_and_the_second_is_told(section, leaver, item):
    first, second = make_member(section), make_member(section)
    give(item, person=leaver, to=first, by=manager_of(section.launch))

    with refused("handed_meanwhile") as refusal:
        give(item, person=leaver, to=second, by=manager_of(section.launch))

    assert codes(refusal.value) == ["handed_meanwhile"]
    assert reread(item).owner == first


def test_nothing_signed_goes_stale(section, leaver):
    set_items(section, status=ItemStatus.ATTENTION, owner=leaver)
    material = reread(section).material

    give(*section.items.all(), person=leaver, to=make_member(section))

    assert reread(section).material == material
