"""Who may do what: every action on a launch against every kind of person, through the actions themselves."""

from dataclasses import dataclass

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from checklist.actions.appointments import appoint, end_appointment
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_link, remove_evidence
from checklist.actions.items import add_item, edit_item, remove_item, set_status, set_statuses
from checklist.actions.launches import change_launch, share_launch, start_launch, unshare_launch
from checklist.actions.life import open_review
from checklist.models import Item, Launch, Section
from checklist.rules import ItemStatus
from signoff.actions import answer_questions, cancel_round
from signoff.rules import Answer, Question
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_evidence,
    make_holder,
    make_item,
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
    make_team,
    make_user,
)
from tests.signoff.acting import make_round

pytestmark = pytest.mark.django_db


@dataclass
class Scene:
    """A launch, one item of which has a team and an authority of its own."""

    launch: Launch
    section: Section
    item: Item
    own: Item
    by: User = None


def make_scene():
    launch = make_launch(executive=[[make_authority()]])
    section, item = launch.sections.get(), launch.items.first()
    item.team, item.authority = make_team(), make_authority()
    item.save()
    return Scene(launch, section, item, make_item(section))


PEOPLE = {
    "stranger": lambda s: make_user(),
    "member": lambda s: make_member(s.section),
    "lead": lambda s: make_lead(s.section),
    "member elsewhere": lambda s: make_user(make_team()),
    "lead elsewhere": lambda s: make_user(lead_of=[make_team()]),
    "item's own team": lambda s: make_user(s.item.team),
    "item's own authority": lambda s: make_appointment(s.item.authority).holder,
    "section's authority": lambda s: make_holder(s.section.slots.get()),
    "owner team": lambda s: make_user(lead_of=[s.launch.owner_team]),
    "reader": lambda s: make_participant(s.launch).user,
    "manager": lambda s: manager_of(s.launch),
    "second manager": lambda s: make_participant(s.launch, is_manager=True).user,
    "other launch's manager": lambda s: make_manager(),
    "auditor": lambda s: make_auditor(),
    "auditor in the team": lambda s: make_lead(s.section, role=Role.AUDITOR),
    "admin": lambda s: make_admin(),
    "inactive lead": lambda s: make_lead(s.section, is_active=False),
    "inactive manager": lambda s: (
        make_participant(s.launch, make_user(is_active=False), is_manager=True).user
    ),
}

ACTIONS = {
    # on the item that has a team and an authority of its own
    "status": lambda s: set_status(s.item, by=s.by, status=ItemStatus.DONE),
    "note": lambda s: edit_item(s.item, by=s.by, fields={"note": "Hm."}),
    "prove": lambda s: add_link(s.item, by=s.by, name="Link", url="https://example.org/"),
    "disprove": lambda s: remove_evidence(make_evidence(s.item), by=s.by),
    "assign": lambda s: edit_item(s.item, by=s.by, fields={"owner": s.by}),
    "comment": lambda s: add_comment(s.item, by=s.by, text="Hm."),
    "question": lambda s: add_comment(s.item, by=s.by, text="Hm?", is_question=True),
    "resolve": lambda s: resolve_question(
        make_comment(s.item, is_question=True, author=make_user()), by=s.by, resolution="Solved."
    ),
    "resolve own": lambda s: resolve_question(
        make_comment(s.item, is_question=True, author=s.by), by=s.by
    ),
    # in the section
    "status of others": lambda s: set_status(s.own, by=s.by, status=ItemStatus.DONE),
    "bulk": lambda s: set_statuses(
        s.section, [s.own.pk, s.item.pk], by=s.by, status=ItemStatus.DONE
    ),
    "bulk own": lambda s: set_statuses(s.section, [s.item.pk], by=s.by, status=ItemStatus.DONE),
    "bulk none": lambda s: set_statuses(s.section, [], by=s.by, status=ItemStatus.DONE),
    "reword": lambda s: edit_item(s.own, by=s.by, fields={"text": "Other"}),
    "add": lambda s: add_item(s.section, by=s.by, text="More"),
    "remove": lambda s: remove_item(s.own, by=s.by, reason="Ours no more."),
    "ask": lambda s: ask_signature(s.section, by=s.by),
    "take back": lambda s: take_back_request(s.section, by=s.by),
    # of the launch
    "change": lambda s: change_launch(s.launch, by=s.by, name="Other"),
    "open review": lambda s: open_review(s.launch, by=s.by),
    "share": lambda s: share_launch(s.launch, by=s.by, user=make_user()),
    "unshare": lambda s: unshare_launch(make_participant(s.launch), by=s.by),
    "open round": lambda s: make_round(s.launch, by=s.by, answers=NO),
    "answer": lambda s: answer_questions(the_round(s), by=s.by, answers=NO),
    "cancel": lambda s: cancel_round(the_round(s), by=s.by, reason="Called off."),
    # of the organisation
    "start": lambda s: start_launch(
        s.launch.template,
        by=s.by,
        name="Next",
        version="1",
        environment="production",
        owner_team=s.launch.owner_team,
    ),
    "appoint": lambda s: appoint(make_authority(), make_user(), by=s.by),
    "end": lambda s: end_appointment(make_appointment(), by=s.by),
}


def the_round(scene):
    return make_round(scene.launch, answers=NO)


NO = [Answer(question, given=False) for question in Question]
TALKS = {"comment", "resolve own"}
OWN = TALKS | {"status", "note", "prove", "disprove", "question", "bulk own"}
WORKS = OWN | {"status of others", "bulk", "bulk none"}
LEADS = WORKS | {"assign", "reword", "add", "remove", "ask", "take back"}
MANAGES = LEADS | {
    *("resolve", "change", "open review", "share", "unshare"),
    *("open round", "answer", "cancel"),
}

TABLE = {
    "stranger": TALKS,
    "member": WORKS,
    "lead": LEADS,
    "member elsewhere": TALKS,
    "lead elsewhere": TALKS,
    "item's own team": OWN,
    "item's own authority": OWN,
    "section's authority": TALKS | {"question"},
    "owner team": TALKS,
    "reader": TALKS,
    "manager": MANAGES | {"start"},
    "second manager": MANAGES,
    "other launch's manager": TALKS | {"start"},
    "auditor": set(),
    "auditor in the team": set(),
    "admin": TALKS | {"appoint", "end"},
    "inactive lead": set(),
    "inactive manager": set(),
}


def may(action, scene):
    """Did the action look further than who this person is? Whatever it did is undone."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                action(scene)
        except PermissionDenied:
            return False
        except ValidationError:
            return True
        finally:
            transaction.set_rollback(True)
    return True


@pytest.mark.parametrize("who", PEOPLE)
def test_who_may_do_what(who):
    scene = make_scene()
    scene.by = PEOPLE[who](scene)

    assert {name for name, action in ACTIONS.items() if may(action, scene)} == TABLE[who]


def test_a_section_without_teams_is_its_launch_s_owner_team_s():
    launch = make_launch({"teams": ()})
    item, lead = launch.items.first(), make_user(lead_of=[launch.owner_team])

    set_status(item, by=lead, status=ItemStatus.DONE)

    assert launch.items.get(pk=item.pk).status == ItemStatus.DONE
