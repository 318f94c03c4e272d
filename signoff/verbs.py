"""What can happen to signatures, rounds and conditions: the ledger's words for it."""

from enum import StrEnum


class Verb(StrEnum):
    """An action of this app, as a leaf names it. Never renamed: old leaves keep their word."""

    SIGNED = "signature.signed"
    RETURNED = "signature.returned"
    ACCEPTED = "signature.accepted"
    VOTED = "signature.voted"
    SET_ASIDE = "signature.set_aside"
    WITHDRAWN = "signature.withdrawn"
    ROUND_OPENED = "round.opened"
    ROUND_ANSWERED = "round.answered"
    ROUND_ENDED = "round.ended"
    ROUND_CANCELLED = "round.cancelled"
    CONDITION_MADE = "condition.made"
    CONDITION_DONE = "condition.done"
    CONDITION_REOPENED = "condition.reopened"
    CONDITION_HANDED_OVER = "condition.handed_over"
    CONDITION_REPLACED = "condition.replaced"
    CONDITION_WITHDRAWN = "condition.withdrawn"
    CONDITION_LIFTED = "condition.lifted"
    CONDITION_CARRIED = "condition.carried"
    CONDITION_DROPPED = "condition.dropped"


SIGNING = (
    Verb.SIGNED,
    Verb.RETURNED,
    Verb.ACCEPTED,
    Verb.VOTED,
    Verb.SET_ASIDE,
    Verb.WITHDRAWN,
)
"""What leaves a signature behind."""
