"""Who holds an authority now, for this launch: every reader of appointments says the same (DESIGN 3.7, 3.19)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.rules import Role
from checklist.models import Launch
from checklist.pages.names import names_of
from checklist.pages.portfolio import concerns
from checklist.pages.work import work_of
from checklist.reading import viewer_of
from checklist.rules import Classification
from signoff import reading
from tests.factories.appointments import make_deputy, make_for_launch, make_principal
from tests.factories.launches import make_appointment, make_launch
from tests.factories.people import make_admin, make_user
from tests.factories.signatures import ask
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ago(days):
    return timezone.now() - days * DAY


def elsewhere(slot):
    """Another launch that asks for the same authorities."""
    return make_launch(template=slot.launch.template)


def lost(held):
    held.ends_at = timezone.now()
    held.save()
    return held


def again(held):
    """Appointed anew after an end: the deputy stands in for the person, not for that appointment."""
    lost(held)
    make_appointment(held.authority, held.holder)
    return held


CASES = {
    "holder": (make_principal, True),
    "former holder": (lambda slot: lost(make_principal(slot)), False),
    "future holder": (
        lambda slot: make_appointment(slot.authorities.get(), starts_at=ago(-1)),
        False,
    ),
    "holder who has left": (lambda slot: make_principal(slot, is_active=False), False),
    "holder who only reads": (lambda slot: make_principal(slot, role=Role.AUDITOR), False),
    "holder of another authority": (lambda slot: make_appointment(), False),
    "deputy": (lambda slot: make_deputy(make_principal(slot)), True),
    "deputy of two": (
        lambda slot: make_deputy(
            make_principal(slot), make_deputy(make_principal(slot), make_user()).holder
        ),
        True,
    ),
    "deputy of one who was appointed again": (
        lambda slot: make_deputy(again(make_principal(slot))),
        True,
    ),
    "former deputy": (
        lambda slot: make_deputy(make_principal(slot), ends_at=timezone.now()),
        False,
    ),
    "future deputy": (lambda slot: make_deputy(make_principal(slot), starts_at=ago(-1)), False),
    "deputy who has left": (
        lambda slot: make_deputy(make_principal(slot), make_user(is_active=False)),
        False,
    ),
    "deputy of one who lost it": (lambda slot: make_deputy(lost(make_principal(slot))), False),
    "deputy of one who has left": (
        lambda slot: make_deputy(make_principal(slot, is_active=False)),
        False,
    ),
    "deputy of one who only reads now": (
        lambda slot: make_deputy(make_principal(slot, role=Role.AUDITOR)),
        False,
    ),
    "deputy of one who holds another authority": (
        lambda slot: make_appointment(
            slot.authorities.get(),
            stands_in_for=make_appointment().holder,
            reason="Away.",
            ends_at=ago(-1),
        ),
        False,
    ),
    "deputy of a deputy": (lambda slot: make_deputy(make_deputy(make_principal(slot))), False),
    "deputy of somebody for this launch": (lambda slot: make_deputy(make_for_launch(slot)), False),
    "for this launch": (make_for_launch, True),
    "for this launch, ended": (lambda slot: lost(make_for_launch(slot)), False),
    "for another launch": (lambda slot: make_for_launch(slot, launch=elsewhere(slot)), False),
    "for this launch, of another authority": (
        lambda slot: make_appointment(launch=slot.launch, reason="Nobody.", made_by=make_admin()),
        False,
    ),
}


@pytest.fixture
def slot():
    launch = make_launch({"items": ("Audit",)}, classification=Classification.RESTRICTED)
    return ask(launch.sections.get())


def holds_by(person, slot):
    """What each reader of appointments says of a person before a slot."""
    launch, now, authority = reread(slot.launch), timezone.now(), slot.authorities.get()
    mine = Launch.objects.filter(pk=launch.pk)
    names = names_of(launch, [slot], now)
    signing = [pile for pile in work_of(person, now).piles if pile.key == "sign"]
    return {
        "my work": any(task.where == str(launch) for pile in signing for task in pile.tasks),
        "the holdings": bool(reading.holdings(person, slot, now)),
        "the names": person.pk in {named.id for named in names.holders_of(slot)},
        "the portfolio": mine.filter(concerns(person, now)).exists(),
        "the viewer": authority.pk in viewer_of(person, launch, now).authorities,
        "who sees it": mine.visible_to(person, now).exists(),
    }


@pytest.mark.parametrize("case", CASES)
def test_every_reader_says_the_same(slot, case):
    make, counts = CASES[case]
    person = make(slot).holder
    answers = holds_by(person, slot)

    if person.role == Role.AUDITOR:  # who sees restricted launches by that role
        answers.pop("who sees it")

    assert answers == dict.fromkeys(answers, counts)


def test_somebody_for_one_launch_sees_that_one_and_no_other(slot):
    other = elsewhere(slot)
    Launch.objects.update(classification=Classification.RESTRICTED)

    person = make_for_launch(slot).holder

    assert list(Launch.objects.visible_to(person)) == [slot.launch]
    assert (slot.launch.is_visible_to(person), reread(other).is_visible_to(person)) == (True, False)


def test_somebody_for_one_launch_votes_in_that_one_and_no_other():
    executive = make_appointment().authority
    launches = [make_launch(executive=[[executive]]) for _ in range(2)]
    Launch.objects.update(outcome="open")

    person = make_for_launch(launches[0].slots.executive().get()).holder

    [pile] = work_of(person, timezone.now()).piles
    assert [(task.text, task.where) for task in pile.tasks] == [
        ("Executive Sign-Off", str(launches[0]))
    ]


def test_the_first_of_several_is_what_one_signs_by(slot):
    """Their own before what they stand in for, that before what is theirs here alone; then by name."""
    person = make_user()
    chen, bell = (make_principal(slot, full_name=name) for name in ("R. Chen", "A. Bell"))
    rows = [
        make_for_launch(slot, person),
        make_deputy(chen, person),
        make_deputy(bell, person),
        make_appointment(slot.authorities.get(), person),
    ]

    assert reading.holdings(person, slot, timezone.now()) == rows[::-1]
