"""The decision page: the verdict, what stands in the way, the questions, the votes, and the rounds before."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from checklist.models import Launch
from checklist.pages.check import Gap
from checklist.pages.links import then_url
from checklist.pages.turns import moment
from checklist.rules import LaunchState
from checklist.verdict_words import VerdictWords, verdict_words
from signoff.models import Round, Signature
from signoff.pages.attestation import AttestationLink, attestation_link
from signoff.pages.blockers import blocker_lines
from signoff.pages.cards import VoteCard, by, vote_cards
from signoff.pages.certificate import CertificateLink, decision_certificate
from signoff.pages.conditions import ConditionLine, condition_lines
from signoff.pages.content import AnswerLine
from signoff.pages.questions import QuestionRow, given_answers, question_rows, votes_words
from signoff.pages.table import Table
from signoff.rules import GOES, TAKES_BACK, Act, Origin, RoundState, Vote, opening_refusals
from signoff.words import sentence

ROUND_WORDS: dict[RoundState, tuple[str, Promise]] = {
    RoundState.OPEN: ("asked", lazy("Open for votes")),
    RoundState.GO: ("approved", lazy("Ended with GO")),
    RoundState.GO_CONDITIONAL: ("approved", lazy("Ended with GO with conditions")),
    RoundState.NO_GO: ("no-go", lazy("Ended with NO-GO")),
    RoundState.CANCELLED: ("open", lazy("Cancelled")),
    RoundState.LAUNCHED: ("open", lazy("Ended by going live")),
}


@dataclass(frozen=True, slots=True)
class PastVote:
    """A vote or withdrawal of a round, as a line of its history."""

    state: str
    word: str
    text: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class RoundLines:
    """A round that is over, or the newest one, as history tells it."""

    title: str
    state: str
    label: str
    opened: str
    closed: str
    close_reason: str
    what_changed: str
    answers: list[AnswerLine]
    votes: list[PastVote]
    conditions: tuple[ConditionLine, ...]
    url: str
    compare_url: str
    certificate: CertificateLink
    then_url: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a manager can do here: words and address; or why not."""

    label: str
    url: str
    why_not: str = ""
    is_first: bool = False


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """Everything the decision page shows."""

    launch: Launch
    verdict: VerdictWords
    blockers: list[Gap]
    round: RoundLines | None
    attestation: AttestationLink | None
    takes_votes: bool
    questions: list[QuestionRow]
    votes: str
    outcome: str
    cards: list[VoteCard]
    replaced: list[PastVote]
    history: list[RoundLines]
    carried: tuple[ConditionLine, ...]
    left_over: int
    conditions_url: str
    tools: list[Tool]
    manages: bool


def decision_page(found: Table) -> DecisionPage:
    """The decision as one person sees it now."""
    newest, standing = found.newest, found.standing
    votes = [(slot.vote, not found.is_stale(slot)) for slot in standing.executive]
    return DecisionPage(
        launch=found.launch,
        verdict=verdict_words(standing, found.now),
        blockers=blocker_lines(standing, found.names),
        round=round_lines(newest, found) if newest else None,
        attestation=attestation_link(standing),
        takes_votes=found.takes_votes,
        questions=question_rows(standing, newest),
        votes=votes_words(votes) if newest and newest.state != RoundState.CANCELLED else "",
        outcome=_outcome(newest, found),
        cards=vote_cards(found),
        replaced=_replaced(found),
        history=[round_lines(round_, found) for round_ in found.rounds[1:]],
        carried=_carried(found),
        left_over=len(found.left_over),
        conditions_url=reverse("signoff:conditions", args=[found.launch.slug]),
        tools=_tools(found),
        manages=found.manages,
    )


def _carried(found: Table) -> tuple[ConditionLine, ...]:
    """What lies beside the votes of the newest round: carried into it, or asked for in a vote that lies no longer."""
    if found.newest is None:
        return ()
    lying = {slot.signature for slot in found.standing.executive}
    rows = found.conditions_of(found.newest)
    beside = [row for row in rows if row.origin != Origin.VOTE or row.signature_id not in lying]
    return condition_lines(beside, found.now)


def _went_live(round_: Round, found: Table) -> str:
    if found.launch.live_round != round_.pk:
        return _("The launch went live and ended the round")
    if _is_conditional(found):
        return _("GO with conditions: the launch went live by it")
    return _("GO: the launch went live by it")


