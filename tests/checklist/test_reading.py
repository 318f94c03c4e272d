"""From rows to facts: who somebody is, how a launch stands now, what the clock has ended since."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.rules import Role
from checklist.actions.launches import change_launch
from checklist.models import Evidence, Item, Launch
from checklist.permissions import Ground, Right, Viewer
from checklist.reading import (
    facts_of,
    ground_of,
    launch_rights,
    question_ground,
    recounted,
    standing_of,
    viewer_of,
)
from checklist.rules import Outcome, SectionState, Tone
from tests.factories.launches import (
    make_appointment,
    make_evidence,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    manager_of,
)
from tests.factories.people import make_authority, make_membership, make_team, make_user
from tests.signoff.acting import (
    make_asked_launch,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    sign,
    vote,
)

pytestmark = pytest.mark.django_db

LATER = datetime(2101, 1, 1, tzinfo=UTC)


def make_expiring(launch):
    """The launch's first item demands evidence, and has some until the end of the century."""
    item = launch.items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=date(2100, 12, 31))
    return reread(launch)


# Who somebody is


def test_a_viewer_is_teams_led_teams_authorities_and_management(django_assert_num_queries):
    launch = make_launch()
    member_of, lead_of = make_team(), make_team()
    person = make_user(member_of, lead_of=[lead_of])
    held = make_appointment(holder=person).authority
    make_participant(launch, person, is_manager=True)

    with django_assert_num_queries(1):
        viewer = viewer_of(person, launch, timezone.now())

    assert viewer == Viewer(
        id=person.pk,
        takes_part=True,
        manages=True,
        teams=frozenset({member_of.pk, lead_of.pk}),
        leads=frozenset({lead_of.pk}),
        authorities=frozenset({held.pk}),
    )


def test_a_viewer_of_one_launch_manages_no_other():
    launch, other = make_launch(), make_launch()
    manager, now = manager_of(launch), timezone.now()

    assert viewer_of(manager, launch, now).manages
    assert viewer_of(manager, other, now) == Viewer(id=manager.pk, takes_part=True)


def test_authorities_count_while_they_are_held():
    launch, now, day = make_launch(), timezone.now(), timedelta(days=1)
    held = make_appointment(starts_at=now, ends_at=now + day)

    moments = [now - timedelta(seconds=1), now, now + day]

    assert [bool(viewer_of(held.holder, launch, at).authorities) for at in moments] == [
        *(False, True, False)
    ]


@pytest.mark.parametrize(
    ("fields", "takes_part"),
    [({}, True), ({"role": Role.AUDITOR}, False), ({"is_active": False}, False)],
)
def test_who_takes_part(fields, takes_part):
    launch = make_launch()

    viewer = viewer_of(make_member(launch.sections.get(), **fields), launch, timezone.now())

    assert viewer.takes_part is takes_part


def test_what_somebody_may_with_the_launch_itself():
    launch, now = make_launch(), timezone.now()

    assert launch_rights(manager_of(launch), launch, now) == set(Right)
    assert launch_rights(make_lead(launch.sections.get()), launch, now) == {Right.COMMENT}


def test_who_answers_for_a_section_and_an_item():
    launch = make_launch()
    section, item, slot = launch.sections.get(), launch.items.first(), launch.slots.get()
    item.team, item.authority = make_team(), make_authority()
    teams = frozenset({section.teams.get().pk})

    assert ground_of(launch, section) == Ground(teams)
    assert ground_of(launch, section, item) == Ground(teams, item.team_id, item.authority_id)
    assert question_ground(launch, item) == Ground(
        teams, item.team_id, item.authority_id, frozenset({slot.authorities.get().pk})
    )


def test_a_section_without_teams_is_the_owner_team_s():
    launch = make_launch({"teams": ()})

    assert ground_of(launch, launch.sections.get()) == Ground(frozenset({launch.owner_team_id}))


# Facts


def test_facts_hold_what_the_rules_ask(django_assert_num_queries):
    launch = make_launch(time_zone="Asia/Tokyo")
    first, second = launch.items.order_by("position")
    make_evidence(first, name="Scan", expires_on=date(2026, 5, 1))
    make_evidence(first, name="Gone", removed_at=timezone.now(), removed_by=make_user())
    Item.objects.filter(pk=second.pk).update(due_on=date(2026, 5, 1), owner=make_user())
    rows = list(launch.items.order_by("position"))

    with django_assert_num_queries(1):
        proven, owned = facts_of(launch, rows)

    end = datetime(2026, 5, 1, 15, tzinfo=UTC)
    assert [(proof.name, proof.expires_at) for proof in proven.evidence] == [("Scan", end)]
    assert (proven.has_owner, proven.due_at) == (False, None)
    assert (owned.evidence, owned.has_owner, owned.due_at) == ((), True, end)


