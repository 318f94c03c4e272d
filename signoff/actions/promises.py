"""Steps for conditions: they make and end rows and return the ledger entries for it. Actions call them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q

from accounts.models import User
from accounts.permissions import Permission, allows
from audit.ledger import Change, Salted
from checklist.actions import steps
from checklist.actions.common import clean_fields
from checklist.models import Launch
from checklist.rules import day_ends
from signoff.models import Condition, Round, Signature
from signoff.rules import Ending, Origin, Promise
from signoff.verbs import Verb

CHECKED = ("launch", "round", "signature", "origin", "text", "owner", "due_on", "before_launch")


VERBS = {
    Ending.REPLACED: Verb.CONDITION_REPLACED,
    Ending.WITHDRAWN: Verb.CONDITION_WITHDRAWN,
    Ending.LIFTED: Verb.CONDITION_LIFTED,
    Ending.CARRIED: Verb.CONDITION_CARRIED,
    Ending.DROPPED: Verb.CONDITION_DROPPED,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A condition as somebody asks for it."""

    text: str
    owner: User
    due_on: date
    before_launch: bool = False

    @property
    def value(self) -> dict[str, Any]:
        """As statements, snapshots and digests carry it."""
        return {
            "text": self.text,
            "owner": {"id": str(self.owner.pk), "name": self.owner.full_name},
            "due": self.due_on.isoformat(),
            "before_launch": self.before_launch,
        }

    @classmethod
    def of(cls, condition: Condition) -> "Wish":
        """A condition asked for once more: of whoever keeps it now."""
        return cls(condition.text, condition.keeper, condition.due_on, condition.before_launch)

    def promise(self, launch: Launch, owed: Sequence["Wish"] = ()) -> Promise:
        """What the rules ask of it: whoever owes it must be able to see and keep it. `owed` already may be late."""
        takes_part = allows(self.owner, Permission.TAKE_PART)
        return Promise(
            due_at=day_ends(self.due_on, launch.time_zone),
            owner=self.owner.full_name,
            owner_takes_part=takes_part and launch.is_visible_to(self.owner),
            renewed=self in owed,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """Where conditions come from: who makes them, who asked for them, in which vote or round."""

    origin: Origin
    by: User
    at: datetime
    asked_by: User
    round: Round | None = None
    signature: Signature | None = None
    carried_from: Condition | None = None


def make_conditions(
    launch: Launch, wishes: Sequence[Wish], source: Source
) -> tuple[list[Condition], list[Change]]:
    """Make conditions, in their order. The caller has asked `promise_refusals`, and tells the launch afterwards."""
    made = [
        Condition(
            launch=launch,
            round=source.round,
            signature=source.signature,
            carried_from=source.carried_from,
            position=position,
            origin=source.origin,
            text=wish.text,
            owner=wish.owner,
            due_on=wish.due_on,
            before_launch=wish.before_launch,
            asked_by=source.asked_by,
            made_by=source.by,
            made_at=source.at,
        )
        for position, wish in enumerate(wishes, 1)
    ]
    for condition in made:
        clean_fields(condition, CHECKED)
        condition.save(force_insert=True)
    return made, [_made(condition) for condition in made]


def _made(condition: Condition) -> Change:
    new = {
        "text": Salted(condition.text),
        "owner": condition.owner_id,
        "due_on": condition.due_on,
        "before_launch": condition.before_launch,
        "origin": condition.origin,
        "round": condition.round_id,
        "signature": condition.signature_id,
        "carried_from": condition.carried_from_id,
        "asked_by": condition.asked_by_id,
    }
    return Change(Verb.CONDITION_MADE, f"condition:{condition.pk}", condition.launch_id, new=new)


def end_condition(
    condition: Condition, ending: Ending, *, by: User, at: datetime, reason: str = ""
) -> Change:
    """End a condition that is owed no longer: it stays on record. The caller tells the launch afterwards."""
    condition.ended, condition.ended_by, condition.ended_at = ending, by, at
    condition.ended_reason = reason
    clean_fields(condition, ["ended", "ended_by", "ended_at", "ended_reason"])
    condition.save(update_fields=["ended", "ended_by", "ended_at", "ended_reason"])
    return Change(
        VERBS[ending],
        f"condition:{condition.pk}",
        condition.launch_id,
        old={"ended": Ending.NONE},
        new={"ended": ending},
        reason=reason,
    )


def replace_conditions(
    launch: Launch, wishes: Sequence[Wish], source: Source, owed: Sequence[Condition]
) -> list[Change]:
    """A new vote's conditions take the place of those that the same person asked for in the vote before."""
    ends = [end_condition(row, Ending.REPLACED, by=source.by, at=source.at) for row in owed]
    _made, changes = make_conditions(launch, wishes, source)
    return [*ends, *changes]


def owed_to(user: User, round_: Round) -> list[Condition]:
    """What is still open of what this person asked for by their vote in this round."""
    rows = Condition.objects.filter(round=round_, origin=Origin.VOTE, asked_by=user)
    return list(
        rows.filter(done_at=None, ended=Ending.NONE).select_related("owner", "handed_to", "launch")
    )


def left_over(launch: Launch) -> list[Condition]:
    """What earlier rounds left open, for the next one to carry or drop."""
    rows = Condition.objects.filter(launch=launch).left_over()
    return list(
        rows.select_related("launch", "owner", "handed_to", "asked_by", "signature", "round")
    )


def take_over(
    left: Sequence[Condition], dropped: Mapping[UUID, str], source: Source
) -> list[Change]:
    """Carry what earlier rounds left open into a new round, or drop it with a reason."""
    changes = []
    for condition in left:
        reason = dropped.get(condition.pk, "")
        ending = Ending.DROPPED if condition.pk in dropped else Ending.CARRIED
        changes.append(end_condition(condition, ending, by=source.by, at=source.at, reason=reason))
        if ending is Ending.CARRIED:
            changes += _carry(condition, source)
    return changes


def _carry(condition: Condition, source: Source) -> list[Change]:
    """The same promise, in another round, by whoever keeps it now."""
    carried = replace(
        source,
        asked_by=condition.asked_by,
        signature=condition.signature,
        carried_from=condition,
    )
    _made, changes = make_conditions(condition.launch, [Wish.of(condition)], carried)
    return changes


def tell_conditions(launch: Launch) -> None:
    """Tell the launch what is owed now; the caller refreshes the launch after that. One query, and one to save."""
    counted = (
        Condition.objects.filter(launch=launch)
        .owed()
        .order_by()
        .aggregate(
            open=Count("pk"), before=Count("pk", filter=Q(before_launch=True)), due=Min("due_on")
        )
    )
    steps.set_conditions(
        launch,
        open_conditions=counted["open"],
        open_before_launch=counted["before"],
        next_due=counted["due"],
    )