def _is_conditional(found: Table) -> bool:
    return any(slot.vote == Vote.GO_CONDITIONAL for slot in found.standing.executive)


def _outcome(round_: Round | None, found: Table) -> str:
    if round_ is None:
        return _("No round has been opened yet")
    return {
        RoundState.OPEN: _("Not decided yet"),
        RoundState.GO: _("GO"),
        RoundState.GO_CONDITIONAL: _("GO with conditions"),
        RoundState.NO_GO: _("NO-GO"),
        RoundState.CANCELLED: _("The round was cancelled without a decision"),
        RoundState.LAUNCHED: _went_live(round_, found),
    }[RoundState(round_.state)]


def _round_words(round_: Round, found: Table) -> tuple[str, Promise]:
    """How a round ended, by the votes that it went live by where it did."""
    if round_.pk != found.launch.live_round:
        return ROUND_WORDS[RoundState(round_.state)]
    if _is_conditional(found):
        return "approved", lazy("Went live by GO with conditions")
    return "approved", lazy("Went live by GO")


def round_lines(round_: Round, found: Table) -> RoundLines:
    """A round with its answers, and its votes and withdrawals in the order they were given."""
    state, label = _round_words(round_, found)
    parts = {"who": round_.opened_by, "when": moment(round_.opened_at)}
    closed = ""
    if round_.closed_at:
        closed = _("ended %(when)s") % {"when": moment(round_.closed_at)}
    return RoundLines(
        title=str(round_),
        state=state,
        label=str(label),
        opened=_("Opened by %(who)s, %(when)s") % parts,
        closed=closed,
        close_reason=round_.close_reason,
        what_changed=round_.what_changed,
        answers=given_answers(round_),
        votes=[past_vote(row) for row in found.of_round(round_)],
        conditions=condition_lines(found.conditions_of(round_), found.now),
        url=reverse("signoff:round", args=[found.launch.slug, round_.number]),
        compare_url=_compare_url(round_, found),
        certificate=decision_certificate(found.launch, round_, found.now),
        then_url=then_url(found.launch.slug, round_.pk) if round_.closed_at else "",
    )


def _compare_url(round_: Round, found: Table) -> str:
    """Where a round is compared with the one before it; nothing for the first."""
    if round_.number == 1:
        return ""
    query = urlencode({"from": round_.number - 1, "to": round_.number})
    return f"{reverse('signoff:compare', args=[found.launch.slug])}?{query}"


def past_vote(row: Signature) -> PastVote:
    """A vote or its withdrawal as a line."""
    if row.act in TAKES_BACK:
        label, text = {
            Act.WITHDRAW: (_("Withdrawn"), _("%(who)s withdrew their vote, %(when)s")),
            Act.SET_ASIDE: (_("Set aside"), _("%(who)s set the vote aside, %(when)s")),
        }[Act(row.act)]
        parts = {"who": row.signer_name, "when": moment(row.signed_at)}
        return PastVote(
            "returned",
            label,
            text % parts,
            row.comment,
            row.get_absolute_url(),
        )
    state = "approved" if row.vote in GOES else "no-go"
    text = _("%(who)s, %(when)s") % {"who": by(row), "when": moment(row.signed_at)}
    return PastVote(state, str(Vote(row.vote).label), text, row.comment, row.get_absolute_url())


def _replaced(found: Table) -> list[PastVote]:
    """What was cast in the newest round and lies in no slot any more: affirmed again, or withdrawn."""
    lying = {slot.signature for slot in found.standing.executive}
    rows = found.of_round(found.newest) if found.newest else []
    return [past_vote(row) for row in rows if row.pk not in lying]


def _tools(found: Table) -> list[Tool]:
    """What a manager can do about the round now."""
    if not found.manages:
        return []
    slug, newest = found.launch.slug, found.newest
    if newest and found.takes_votes:
        tools = [Tool(_("Change the answers"), reverse("signoff:answers", args=[slug]))]
        if newest.state == RoundState.OPEN:
            url = reverse("signoff:cancel-round", args=[slug])
            tools.append(Tool(_("Cancel the round"), url))
        return tools
    refusals = opening_refusals(
        LaunchState(found.launch.state),
        newest=found.counts,
        executive_slots=len(found.standing.executive),
        what_changed="-",
    )
    label = _("Open a new round") if newest else _("Open a round")
    url = reverse("signoff:open-round", args=[slug])
    return [Tool(label, url, " ".join(map(sentence, refusals)), is_first=True)]
