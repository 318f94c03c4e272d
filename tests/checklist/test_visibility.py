"""Which launches somebody sees: everybody against internal and restricted ones."""

from datetime import timedelta

import pytest
from django.db.models import Count
from django.utils import timezone

from accounts.rules import Role
from checklist.models import Launch
from checklist.rules import Classification
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    manager_of,
)
from tests.factories.people import (
    make_admin,
    make_auditor,
    make_authority,
    make_manager,
    make_membership,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
INTERNAL, RESTRICTED = Classification


def first(launch):
    return launch.sections.order_by("position").first()


def holding(launch, *, of, starts=-1, ends=None):
    """Somebody who holds the authority of a slot for some days, counted from now."""
    now = timezone.now()
    appointment = make_appointment(
        launch.slots.filter(section__isnull=of == "executive").first().authorities.get(),
        starts_at=now + starts * DAY,
        ends_at=None if ends is None else now + ends * DAY,
    )
    return appointment.holder


PEOPLE = {
    "stranger": (lambda launch: make_user(), False),
    "member of another team": (lambda launch: make_user(make_team()), False),
    "manager of another launch": (lambda launch: make_manager(), False),
    "admin": (lambda launch: make_admin(), False),
    "holder of another authority": (lambda launch: make_appointment().holder, False),
    "former holder": (lambda launch: holding(launch, of="section", starts=-9, ends=-1), False),
    "future holder": (lambda launch: holding(launch, of="section", starts=1), False),
    "inactive member": (lambda launch: make_member(first(launch), is_active=False), False),
    "inactive reader": (
        lambda launch: make_participant(launch, make_user(is_active=False)).user,
        False,
    ),
    "inactive auditor": (lambda launch: make_auditor(is_active=False), False),
    "member of a section's team": (lambda launch: make_member(first(launch)), True),
    "lead of a section's team": (lambda launch: make_lead(first(launch)), True),
    "member of the owner team": (lambda launch: make_user(launch.owner_team), True),
    "holder for a section": (lambda launch: holding(launch, of="section"), True),
    "holder for a while": (lambda launch: holding(launch, of="section", ends=1), True),
    "executive": (lambda launch: holding(launch, of="executive"), True),
    "reader": (lambda launch: make_participant(launch).user, True),
    "manager": (manager_of, True),
    "admin who was let in": (lambda launch: make_participant(launch, make_admin()).user, True),
    "auditor": (lambda launch: make_auditor(), True),
    "auditor in the team": (lambda launch: make_member(first(launch), role=Role.AUDITOR), True),
}


def make_classified(classification):
    return make_launch({}, {}, executive=[[make_authority()]], classification=classification)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_restricted_launch_is_for_its_participants_and_auditors(who):
    launch = make_classified(RESTRICTED)
    make, sees = PEOPLE[who]

    person = make(launch)

    assert list(Launch.objects.visible_to(person)) == ([launch] if sees else [])
    assert launch.is_visible_to(person) == sees


@pytest.mark.parametrize("who", PEOPLE)
def test_an_internal_launch_is_for_everybody_who_is_with_us(who):
    launch = make_classified(INTERNAL)

    person = PEOPLE[who][0](launch)

    assert list(Launch.objects.visible_to(person)) == ([launch] if person.is_active else [])
    assert launch.is_visible_to(person) == person.is_active


def test_taking_part_in_one_launch_shows_no_other():
    mine, other = make_classified(RESTRICTED), make_classified(RESTRICTED)
    person = make_member(first(mine))

    assert list(Launch.objects.visible_to(person)) == [mine]
    assert list(Launch.objects.filter(pk=other.pk).visible_to(person)) == []


def test_who_sees_a_launch_depends_on_the_moment():
    launch, now = make_classified(RESTRICTED), timezone.now()
    person = holding(launch, of="section", starts=1, ends=2)

    days = [now, now + 1.5 * DAY, now + 2.5 * DAY]

    assert [Launch.objects.visible_to(person, day).count() for day in days] == [0, 1, 0]


def test_many_ways_in_count_nothing_twice():
    launch = make_classified(RESTRICTED)
    sections = list(launch.sections.all())
    person = make_member(sections[0])
    make_membership(sections[1].teams.get(), person)
    make_membership(launch.owner_team, person)
    make_appointment(launch.slots.first().authorities.get(), person)
    make_participant(launch, person)

    visible = Launch.objects.visible_to(person)

    assert visible.count() == 1
    assert visible.annotate(n=Count("items")).get().n == 4
    assert visible.annotate(n=Count("sections__teams")).get().n == 2


@pytest.mark.parametrize("count", [1, 3])
def test_asking_who_sees_what_is_one_query(count, django_assert_num_queries):
    launches = [make_classified(RESTRICTED) for _ in range(count)]
    person = make_holder(launches[0].slots.first())

    with django_assert_num_queries(1):
        assert list(Launch.objects.visible_to(person)) == launches[:1]
