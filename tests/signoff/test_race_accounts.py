"""Whoever locks a person or a team and whoever works on a launch do not wait for each other for ever."""

from functools import partial

import pytest

from accounts.actions import change_person, set_membership
from accounts.models import Membership, User
from accounts.rules import Standing
from checklist.actions.launches import start_launch
from checklist.models import Launch
from signoff.models import Signature
from tests.factories.launches import make_holder, make_template
from tests.factories.people import make_admin, make_manager, make_team, make_user
from tests.factories.signatures import seen_in
from tests.signoff.acting import TIMES, at_once, kinds, make_asked_launch, sign

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_signing_and_changing_the_signer_at_once_both_go_through():
    for number in TIMES:
        slot, admin = make_asked_launch().slots.get(), make_admin()
        signer = make_holder(slot)
        signing = partial(sign, slot, signer, seen=seen_in(slot))
        changing = partial(change_person, signer, by=admin, title=f"Title {number}")

        assert kinds(at_once(signing, changing)) == {Signature, User}


def test_starting_a_launch_and_joining_its_team_at_once_both_go_through():
    for number in TIMES:
        template, manager, team, admin = make_template(), make_manager(), make_team(), make_admin()
        about = {"name": f"Launch {number}", "version": "1", "environment": "production"}
        starting = partial(start_launch, template, by=manager, owner_team=team, **about)
        joining = partial(
            set_membership, team, user=make_user(), standing=Standing.MEMBER, by=admin
        )

        assert kinds(at_once(starting, joining)) == {Launch, Membership}