def test_facts_without_evidence_ask_no_question(django_assert_num_queries):
    launch = make_launch()
    rows = list(launch.items.all())

    with django_assert_num_queries(0):
        facts_of(launch, rows)


# How a launch stands


@pytest.mark.parametrize("count", [1, 3])
def test_how_a_launch_stands_is_two_queries(count, django_assert_num_queries):
    launch = make_launch(*[{}] * count)

    with django_assert_num_queries(2):
        standing = standing_of(launch, timezone.now())

    assert [facts.state for facts in standing.facts] == [SectionState.OPEN] * count
    assert len(standing.verdict.readiness.blockers) == 2 * count


def test_a_standing_has_its_slots_by_section():
    launch = make_launch({}, {}, executive=[[make_authority()]])

    standing = standing_of(launch, timezone.now())

    assert [slot.section for slot in standing.executive] == [None]
    for section in standing.sections:
        assert [slot.section for slot in standing.slots_of(section)] == [section]


@pytest.mark.parametrize("count", [1, 3])
def test_what_the_clock_has_ended_is_counted_on_reading(count, django_assert_num_queries):
    launch = make_launch(*[{}] * count)
    for section in launch.sections.all():
        item = section.items.first()
        Item.objects.filter(pk=item.pk).update(evidence_demanded=True)
        make_evidence(Item.objects.get(pk=item.pk), expires_on=date(2100, 12, 31))
    launch = reread(launch)

    with django_assert_num_queries(4):
        late = standing_of(launch, LATER)

    assert [section.expired for section in late.sections] == [1] * count
    assert [section.expired for section in standing_of(launch, timezone.now()).sections] == [
        *[0] * count
    ]


def test_evidence_that_expires_makes_an_approved_launch_not_ready_and_stales_nothing():
    launch = make_expiring(make_asked_launch(executive=1))
    sign(launch.slots.of_sections().get())
    make_round(launch)
    vote(launch.slots.executive().get())
    launch = reread(launch)

    before, after = standing_of(launch, timezone.now()), standing_of(launch, LATER)

    assert before.verdict.tone == Tone.APPROVED
    assert after.verdict.tone == Tone.NOT_READY
    assert [reason.code for reason in after.verdict.readiness.blockers] == ["evidence_expired"]
    assert after.verdict.decision.stands


def test_a_list_counts_anew_only_what_the_clock_has_ended(django_assert_num_queries):
    expiring, plain = make_expiring(make_signed_launch(executive=0)), make_launch()
    launches = list(Launch.objects.order_by("created_at"))

    with django_assert_num_queries(4):
        rows = recounted(launches, LATER)

    assert rows == [expiring, plain]
    assert (rows[0].blockers, rows[0].next_expiry) == (reread(expiring).blockers + 1, None)
    assert (rows[0].tone, rows[0].next_blocker) == (Tone.NOT_READY, "1.1 Audit completed")
    assert rows[1].blockers == reread(plain).blockers


def test_a_list_in_which_nothing_has_ended_asks_nothing(django_assert_num_queries):
    launches = [make_launch(), make_expiring(make_launch())]

    with django_assert_num_queries(0):
        assert recounted(launches, timezone.now()) == launches


def test_a_list_recounts_each_late_launch_with_its_own_rows():
    launches = [make_expiring(make_launch({}, {})) for _ in range(3)]

    rows = recounted(launches, LATER)

    assert [row.blockers - reread(row).blockers for row in rows] == [1, 1, 1]
    assert [row.blockers for row in rows] == [
        len(standing_of(launch, LATER).verdict.readiness.blockers) for launch in launches
    ]


# Decisions


def test_before_a_round_and_after_no_go_there_are_no_votes_to_weigh():
    launch = make_signed_launch()
    now = timezone.now()

    assert standing_of(launch, now).verdict.decision.slots == ()
    make_round(launch)
    open_ = standing_of(reread(launch), now).verdict.decision

    assert (open_.outcome, [slot.stands for slot in open_.slots]) == (Outcome.OPEN, [False])


def test_votes_are_weighed_against_today_s_content():
    launch = make_go_launch()

    change_launch(launch, by=manager_of(launch), version="2.0")

    verdict = standing_of(reread(launch), timezone.now()).verdict
    assert (verdict.tone, verdict.to_reaffirm) == (Tone.READY, True)


def test_taken_back_evidence_counts_nowhere():
    launch = make_expiring(make_launch())
    Evidence.objects.update(removed_at=timezone.now(), removed_by=make_user())

    (fact, _other) = facts_of(launch, launch.items.order_by("position"))

    assert fact.evidence == ()


def test_a_member_who_leaves_the_team_may_no_more():
    launch, team = make_launch(), make_team()
    membership = make_membership(team)
    now = timezone.now()
    with_team = viewer_of(membership.user, launch, now).teams
    membership.delete()

    assert (with_team, viewer_of(membership.user, launch, now).teams) == ({team.pk}, set())
