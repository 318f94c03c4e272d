"""The questions of a decision: what is derived beside what was answered, in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist.reading import LaunchStanding
from signoff.forms import AnswersForm
from signoff.models import Round
from signoff.pages.content import AnswerLine, yes_or_no
from signoff.reading import answers_of
from signoff.rules import GOES, Derived, Question, Vote, derived_answers


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question: what is derived, what was given and why. `differs`: the two disagree."""

    question: str
    derived: str
    given: str
    reason: str = ""
    differs: bool = False


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A question that is being answered: what is derived, and the two fields."""

    question: str
    derived: str
    given: BoundField
    reason: BoundField


def question_rows(standing: LaunchStanding, round_: Round | None) -> list[QuestionRow]:
    """The three questions as the newest round answers them."""
    given = {answer.question: answer for answer in answers_of(round_)} if round_ else {}
    rows = []
    for derived in derived_answers(standing.verdict.readiness, standing.risks):
        answer = given.get(derived.question)
        rows.append(
            QuestionRow(
                question=str(derived.question.label),
                derived=derived_words(derived),
                given=yes_or_no(given=answer.given) if answer else _("Not answered yet"),
                reason=answer.reason if answer else "",
                differs=bool(answer and derived.value not in {None, answer.given}),
            )
        )
    return rows


def given_answers(round_: Round) -> list[AnswerLine]:
    """A round's answers alone, for its history."""
    return [
        AnswerLine(str(answer.question.label), yes_or_no(given=answer.given), answer.reason)
        for answer in answers_of(round_)
    ]


def asked_rows(standing: LaunchStanding, form: AnswersForm) -> list[AskedRow]:
    """The three questions as a form asks them."""
    return [
        AskedRow(
            question=str(derived.question.label),
            derived=derived_words(derived),
            given=form[derived.question.value],
            reason=form[f"{derived.question.value}_reason"],
        )
        for derived in derived_answers(standing.verdict.readiness, standing.risks)
    ]


def derived_words(derived: Derived) -> str:
    """What the items say to a question."""
    say = {
        Question.COMPLETE: _complete,
        Question.ACCEPTABLE: _acceptable,
        Question.ASSESSED: _assessed,
    }
    return say[derived.question](derived)


def _complete(derived: Derived) -> str:
    total, outstanding = derived.params["total"], derived.params["outstanding"]
    if derived.value:
        text = ngettext(
            "Yes: the %(n)d item is settled.", "Yes: all %(n)d items are settled.", total
        )
        return text % {"n": total}
    if not total:
        return _("No: there is no item to settle yet.")
    return ngettext(
        "No: %(left)d of %(n)d items is outstanding.",
        "No: %(left)d of %(n)d items are outstanding.",
        outstanding,
    ) % {"left": outstanding, "n": total}


def _acceptable(derived: Derived) -> str:
    outstanding, accepted = derived.params["outstanding"], derived.params["accepted"]
    if derived.value and not outstanding:
        return _("Yes: nothing is outstanding.")
    if derived.value:
        return ngettext(
            "Yes: the %(n)d outstanding item is accepted.",
            "Yes: all %(n)d outstanding items are accepted.",
            outstanding,
        ) % {"n": outstanding}
    left = outstanding - accepted
    return ngettext(
        "No: %(n)d item is outstanding, and nobody has accepted it.",
        "No: %(n)d items are outstanding, and nobody has accepted them.",
        left,
    ) % {"n": left}


def _assessed(derived: Derived) -> str:
    total, incomplete = derived.params["total"], derived.params["incomplete"]
    if derived.value is None:
        return _("Nothing to derive it from: no risks are recorded here.")
    if derived.value:
        return ngettext(
            "Yes: the %(n)d open risk has likelihood, impact, mitigation and owner.",
            "Yes: all %(n)d open risks have likelihood, impact, mitigation and owner.",
            total,
        ) % {"n": total}
    return ngettext(
        "No: %(lacking)d of %(n)d open risks lacks likelihood, impact, mitigation or owner.",
        "No: %(lacking)d of %(n)d open risks lack likelihood, impact, mitigation or owner.",
        incomplete,
    ) % {"lacking": incomplete, "n": total}


def votes_words(votes: Iterable[tuple[str, bool]]) -> str:
    """The fourth question's derived answer: the votes counted. Each comes with whether it stands."""
    rows = list(votes)
    counted = [
        (_("%(n)d GO"), sum(vote == Vote.GO and stands for vote, stands in rows)),
        (
            _("%(n)d GO with conditions"),
            sum(vote == Vote.GO_CONDITIONAL and stands for vote, stands in rows),
        ),
        (_("%(n)d NO-GO"), sum(vote == Vote.NO_GO for vote, _stands in rows)),
        (_("%(n)d to affirm again"), sum(vote in GOES and not stands for vote, stands in rows)),
        (_("%(n)d not cast"), sum(not vote for vote, _stands in rows)),
    ]
    told = [text % {"n": count} for text, count in counted if count]
    return _("The votes: %(votes)s.") % {"votes": ", ".join(told)} if told else ""
