"""What a change of a section takes away, said to whoever may make it before they do (DESIGN 3.12)."""

from django.utils.translation import gettext as _

from checklist.models import Launch
from checklist.rules import GIVEN, LaunchState, Outcome, Phase, SectionFacts, SlotState


def voids_words(launch: Launch, facts: SectionFacts) -> str:
    """That signatures or votes rest on what is recorded here; "" where none do."""
    if launch.state != LaunchState.IN_REVIEW or facts.phase is not Phase.READINESS:
        return ""
    signed = any(slot.state is SlotState.SIGNED for slot in facts.slots)
    outcome = Outcome(launch.outcome)
    if outcome in GIVEN and signed:
        return _(
            "GO was given over this section as it is signed. A change of a status, a reason or evidence takes "
            "signature and votes back until they are given anew; undone, they stand again."
        )
    if outcome is Outcome.OPEN:
        return _(
            "A decision round is open. A change of a status, a reason or evidence makes signatures of this section and "
            "votes already cast stale until they are given anew; undone, they stand again."
        )
    if signed:
        return _(
            "It is signed. A change of a status, a reason or evidence makes the signature stale until it is given "
            "anew; undone, it stands again."
        )
    return ""
