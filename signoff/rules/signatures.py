"""The rules of signatures and rounds: who may sign when, and what a round comes to. Values in, values out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from checklist.rules import (
    Assessment,
    Doing,
    ItemFacts,
    LaunchState,
    PreCheck,
    Readiness,
    SlotFacts,
    SlotState,
    doing_refusals,
)
from sentinel.reasons import Reason


class Act(TextChoices):
    """What a signature does."""

    SIGN = "sign", _("signed")
    RETURN = "return", _("returned")
    ACCEPT = "accept", _("accepted")
    VOTE = "vote", _("voted")
    WITHDRAW = "withdraw", _("withdrew")
    SET_ASIDE = "set_aside", _("set aside")


# What takes another signature back, and says why.
TAKES_BACK = (Act.WITHDRAW, Act.SET_ASIDE)
NEEDS_REASON = (Act.RETURN, Act.ACCEPT, *TAKES_BACK)


class Vote(TextChoices):
    """What an executive says in a round."""

    GO = "go", _("GO")
    GO_CONDITIONAL = "conditional", _("GO with conditions")
    NO_GO = "no_go", _("NO-GO")


GOES = frozenset({Vote.GO, Vote.GO_CONDITIONAL})


class Level(TextChoices):
    """What a signature's evidence rests on (SIGNATURES.md)."""

    PERSONAL_KEY = "personal-key", _("signed with the signer's own key")
    SERVER_ATTESTED = "server-attested", _("vouched for by this server's key")
    RECORDED = "recorded", _("recorded by this server after the signer gave their password")


class ProofKind(TextChoices):
    """Whose key signed a statement."""

    PASSKEY = "passkey", _("the signer's passkey")
    SERVER = "server", _("this server's key")


# For how long a statement waits for its signer's key.
WAITS_FOR_KEY = timedelta(minutes=5)


class RoundState(TextChoices):
    """What a round has come to."""

    OPEN = "open", _("open")
    GO = "go", _("GO")
    GO_CONDITIONAL = "conditional", _("GO with conditions")
    NO_GO = "no_go", _("NO-GO")
    CANCELLED = "cancelled", _("cancelled")
    LAUNCHED = "launched", _("ended by going live")


ROUND_MOVES: dict[RoundState, frozenset[RoundState]] = {
    RoundState.OPEN: frozenset(
        {
            RoundState.GO,
            RoundState.GO_CONDITIONAL,
            RoundState.NO_GO,
            RoundState.CANCELLED,
            RoundState.LAUNCHED,
        }
    ),
    RoundState.GO: frozenset(
        {
            RoundState.GO_CONDITIONAL,
            RoundState.NO_GO,
            RoundState.CANCELLED,
            RoundState.LAUNCHED,
        }
    ),
    RoundState.GO_CONDITIONAL: frozenset(
        {RoundState.GO, RoundState.NO_GO, RoundState.CANCELLED, RoundState.LAUNCHED}
    ),
    RoundState.NO_GO: frozenset(),
    RoundState.CANCELLED: frozenset(),
    RoundState.LAUNCHED: frozenset(),
}
TAKES_VOTES = frozenset({RoundState.OPEN, RoundState.GO, RoundState.GO_CONDITIONAL})
# What was voted and promised in these counts: now, or for the launch that went live by it.
COUNTS = TAKES_VOTES | {RoundState.LAUNCHED}
# What votes come to.
DECISIONS = frozenset({RoundState.GO, RoundState.GO_CONDITIONAL, RoundState.NO_GO})


class Question(TextChoices):
    """The three questions that a manager answers; the fourth is the votes (DESIGN 3.11)."""

    COMPLETE = "complete", _("All checklists complete?")
    ACCEPTABLE = "acceptable", _("Outstanding items acceptable for launch?")
    ASSESSED = "assessed", _("Risk assessment completed?")


