"""One round as it was: what had changed, the answers, the votes, their conditions, and what the last vote was over."""

from dataclasses import dataclass

from django.http import Http404

from checklist.models import Launch
from signoff.models import Round, Signature
from signoff.pages.content import SectionLine, content_of, section_lines
from signoff.pages.decision import RoundLines, round_lines
from signoff.pages.table import Table
from signoff.rules import Act


@dataclass(frozen=True, slots=True)
class PastRound:
    """Everything that the page of one round shows. `sections`: as they were under its last vote."""

    launch: Launch
    round: RoundLines
    sections: list[SectionLine]
    receipt: str


def past_round(found: Table, number: int) -> PastRound:
    """A round by its number; 404 where the launch has none."""
    round_ = round_numbered(found, number)
    vote = last_vote(found, round_)
    content = content_of(vote.snapshot) if vote else {}
    return PastRound(
        launch=found.launch,
        round=round_lines(round_, found),
        sections=section_lines(content),
        receipt=vote.get_absolute_url() if vote else "",
    )


def round_numbered(found: Table, number: int) -> Round:
    round_ = next((row for row in found.rounds if row.number == number), None)
    if round_ is None:
        raise Http404("This launch has no such round.")
    return round_


def last_vote(found: Table, round_: Round) -> Signature | None:
    """The last vote of a round: what it was over stands for the round. One query, for its content."""
    votes = (row for row in reversed(found.of_round(round_)) if row.act == Act.VOTE)
    return next(votes, None)
