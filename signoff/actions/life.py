"""What managers do to a launch's life that its rounds and signatures know of: go live, relaunch, cancel, close."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from audit.ledger import Change, append
from checklist import reading as checklist
from checklist import rules
from checklist.actions import steps
from checklist.actions.accepting import release
from checklist.actions.life import begin
from checklist.actions.moves import Taken, demand_reason, leave_live, start_anew, take
from checklist.models import Item, Launch
from checklist.rules import OUTSTANDING, Outcome, Phase, Step, Tone, moment_refusals, within_minute
from sentinel.reasons import Reason
from signoff import reading
from signoff.actions import promises
from signoff.actions.promises import Source, Wish
from signoff.actions.rounds import end_round
from signoff.models import Round, Signature, Standing
from signoff.rules import TAKES_VOTES, Act, Origin, RoundState, promise_refusals
from signoff.words import refuse


@transaction.atomic
def go_live(
    launch: Launch, *, by: User, moment: datetime | None = None, reason: str = ""
) -> Launch:
    """Record the moment at which the launch went live, checked against approval as it is now (DESIGN 3.15).

    Without approval it needs a reason, and that stays on record for ever. Its round takes no votes any more.
    """
    now = timezone.now()
    launch = begin(launch, Step.GO_LIVE, by=by, now=now)
    approved = checklist.standing_of(launch, now).verdict.tone is Tone.APPROVED
    round_ = reading.newest_round(launch)
    last_vote = last_vote_of(round_) if round_ and approved else None
    moment = within_minute(moment or now, last_vote)
    moment = within_minute(moment, launch.review_opened_at)
    bounds = [("before_review", launch.review_opened_at), ("before_last_vote", last_vote)]
    refuse(moment_refusals(moment, now=now, bounds=bounds))
    if not approved and not reason:
        refuse([Reason("not_approved")])
    launch.live_at, launch.live_by = moment, by
    if approved and round_:
        launch.live_round = round_.pk
    else:
        launch.live_reason = reason
        launch.unapproved_at = launch.unapproved_at or moment
    taken = Taken(Step.GO_LIVE, by, now, "" if approved else reason, moment, approved)
    changes = [take(launch, taken)]
    if round_ and RoundState(round_.state) in TAKES_VOTES:
        changes.append(end_round(launch, round_, RoundState.LAUNCHED, now=now))
    standing = checklist.standing_of(launch, now)
    append([*changes, *steps.refresh_launch(standing, now=now)], actor=by.pk, now=now)
    return launch


def last_vote_of(round_: Round) -> datetime | None:
    """When the last vote of a round that still lies in it was cast."""
    votes = Signature.objects.filter(standing__round=round_, act=Act.VOTE)
    found: datetime | None = votes.aggregate(last=Max("signed_at"))["last"]
    return found


@transaction.atomic
def relaunch(launch: Launch, *, by: User, reason: str) -> Launch:
    """Back into review after a roll back, saying what changed. What was signed and not withdrawn still counts.

    Readiness thaws, the GO is spent, and what is done after a launch starts anew.
    """
    now = timezone.now()
    launch = begin(launch, Step.RELAUNCH, by=by, now=now)
    demand_reason(reason)
    leave_live(launch)
    launch.review_opened_at = now
    changes = [take(launch, Taken(Step.RELAUNCH, by, now, reason)), *start_anew(launch, now, by)]
    changes += _clear_what_counts_no_more(launch)
    steps.set_decision(launch, outcome=Outcome.NONE, answers_digest="", at=now)
    append([*changes, *steps.refresh_all(launch, now=now)], actor=by.pk, now=now)
    return launch


def _clear_what_counts_no_more(launch: Launch) -> list[Change]:
    """Votes of the round that is spent, and what was withdrawn while nothing could change."""
    for slot in launch.slots.all():
        if slot.section_id is None or slot.withdrawn_at:
            steps.clear(slot)
    Standing.objects.filter(
        slot__launch=launch, round=None, signature__withdrawals__isnull=False
    ).delete()
    taken_back = Signature.objects.filter(
        launch=launch, act=Act.ACCEPT, withdrawals__isnull=False
    ).values("pk")
    items = Item.objects.filter(launch=launch, acceptance__signature__in=taken_back)
    return release(list(items.with_acceptance()))


@transaction.atomic
def cancel_launch(launch: Launch, *, by: User, reason: str) -> Launch:
    """End a launch for good, with a reason; a round that still takes votes is cancelled with it."""
    now = timezone.now()
    launch = begin(launch, Step.CANCEL, by=by, now=now)
    demand_reason(reason)
    changes = [take(launch, Taken(Step.CANCEL, by, now, reason))]
    round_ = reading.newest_round(launch)
    if round_ and RoundState(round_.state) in TAKES_VOTES:
        changes.append(end_round(launch, round_, RoundState.CANCELLED, now=now, reason=reason))
        for slot in launch.slots.executive():
            steps.clear(slot)
    standing = checklist.standing_of(launch, now)
    append([*changes, *steps.refresh_launch(standing, now=now)], actor=by.pk, now=now)
    return launch


@dataclass(frozen=True, slots=True)
class Leftover:
    """What becomes of an unsettled item when the launch is closed: why it is left, who sees to it, by when."""

    reason: str
    owner: User
    due_on: date


@transaction.atomic
def close_launch(
    launch: Launch,
    *,
    by: User,
    leftovers: Mapping[UUID, Leftover],
    next_review_on: date | None = None,
) -> Launch:
    """Close a live launch. Each unsettled post-launch and review item lives on as a condition (DESIGN 3.16).

    `leftovers` names exactly those items; open conditions stay as they are. The next review is in three months,
    unless said otherwise.
    """
    now = timezone.now()
    launch = begin(launch, Step.CLOSE, by=by, now=now)
    today = timezone.localdate(now, launch.zone)
    items = unsettled(launch)
    refuse(_closing_refusals(items, leftovers))
    wishes = [_wish(item, leftovers[item.pk]) for item in items]
    refuse(promise_refusals([wish.promise(launch) for wish in wishes], now))
    launch.next_review_on = next_review_on or rules.quarter_after(today)
    if launch.next_review_on <= today:
        refuse([Reason("review_date_over")])
    changes: list[Change] = [take(launch, Taken(Step.CLOSE, by, now))]
    source = Source(Origin.CLOSING, by=by, at=now, asked_by=by)
    changes += promises.make_conditions(launch, wishes, source)[1]
    promises.tell_conditions(launch)
    standing = checklist.standing_of(launch, now)
    append([*changes, *steps.refresh_launch(standing, now=now)], actor=by.pk, now=now)
    return launch


def unsettled(launch: Launch) -> list[Item]:
    """What is left to do after the launch, in order: closing it has to say what becomes of each."""
    return list(
        Item.objects.filter(launch=launch, status__in=OUTSTANDING)
        .exclude(section__phase=Phase.READINESS)
        .select_related("section", "owner")
        .order_by("section__position", "position", "pk")
    )


def _closing_refusals(items: list[Item], leftovers: Mapping[UUID, Leftover]) -> list[Reason]:
    if {item.pk for item in items} != leftovers.keys():
        return [Reason("leftovers_changed")]
    return [
        Reason(
            "leftover_incomplete",
            f"item:{item.pk}",
            {"number": item.number, "text": item.text},
        )
        for item in items
        if not leftovers[item.pk].reason
    ]


def _wish(item: Item, left: Leftover) -> Wish:
    return Wish(f"{item}: {left.reason}", left.owner, left.due_on)
