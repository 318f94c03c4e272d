"""The portfolio: a row a launch, from stored columns alone, paged by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.permissions import Permission, allows
from checklist.forms.launches import PortfolioFilter
from checklist.models import Appointment, Launch, Participant, Section, Slot
from checklist.models.launches import LaunchQuerySet
from checklist.reading import recounted
from checklist.rules import BEFORE_LIVE, LaunchState, Tone
from checklist.verdict_words import countdown, moved_words, target_words

PAGE = 25
SORTS = {
    "": ("next_due", False),
    PortfolioFilter.NAME: ("name", False),
    PortfolioFilter.NEWEST: ("created_at", True),
}


@dataclass(frozen=True, slots=True)
class LaunchRow:
    """A launch as a row."""

    launch: Launch
    url: str
    state: str
    label: str
    signed: str
    blocker: str
    blocker_url: str
    clock: str
    target: str
    moved: str
    alarm: str


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Everything the portfolio shows."""

    form: PortfolioFilter
    rows: list[LaunchRow]
    older: str
    first: str
    can_start: bool
    can_bring: bool
    sort: str


def portfolio(form: PortfolioFilter, params: QueryDict, *, user: User, now: datetime) -> Portfolio:
    """One page of the launches that a person may see and asks for."""
    asked = form.asked()
    launches = Launch.objects.visible_to(user, now).select_related("owner_team")
    launches = narrowed(launches, asked, user=user, now=now)
    sort = asked.get("sort") or ""
    found = list(_ordered(launches, sort, asked.get("after"))[: PAGE + 1])
    shown = recounted(found[:PAGE], now)
    return Portfolio(
        form=form,
        rows=[_row(launch, now) for launch in shown],
        older=_address(params, str(shown[-1].pk)) if len(found) > PAGE else "",
        first=_address(params, "") if asked.get("after") else "",
        can_start=allows(user, Permission.START_LAUNCH),
        can_bring=allows(user, Permission.BRING_CHECKLIST),
        sort=sort or PortfolioFilter.TARGET,
    )


def narrowed(
    launches: LaunchQuerySet, asked: Mapping[str, Any], *, user: User, now: datetime
) -> LaunchQuerySet:
    """Those of the launches that the filter asks for."""
    if words := asked.get("q"):
        launches = launches.filter(Q(name__icontains=words) | Q(version__icontains=words))
    if tone := asked.get("tone"):
        launches = launches.filter(tone=tone)
    if team := asked.get("team"):
        launches = launches.filter(owner_team=team)
    managed = Participant.objects.filter(user=user, is_manager=True, launch=OuterRef("pk"))
    if asked.get("who") == "managed":
        launches = launches.filter(Exists(managed))
    if asked.get("who") == "mine":
        launches = launches.filter(Exists(managed) | concerns(user, now))
    return launches


def concerns(user: User, now: datetime) -> Q:
    """A launch whose owner team, section or slot is this person's."""
    teams = Membership.objects.filter(user=user).values("team")
    held = Appointment.objects.current(now, OuterRef("slot__launch")).filter(
        holder=user, authority=OuterRef("authority")
    )
    sections = Section.teams.through.objects.filter(section__launch=OuterRef("pk"), team__in=teams)
    slots = Slot.authorities.through.objects.filter(slot__launch=OuterRef("pk")).filter(
        Exists(held)
    )
    return Q(owner_team__in=teams) | Q(Exists(sections)) | Q(Exists(slots))


def _ordered(launches: LaunchQuerySet, sort: str, after: UUID | None) -> LaunchQuerySet:
    """In the order asked for, from behind the launch `after` on. Who has no target comes last."""
    column, falls = SORTS[sort]
    order = F(column).desc(nulls_last=True) if falls else F(column).asc(nulls_last=True)
    launches = launches.order_by(order, "pk")
    found = Launch.objects.filter(pk=after).values_list(column, flat=True) if after else ()
    for value in found:
        launches = launches.filter(_behind(column, value, after, falls=falls))
    return launches


def _behind(column: str, value: Any, after: UUID | None, *, falls: bool) -> Q:
    """What comes behind one key in the order of a column, whose empty rows come last."""
    empty = Q(**{f"{column}__isnull": True})
    later = Q(pk__gt=after)
    if value is None:
        return empty & later
    beyond = Q(**{f"{column}__{'lt' if falls else 'gt'}": value})
    return beyond | (Q(**{column: value}) & later) | empty


def _row(launch: Launch, now: datetime) -> LaunchRow:
    tone = Tone(launch.tone)
    label = str(tone.label).capitalize()
    if launch.state == LaunchState.DRAFT:
        label = _("%(tone)s, draft") % {"tone": label}
    signed = {"signed": launch.slot_count - launch.unsigned, "all": launch.slot_count}
    url = launch.get_absolute_url()
    return LaunchRow(
        launch=launch,
        url=url,
        state=tone.value,
        label=label,
        signed=_("%(signed)d of %(all)d") % signed,
        blocker=launch.next_blocker if LaunchState(launch.state) in BEFORE_LIVE else "",
        blocker_url=f"{reverse('checklist:items', args=[launch.slug])}?status=outstanding",
        clock=countdown(launch, now),
        target=target_words(launch),
        moved=moved_words(launch),
        alarm=_("went live without approval") if _is_flagged(launch) else "",
    )


def _is_flagged(launch: Launch) -> bool:
    """It once went live without approval, and its state does not say so already."""
    return launch.unapproved_at is not None and launch.tone != Tone.UNAPPROVED


def _address(params: QueryDict, after: str) -> str:
    query = params.copy()
    query.pop("after", None)
    if after:
        query["after"] = after
    return f"?{query.urlencode()}"
