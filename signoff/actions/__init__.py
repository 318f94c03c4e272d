"""Every write of this app: signatures on sections, rounds and votes. One transaction each, the ledger last."""

from signoff.actions.acceptances import accept_items
from signoff.actions.rounds import answer_questions, cancel_round, cast_vote, open_round
from signoff.actions.sections import return_section, sign_section
from signoff.actions.withdrawal import set_aside, withdraw

__all__ = [
    "accept_items",
    "answer_questions",
    "cancel_round",
    "cast_vote",
    "open_round",
    "return_section",
    "set_aside",
    "sign_section",
    "withdraw",
]
