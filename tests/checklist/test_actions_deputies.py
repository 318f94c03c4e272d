"""Deputies and appointments for one launch alone: who makes them, when not, what is told (DESIGN 3.7)."""

from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from accounts.rules import Role
from checklist.actions.appointments import (
    appoint,
    appoint_deputy,
    appoint_for_launch,
    end_appointment,
)
from checklist.models import Appointment
from checklist.tasks import tell_principal
from tests.checklist.aftermath import appended, forbidden, refused, said
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.launches import (
    make_appointment,
    make_launch,
    make_lead,
    make_participant,
    manager_of,
)
from tests.factories.people import make_admin, make_auditor, make_authority, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def leaf_time(moment):
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def in_a_week():
    return timezone.now() + 7 * DAY


def deputise(held, deputy=None, *, by=None, **fields):
    fields = {"ends_at": in_a_week(), "reason": "On leave."} | fields
    return appoint_deputy(held, deputy or make_user(), by=by or make_admin(), **fields)


def fill(slot, holder=None, *, by=None, authority=None, **fields):
    return appoint_for_launch(
        slot.launch,
        authority or slot.authorities.first(),
        holder or make_user(),
        by=by or manager_of(slot.launch),
        **{"reason": "Nobody holds it."} | fields,
    )


# Deputies


def test_an_admin_lets_somebody_stand_in():
    held, deputy, admin, until = make_appointment(), make_user(), make_admin(), in_a_week()

    with appended() as entries:
        made = deputise(held, deputy, by=admin, ends_at=until)

    new = {
        "authority": str(held.authority_id),
        "holder": str(deputy.pk),
        "stands_in_for": str(held.holder_id),
        "launch": None,
        "starts_at": leaf_time(made.starts_at),
        "ends_at": leaf_time(until),
    }
    subject = f"appointment:{made.pk}"
    assert entries == [said("appointment.made", subject, new=new, reason="On leave.")]
    assert (made.made_by, made.stands_in_for, made.reason) == (admin, held.holder, "On leave.")


def test_nobody_stands_in_for_themselves():
    held = make_appointment()

    with refused(__all__=["own_deputy"]):
        deputise(held, held.holder)


def test_no_admin_makes_themselves_a_deputy():
    admin, held = make_admin(), make_appointment()

    with refused(__all__=["own_appointment"]):
        deputise(held, admin, by=admin)


def test_an_admin_who_is_away_names_their_own_deputy():
    held = make_appointment(holder=make_admin())

    assert deputise(held, by=held.holder).stands_in_for == held.holder


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": ""}, "reason_required"),
        ({"ends_at": None}, "end_required"),
        ({"ends_at": timezone.now() - DAY}, "ends_before_start"),
    ],
)
def test_a_deputy_needs_a_reason_and_an_end_that_lies_ahead(fields, code):
    held = make_appointment()

    with refused(__all__=[code]):
        deputise(held, **fields)


@pytest.mark.parametrize("make", [make_user, make_auditor, lambda: make_admin(is_active=False)])
def test_only_admins_name_deputies(make):
    held, person, other = make_appointment(), make(), make_user()
    deputy = make_deputy(held)

    with forbidden():
        deputise(held, other, by=person)
    with forbidden():
        end_appointment(deputy, by=person)


def test_whoever_is_away_names_no_deputy_themselves():
    held = make_appointment()

    with forbidden():
        deputise(held, by=held.holder)


NOBODY_TO_STAND_IN_FOR = {
    "lost it": lambda slot: make_appointment(slot.authorities.get(), ends_at=timezone.now()),
    "not yet": lambda slot: make_appointment(
        slot.authorities.get(), starts_at=timezone.now() + DAY
    ),
    "left": lambda slot: make_principal(slot, is_active=False),
    "only reads": lambda slot: make_principal(slot, role=Role.AUDITOR),
    "a deputy": lambda slot: make_deputy(make_principal(slot)),
    "for one launch": make_for_launch,
}


