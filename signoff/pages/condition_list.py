"""All conditions of a launch, by how they stand; what is to be done before the launch comes first."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from checklist.models import Launch
from checklist.permissions import Ground, Right, rights
from checklist.reading import viewer_of
from signoff.models import Condition
from signoff.pages.conditions import ConditionLine, condition_line
from signoff.rules import ConditionState

GROUPS: dict[str, tuple[Promise, frozenset[ConditionState]]] = {
    "open": (_("Open"), frozenset({ConditionState.OPEN, ConditionState.OVERDUE})),
    "idle": (_("Left open by rounds that are over"), frozenset({ConditionState.IDLE})),
    "done": (_("Done"), frozenset({ConditionState.DONE})),
    "ended": (_("No longer asked for"), frozenset({ConditionState.ENDED})),
}


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions that stand alike."""

    key: str
    title: str
    lines: tuple[ConditionLine, ...]


@dataclass(frozen=True, slots=True)
class ConditionList:
    """Everything that the page of conditions shows."""

    launch: Launch
    groups: list[Group]
    manages: bool


def condition_list(launch: Launch, *, user: User, now: datetime) -> ConditionList:
    """A launch's conditions. Two queries."""
    rows = list(Condition.objects.filter(launch=launch).for_page())
    for row in rows:
        row.launch = launch
    viewer = viewer_of(user, launch, now)
    groups = [_group(key, rows, now) for key in GROUPS]
    return ConditionList(
        launch=launch,
        groups=[group for group in groups if group.lines],
        manages=Right.MANAGE in rights(viewer, Ground(frozenset())),
    )


def _group(key: str, rows: list[Condition], now: datetime) -> Group:
    title, states = GROUPS[key]
    found = [row for row in rows if row.state(now) in states]
    return Group(key, str(title), tuple(condition_line(row, now) for row in found))
