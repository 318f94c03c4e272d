"""The signing moment of an executive: two sentences, what each commits to, and why GO is refused where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from checklist import material
from checklist.models import Appointment, Launch, Slot
from checklist.pages.check import Gap
from checklist.pages.names import any_of, waited_for
from checklist.pages.turns import moment
from checklist.reading import decision_material, slot_facts
from checklist.rules import GIVEN, Doing, LaunchState, Phase, SlotState, doing_refusals
from checklist.verdict_words import VerdictWords, verdict_words
from sentinel.reasons import Reason
from signoff import reading
from signoff.actions.promises import Wish
from signoff.capacity import capacity_of
from signoff.models import Condition, Signature
from signoff.pages.beneath import Compared, changes_beneath
from signoff.pages.blockers import blocker_lines
from signoff.pages.cards import Cast, by, cast, compared
from signoff.pages.changes import Changes, meanwhile, shown_in, shown_token
from signoff.pages.conditions import ConditionLine, condition_lines
from signoff.pages.content import AnswerLine, Remark, answer_lines, listed_remarks
from signoff.pages.people import Signer, signer
from signoff.pages.table import Table, table
from signoff.rules import (
    BallotFacts,
    Origin,
    RoundState,
    SignerFacts,
    Vote,
    key_refusals,
    promise_refusals,
    voting_refusals,
)
from signoff.statements import meaning_of_vote
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class Seat:
    """One executive slot at the table of a decision, and the reader before it."""

    table: Table
    slot: Slot
    held: list[Appointment]
    has_key: bool = False

    @property
    def launch(self) -> Launch:
        return self.table.launch

    @property
    def seen(self) -> str:
        """The digest that a vote without conditions would bind now; its own are added to it."""
        return self._material("")

    def _material(self, conditions: str) -> str:
        return decision_material(self.launch, self.table.standing.sections, self.slot, conditions)

    @property
    def owed(self) -> list[Condition]:
        """What is still open of what the reader asked for in this round."""
        rows = self.table.conditions_of(self.table.newest) if self.table.newest else []
        return [
            row
            for row in rows
            if row.origin == Origin.VOTE
            and row.asked_by_id == self.table.user.pk
            and row.done_at is None
            and row.counts
        ]

    def refusals(self, vote: Vote, seen: str, wishes: Sequence[Wish] | None = None) -> list[Reason]:
        """Why this person cannot vote so now, over what they saw; `wishes` are their conditions, once written."""
        newest, found = self.table.newest, self.table
        wanted, owed = wishes or [], [Wish.of(row) for row in self.owed]
        own = material.of_conditions(wish.value for wish in wanted)
        written = None if wishes is None and vote is Vote.GO_CONDITIONAL else len(wanted)
        repeats = written is not None and self._material(own) == self.slot.signed_material
        closed = doing_refusals(LaunchState(self.launch.state), Doing.SIGN)
        reasons = closed or voting_refusals(
            vote,
            round_state=RoundState(newest.state) if newest else None,
            slot=found.slot_facts(self.slot),
            readiness=found.standing.verdict.readiness,
            signer=SignerFacts(
                holds=frozenset(row.authority.slug for row in self.held),
                stands_here=self.slot.signed_by_id == found.user.pk,
                votes_elsewhere=found.takes_votes and bool(found.voted_by_reader - {self.slot.pk}),
            ),
            ballot=BallotFacts(written, repeats),
        ) + promise_refusals([wish.promise(self.launch, owed) for wish in wanted], found.now)
        reasons += key_refusals(vote, demanded=self.launch.executive_keys, by_key=self.has_key)
        return reasons if seen == self.seen else [*reasons, Reason("changed_meanwhile")]


def seat(launch: Launch, slot: UUID, *, user: User, now: datetime, has_key: bool = False) -> Seat:
    """Read what voting in a slot needs; 404 where the launch has no such executive slot.

    `has_key`: the reader could vote with a key of their own.
    """
    found = table(launch, user=user, now=now)
    row = next((row for row in found.standing.executive if row.pk == slot), None)
    if row is None:
        raise Http404("This launch has no such executive slot.")
    return Seat(found, row, reading.holdings(user, row, now), has_key)


@dataclass(frozen=True, slots=True)
class SignedLine:
    """A section's slot beneath a vote: who signed it, or that nobody has."""

    text: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class SignedSection:
    """A section beneath a vote."""

    name: str
    url: str
    slots: list[SignedLine]


@dataclass(frozen=True, slots=True)
class VotePage:
    """Everything the vote page shows."""

    launch: Launch
    slot: Slot
    round: str
    verdict: VerdictWords
    authorities: str
    go_sentence: str
    conditional_sentence: str
    no_go_sentence: str
    signer: Signer | None
    seen: str
    shown: str
    lies_there: Cast | None
    is_stale: bool
    since: Changes | None
    meanwhile: Changes | None
    sections: list[SignedSection]
    answers: list[AnswerLine]
    others: tuple[ConditionLine, ...]
    listed: list[Remark]
    what_changed: str
    reasons: list[Gap]
    blockers: list[Gap]
    can_go: bool
    can_condition: bool
    can_refuse: bool
    voids: str

    @property
    def can_act(self) -> bool:
        return self.can_go or self.can_condition or self.can_refuse

    @property
    def short(self) -> str:
        return self.seen[:8]


