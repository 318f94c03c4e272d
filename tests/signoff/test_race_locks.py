"""What is done once is done once however many do it, and nobody waits for another for ever."""

from functools import partial

import pytest

from checklist.actions.appointments import appoint, appoint_for_launch, end_appointment
from checklist.actions.launches import start_launch, unshare_launch
from checklist.models import Appointment
from signoff.models import Signature
from tests.factories.launches import (
    make_holder,
    make_launch,
    make_participant,
    make_template,
)
from tests.factories.people import make_admin, make_manager, make_team, make_user
from tests.factories.signatures import seen_in
from tests.signoff.acting import TIMES, at_once, kinds, make_asked_launch, sign, split

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_signing_and_appointing_at_once_both_go_through():
    for _ in TIMES:
        slot, admin = make_asked_launch().slots.get(), make_admin()
        authority = slot.authorities.get()
        signing = partial(sign, slot, make_holder(slot), seen=seen_in(slot))
        appointing = [partial(appoint, authority, make_user(), by=admin) for _ in range(3)]

        assert kinds(at_once(signing, *appointing)) == {Signature, Appointment}


def test_an_appointment_is_made_once_and_ended_once():
    for _ in TIMES:
        slot, admin, holder = make_asked_launch().slots.get(), make_admin(), make_user()
        authority = slot.authorities.get()

        made, twice = split(at_once(*[partial(appoint, authority, holder, by=admin)] * 2))
        ended, again = split(at_once(*[partial(end_appointment, made[0], by=admin)] * 2))

        assert (twice, again) == ([["holds_already"]], [["has_ended"]])
        assert list(Appointment.objects.filter(holder=holder)) == made == ended


def test_a_vacant_authority_is_filled_once():
    for _ in TIMES:
        slot = make_launch().slots.get()
        managers = [slot.launch.created_by, make_participant(slot.launch, is_manager=True).user]
        filling = [
            partial(
                appoint_for_launch,
                slot.launch,
                slot.authorities.get(),
                make_user(),
                by=manager,
                reason="Nobody holds it.",
            )
            for manager in managers
        ]

        made, refused = split(at_once(*filling))

        assert refused == [["not_vacant"]]
        assert list(Appointment.objects.filter(launch=slot.launch)) == made


def test_two_launches_of_one_name_started_at_once_have_two_addresses():
    for number in TIMES:
        about = {"name": f"Same {number}", "version": "1", "environment": "production"}
        template, manager, team = make_template(), make_manager(), make_team()
        starting = partial(start_launch, template, by=manager, owner_team=team, **about)

        launches = at_once(starting, starting)

        assert {launch.slug for launch in launches} == {f"same-{number}-1", f"same-{number}-1-2"}


def test_one_manager_stays_when_all_leave_at_once():
    for _ in TIMES:
        launch = make_launch()
        other = make_participant(launch, is_manager=True)
        first = launch.participants.get(user=launch.created_by)

        left, refused = split(
            at_once(*(partial(unshare_launch, row, by=row.user) for row in (first, other)))
        )

        assert (left, refused) == ([None], [["last_manager"]])
        assert launch.participants.filter(is_manager=True).count() == 1
