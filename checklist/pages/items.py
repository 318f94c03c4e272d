"""A launch's items over all its sections: the rows behind the verdict's numbers."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from checklist import reading
from checklist.forms.launches import AskedItems, ItemsFilter
from checklist.models import Item, Launch
from checklist.pages.rows import ACCEPTED, UNACCEPTED, Row, row_of, with_status
from checklist.permissions import Right
from checklist.rules import ItemStatus, Phase


@dataclass(frozen=True, slots=True)
class Group:
    """A section's rows."""

    number: str
    title: str
    url: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter to choose."""

    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """Everything the page of a launch's items shows."""

    groups: list[Group]
    choices: list[Choice]
    count: int
    manages: bool


def items_page(launch: Launch, *, user: User, asked: AskedItems, now: datetime) -> ItemsPage:
    """The readiness items that a filter asks for, by section. Two queries, three with expired evidence."""
    found = launch.items.filter(section__phase=Phase.READINESS).select_related(
        "owner", "section", "acceptance"
    )
    items = list(found.order_by("section__position", "position", "pk"))
    items = _narrowed(items, launch, asked, user=user, now=now)
    groups: dict[object, Group] = {}
    for item in items:
        section = item.section
        section.launch = launch
        url = section.get_absolute_url()
        group = groups.setdefault(section.pk, Group(section.number, section.title, url, []))
        row = row_of(item, launch=launch, number=section.number, can_edit=False, now=now)
        group.rows.append(row)
    manages = Right.MANAGE in reading.launch_rights(user, launch, now)
    return ItemsPage(list(groups.values()), _choices(asked), len(items), manages)


def _narrowed(
    items: list[Item], launch: Launch, asked: AskedItems, *, user: User, now: datetime
) -> list[Item]:
    if asked.is_mine:
        items = [item for item in items if item.owner_id == user.pk]
    if asked.status == ItemsFilter.EXPIRED:
        clock = launch.clock(Phase.READINESS, now)
        facts = {fact.id for fact in reading.facts_of(launch, items) if fact.expired(clock)}
        return [item for item in items if str(item.pk) in facts]
    return with_status(items, asked.status, launch=launch, now=now)


def _choices(asked: AskedItems) -> list[Choice]:
    labels = {
        "outstanding": _("Outstanding"),
        ACCEPTED: _("Accepted"),
        UNACCEPTED: _("Not accepted"),
        "settled": _("Settled"),
        **{status.value: str(status.label) for status in ItemStatus},
        "expired": _("Evidence expired"),
        "all": _("All"),
    }
    who = "&who=mine" if asked.is_mine else ""
    return [
        Choice(label, f"?status={code}{who}", code == asked.status)
        for code, label in labels.items()
    ]
