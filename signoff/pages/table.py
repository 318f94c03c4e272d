"""A launch's decision as rows: everything that its pages look at, read in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from checklist import reading as checklist
from checklist.models import Launch, Slot
from checklist.pages.names import Names, names_of
from checklist.permissions import Ground, Right, Viewer, rights
from checklist.reading import LaunchStanding, decision_material
from checklist.rules import SlotFacts
from signoff import reading
from signoff.models import Condition, Round, Signature, Standing
from signoff.pages.content import as_kept
from signoff.rules import TAKES_VOTES, Act, Ending, RoundState
from signoff.statements import Listed


@dataclass(frozen=True, slots=True)
class Table:
    """Who sits at the table of a decision, what lies on it, and what was said there before."""

    launch: Launch
    standing: LaunchStanding
    rounds: list[Round]
    signatures: list[Signature]
    signed: list[Standing]
    conditions: list[Condition]
    names: Names
    authorities: dict[UUID, list[str]]
    viewer: Viewer
    user: User
    now: datetime

    @property
    def newest(self) -> Round | None:
        return self.rounds[0] if self.rounds else None

    @property
    def counts(self) -> RoundState | None:
        """What the newest round came to that was not cancelled."""
        round_ = self.newest_that_counts
        return RoundState(round_.state) if round_ else None

    @property
    def newest_that_counts(self) -> Round | None:
        """The newest round that was not cancelled."""
        rounds = (row for row in self.rounds if row.state != RoundState.CANCELLED)
        return next(rounds, None)

    @property
    def takes_votes(self) -> bool:
        return self.newest is not None and RoundState(self.newest.state) in TAKES_VOTES

    @property
    def manages(self) -> bool:
        return Right.MANAGE in rights(self.viewer, Ground(frozenset()))

    @property
    def voted_by_reader(self) -> set[UUID]:
        """The slots in which the reader's vote counts in this round, stale or not."""
        return {slot.pk for slot in self.standing.executive if slot.signed_by_id == self.user.pk}

    def holds(self, slot: Slot) -> bool:
        """Does the reader hold one of the slot's authorities now?"""
        return any(holder.id == self.user.pk for holder in self.names.holders_of(slot))

    def may_vote(self, slot: Slot) -> bool:
        """One who holds, and takes no other part in this round."""
        return self.holds(slot) and not self.voted_by_reader - {slot.pk}

    def is_stale(self, slot: Slot) -> bool:
        """A vote lies in the slot of a round that is not over, and covers no longer what is there."""
        voted = self.takes_votes and bool(slot.signed_material)
        return voted and not self.slot_facts(slot).stands

    def slot_facts(self, slot: Slot) -> SlotFacts:
        """A slot's vote weighed against today's content, whatever has become of the round."""
        material = decision_material(self.launch, self.standing.sections, slot)
        return SlotFacts(str(slot.pk), slot.title, material, slot.signed_material, asked=True)

    def vote_in(self, slot: Slot) -> Signature | None:
        """The vote that lies in a slot now."""
        return next((row for row in self.signatures if row.pk == slot.signature), None)

    def last_vote(self, slot: Slot) -> Signature | None:
        """The slot's last vote, of whatever round."""
        votes = (row for row in self.signatures if row.act == Act.VOTE and row.slot_id == slot.pk)
        return next(votes, None)

    def of_round(self, round_: Round) -> list[Signature]:
        """A round's votes and their withdrawals, oldest first."""
        return [row for row in reversed(self.signatures) if row.round_id == round_.pk]

    def content(self, slot: Slot, round_: Round) -> dict[str, Any]:
        """What a vote in this slot would be over now, with the conditions of the vote that lies there."""
        listed = [
            reading.condition_value(row) | {"own": row.signature_id == slot.signature}
            for row in self.conditions
            if row.counts
        ]
        return as_kept(
            reading.decision_snapshot(self.standing, round_, slot, self.signed, Listed(listed))
        )

    def conditions_of(self, round_: Round) -> list[Condition]:
        """What was asked for in a round and not taken back, and what was carried into it."""
        taken_back = {Ending.REPLACED, Ending.WITHDRAWN}
        return [
            row
            for row in self.conditions
            if row.round_id == round_.pk and row.ended not in taken_back
        ]

    @property
    def left_over(self) -> list[Condition]:
        """What earlier rounds left open, for the next one to carry or drop."""
        return [row for row in self.conditions if row.is_left_over]


def table(launch: Launch, *, user: User, now: datetime) -> Table:
    """Read all of a launch's decision. Nine queries."""
    standing = checklist.standing_of(launch, now)
    signatures = Signature.objects.filter(launch=launch, round__isnull=False)
    signed = Standing.objects.filter(slot__launch=launch, round=None)
    rounds = list(launch.rounds.select_related("opened_by"))
    return Table(
        launch=launch,
        standing=standing,
        rounds=rounds,
        conditions=_conditions(launch, rounds),
        signatures=list(signatures.with_proof().defer("statement").newest_first()),
        signed=list(signed.select_related("signature")),
        names=names_of(launch, standing.slots, now),
        authorities=_authorities(standing.executive),
        viewer=checklist.viewer_of(user, launch, now),
        user=user,
        now=now,
    )


def _conditions(launch: Launch, rounds: Sequence[Round]) -> list[Condition]:
    """All conditions that a launch ever had. One query: launch and rounds are those that are here already."""
    by_id = {round_.pk: round_ for round_ in rounds}
    rows = launch.conditions.select_related("owner", "handed_to", "asked_by", "done_by", "ended_by")
    found = list(rows)
    for row in found:
        row.launch = launch
        row.round = by_id[row.round_id] if row.round_id else None
    return found


def _authorities(slots: Sequence[Slot]) -> dict[UUID, list[str]]:
    """The names of the authorities of some slots, in their order. One query."""
    through = Slot.authorities.through.objects.filter(slot__in=[slot.pk for slot in slots])
    found: dict[UUID, list[str]] = defaultdict(list)
    for slot, name in through.order_by("authority__name").values_list("slot", "authority__name"):
        found[slot].append(name)
    return dict(found)
