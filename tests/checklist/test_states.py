"""What a section's state is called in each state of its launch, and whether something of it comes next."""

import pytest

from checklist.models import Launch
from checklist.pages.states import has_next, state_words
from checklist.rules import LaunchState, Phase, SlotState
from tests.checklist.facts import make_section_facts

AHEAD = [LaunchState.DRAFT, LaunchState.IN_REVIEW, LaunchState.POSTPONED]


def open_section(phase):
    slots = [SlotState.WAITING] if phase is Phase.READINESS else []
    return make_section_facts(*slots, phase=phase, errors=1)


@pytest.mark.parametrize("state", LaunchState)
def test_readiness_is_worked_on_until_the_launch(state):
    section = open_section(Phase.READINESS)

    words = state_words(section, Launch(state=state)), has_next(section, Launch(state=state))

    assert words == (("In progress", True) if state in AHEAD else ("Not signed", False))


@pytest.mark.parametrize("state", LaunchState)
@pytest.mark.parametrize("phase", [Phase.POST_LAUNCH, Phase.REVIEW])
def test_what_comes_after_the_launch_is_worked_on_while_it_is_live(phase, state):
    section = open_section(phase)

    words = state_words(section, Launch(state=state)), has_next(section, Launch(state=state))

    expected = {LaunchState.LIVE: ("In progress", True)} | dict.fromkeys(
        AHEAD, ("After the launch", True)
    )
    assert words == expected.get(state, ("Left open", False))


@pytest.mark.parametrize("slot", [SlotState.SIGNED, SlotState.RETURNED, SlotState.STALE])
def test_what_was_done_keeps_its_word(slot):
    section = make_section_facts(slot)

    assert state_words(section, Launch(state=LaunchState.CLOSED)) == slot.label
