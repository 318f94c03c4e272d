"""Every write of this app: signatures on sections, rounds, votes, conditions. One transaction each, the ledger last."""

from signoff.actions.acceptances import accept_items
from signoff.actions.conditions import keep_condition, lift_condition, reopen_condition
from signoff.actions.life import Leftover, cancel_launch, close_launch, go_live, relaunch
from signoff.actions.rounds import answer_questions, cancel_round, open_round
from signoff.actions.sections import return_section, sign_section
from signoff.actions.votes import cast_vote
from signoff.actions.withdrawal import set_aside, withdraw

__all__ = [
    "Leftover",
    "accept_items",
    "answer_questions",
    "cancel_launch",
    "cancel_round",
    "cast_vote",
    "close_launch",
    "go_live",
    "keep_condition",
    "lift_condition",
    "open_round",
    "relaunch",
    "reopen_condition",
    "return_section",
    "set_aside",
    "sign_section",
    "withdraw",
]