def vote_page(found: Seat, token: str = "") -> VotePage:
    """The vote in words. `token` is what an earlier state of the page had shown."""
    slot, launch, newest = found.slot, found.launch, found.table.newest
    content = found.table.content(slot, newest) if newest else None
    authorities = any_of(found.table.authorities.get(slot.pk, []))
    authority = capacity_of(found.held[0]).clause if found.held else authorities
    go, conditional, no_go = (found.refusals(vote, found.seen) for vote in Vote)
    lies_there = found.table.vote_in(slot)
    since, changed = _changes(found, content, token)
    listed = reading.listed_beneath(launch)
    return VotePage(
        launch=launch,
        slot=slot,
        round=str(newest) if newest else "",
        verdict=verdict_words(found.table.standing, found.table.now),
        authorities=authorities,
        go_sentence=_meaning(Vote.GO, launch, authority),
        conditional_sentence=_meaning(Vote.GO_CONDITIONAL, launch, authority),
        no_go_sentence=_meaning(Vote.NO_GO, launch, authority),
        signer=signer(found.table.user, found.held, found.table.now),
        seen=found.seen,
        shown=shown_token(content) if content else "",
        lies_there=cast(lies_there) if lies_there else None,
        is_stale=found.table.is_stale(slot),
        since=since,
        meanwhile=changed,
        sections=_sections(found.table),
        answers=answer_lines(content or {}),
        others=_others(found),
        listed=listed_remarks(listed.acceptances, listed.risks),
        what_changed=newest.what_changed if newest else "",
        reasons=_reasons(found, go, no_go),
        blockers=blocker_lines(found.table.standing, found.table.names),
        can_go=not go,
        can_condition=not conditional,
        can_refuse=not no_go,
        voids=_voids(found),
    )


def _meaning(vote: Vote, launch: Launch, authority: str) -> str:
    return meaning_of_vote(
        vote, launch=str(launch), environment=launch.environment, authority=authority
    ).text


def _others(found: Seat) -> tuple[ConditionLine, ...]:
    """The conditions that are listed beside this vote: all that count but the reader's own."""
    own = {row.pk for row in found.owed}
    rows = [row for row in found.table.conditions if row.counts and row.pk not in own]
    return condition_lines(rows, found.table.now)


def _changes(
    found: Seat, content: dict[str, Any] | None, token: str
) -> tuple[Changes | None, Changes | None]:
    """What changed since the slot's last vote, and since the page that was sent back was made."""
    newest = found.table.newest
    if content is None or newest is None:
        return None, None
    ours = compared(found.table, [found.slot], newest)
    asked = {"since": ours[found.slot.pk]} if ours else {}
    shown = shown_in(token)
    ours_too = (
        shown and shown["kind"] == "decision" and shown["launch"]["id"] == str(found.launch.pk)
    )
    if shown and ours_too:
        asked["meanwhile"] = Compared(meanwhile(), "", shown, content)
    told = changes_beneath(found.table.standing, asked)
    return told.get("since"), told.get("meanwhile")


def _sections(found: Table) -> list[SignedSection]:
    """The readiness sections with whoever signed them, and when."""
    by_slot = {row.slot_id: row.signature for row in found.signed}
    rows = []
    for section in found.standing.sections:
        if section.phase != Phase.READINESS:
            continue
        section.launch = found.launch
        slots = [
            _signed(slot_facts(slot, section).state, by_slot.get(slot.pk))
            for slot in found.standing.slots_of(section)
        ]
        rows.append(SignedSection(str(section), section.get_absolute_url(), slots))
    return rows


def _signed(state: SlotState, signature: Signature | None) -> SignedLine:
    if signature is None:
        return SignedLine(_("Not signed"))
    parts = {"who": by(signature), "when": moment(signature.signed_at)}
    text = _("%(who)s, %(when)s") % parts
    if state is SlotState.STALE:
        text = _("%(who)s, %(when)s, changed since") % parts
    return SignedLine(text, signature.get_absolute_url())


def _reasons(found: Seat, go: list[Reason], no_go: list[Reason]) -> list[Gap]:
    """Why this person cannot vote here, whom to ask; what blocks the launch has a list of its own."""
    blockers = found.table.standing.verdict.readiness.blockers
    mine = [*no_go, *(reason for reason in go if reason not in blockers and reason not in no_go)]
    return [
        Gap(
            sentence(reason),
            _way_to_a_key(found) if reason.code == "own_key_demanded" else "",
            _holders(found) if reason.code == "not_holder" else "",
        )
        for reason in mine
    ]


def _way_to_a_key(found: Seat) -> str:
    """Where a passkey is made, and back to the vote."""
    here = reverse("signoff:vote", args=[found.launch.slug, found.slot.pk])
    return f"{reverse('mfa_add_webauthn')}?{urlencode({'next': here})}"


def _holders(found: Seat) -> str:
    holders = found.table.names.holders_of(found.slot)
    if not holders:
        return found.table.names.nobody_holds(found.slot)
    return _("%(who)s may vote here.") % {"who": any_of(waited_for(holders))}


def _voids(found: Seat) -> str:
    """What a NO-GO ends, said beforehand."""
    given = [row for row in found.table.standing.executive if row.signature]
    votes = [vote for slot in given if (vote := found.table.vote_in(slot))]
    if not votes:
        return _("NO-GO ends this round.")
    who = ", ".join(f"{vote.signer_name}, {moment(vote.signed_at)}" for vote in votes)
    if found.launch.outcome in GIVEN:
        return _("NO-GO ends this round, which had come to GO by the votes of %(who)s.") % {
            "who": who
        }
    return _("NO-GO ends this round. These votes were given in it: %(who)s.") % {"who": who}