@dataclass(frozen=True, slots=True)
class SignerFacts:
    """All that the rules ask of somebody before a slot: the authorities they hold that fit, and their own work."""

    holds: frozenset[str]
    worked_on: bool = False
    stands_here: bool = False
    votes_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class SigningFacts:
    """All that the rules ask of a section slot before it is signed or returned."""

    state: LaunchState
    slot: SlotFacts
    check: PreCheck
    four_eyes: bool = False


def signing_refusals(facts: SigningFacts, signer: SignerFacts) -> list[Reason]:
    """Why this person cannot sign this section slot now (DESIGN 3.5, 3.7); empty when they can."""
    gaps = {
        "not_holder": not signer.holds,
        "signed_already": facts.slot.state is SlotState.SIGNED,
        "not_asked": not facts.slot.asked and facts.slot.state is not SlotState.SIGNED,
        "four_eyes": facts.four_eyes and signer.worked_on,
    }
    reasons = doing_refusals(facts.state, Doing.SIGN)
    return [*reasons, *(Reason(code) for code, gap in gaps.items() if gap), *facts.check.errors]


def returning_refusals(facts: SigningFacts, signer: SignerFacts) -> list[Reason]:
    """Why this person cannot return this section now: something must have been asked or signed.

    What a colleague signed and still stands is theirs to withdraw.
    """
    gaps = {
        "not_holder": not signer.holds,
        "nothing_to_return": not facts.slot.asked and not facts.slot.signed_material,
        "signed_by_another": facts.slot.stands and not signer.stands_here,
    }
    reasons = doing_refusals(facts.state, Doing.SIGN)
    return [*reasons, *(Reason(code) for code, gap in gaps.items() if gap)]


@dataclass(frozen=True, slots=True)
class AcceptingFacts:
    """All that the rules ask before outstanding items are accepted. `answered_for`: the items that the signer
    answers for, by their own or by the named risk; `unconcerned`: that risk does not concern all of them.
    """

    state: LaunchState
    items: tuple[ItemFacts, ...]
    until: datetime
    now: datetime
    answered_for: frozenset[str] = frozenset()
    unconcerned: bool = False


def accepting_refusals(facts: AcceptingFacts, signer: SignerFacts) -> list[Reason]:
    """Why this person cannot accept these items now (DESIGN 3.6): a holder does, and of nothing of their own."""
    gaps = {
        "not_holder": not signer.holds,
        "nothing_chosen": not facts.items,
        "ends_in_past": facts.until <= facts.now,
        "risk_unconcerned": facts.unconcerned,
    }
    reasons = doing_refusals(facts.state, Doing.ACCEPT)
    reasons += [Reason(code) for code, gap in gaps.items() if gap]
    for item in facts.items:
        of_item = {
            "not_outstanding": not item.outstanding,
            "own_item": item.id in facts.answered_for,
        }
        named = {"number": item.number, "text": item.text}
        reasons += [Reason(code, item.subject, named) for code, gap in of_item.items() if gap]
    return reasons


@dataclass(frozen=True, slots=True)
class BallotFacts:
    """What the rules ask of a vote itself: how many conditions it has, and whether the same lies in the slot.

    `conditions` is None before they could be written; a NO-GO keeps none.
    """

    conditions: int | None = None
    repeats: bool = True


UNWRITTEN = BallotFacts()


def voting_refusals(
    vote: Vote,
    *,
    round_state: RoundState | None,
    slot: SlotFacts,
    readiness: Readiness,
    signer: SignerFacts,
    ballot: BallotFacts = UNWRITTEN,
) -> list[Reason]:
    """Why this vote cannot be given now: GO is refused while anything blocks, NO-GO never is (DESIGN 3.12).

    Who voted may say GO again with other conditions; what a colleague said and still stands is theirs.
    """
    lies_there = slot.state is SlotState.SIGNED
    gaps = {
        "no_round": round_state not in TAKES_VOTES,
        "not_holder": not signer.holds,
        "one_slot_a_person": signer.votes_elsewhere,
        "signed_already": vote in GOES
        and lies_there
        and (ballot.repeats or not signer.stands_here),
        "conditions_missing": vote is Vote.GO_CONDITIONAL and ballot.conditions == 0,
        "conditions_without_word": vote is Vote.GO and bool(ballot.conditions),
    }
    reasons = [Reason(code) for code, gap in gaps.items() if gap]
    return reasons + list(readiness.blockers) if vote in GOES else reasons


