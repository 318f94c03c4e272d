"""Risks: what they weigh, what they lack, when a register is assessed."""

import pytest

from checklist.rules import Assessment, Lack, Level, RiskFacts, assess

WHOLE = {"likelihood": 2, "impact": 3, "mitigation": "Backups.", "has_owner": True}


def facts(**fields):
    return RiskFacts(**WHOLE | fields)


@pytest.mark.parametrize(
    ("likelihood", "impact", "score", "level"),
    [
        (None, 5, 0, Level.UNRATED),
        (5, None, 0, Level.UNRATED),
        (1, 1, 1, Level.LOW),
        (2, 2, 4, Level.LOW),
        (1, 5, 5, Level.MODERATE),
        (3, 3, 9, Level.MODERATE),
        (2, 5, 10, Level.HIGH),
        (3, 5, 15, Level.HIGH),
        (4, 4, 16, Level.CRITICAL),
        (5, 5, 25, Level.CRITICAL),
    ],
)
def test_a_risk_weighs_likelihood_times_impact(likelihood, impact, score, level):
    risk = facts(likelihood=likelihood, impact=impact)

    assert (risk.score, risk.level) == (score, level)


@pytest.mark.parametrize(
    ("fields", "lacks"),
    [
        ({}, []),
        ({"likelihood": None}, [Lack.LIKELIHOOD]),
        ({"impact": None}, [Lack.IMPACT]),
        ({"mitigation": "  "}, [Lack.MITIGATION]),
        ({"has_owner": False}, [Lack.OWNER]),
        (dict.fromkeys(WHOLE, None) | {"mitigation": ""}, list(Lack)),
    ],
)
def test_what_a_risk_lacks(fields, lacks):
    assert list(facts(**fields).lacks) == lacks


@pytest.mark.parametrize(
    ("risks", "done"),
    [
        ([], None),
        ([facts()], True),
        ([facts(), facts(impact=None)], False),
    ],
)
def test_a_register_is_assessed_when_every_open_risk_is(risks, done):
    assert assess(risks).is_done is done


def test_a_register_knows_its_worst_risk():
    found = assess([facts(), facts(likelihood=5, impact=4), facts(likelihood=None)])

    assert (found, found.level) == (Assessment(3, 1, 20), Level.CRITICAL)
