"""Who can be appointed, and when an authority is vacant for a launch (DESIGN 3.7)."""

from dataclasses import dataclass

from sentinel.reasons import Reason


@dataclass(frozen=True, slots=True)
class AppointingFacts:
    """All that the rules ask before somebody holds an authority, or stands in for whoever does."""

    holder: str
    authority: str
    takes_part: bool
    holds_already: bool = False
    principal: str = ""
    principal_holds: bool = False


@dataclass(frozen=True, slots=True)
class Vacancy:
    """Who could sign by an authority in one launch: its holders, and where there are none, the others.

    `others` may sign, by another authority, wherever this one is asked for; none where some slot has nobody at all.
    """

    authority: str
    is_asked_for: bool
    held_by: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


def appointing_refusals(facts: AppointingFacts) -> list[Reason]:
    """Why this person cannot be appointed; empty when they can."""
    gaps = {
        "takes_no_part": not facts.takes_part,
        "holds_already": facts.holds_already,
        "nobody_to_stand_in_for": bool(facts.principal) and not facts.principal_holds,
    }
    named = {
        "holder": facts.holder,
        "authority": facts.authority,
        "principal": facts.principal,
    }
    return [Reason(code, "", named) for code, gap in gaps.items() if gap]


def vacancy_refusals(vacancy: Vacancy) -> list[Reason]:
    """Why an authority is not to be filled for one launch: only where nobody could sign otherwise."""
    gaps = {
        "not_asked_for": (not vacancy.is_asked_for, ()),
        "not_vacant": (bool(vacancy.held_by), vacancy.held_by),
        "others_may_sign": (bool(vacancy.others) and not vacancy.held_by, vacancy.others),
    }
    return [
        Reason(code, "", {"authority": vacancy.authority, "holders": ", ".join(names)})
        for code, (gap, names) in gaps.items()
        if gap
    ]