def key_refusals(vote: Vote, *, demanded: bool, by_key: bool) -> list[Reason]:
    """Why a vote cannot be given so where its launch demands the executives' own keys (SIGNATURES.md).

    NO-GO is open at any time (DESIGN 3.12): nobody goes live because a key was left at home.
    """
    refused = demanded and not by_key and vote in GOES
    return [Reason("own_key_demanded")] if refused else []


def opening_refusals(
    state: LaunchState, *, newest: RoundState | None, executive_slots: int, what_changed: str
) -> list[Reason]:
    """Why no round can be opened now (DESIGN 3.13)."""
    gaps = {
        "round_open": newest is RoundState.OPEN,
        "round_is_go": newest in {RoundState.GO, RoundState.GO_CONDITIONAL},
        "no_executive_slot": not executive_slots,
        "say_what_changed": newest is RoundState.NO_GO and not what_changed,
    }
    reasons = doing_refusals(state, Doing.ROUND)
    return reasons + [Reason(code) for code, gap in gaps.items() if gap]


def withdrawing_refusals(
    state: LaunchState, *, stands: bool, round_state: RoundState | None
) -> list[Reason]:
    """Why a signature cannot be taken back: it stands no longer, or its round was over before the launch went live."""
    is_over = round_state is not None and round_state not in COUNTS
    reasons = doing_refusals(state, Doing.WITHDRAW)
    return reasons + [Reason("not_standing")] * (is_over or not stands)


@dataclass(frozen=True, slots=True)
class Answer:
    """A manager's answer to one question, with the reason where it differs from what the system derives."""

    question: Question
    given: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Derived:
    """What the system derives for a question: None where it has nothing to derive it from."""

    question: Question
    value: bool | None
    params: dict[str, int] = field(default_factory=dict)


def derived_answers(readiness: Readiness, risks: Assessment) -> tuple[Derived, ...]:
    """The three answers as the facts give them. Accepted is not complete, and it is acceptable (DESIGN 3.11)."""
    params = {
        "outstanding": readiness.counts.outstanding,
        "accepted": readiness.accepted,
        "total": readiness.counts.total,
    }
    return (
        Derived(Question.COMPLETE, readiness.complete, params),
        Derived(Question.ACCEPTABLE, readiness.unaccepted == 0, params),
        Derived(
            Question.ASSESSED,
            risks.is_done,
            {"total": risks.total, "incomplete": risks.incomplete},
        ),
    )


def answer_refusals(answers: Iterable[Answer], derived: Iterable[Derived]) -> list[Reason]:
    """Answers that differ from what is derived and do not say why."""
    given = {answer.question: answer for answer in answers}
    return [
        Reason("differs_without_reason", row.question.value, {"question": row.question.label})
        for row in derived
        if row.value is not None
        and given[row.question].given is not row.value
        and not given[row.question].reason
    ]


def outcome(state: RoundState, votes: Iterable[tuple[Vote | None, bool]]) -> RoundState:
    """What a round has come to after a vote. Each slot's vote comes with whether it stands unstale.

    One NO-GO ends the round; GO needs every slot's GO over the same content (DESIGN 3.13), and has conditions
    where one of them has.
    """
    rows = list(votes)
    if any(vote is Vote.NO_GO for vote, _stands in rows):
        return RoundState.NO_GO
    if not rows or not all(vote in GOES and stands for vote, stands in rows):
        return state
    conditional = any(vote is Vote.GO_CONDITIONAL for vote, _stands in rows)
    return RoundState.GO_CONDITIONAL if conditional else RoundState.GO
