"""Rounds of decision: opened and answered by a manager, decided by the executives' votes."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import Change, Salted, append
from checklist import material, rules
from checklist.actions import steps
from checklist.actions.common import clean_fields, demand, lock_launch
from checklist.models import Appointment, Launch, Slot
from checklist.permissions import Right
from checklist.reading import LaunchStanding, decision_material, standing_of, weigh
from checklist.rules import Outcome
from sentinel.errors import Refused
from sentinel.reasons import Reason
from signoff import mails, reading
from signoff.actions.record import Signing, record, whole_milliseconds
from signoff.models import Round, Signature, Standing
from signoff.presence import Presence
from signoff.rules import (
    ROUND_MOVES,
    TAKES_VOTES,
    Act,
    Answer,
    Question,
    RoundState,
    SignerFacts,
    Vote,
    answer_refusals,
    derived_answers,
    opening_refusals,
    outcome,
    voting_refusals,
)
from signoff.statements import answers_value, meaning_of_vote
from signoff.verbs import Verb
from signoff.words import refusal, refuse

CHECKED = (
    "launch",
    "number",
    "state",
    "what_changed",
    *(f"{question.value}_reason" for question in Question),
)


@transaction.atomic
def open_round(
    launch: Launch, *, by: User, answers: Sequence[Answer], what_changed: str = ""
) -> Round:
    """Open a round with the manager's three answers; after a NO-GO with what has changed since."""
    now = timezone.now()
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    before = standing_of(launch, now)
    newest, counts = reading.newest_round(launch), reading.newest_that_counts(launch)
    refuse(
        opening_refusals(
            rules.LaunchState(launch.state),
            newest=RoundState(counts.state) if counts else None,
            executive_slots=len(before.executive),
            what_changed=what_changed,
        )
        + answer_refusals(answers, derived_answers(before.verdict.readiness))
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
    _tell(launch, round_, now)
    tell([Tell(mails.VOTE_OPEN, f"round:{round_.pk}", "", launch.pk)], by=by, now=now)
    change = Change(Verb.ROUND_OPENED, f"round:{round_.pk}", launch.pk, new=new)
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_


def _put_answers(round_: Round, answers: Sequence[Answer]) -> None:
    for answer in answers:
        setattr(round_, answer.question.value, answer.given)
        setattr(round_, f"{answer.question.value}_reason", answer.reason)


def _answers_leaf(answers: Sequence[Answer]) -> dict[str, object]:
    return {
        row.question.value: {"given": row.given, "reason": Salted(row.reason)} for row in answers
    }


def _tell(launch: Launch, round_: Round, now: datetime) -> None:
    """Tell the launch what its newest round has come to."""
    digest = material.digest(answers_value(reading.answers_of(round_)))
    counts = reading.newest_that_counts(launch)
    outcome_now = Outcome(counts.state) if counts else Outcome.NONE
    takes_votes = RoundState(round_.state) in TAKES_VOTES
    opened_at = round_.opened_at if takes_votes else None
    steps.set_decision(
        launch, outcome=outcome_now, answers_digest=digest, at=now, opened_at=opened_at
    )


@transaction.atomic
def answer_questions(round_: Round, *, by: User, answers: Sequence[Answer]) -> Round:
    """Change a round's answers. The votes were over the old ones: they go stale."""
    now = timezone.now()
    launch = lock_launch(round_.launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    round_ = Round.objects.get(pk=round_.pk)
    before = standing_of(launch, now)
    reasons = [] if RoundState(round_.state) in TAKES_VOTES else [Reason("round_over")]
    refuse(reasons + answer_refusals(answers, derived_answers(before.verdict.readiness)))
    old = _answers_leaf(reading.answers_of(round_))
    _put_answers(round_, answers)
    clean_fields(round_, CHECKED)
    round_.save()
    _tell(launch, round_, now)
    change = Change(
        Verb.ROUND_ANSWERED,
        f"round:{round_.pk}",
        launch.pk,
        old={"answers": old},
        new={"answers": _answers_leaf(answers)},
    )
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_


@transaction.atomic
def cast_vote(
    slot: Slot, *, presence: Presence, vote: Vote, seen: str, comment: str = ""
) -> Signature:
    """Vote GO or NO-GO in an executive slot of the newest round, over what its page showed (`seen`)."""
    now, user = whole_milliseconds(timezone.now()), presence.user
    launch = lock_launch(slot.launch)
    round_ = reading.newest_round(launch)
    before = standing_of(launch, now)
    slot = next(row for row in before.executive if row.pk == slot.pk)
    held = reading.holdings(user, slot, now)
    material_now = decision_material(launch, before.sections, slot)
    reasons = voting_refusals(
        vote,
        round_state=RoundState(round_.state) if round_ else None,
        slot=rules.SlotFacts(str(slot.pk), slot.title, material_now, slot.signed_material),
        readiness=before.verdict.readiness,
        signer=_voter(user, held, round_, slot),
    )
    if material_now != seen:
        reasons.append(Reason("changed_meanwhile"))
    if reasons or round_ is None:
        raise refusal(reasons)
    signing = Signing(
        presence=presence,
        act=Act.VOTE,
        launch=launch,
        slot=slot,
        round=round_,
        meaning=meaning_of_vote(
            vote,
            launch=str(launch),
            environment=launch.environment,
            authority=held[0].authority.name,
        ),
        content=_content(before, round_, slot),
        material=material_now,
        at=now,
        appointment=held[0],
        vote=vote,
        comment=comment,
    )
    signature, change = record(signing)
    _let_vote_stand(signature, slot, round_)
    changes = [change, *_conclude(launch, round_, before, now)]
    append([*changes, *steps.refresh_launch(before, now=now)], actor=user.pk, now=now)
    return signature


def _let_vote_stand(signature: Signature, slot: Slot, round_: Round) -> None:
    """Put the vote in its slot's place in this round, instead of an earlier one that went stale."""
    Standing.objects.filter(slot=slot, round=round_).delete()
    Standing.objects.create(slot=slot, round=round_, signer=signature.signer, signature=signature)
    steps.let_stand(
        slot,
        signature=signature.pk,
        material=signature.material,
        by=signature.signer,
        at=signature.signed_at,
        vote=signature.vote,
    )


def _voter(
    user: User, held: Sequence[Appointment], round_: Round | None, slot: Slot
) -> SignerFacts:
    elsewhere = Standing.objects.filter(round=round_, signer=user).exclude(slot=slot)
    facts = reading.signer_facts(user, held, slot)
    return replace(facts, votes_elsewhere=round_ is not None and elsewhere.exists())


def _content(before: LaunchStanding, round_: Round, slot: Slot) -> dict[str, Any]:
    signed = Standing.objects.filter(slot__launch=before.launch, round=None)
    return reading.decision_snapshot(before, round_, slot, list(signed.select_related("signature")))


def _conclude(launch: Launch, round_: Round, before: LaunchStanding, now: datetime) -> list[Change]:
    """Say what the votes have come to: the round ends, or waits for the next one."""
    after = weigh(launch, before.sections, before.slots)
    reached = outcome(RoundState(round_.state), reading.votes_of(after))
    if reached == round_.state:
        return []
    return [_end(launch, round_, reached, now=now)]


def _end(
    launch: Launch, round_: Round, state: RoundState, *, now: datetime, reason: str = ""
) -> Change:
    if state not in ROUND_MOVES[RoundState(round_.state)]:
        raise RuntimeError(f"A round does not go from {round_.state} to {state}")
    old = {"state": round_.state}
    round_.state, round_.closed_at, round_.close_reason = state, now, reason
    round_.save(update_fields=["state", "closed_at", "close_reason"])
    _tell(launch, round_, now)
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
    if round_.state != RoundState.OPEN:
        refuse([Reason("round_over")])
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    before = standing_of(launch, now)
    change = _end(launch, round_, RoundState.CANCELLED, now=now, reason=reason)
    for slot in before.executive:
        steps.clear(slot)
    append([change, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return round_
