"""Handing over what somebody holds, when they go: rows of several launches and kinds to one person, all or nothing."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, append
from checklist.actions.common import refuse
from checklist.handing import KINDS, Hands, Holding, hands_of
from checklist.models import Launch
from checklist.rules import LaunchState, doing_refusals
from checklist.words import sentence
from sentinel.errors import Refused
from sentinel.reasons import Reason


@transaction.atomic
def hand_over(
    person: User, *, to: User, by: User, picked: Collection[tuple[str, UUID]], reason: str
) -> list[Holding]:
    """Give what was picked of what somebody holds to another person, with a reason, or nothing of it.

    Each row is (kind, id). What is gone meanwhile, may not be given now or may not be taken refuses them all.
    """
    now = timezone.now()
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    wanted = set(picked)
    if not wanted:
        refuse([Reason("nothing_picked")])
    locked = _lock(hands_of(person, reader=by, now=now), wanted)
    hands = hands_of(person, reader=by, now=now)
    found = [held for held in hands.holdings if (held.kind, held.id) in wanted]
    found = [held for held in found if held.launch.pk in locked]
    if not all(map(hands.may_give, found)):
        raise PermissionDenied("You may not hand this over.")
    reasons = [] if len(found) == len(wanted) else [Reason("handed_meanwhile")]
    reasons += [reason for held in found for reason in _refusals(held, hands, to)]
    refuse(reasons)
    changes = [
        change
        for rows in _by_launch(found)
        for change in _give(rows, to=to, by=by, now=now, reason=reason)
    ]
    append(changes, actor=by.pk, now=now)
    return found


def _lock(hands: Hands, wanted: Collection[tuple[str, UUID]]) -> set[UUID]:
    """Lock the launches concerned in the order of their keys, so that two handovers never wait for each other."""
    launches = {held.launch.pk for held in hands.holdings if (held.kind, held.id) in wanted}
    rows = Launch.objects.select_for_update(of=("self",), no_key=True)
    return {launch.pk for launch in rows.filter(pk__in=launches).order_by("pk")}


def _refusals(held: Holding, hands: Hands, to: User) -> list[Reason]:
    """Why this cannot be given to that person now, each with what it is about."""
    kind, token = KINDS[held.kind], held.token
    what = {"what": kind.name(held), "launch": str(held.launch), "who": str(to)}
    what["whom"] = str(kind.for_whom)
    closed = doing_refusals(LaunchState(held.launch.state), held.doing)
    reasons = [
        Reason("cannot_be_given", token, what | {"why": sentence(reason)}) for reason in closed
    ]
    if to.pk not in hands.takers(held):
        code = "takes_over_from_self" if to.pk == hands.person.pk else "cannot_take"
        reasons.append(Reason(code, token, what))
    return reasons


def _by_launch(found: Sequence[Holding]) -> list[list[Holding]]:
    rows: dict[UUID, list[Holding]] = defaultdict(list)
    for held in found:
        rows[held.launch.pk].append(held)
    return [rows[pk] for pk in sorted(rows)]


def _give(
    rows: Sequence[Holding], *, to: User, by: User, now: datetime, reason: str
) -> list[Change]:
    """Give all that was picked in one launch, and bring its read model up to date."""
    launch = Launch.objects.get(pk=rows[0].launch.pk)
    changes = [KINDS[held.kind].give(held, to, by, now, reason) for held in rows]
    for key, kind in KINDS.items():
        if given := [held for held in rows if held.kind == key]:
            changes += kind.finish(launch, given, now)
    return changes
