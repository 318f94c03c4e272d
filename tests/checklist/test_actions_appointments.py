"""Who holds which authority: made and ended, entries, refusals."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from checklist.actions.appointments import appoint, end_appointment
from checklist.models import Appointment
from tests.checklist.aftermath import appended, forbidden, refused, said
from tests.factories.launches import make_appointment
from tests.factories.people import make_admin, make_authority, make_manager, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def leaf_time(moment):
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def is_current(appointment, now=None):
    return Appointment.objects.current(now or timezone.now()).filter(pk=appointment.pk).exists()


def test_an_admin_appoints_somebody_from_now_on():
    authority, holder, admin = make_authority(), make_user(), make_admin()

    with appended() as entries:
        made = appoint(authority, holder, by=admin)

    new = {
        "authority": str(authority.pk),
        "holder": str(holder.pk),
        "stands_in_for": None,
        "launch": None,
        "starts_at": leaf_time(made.starts_at),
        "ends_at": None,
    }
    assert entries == [said("appointment.made", f"appointment:{made.pk}", new=new)]
    assert (made.made_by, is_current(made)) == (admin, True)


def test_an_appointment_may_begin_later_and_end():
    now = timezone.now()

    made = appoint(
        make_authority(), make_user(), by=make_admin(), starts_at=now + DAY, ends_at=now + 2 * DAY
    )

    days = [now, now + DAY, now + 2 * DAY - timedelta(seconds=1), now + 2 * DAY]
    assert [is_current(made, day) for day in days] == [False, True, True, False]


def test_nobody_appoints_themselves():
    admin, authority = make_admin(), make_authority()

    with refused(__all__=["own_appointment"]):
        appoint(authority, admin, by=admin)


def test_an_appointment_ends_after_it_starts():
    now, admin = timezone.now(), make_admin()
    authority, holder = make_authority(), make_user()

    with refused(__all__=["ends_before_start"]):
        appoint(authority, holder, by=admin, starts_at=now, ends_at=now - DAY)


@pytest.mark.parametrize("make", [make_user, make_manager, lambda: make_admin(is_active=False)])
def test_only_admins_appoint_and_end(make):
    person, authority, holder = make(), make_authority(), make_user()
    appointment = make_appointment()

    with forbidden():
        appoint(authority, holder, by=person)
    with forbidden():
        end_appointment(appointment, by=person)


@pytest.mark.parametrize(
    ("held", "wanted", "overlap"),
    [
        ((-2, None), (0, None), True),
        ((-2, 1), (0, None), True),
        ((1, None), (0, None), True),
        ((1, None), (0, 2), True),
        ((1, None), (0, 1), False),
        ((-2, -1), (0, None), False),
        ((-2, 1), (1, None), False),
        ((-2, 1), (0.5, 2), True),
    ],
)
def test_nobody_holds_one_authority_twice_at_one_time(held, wanted, overlap):
    now, admin = timezone.now(), make_admin()
    authority, holder = make_authority(), make_user()
    days = [now + n * DAY if n is not None else None for n in (*held, *wanted)]
    make_appointment(authority, holder, starts_at=days[0], ends_at=days[1])

    def appointing():
        return appoint(authority, holder, by=admin, starts_at=days[2], ends_at=days[3])

    if overlap:
        with refused("holds_already"):
            appointing()
    else:
        assert appointing().holder == holder


def test_several_people_hold_one_authority_and_one_person_several():
    first, second = make_appointment(), make_appointment()

    appoint(first.authority, second.holder, by=make_admin())
    appoint(second.authority, first.holder, by=make_admin())

    assert Appointment.objects.current(timezone.now()).count() == 4


def test_an_appointment_is_ended_now():
    appointment, admin = make_appointment(), make_admin()

    with appended() as entries:
        ended = end_appointment(appointment, by=admin)

    subject = f"appointment:{appointment.pk}"
    new = {"ends_at": leaf_time(ended.ends_at)}
    assert entries == [said("appointment.ended", subject, {"ends_at": None}, new)]
    assert not is_current(ended)
    with refused("has_ended"):
        end_appointment(appointment, by=admin)


def test_an_appointment_that_lies_ahead_is_ended_before_it_begins():
    appointment = make_appointment(starts_at=timezone.now() + DAY)

    ended = end_appointment(appointment, by=make_admin())

    assert ended.ends_at == appointment.starts_at
    assert not is_current(ended, appointment.starts_at)


def test_an_end_that_lies_ahead_is_brought_forward():
    appointment = make_appointment(ends_at=timezone.now() + DAY)

    assert not is_current(end_appointment(appointment, by=make_admin()))


def test_whoever_has_left_holds_nothing():
    assert not is_current(make_appointment(holder=make_user(is_active=False)))
