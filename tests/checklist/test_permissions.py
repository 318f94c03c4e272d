"""Who may do what in a section: a table of who somebody is against what they may."""

from uuid import uuid4

import pytest

from checklist.permissions import (
    Ground,
    Right,
    Viewer,
    may_flag_question,
    may_hand_over_item,
    may_see_hands,
    rights,
)

COMMENT, EDIT, LEAD, MANAGE = Right
TEAM, OTHER_TEAM, ITEM_TEAM, ITEM_AUTHORITY, AUTHORITY, OWNER = (uuid4() for _ in range(6))
SECTION = Ground(frozenset({TEAM}), authorities=frozenset({AUTHORITY}))
ITEM = Ground(
    frozenset({TEAM}),
    item_team=ITEM_TEAM,
    item_authority=ITEM_AUTHORITY,
    authorities=frozenset({AUTHORITY}),
)
WORKER = {COMMENT, EDIT}
LEADER = {COMMENT, EDIT, LEAD}

PEOPLE = {
    "stranger": {},
    "member": {"teams": {TEAM}},
    "lead": {"teams": {TEAM}, "leads": {TEAM}},
    "lead_alone": {"leads": {TEAM}},
    "member_elsewhere": {"teams": {OTHER_TEAM}},
    "lead_elsewhere": {"teams": {OTHER_TEAM}, "leads": {OTHER_TEAM}},
    "item_team": {"teams": {ITEM_TEAM}},
    "item_team_lead": {"teams": {ITEM_TEAM}, "leads": {ITEM_TEAM}},
    "item_authority": {"authorities": {ITEM_AUTHORITY}},
    "section_authority": {"authorities": {AUTHORITY}},
    "manager": {"manages": True},
    "auditor": {"takes_part": False},
    "auditor_in_the_team": {"takes_part": False, "teams": {TEAM}, "leads": {TEAM}},
    "auditor_who_manages": {"takes_part": False, "manages": True},
}

#    who                    in the section    on the item       puts questions
TABLE = [
    ("stranger", {COMMENT}, {COMMENT}, False),
    ("member", WORKER, WORKER, True),
    ("lead", LEADER, LEADER, True),
    ("lead_alone", LEADER, LEADER, True),
    ("member_elsewhere", {COMMENT}, {COMMENT}, False),
    ("lead_elsewhere", {COMMENT}, {COMMENT}, False),
    ("item_team", {COMMENT}, WORKER, True),
    ("item_team_lead", {COMMENT}, WORKER, True),
    ("item_authority", {COMMENT}, WORKER, True),
    ("section_authority", {COMMENT}, {COMMENT}, True),
    ("manager", set(Right), set(Right), True),
    ("auditor", set(), set(), False),
    ("auditor_in_the_team", set(), set(), False),
    ("auditor_who_manages", set(), set(), False),
]


def viewer(who):
    fields = {"takes_part": True} | PEOPLE[who]
    sets = {n: frozenset(fields.pop(n)) for n in ("teams", "leads", "authorities") if n in fields}
    return Viewer(id=uuid4(), **fields, **sets)


def test_the_table_names_everybody():
    assert [row[0] for row in TABLE] == list(PEOPLE)


@pytest.mark.parametrize(("who", "in_section", "on_item", "asks"), TABLE)
def test_who_may_do_what(who, in_section, on_item, asks):
    assert rights(viewer(who), SECTION) == in_section
    assert rights(viewer(who), ITEM) == on_item
    assert may_flag_question(viewer(who), ITEM) is asks


def test_an_item_without_a_team_of_its_own_is_nobody_else_s():
    nobody = Viewer(id=uuid4(), takes_part=True)

    assert rights(nobody, Ground(frozenset())) == {COMMENT}


@pytest.mark.parametrize("who", PEOPLE)
def test_an_item_s_own_team_or_authority_never_narrows(who):
    assert rights(viewer(who), SECTION) <= rights(viewer(who), ITEM)


@pytest.mark.parametrize(
    ("fields", "may"),
    [
        ({}, False),
        ({"id": OWNER}, True),
        ({"id": OWNER, "takes_part": False}, False),
        ({"id": OWNER, "authorities": frozenset({AUTHORITY})}, False),
        ({"id": OWNER, "authorities": frozenset({AUTHORITY}), "manages": True}, True),
        ({"leads": frozenset({TEAM})}, True),
        ({"teams": frozenset({TEAM})}, False),
        ({"manages": True}, True),
    ],
)
def test_who_hands_an_item_over(fields, may):
    viewer = Viewer(**{"id": uuid4(), "takes_part": True} | fields)
    ground = Ground(teams=frozenset({TEAM}), authorities=frozenset({AUTHORITY}))

    assert may_hand_over_item(viewer, ground, OWNER) is may


@pytest.mark.parametrize(
    ("fields", "may"),
    [
        ({}, False),
        ({"is_self": True}, True),
        ({"is_self": True, "takes_part": False}, True),
        ({"operates": True}, True),
        ({"manages": True}, True),
        ({"leads": True}, True),
        ({"operates": True, "manages": True, "leads": True, "takes_part": False}, False),
    ],
)
def test_who_sees_what_somebody_holds(fields, may):
    names = ("is_self", "operates", "manages", "leads")
    facts = dict.fromkeys(names, False) | {"takes_part": True} | fields

    assert may_see_hands(**facts) is may
