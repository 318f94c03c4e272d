"""Letting people into a launch and out of it: rows, entries, refusals."""

import pytest
from django.http import Http404

from checklist.actions.launches import (
    share_launch,
    unshare_launch,
)
from checklist.models import Participant
from tests.checklist.aftermath import appended, refused, said
from tests.factories.launches import (
    make_launch,
    make_participant,
    manager_of,
)
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db


def test_somebody_is_let_in_as_reader_then_made_a_manager_then_reader_again():
    launch, person = make_launch(), make_user()
    manager = manager_of(launch)

    with appended() as entries:
        for is_manager in (False, True, False):
            share_launch(launch, by=manager, user=person, is_manager=is_manager)

    reader, managing = {"is_manager": False}, {"is_manager": True}
    assert entries == [
        said("launch.shared", f"user:{person.pk}", {}, reader),
        said("launch.shared", f"user:{person.pk}", reader, managing),
        said("launch.shared", f"user:{person.pk}", managing, reader),
    ]
    assert launch.participants.get(user=person).added_by == manager


def test_letting_somebody_in_twice_says_nothing():
    launch = make_launch()
    participant = make_participant(launch)

    with appended() as entries:
        again = share_launch(launch, by=manager_of(launch), user=participant.user)

    assert (entries, again) == ([], participant)


def test_somebody_is_taken_out_again():
    launch = make_launch()
    participant = make_participant(launch)

    with appended() as entries:
        unshare_launch(participant, by=manager_of(launch))

    old = {"is_manager": False}
    assert entries == [said("launch.unshared", f"user:{participant.user_id}", old)]
    assert not Participant.objects.filter(user=participant.user).exists()


def test_one_manager_stays():
    launch = make_launch()
    only = launch.participants.get()
    make_participant(launch, make_user(is_active=False), is_manager=True)

    with refused("last_manager"):
        unshare_launch(only, by=only.user)
    with refused("last_manager"):
        share_launch(launch, by=only.user, user=only.user)


def test_one_of_two_managers_goes():
    launch = make_launch()
    first, second = launch.participants.get(), make_participant(launch, is_manager=True)

    unshare_launch(first, by=second.user)

    assert [row.user for row in launch.participants.all()] == [second.user]


def test_the_last_manager_stays_however_old_the_page_was():
    launch = make_launch()
    first = launch.participants.get()
    second = make_participant(launch)
    share_launch(launch, by=first.user, user=second.user, is_manager=True)
    unshare_launch(first, by=first.user)

    with refused("last_manager"):
        unshare_launch(second, by=second.user)


def test_nobody_is_taken_out_twice():
    launch = make_launch()
    participant = make_participant(launch)
    stale = Participant.objects.get(pk=participant.pk)
    unshare_launch(participant, by=manager_of(launch))

    with pytest.raises(Http404):
        unshare_launch(stale, by=manager_of(launch))