@pytest.mark.parametrize("who", NOBODY_TO_STAND_IN_FOR)
def test_one_stands_in_for_who_holds_the_authority_themselves(who):
    held = NOBODY_TO_STAND_IN_FOR[who](make_launch().slots.get())

    with refused("nobody_to_stand_in_for"):
        deputise(held)


def test_a_deputy_for_later_stands_in_for_who_holds_it_then():
    held = make_appointment(starts_at=timezone.now() + DAY)

    made = deputise(held, starts_at=timezone.now() + 2 * DAY)

    assert not Appointment.objects.current(timezone.now()).filter(pk=made.pk).exists()
    assert Appointment.objects.current(timezone.now() + 3 * DAY).filter(pk=made.pk).exists()


@pytest.mark.parametrize("make", [make_auditor, lambda: make_user(is_active=False)])
def test_nobody_is_appointed_who_takes_no_part(make):
    held, slot = make_appointment(), make_launch().slots.get()

    with refused("takes_no_part"):
        deputise(held, make())
    with refused("takes_no_part"):
        appoint(make_authority(), make(), by=make_admin())
    with refused("takes_no_part"):
        fill(slot, make())


def test_nobody_stands_in_twice_for_one_and_one_stands_in_for_two():
    held = make_appointment()
    other, deputy = make_appointment(held.authority), make_user()
    deputise(held, deputy)

    with refused("holds_already"):
        deputise(held, deputy)

    assert deputise(other, deputy).stands_in_for == other.holder


def test_whom_a_deputy_stands_in_for_is_told(mailoutbox, django_capture_on_commit_callbacks):
    principal = make_user(
        full_name="R. Chen", email="chen@example.org", time_zone="America/New_York"
    )
    held = make_appointment(make_authority("CISO"), principal)
    midnight_there = timezone.now().replace(year=2030, month=11, day=30, hour=5, minute=0)

    with django_capture_on_commit_callbacks(execute=True):
        deputise(
            held,
            make_user(full_name="M. Ito"),
            by=make_admin(full_name="A. Berg"),
            ends_at=midnight_there.replace(second=0, microsecond=0),
            reason="Parental leave <3",
        )

    (mail,) = [mail for mail in mailoutbox if mail.to == ["chen@example.org"]]
    first, *_rest = mail.body.splitlines()
    assert mail.subject == "M. Ito stands in for you as CISO"
    assert (mail.to, first) == (
        ["chen@example.org"],
        "M. Ito stands in for you as CISO until Fri 29 Nov 2030.",
    )
    assert "/authorities/" in mail.body
    assert "A. Berg arranged it. The reason given: Parental leave <3" in mail.body


def test_a_refused_deputy_is_told_to_nobody(mailoutbox, django_capture_on_commit_callbacks):
    held = make_appointment()

    with django_capture_on_commit_callbacks(execute=True), refused(__all__=["reason_required"]):
        deputise(held, reason="")

    assert mailoutbox == []


def test_a_late_mail_about_an_ended_deputy_is_not_sent(mailoutbox):
    made = make_deputy(make_appointment(), ends_at=timezone.now())

    result = tell_principal.enqueue(str(made.pk))

    assert (result.status.name, mailoutbox) == ("SUCCESSFUL", [])


def test_nobody_else_is_told(mailoutbox, django_capture_on_commit_callbacks):
    slot = make_launch().slots.get()

    with django_capture_on_commit_callbacks(execute=True):
        appointed = [
            fill(slot).holder,
            appoint(make_authority(), make_user(), by=make_admin()).holder,
        ]

    assert sorted(mail.to for mail in mailoutbox) == sorted([one.email] for one in appointed)


# For one launch


def test_a_manager_fills_what_nobody_holds():
    slot, holder = make_launch().slots.get(), make_user()
    manager, until = manager_of(slot.launch), in_a_week()

    with appended() as entries:
        made = fill(slot, holder, ends_at=until)

    new = {
        "authority": str(slot.authorities.get().pk),
        "holder": str(holder.pk),
        "stands_in_for": None,
        "launch": str(slot.launch_id),
        "starts_at": leaf_time(made.starts_at),
        "ends_at": leaf_time(until),
    }
    subject = f"appointment:{made.pk}"
    assert entries == [said("appointment.made", subject, new=new, reason="Nobody holds it.")]
    assert (made.launch, made.made_by) == (slot.launch, manager)


