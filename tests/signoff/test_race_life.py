"""Two people at once at one launch's life: both take it live, a vote comes with it, an edit comes between."""

from functools import partial

import pytest

from checklist.actions.items import set_status
from checklist.models import Move
from checklist.rules import ItemStatus, LaunchState, Step
from signoff import actions
from signoff.models import Signature
from tests.checklist.aftermath import codes
from tests.factories.launches import make_holder, make_participant, manager_of
from tests.factories.people import make_manager
from tests.factories.signatures import seen_in
from tests.signoff.acting import (
    TIMES,
    at_once,
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    split,
    vote,
)
from tests.signoff.living import AFTER, WHY, leftovers, live, make_live_launch

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_of_two_managers_one_takes_it_live():
    for _ in TIMES:
        launch = make_go_launch({}, *AFTER)
        other = make_manager()
        make_participant(launch, other, is_manager=True)

        calls = [
            partial(actions.go_live, launch, by=by, reason=WHY) for by in (launch.created_by, other)
        ]

        _went, refused = split(at_once(*calls))

        assert refused == [["cannot_go_live"]]
        assert Move.objects.filter(launch=launch, step=Step.GO_LIVE).count() == 1
        assert reread(launch).live_round is not None


def test_a_vote_comes_before_going_live_or_not_at_all():
    for _ in TIMES:
        launch = make_signed_launch({}, *AFTER)
        make_round(launch)
        slot = launch.slots.executive().get()
        voter, seen = make_holder(slot), seen_in(slot)

        voted, _went = at_once(
            partial(vote, slot, voter, seen=seen), partial(live, launch, reason=WHY)
        )

        launch = reread(launch)
        assert launch.state == LaunchState.LIVE
        assert (launch.live_round is not None) is isinstance(voted, Signature)
        assert isinstance(voted, Signature) or codes(voted) == ["launch_is_live"]


def test_an_edit_comes_before_going_live_and_undoes_the_approval_or_not_at_all():
    for _ in TIMES:
        launch = make_go_launch({}, *AFTER)
        item = launch.sections.first().items.first()
        edit = partial(set_status, item, by=manager_of(launch), status=ItemStatus.NOT_DONE)

        edited, went = at_once(edit, partial(live, launch))

        launch = reread(launch)
        if isinstance(edited, Exception):
            assert codes(edited) == ["launch_is_live"]
            assert launch.live_round is not None
        else:
            assert codes(went) == ["not_approved"]
            assert launch.state == LaunchState.IN_REVIEW


def test_of_closing_and_rolling_back_one_goes():
    for _ in TIMES:
        launch = make_live_launch()
        by = manager_of(launch)
        close = partial(actions.close_launch, launch, by=by, leftovers=leftovers(launch))

        _done, refused = split(at_once(close, close))

        assert refused == [["cannot_close"]]
