"""Who can be appointed, and what is vacant (DESIGN 3.7)."""

from dataclasses import replace

import pytest

from checklist.rules import AppointingFacts, Vacancy, appointing_refusals, vacancy_refusals

FITS = AppointingFacts(holder="M. Ito", authority="CISO", takes_part=True)
DEPUTY = replace(FITS, principal="R. Chen", principal_holds=True)
VACANT = Vacancy(authority="CISO", is_asked_for=True)


def codes(reasons):
    return [reason.code for reason in reasons]


@pytest.mark.parametrize(
    ("facts", "refusals"),
    [
        (FITS, []),
        (DEPUTY, []),
        (replace(FITS, principal_holds=False), []),
        (replace(FITS, takes_part=False), ["takes_no_part"]),
        (replace(FITS, holds_already=True), ["holds_already"]),
        (replace(DEPUTY, principal_holds=False), ["nobody_to_stand_in_for"]),
        (
            replace(DEPUTY, takes_part=False, holds_already=True, principal_holds=False),
            ["takes_no_part", "holds_already", "nobody_to_stand_in_for"],
        ),
    ],
)
def test_who_can_be_appointed(facts, refusals):
    assert codes(appointing_refusals(facts)) == refusals


@pytest.mark.parametrize(
    ("vacancy", "refusals"),
    [
        (VACANT, []),
        (replace(VACANT, is_asked_for=False), ["not_asked_for"]),
        (replace(VACANT, held_by=("R. Chen",)), ["not_vacant"]),
        (replace(VACANT, held_by=("R. Chen",), others=("R. Chen", "A. Bell")), ["not_vacant"]),
        (replace(VACANT, others=("A. Bell",)), ["others_may_sign"]),
    ],
)
def test_what_is_filled_for_one_launch(vacancy, refusals):
    assert codes(vacancy_refusals(vacancy)) == refusals


def test_a_refusal_names_who_may_sign():
    [reason] = vacancy_refusals(replace(VACANT, held_by=("R. Chen", "M. Ito")))

    assert reason.params == {"authority": "CISO", "holders": "R. Chen, M. Ito"}
