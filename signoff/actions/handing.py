"""Conditions as a kind of what is handed over: how they are found, who may, and the step that gives one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.ledger import Change
from checklist.actions import steps
from checklist.actions.common import clean_fields
from checklist.handing import MOST, Holding, Kind
from checklist.models import Launch
from checklist.models.launches import LaunchQuerySet
from checklist.reading import standing_of
from checklist.rules import Doing, LaunchState
from signoff.models import Condition
from signoff.rules import may_keep
from signoff.verbs import Verb


def _owed(person: User, launches: LaunchQuerySet) -> Iterable[Holding]:
    rows = Condition.objects.filter(launch__in=launches).kept_by(person).owed()
    rows = rows.exclude(launch__state=LaunchState.CANCELLED)
    rows = rows.select_related("launch", "round", "owner", "handed_to")
    for row in rows.order_by("launch", "due_on", "made_at", "pk")[:MOST]:
        yield Holding(CONDITIONS.key, row.pk, row.launch, row, Doing.CONDITIONS)


def _give(holding: Holding, to: User, _by: User, _now: datetime, reason: str) -> Change:
    """Whom it was asked of stays as it was signed; who keeps it now stands beside."""
    row: Condition = holding.row
    old = {"keeper": row.keeper.pk}
    row.handed_to = None if to.pk == row.owner_id else to
    clean_fields(row, ["handed_to"])
    row.save(update_fields=["handed_to"])
    return Change(
        Verb.CONDITION_HANDED_OVER,
        f"condition:{row.pk}",
        row.launch_id,
        old=old,
        new={"keeper": to.pk},
        reason=reason,
    )


def _finish(launch: Launch, _given: Sequence[Holding], now: datetime) -> list[Change]:
    """Nothing that is counted or signed has changed: the launch's pages have, so its revision moves."""
    return steps.refresh_launch(standing_of(launch, now), now=now)


CONDITIONS = Kind(
    key="condition",
    title=_("Conditions"),
    one=_("Condition"),
    who_may=_("whoever keeps it, or a launch manager"),
    for_whom=_("somebody who takes part in the launch"),
    find=_owed,
    name=lambda held: str(held.row),
    url=lambda held: held.row.get_absolute_url(),
    may=lambda held, viewer, _circle: may_keep(viewer, held.row.facts),
    takers=lambda held, circle: circle.insiders(held.launch),
    give=_give,
    finish=_finish,
)
