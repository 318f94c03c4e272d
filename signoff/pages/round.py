"""Opening a round, changing its answers, cancelling it: the questions, and beforehand what the act voids."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from checklist.models import Launch
from checklist.pages.check import Gap
from checklist.pages.turns import moment
from checklist.rules import LaunchState
from checklist.verdict_words import VerdictWords, verdict_words
from sentinel.reasons import Reason
from signoff.forms import AnswersForm, FateForm
from signoff.models import Round
from signoff.pages.blockers import blocker_lines
from signoff.pages.cards import by
from signoff.pages.conditions import ConditionLine, condition_line
from signoff.pages.decision import RoundLines, round_lines
from signoff.pages.questions import AskedRow, asked_rows
from signoff.pages.table import Table
from signoff.rules import RoundState, opening_refusals
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What an earlier round left open, and the form that says what becomes of it."""

    condition: ConditionLine
    form: FateForm


@dataclass(frozen=True, slots=True)
class RoundPage:
    """What the pages of a round's forms show. `refusals`: why it cannot be done at all; `voids`: the votes it ends."""

    launch: Launch
    verdict: VerdictWords
    round: Round | None
    last: RoundLines | None
    questions: list[AskedRow]
    blockers: list[Gap]
    refusals: list[str]
    voids: list[str]
    asks_what_changed: bool = False
    left_over: tuple[LeftOver, ...] = ()

    @property
    def can_act(self) -> bool:
        return not self.refusals


def opening_page(found: Table, form: AnswersForm, fates: Sequence[FateForm]) -> RoundPage:
    """A round that is to be opened."""
    newest, last = found.newest, found.newest_that_counts
    refusals = opening_refusals(
        LaunchState(found.launch.state),
        newest=found.counts,
        executive_slots=len(found.standing.executive),
        what_changed="-",
    )
    return RoundPage(
        launch=found.launch,
        verdict=verdict_words(found.standing, found.now),
        round=newest,
        last=round_lines(last, found) if last else None,
        questions=asked_rows(found.standing, form),
        blockers=blocker_lines(found.standing, found.names),
        refusals=[sentence(reason) for reason in refusals],
        voids=[],
        asks_what_changed=found.counts is RoundState.NO_GO,
        left_over=tuple(
            LeftOver(condition_line(row, found.now), fate)
            for row, fate in zip(found.left_over, fates, strict=True)
        ),
    )


def answers_page(found: Table, form: AnswersForm) -> RoundPage:
    """The newest round's answers, to be changed while it takes votes."""
    return RoundPage(
        launch=found.launch,
        verdict=verdict_words(found.standing, found.now),
        round=found.newest,
        last=None,
        questions=asked_rows(found.standing, form),
        blockers=blocker_lines(found.standing, found.names),
        refusals=[] if found.takes_votes else [sentence(Reason("round_over"))],
        voids=votes_given(found),
    )


def cancel_page(found: Table) -> RoundPage:
    """The newest round, to be ended without a decision while it is open."""
    is_open = found.newest is not None and found.newest.state == RoundState.OPEN
    return RoundPage(
        launch=found.launch,
        verdict=verdict_words(found.standing, found.now),
        round=found.newest,
        last=None,
        questions=[],
        blockers=[],
        refusals=[] if is_open else [sentence(Reason("round_over"))],
        voids=votes_given(found),
    )


def votes_given(found: Table) -> list[str]:
    """The votes that lie in the slots of a round that takes votes."""
    if not found.takes_votes:
        return []
    votes = [vote for slot in found.standing.executive if (vote := found.vote_in(slot))]
    return [
        _("%(vote)s by %(who)s, %(when)s")
        % {"vote": vote.get_vote_display(), "who": by(vote), "when": moment(vote.signed_at)}
        for vote in votes
    ]


def given_before(round_: Round) -> dict[str, object]:
    """A round's answers as its form shows them at first."""
    initial: dict[str, object] = {}
    for name in AnswersForm.base_fields:
        value = getattr(round_, name)
        initial[name] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return initial
