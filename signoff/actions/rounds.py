"""Rounds of decision: opened and answered by a manager, decided by the executives' votes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, Salted, append
from checklist import material, rules
from checklist.actions import steps
from checklist.actions.common import allow, clean_fields, demand, lock_launch
from checklist.models import Launch
from checklist.permissions import Right
from checklist.reading import standing_of
from checklist.rules import Outcome
from sentinel.errors import Refused
from sentinel.reasons import Reason
from signoff import evidence, mails, reading
from signoff.actions import promises
from signoff.actions.promises import Source
from signoff.models import Round
from signoff.rules import (
    DECISIONS,
    ROUND_MOVES,
    TAKES_VOTES,
    Answer,
    Origin,
    Question,
    RoundState,
    answer_refusals,
    derived_answers,
    dropping_refusals,
    opening_refusals,
)
from signoff.statements import answers_value
from signoff.verbs import Verb
from signoff.words import refuse

CHECKED = (
    "launch",
    "number",
    "state",
    "what_changed",
    *(f"{question.value}_reason" for question in Question),
)


@transaction.atomic
def open_round(
    launch: Launch,
    *,
    by: User,
    answers: Sequence[Answer],
    what_changed: str = "",
    dropped: Mapping[UUID, str] | None = None,
) -> Round:
    """Open a round with the manager's three answers; after a NO-GO with what has changed since.

    What earlier rounds left open is carried into it, but for what is `dropped`, each with a reason.
    """
    now = timezone.now()
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    before = standing_of(launch, now)
    newest, counts = reading.newest_round(launch), reading.newest_that_counts(launch)
    left, dropped = promises.left_over(launch), dropped or {}
    refuse(
        opening_refusals(
            rules.LaunchState(launch.state),
            newest=RoundState(counts.state) if counts else None,
            executive_slots=len(before.executive),
            what_changed=what_changed,
        )
        + answer_refusals(answers, derived_answers(before.verdict.readiness, before.risks))
        + dropping_refusals(dropped, {condition.pk for condition in left})
    )
    round_ = Round(
        launch=launch,
        number=newest.number + 1 if newest else 1,
        what_changed=what_changed,
        opened_by=by,
        opened_at=now,
    )
    _put_answers(round_, answers)
    clean_fields(round_, CHECKED)
    round_.save()
    for slot in before.executive:
        steps.clear(slot)
    new = {
        "number": round_.number,
        "answers": _answers_leaf(answers),
        "what_changed": Salted(what_changed),
    }
    tell([Tell(mails.VOTE_OPEN, f"round:{round_.pk}", "", launch.pk)], by=by, now=now)
    change = Change(Verb.ROUND_OPENED, f"round:{round_.pk}", launch.pk, new=new)
    source = Source(Origin.CARRIED, by=by, at=now, asked_by=by, round=round_)
    changes = [change, *promises.take_over(left, dropped, source)]
    tell_round(launch, round_, now)
    append([*changes, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_


def _put_answers(round_: Round, answers: Sequence[Answer]) -> None:
    for answer in answers:
        setattr(round_, answer.question.value, answer.given)
        setattr(round_, f"{answer.question.value}_reason", answer.reason)


def _answers_leaf(answers: Sequence[Answer]) -> dict[str, object]:
    return {
        row.question.value: {"given": row.given, "reason": Salted(row.reason)} for row in answers
    }


def tell_round(launch: Launch, round_: Round, now: datetime) -> None:
    """Tell the launch what its newest round has come to."""
    digest = material.digest(answers_value(reading.answers_of(round_)))
    counts = reading.newest_that_counts(launch)
    outcome_now = Outcome(counts.state) if counts else Outcome.NONE
    if outcome_now is Outcome.LAUNCHED and not launch.is_frozen:
        outcome_now = Outcome.NONE  # it was relaunched: what it went live by counts no more
    why = reading.why_refused(counts) if counts and outcome_now is Outcome.NO_GO else ""
    takes_votes = RoundState(round_.state) in TAKES_VOTES
    steps.set_decision(
        launch,
        outcome=outcome_now,
        answers_digest=digest,
        at=now,
        refused_because=why,
        opened_at=round_.opened_at if takes_votes else None,
    )
    promises.tell_conditions(launch)


@transaction.atomic
def answer_questions(round_: Round, *, by: User, answers: Sequence[Answer]) -> Round:
    """Change a round's answers. The votes were over the old ones: they go stale."""
    now = timezone.now()
    launch = lock_launch(round_.launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    round_ = Round.objects.get(pk=round_.pk)
    before = standing_of(launch, now)
    allow(rules.Doing.ROUND, launch)
    reasons = [] if RoundState(round_.state) in TAKES_VOTES else [Reason("round_over")]
    refuse(
        reasons + answer_refusals(answers, derived_answers(before.verdict.readiness, before.risks))
    )
    old = _answers_leaf(reading.answers_of(round_))
    _put_answers(round_, answers)
    clean_fields(round_, CHECKED)
    round_.save()
    tell_round(launch, round_, now)
    change = Change(
        Verb.ROUND_ANSWERED,
        f"round:{round_.pk}",
        launch.pk,
        old={"answers": old},
        new={"answers": _answers_leaf(answers)},
    )
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_


def end_round(
    launch: Launch, round_: Round, state: RoundState, *, now: datetime, reason: str = ""
) -> Change:
    if state not in ROUND_MOVES[RoundState(round_.state)]:
        raise RuntimeError(f"A round does not go from {round_.state} to {state}")
    old = {"state": round_.state}
    round_.state, round_.closed_at, round_.close_reason = state, now, reason
    round_.save(update_fields=["state", "closed_at", "close_reason"])
    tell_round(launch, round_, now)
    if state in DECISIONS:
        subject = f"round:{round_.pk}"
        told = Tell(evidence.DECIDED, subject, now, launch.pk, wait=evidence.BY_TICK)
        tell([told], by=None, now=now)
    verb = Verb.ROUND_CANCELLED if state is RoundState.CANCELLED else Verb.ROUND_ENDED
    return Change(
        verb, f"round:{round_.pk}", launch.pk, old=old, new={"state": state}, reason=reason
    )


@transaction.atomic
def cancel_round(round_: Round, *, by: User, reason: str) -> Round:
    """End an open round without a decision, with a reason. Its votes stay on record and stand for nothing."""
    now = timezone.now()
    launch = lock_launch(round_.launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    round_ = Round.objects.get(pk=round_.pk)
    allow(rules.Doing.ROUND, launch)
    if round_.state != RoundState.OPEN:
        refuse([Reason("round_over")])
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    before = standing_of(launch, now)
    change = end_round(launch, round_, RoundState.CANCELLED, now=now, reason=reason)
    for slot in before.executive:
        steps.clear(slot)
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_
