"""The executive slots as cards: who may vote there, what lies in them, and what has changed beneath it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from checklist.models import Slot
from checklist.pages.names import any_of, waited_for
from checklist.pages.reminders import Reminder, reminder
from checklist.pages.turns import escalated_words, moment
from checklist.pages.vacant import Link, appoint_links
from sentinel.reasons import Reason
from signoff.capacity import capacity_words
from signoff.models import Condition, Round, Signature
from signoff.pages.beneath import Compared, changes_beneath
from signoff.pages.changes import Changes
from signoff.pages.conditions import ConditionLine, condition_lines
from signoff.pages.content import content_of
from signoff.pages.proof import proof_words
from signoff.pages.table import Table
from signoff.rules import GOES, Origin
from signoff.words import sentence

ICONS = {"go": "approved", "no-go": "no-go", "stale": "stale", "idle": "unset"}


@dataclass(frozen=True, slots=True)
class Wait:
    """Whom an open slot waits for, and since when; `nobody` says that nobody may vote there."""

    whom: str = ""
    since: datetime | None = None
    is_you: bool = False
    nobody: str = ""
    appoint: tuple[Link, ...] = ()
    escalated: str = ""
    reminder: Reminder | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """What the reader can do in a slot: words and address, or why not. `blockers`: why GO is refused."""

    label: str = ""
    url: str = ""
    why_not: str = ""
    blockers: int = 0


@dataclass(frozen=True, slots=True)
class Cast:
    """The vote that lies in a slot."""

    by: str
    when: str
    proof: str
    reason: str
    receipt: str


@dataclass(frozen=True, slots=True)
class VoteCard:
    """An executive slot: who may vote there, and what lies in it."""

    title: str
    authorities: str
    tone: str
    word: str
    vote: Cast | None
    wait: Wait | None
    chance: Chance
    changes: Changes | None = None
    conditions: tuple[ConditionLine, ...] = ()

    @property
    def icon(self) -> str:
        return ICONS[self.tone]


def vote_cards(found: Table) -> list[VoteCard]:
    """All executive slots in words."""
    beneath = _beneath(found)
    return [_card(slot, found, beneath.get(slot.pk)) for slot in found.standing.executive]


def _beneath(found: Table) -> dict[UUID, Changes]:
    """For each vote that no longer covers what is there: what changed beneath it."""
    if found.newest is None:
        return {}
    stale = [slot for slot in found.standing.executive if found.is_stale(slot)]
    return changes_beneath(found.standing, compared(found, stale, found.newest))


def compared(found: Table, slots: list[Slot], round_: Round) -> dict[UUID, Compared]:
    """The last vote of each slot beside what a vote would be over now. One query, for the snapshots."""
    votes = {slot.pk: vote for slot in slots if (vote := found.last_vote(slot))}
    if not votes:
        return {}
    rows = Signature.objects.filter(pk__in=[vote.pk for vote in votes.values()])
    kept = {row.pk: row.snapshot for row in rows.defer("statement").select_related("snapshot")}
    return {
        slot.pk: Compared(
            since=_since(votes[slot.pk]),
            url=votes[slot.pk].get_absolute_url(),
            old=content_of(kept[votes[slot.pk].pk]),
            new=found.content(slot, round_),
        )
        for slot in slots
        if slot.pk in votes
    }


def _since(vote: Signature) -> str:
    text = _("Changed since %(who)s voted %(vote)s, %(when)s")
    return text % {
        "who": vote.signer_name,
        "vote": vote.get_vote_display(),
        "when": moment(vote.signed_at),
    }


def _card(slot: Slot, found: Table, changes: Changes | None) -> VoteCard:
    """An executive slot in words."""
    vote = found.vote_in(slot)
    tone, word = _word(slot, found, vote)
    open_still = found.takes_votes and tone in {"idle", "stale"}
    return VoteCard(
        title=slot.title,
        authorities=any_of(found.authorities.get(slot.pk, [])),
        tone=tone,
        word=word,
        vote=cast(vote) if vote else None,
        wait=_wait(slot, found) if open_still else None,
        chance=_chance(slot, found),
        changes=changes,
        conditions=condition_lines(_asked_in(slot, found), found.now),
    )


def _asked_in(slot: Slot, found: Table) -> list[Condition]:
    """What the vote that lies in a slot was given for."""
    rows = found.conditions_of(found.newest) if found.newest else []
    return [row for row in rows if row.signature_id == slot.signature and row.origin == Origin.VOTE]


def _word(slot: Slot, found: Table, vote: Signature | None) -> tuple[str, str]:
    """The tone and the word of a slot."""
    if vote is None:
        return "idle", _("Not cast") if found.takes_votes else _("No vote")
    if found.is_stale(slot):
        return "stale", _("%(vote)s, to affirm again") % {"vote": vote.get_vote_display()}
    return "go" if vote.vote in GOES else "no-go", vote.get_vote_display()


def _change_of_mind(slot: Slot, found: Table) -> str:
    """What is open to a holder while a vote stands: other words are the voter's own, NO-GO is everybody's."""
    mine = slot.signed_by_id == found.user.pk
    return _("Change this vote") if mine else _("Vote NO-GO after all")


def cast(vote: Signature) -> Cast:
    """A vote in words."""
    return Cast(
        by=by(vote),
        when=moment(vote.signed_at),
        proof=proof_words(vote).brief,
        reason=vote.comment,
        receipt=vote.get_absolute_url(),
    )


def by(vote: Signature) -> str:
    """Who signed, and as what."""
    capacity = capacity_words(vote.authority_name, vote.standing_in_for, vote.appointed_by)
    parts = {"who": vote.signer_name, "authority": capacity}
    return _("%(who)s (%(authority)s)") % parts


def _wait(slot: Slot, found: Table) -> Wait:
    holders = found.names.holders_of(slot)
    if not holders:
        return Wait(
            nobody=found.names.nobody_holds(slot),
            appoint=appoint_links(found.launch.slug, slot, found.names, found.viewer),
        )
    opened = found.newest.opened_at if found.newest else None
    since = slot.stale_since if slot.signature else opened
    slug, by = found.launch.slug, found.user.pk
    return Wait(
        whom=any_of(waited_for(holders)),
        since=since,
        is_you=found.may_vote(slot),
        escalated=escalated_words(slot, since),
        reminder=reminder(slot, holders, slug=slug, by=by, now=found.now)
        if found.manages
        else None,
    )


def _chance(slot: Slot, found: Table) -> Chance:
    """What the reader can do in this slot, and whether GO would be refused."""
    if not found.takes_votes or not found.holds(slot):
        return Chance()
    if not found.may_vote(slot):
        return Chance(why_not=sentence(Reason("one_slot_a_person")))
    stands = bool(slot.signature) and not found.is_stale(slot)
    label = _("Vote again") if slot.signature else _("Vote")
    return Chance(
        label=_change_of_mind(slot, found) if stands else label,
        url=reverse("signoff:vote", args=[found.launch.slug, slot.pk]),
        blockers=0 if stands else len(found.standing.verdict.readiness.blockers),
    )
