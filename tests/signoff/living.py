"""Launches at every point of their life, brought there by the real actions."""

from datetime import timedelta

from django.utils import timezone

from checklist.actions.life import postpone, roll_back
from checklist.rules import LaunchState, Phase
from signoff import actions
from tests.factories.launches import make_launch, manager_of
from tests.signoff.acting import make_go_launch, reread

AFTER = (
    {"phase": Phase.POST_LAUNCH, "items": ("Watch the errors", "Call the desk")},
    {"phase": Phase.REVIEW, "items": ("Write the review",)},
)
WHY = "The bank asked for it."


def live(launch, **fields):
    return actions.go_live(launch, **{"by": manager_of(launch)} | fields)


def make_live_launch(*, executive=1, **fields):
    """A launch that went live by approval, with tasks for the day and the week after."""
    return live(make_go_launch({}, *AFTER, executive=executive, **fields))


def make_unapproved_launch(**fields):
    """A launch that went live with nothing done."""
    return live(make_launch({}, *AFTER, **fields), reason=WHY)


def make_rolled_back_launch(launch=None, **fields):
    launch = launch or make_live_launch(**fields)
    return roll_back(launch, by=manager_of(launch), reason="It was too slow.")


def make_closed_launch(launch=None):
    launch = launch or make_live_launch()
    return actions.close_launch(launch, by=manager_of(launch), leftovers=leftovers(launch))


def leftovers(launch, **fields):
    """What is said of each item that is unsettled."""
    wanted = {
        "reason": "Waits for the vendor.",
        "owner": manager_of(launch),
        "due_on": timezone.now().date() + timedelta(days=30),
    } | fields
    rows = launch.items.exclude(section__phase=Phase.READINESS)
    left = rows.filter(status__in=["unset", "attention", "not_done"])
    return {item.pk: actions.Leftover(**wanted) for item in left}


def make_launch_in(state, **fields):
    """A launch in any state, with tasks for afterwards."""
    if state is LaunchState.DRAFT:
        return make_launch({}, *AFTER, in_review=False, **fields)
    if state in {LaunchState.LIVE, LaunchState.ROLLED_BACK, LaunchState.CLOSED}:
        launch = make_live_launch(**fields)
        if state is LaunchState.ROLLED_BACK:
            return make_rolled_back_launch(launch)
        return make_closed_launch(launch) if state is LaunchState.CLOSED else launch
    launch = make_launch({}, *AFTER, **fields)
    if state is LaunchState.POSTPONED:
        return postpone(launch, by=manager_of(launch), reason="No date yet.")
    if state is LaunchState.CANCELLED:
        return actions.cancel_launch(launch, by=manager_of(launch), reason="Not needed.")
    return reread(launch)
