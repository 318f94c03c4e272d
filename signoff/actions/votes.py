"""Executives vote: GO, GO with conditions, NO-GO; and what the votes have come to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.ledger import Change, append
from checklist import material, rules
from checklist.actions import steps
from checklist.actions.common import lock_launch
from checklist.models import Appointment, Launch, Slot
from checklist.reading import LaunchStanding, decision_material, standing_of, weigh
from sentinel.reasons import Reason
from signoff import reading
from signoff.actions import promises
from signoff.actions.promises import Source, Wish
from signoff.actions.record import Signing, mark_of, record, whole_milliseconds
from signoff.actions.rounds import end_round
from signoff.capacity import capacity_of
from signoff.models import Condition, Round, Signature, Standing
from signoff.presence import Presence
from signoff.rules import (
    GOES,
    Act,
    BallotFacts,
    Origin,
    Promise,
    RoundState,
    SignerFacts,
    Vote,
    key_refusals,
    outcome,
    promise_refusals,
    voting_refusals,
)
from signoff.statements import meaning_of_vote
from signoff.words import refusal


@transaction.atomic
def cast_vote(
    slot: Slot,
    *,
    presence: Presence,
    vote: Vote,
    seen: str,
    comment: str = "",
    conditions: Sequence[Wish] = (),
) -> Signature:
    """Vote in an executive slot of the newest round, over what its page showed (`seen`) and one's own conditions.

    A NO-GO has no conditions, whatever was written. A new vote takes the place of the voter's last one, and of
    what is still open of its conditions; what a colleague asked for in the same slot stays owed.
    """
    now, user = whole_milliseconds(timezone.now()), presence.user
    launch = lock_launch(slot.launch)
    round_ = reading.newest_round(launch)
    before = standing_of(launch, now)
    slot = next(row for row in before.executive if row.pk == slot.pk)
    held = reading.holdings(user, slot, now)
    ballot = _ballot(vote, conditions, user, round_)
    own = material.of_conditions(ballot.values)
    material_now = decision_material(launch, before.sections, slot, own)
    reasons = rules.doing_refusals(rules.LaunchState(launch.state), rules.Doing.SIGN)
    reasons = reasons or voting_refusals(
        vote,
        round_state=RoundState(round_.state) if round_ else None,
        slot=rules.SlotFacts(
            str(slot.pk),
            slot.title,
            decision_material(launch, before.sections, slot),
            slot.signed_material,
        ),
        readiness=before.verdict.readiness,
        signer=_voter(user, held, round_, slot),
        ballot=BallotFacts(len(ballot.wishes), material_now == slot.signed_material),
    ) + promise_refusals(ballot.promises(launch), now)
    reasons += key_refusals(vote, demanded=launch.executive_keys, by_key=presence.by_key)
    if decision_material(launch, before.sections, slot, "") != seen:
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
            authority=capacity_of(held[0]).clause,
        ),
        content=_content(before, round_, slot, ballot),
        material=material_now,
        at=now,
        appointment=held[0],
        vote=vote,
        comment=comment,
        conditions=tuple(ballot.values),
    )
    signature, change = record(signing)
    source = Source(Origin.VOTE, by=user, at=now, asked_by=user, round=round_, signature=signature)
    changes = [change, *promises.replace_conditions(launch, ballot.wishes, source, ballot.owed)]
    _let_vote_stand(signature, slot, round_, own)
    changes += _conclude(launch, round_, before, now)
    append([*changes, *steps.refresh_launch(before, now=now)], actor=user.pk, now=now)
    return signature


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote's conditions, and those of the voter's last vote which are still open."""

    wishes: list[Wish]
    owed: list[Condition]

    @property
    def values(self) -> list[dict[str, Any]]:
        return [wish.value for wish in self.wishes]

    def promises(self, launch: Launch) -> list[Promise]:
        owed = [Wish.of(condition) for condition in self.owed]
        return [wish.promise(launch, owed) for wish in self.wishes]


def _ballot(vote: Vote, wishes: Sequence[Wish], user: User, round_: Round | None) -> Ballot:
    """A NO-GO keeps no conditions and replaces none: what was asked for is offered to the next round."""
    if vote not in GOES or round_ is None:
        return Ballot([], [])
    return Ballot(list(wishes), promises.owed_to(user, round_))


def _let_vote_stand(signature: Signature, slot: Slot, round_: Round, conditions: str) -> None:
    """Put the vote in its slot's place in this round, instead of an earlier one that went stale."""
    Standing.objects.filter(slot=slot, round=round_).delete()
    Standing.objects.create(slot=slot, round=round_, signer=signature.signer, signature=signature)
    steps.let_stand(slot, mark_of(signature, steps.Ballot(signature.vote, conditions)))


def _voter(
    user: User, held: Sequence[Appointment], round_: Round | None, slot: Slot
) -> SignerFacts:
    elsewhere = Standing.objects.filter(round=round_, signer=user).exclude(slot=slot)
    facts = reading.signer_facts(user, held, slot)
    return replace(facts, votes_elsewhere=round_ is not None and elsewhere.exists())


def _content(before: LaunchStanding, round_: Round, slot: Slot, ballot: Ballot) -> dict[str, Any]:
    """What the vote is over: its own conditions, and beside them those that others asked for."""
    signed = Standing.objects.filter(slot__launch=before.launch, round=None)
    replaced = {condition.pk for condition in ballot.owed}
    listed = [
        *(reading.own_condition(value) for value in ballot.values),
        *(
            reading.condition_value(row)
            for row in reading.standing_conditions(before.launch)
            if row.pk not in replaced
        ),
    ]
    return reading.decision_snapshot(
        before,
        round_,
        slot,
        list(signed.select_related("signature")),
        replace(reading.listed_beneath(before.launch), conditions=listed),
    )


def _conclude(launch: Launch, round_: Round, before: LaunchStanding, now: datetime) -> list[Change]:
    """Say what the votes have come to: the round ends, or waits for the next one."""
    after = weigh(launch, before.sections, before.slots)
    reached = outcome(RoundState(round_.state), reading.votes_of(after))
    if reached == round_.state:
        promises.tell_conditions(launch)
        return []
    return [end_round(launch, round_, reached, now=now)]
