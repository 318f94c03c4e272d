"""How a section reads by where its launch is in its life."""

from django.utils.translation import gettext as _

from checklist.models import Launch
from checklist.rules import BEFORE_LIVE, UNSIGNED, LaunchState, Phase, SectionFacts, SectionState


def state_words(facts: SectionFacts, launch: Launch) -> str:
    """The state's own word, unless nobody can bring it about now."""
    if _goes_on(facts, launch):
        return str(facts.state.label)
    if facts.phase is Phase.READINESS and facts.state in UNSIGNED:
        return _("Not signed")
    if facts.state is not SectionState.OPEN:
        return str(facts.state.label)
    if LaunchState(launch.state) in BEFORE_LIVE:
        return _("After the launch")
    return _("Left open")


def has_next(facts: SectionFacts, launch: Launch) -> bool:
    """Is there still a next item to be told of? What is planned for afterwards is shown beforehand too."""
    is_ahead = LaunchState(launch.state) in BEFORE_LIVE and facts.phase is not Phase.READINESS
    return is_ahead or _goes_on(facts, launch)


def _goes_on(facts: SectionFacts, launch: Launch) -> bool:
    state = LaunchState(launch.state)
    return state in BEFORE_LIVE if facts.phase is Phase.READINESS else state is LaunchState.LIVE
