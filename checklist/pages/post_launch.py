"""The post-launch page: the clocks of the day and the week after, with their tasks, who answers, what is overdue."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from checklist import reading
from checklist.models import Item, Launch, Section
from checklist.pages.rows import Row, rows_of, set_refusals
from checklist.pages.section import Head, section_clock, section_head
from checklist.permissions import Viewer
from checklist.rules import OUTSTANDING, Phase
from checklist.verdict_words import full_moment
from checklist.words import sentence


@dataclass(frozen=True, slots=True)
class Task:
    """What comes after the launch in one section: until when, by whom, and its rows."""

    section: Section
    head: Head
    when: str
    clock: str
    is_overdue: bool
    teams: str
    rows: list[Row]
    can_edit: bool


@dataclass(frozen=True, slots=True)
class PostLaunchPage:
    """Everything the post-launch page shows."""

    launch: Launch
    closed: list[str]
    since: str
    tasks: list[Task]
    overdue: list[Row]
    manages: bool


def post_launch_page(launch: Launch, *, user: User, now: datetime) -> PostLaunchPage:
    """What is to be done after the launch, as one person sees it now. Four queries."""
    viewer = reading.viewer_of(user, launch, now)
    sections = list(launch.sections.exclude(phase=Phase.READINESS).prefetch_related("teams"))
    found = Item.objects.filter(launch=launch, section__in=sections)
    items = list(found.select_related("owner", "team", "authority"))
    tasks = [_task(section, items, launch, viewer, now) for section in sections]
    closed = set_refusals(launch, sections[0]) if sections else []
    return PostLaunchPage(
        launch=launch,
        closed=[sentence(reason) for reason in closed],
        since=full_moment(launch.live_at, launch.zone) if launch.live_at else "",
        tasks=tasks,
        overdue=[row for task in tasks for row in task.rows if row.is_overdue],
        manages=viewer.manages and viewer.takes_part,
    )


def _task(
    section: Section, items: list[Item], launch: Launch, viewer: Viewer, now: datetime
) -> Task:
    section.launch = launch
    due = reading.section_due(launch, section)
    is_late = due is not None and due <= now and bool(section.counts.outstanding)
    mine = [item for item in items if item.section_id == section.pk]
    rows = rows_of(mine, launch=launch, section=section, viewer=viewer, now=now)
    rows = [
        replace(_answered(row, item), is_overdue=row.is_overdue or (is_late and _is_open(item)))
        for row, item in zip(rows, mine, strict=True)
    ]
    return Task(
        section=section,
        head=section_head(section, [], launch),
        when=full_moment(due, launch.zone) if due else _by_phase(section),
        clock=section_clock(launch, section, now),
        is_overdue=is_late,
        teams=", ".join(team.name for team in section.teams.all()) or launch.owner_team.name,
        rows=rows,
        can_edit=any(row.can_edit for row in rows),
    )


def _is_open(item: Item) -> bool:
    return item.status in OUTSTANDING


def _answered(row: Row, item: Item) -> Row:
    """Who answers for an item: its owner, else whom it names."""
    return replace(row, owner=row.owner or str(item.team or item.authority or ""))


def _by_phase(section: Section) -> str:
    if section.phase == Phase.POST_LAUNCH:
        return _("within 24 hours of going live")
    return _("within 7 days of going live")