def test_no_manager_appoints_themselves():
    slot = make_launch().slots.get()

    with refused(__all__=["own_appointment"]):
        fill(slot, manager_of(slot.launch))


def test_it_needs_a_reason():
    slot = make_launch().slots.get()

    with refused(__all__=["reason_required"]):
        fill(slot, reason="")


def test_only_a_manager_of_this_launch_fills_it():
    slot = make_launch().slots.get()
    people = [
        manager_of(make_launch()),
        make_lead(slot.section),
        make_participant(slot.launch).user,
        make_participant(slot.launch, make_auditor(), is_manager=True).user,
        make_admin(),
    ]

    for person in people:
        with forbidden():
            fill(slot, by=person)


HELD = {
    "a holder": make_principal,
    "a holder for now": lambda slot: make_appointment(slot.authorities.get(), ends_at=in_a_week()),
    "somebody for this launch": make_for_launch,
}


@pytest.mark.parametrize("who", HELD)
def test_what_somebody_holds_is_not_filled(who):
    slot = make_launch().slots.get()
    HELD[who](slot)

    with refused("not_vacant"):
        fill(slot)


NOT_HELD = {
    "nobody": lambda slot: None,
    "a former holder": lambda slot: make_appointment(
        slot.authorities.get(), ends_at=timezone.now()
    ),
    "a future holder": lambda slot: make_appointment(slot.authorities.get(), starts_at=in_a_week()),
    "one who has left": lambda slot: make_principal(slot, is_active=False),
    "the deputy of one who has left": lambda slot: make_deputy(
        make_principal(slot, is_active=False)
    ),
    "somebody for another launch": lambda slot: make_for_launch(
        slot, launch=make_launch(template=slot.launch.template)
    ),
}


@pytest.mark.parametrize("who", NOT_HELD)
def test_what_nobody_holds_now_and_here_is_filled(who):
    slot = make_launch().slots.get()
    NOT_HELD[who](slot)

    assert fill(slot).launch == slot.launch


def test_where_a_holder_of_another_authority_may_sign_no_friend_is_brought_in():
    """The manager's way round a holder who will not sign: appoint to the slot's other authority."""
    first, second = make_authority(), make_authority()
    slot = make_launch({"authorities": [first, second]}).slots.get()
    make_appointment(second)

    with refused("others_may_sign"):
        fill(slot, authority=first)


def test_an_authority_is_filled_where_one_of_its_slots_has_nobody():
    first, second = make_authority(), make_authority()
    launch = make_launch({"authorities": [first, second]}, {"authorities": [first]})
    make_appointment(second)

    assert fill(launch.slots.first(), authority=first).authority == first


def test_an_authority_that_nothing_asks_for_is_not_filled():
    slot = make_launch().slots.get()

    with refused("not_asked_for"):
        fill(slot, authority=make_authority())


# Ending


def test_whoever_may_make_it_ends_it():
    slot = make_launch().slots.get()
    made = [make_for_launch(slot), make_for_launch(slot), make_deputy(make_principal(slot))]
    makers = [manager_of(slot.launch), make_admin(), make_admin()]

    for appointment, maker in zip(made, makers, strict=True):
        with appended() as entries:
            ended = end_appointment(appointment, by=maker)
        assert [entry[0] for entry in entries] == ["appointment.ended"]
        assert ended.ends_at <= timezone.now()


def test_a_manager_ends_what_is_for_their_launch_alone():
    slot = make_launch().slots.get()
    held, elsewhere = make_principal(slot), make_for_launch(make_launch().slots.get())

    for appointment in (held, make_deputy(held), elsewhere):
        with forbidden():
            end_appointment(appointment, by=manager_of(slot.launch))


def test_nobody_else_ends_what_is_for_a_launch():
    made = make_for_launch(make_launch().slots.get())

    for person in (made.holder, make_lead(made.launch.sections.get()), make_auditor()):
        with forbidden():
            end_appointment(made, by=person)
