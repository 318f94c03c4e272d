"""My work: what waits for one person, over all launches, most urgent first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.permissions import Permission, allows
from accounts.rules import Standing
from checklist.models import Appointment, Comment, Evidence, Item, Launch, Section, Slot
from checklist.models.launches import LaunchQuerySet
from checklist.pages.links import decision_url, sign_url
from checklist.pages.turns import moment, slots_by_section
from checklist.reading import decision_of, section_facts
from checklist.rules import OUTSTANDING, ItemStatus, LaunchState, Outcome, SectionState, day_ends

MOST = 20
CANDIDATES = 100
MENTIONS_WAIT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Task:
    """A line of My work: what, where, since or until when."""

    text: str
    url: str
    where: str
    when: str = ""
    status: str = ""
    label: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Pile:
    """Tasks of one kind, the first of them; `has_more` where some were left out."""

    key: str
    title: str
    tasks: list[Task]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Work:
    """Everything that waits for one person."""

    piles: list[Pile]
    can_start: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """Who somebody is to all launches: teams, those they lead, authorities held now, what they may see."""

    user: User
    teams: frozenset[UUID]
    leads: frozenset[UUID]
    authorities: frozenset[UUID]
    visible: LaunchQuerySet
    now: datetime


def work_of(user: User, now: datetime) -> Work:
    """What waits for a person. A constant number of queries."""
    can_start = allows(user, Permission.START_LAUNCH)
    if not allows(user, Permission.TAKE_PART):
        return Work([], can_start)
    worker = _worker(user, now)
    asked, led = list(_asked(worker)), list(_led(worker))
    slots = slots_by_section(Slot.objects.filter(section__in={s.pk for s in [*asked, *led]}))
    piles = [
        _pile("sign", _("Signatures asked of you"), _to_sign(asked, slots)),
        _pile("vote", _("Votes in open rounds"), _to_vote(worker)),
        _pile("lead", _("Sections you lead"), _to_lead(led, slots)),
        _pile("items", _("Your items"), _to_settle(worker)),
        _pile("mentions", _("Mentions of you"), _to_read(worker)),
        _pile("questions", _("Open questions"), _to_answer(worker)),
        _pile("teams", _("Your teams' sections"), _to_work(worker)),
    ]
    return Work([pile for pile in piles if pile.tasks], can_start)


def _pile(key: str, title: str, tasks: Iterable[Task]) -> Pile:
    found = list(tasks)
    return Pile(key, title, found[:MOST], len(found) > MOST)


def _worker(user: User, now: datetime) -> Worker:
    memberships = list(Membership.objects.filter(user=user).values_list("team", "standing"))
    held = Appointment.objects.current(now).filter(holder=user)
    return Worker(
        user=user,
        teams=frozenset(team for team, _standing in memberships),
        leads=frozenset(team for team, standing in memberships if standing == Standing.LEAD),
        authorities=frozenset(held.values_list("authority", flat=True)),
        visible=Launch.objects.visible_to(user, now),
        now=now,
    )


def _of_teams(teams: frozenset[UUID]) -> Q:
    """Sections of some teams: those that name them, and those that name none of a launch they own."""
    links = Section.teams.through.objects.filter(section=OuterRef("pk"))
    return Exists(links.filter(team__in=teams)) | (~Exists(links) & Q(launch__owner_team__in=teams))


def _asked(worker: Worker) -> QuerySet[Section]:
    """Sections that wait for a signature which this person may give now."""
    if not worker.authorities:
        return Section.objects.none()
    slots = Slot.authorities.through.objects.filter(
        slot__section=OuterRef("pk"), authority__in=worker.authorities
    )
    own_statuses = Item.objects.filter(section=OuterRef("pk"), status_by=worker.user)
    own_evidence = Evidence.objects.standing().filter(
        item__section=OuterRef("pk"), added_by=worker.user
    )
    own_work = Exists(own_statuses) | Exists(own_evidence)
    return (
        Section.objects.filter(Exists(slots), asked_at__isnull=False, launch__in=worker.visible)
        .exclude(own_work, launch__four_eyes=True)
        .select_related("launch")
        .order_by("asked_at", "pk")[:CANDIDATES]
    )


def _to_sign(sections: list[Section], slots: dict[object, list[Slot]]) -> Iterable[Task]:
    for section in sections:
        facts = section_facts(section, slots.get(section.pk, []))
        if all(slot.stands for slot in facts.slots):
            continue
        since = _("asked %(when)s") % {"when": moment(section.asked_at)}
        url = sign_url(section.launch.slug, section.number)
        yield Task(_called(section), url, str(section.launch), since)


def _called(section: Section) -> str:
    return f"{section.number} {section.title}"


def _to_vote(worker: Worker) -> Iterable[Task]:
    """Executive slots that this person may fill, once a round."""
    if not worker.authorities:
        return
    held = Slot.authorities.through.objects.filter(
        slot__launch=OuterRef("pk"), slot__section=None, authority__in=worker.authorities
    )
    launches = worker.visible.filter(Exists(held), outcome__in=[Outcome.OPEN, Outcome.GO])
    found = list(
        launches.exclude(unsigned=0, outcome=Outcome.GO)
        .order_by("target_at", "pk")
        .prefetch_related("sections", "slots__authorities")[:CANDIDATES]
    )
    for launch in found:
        executive = [slot for slot in launch.slots.all() if slot.section_id is None]
        facts = decision_of(launch, list(launch.sections.all()), executive).slots
        missing = {slot.id for slot in facts if not slot.stands}
        voted = {slot.signed_by_id for slot in executive if str(slot.pk) not in missing}
        mine = [slot for slot in executive if _holds(worker, slot) and str(slot.pk) in missing]
        if worker.user.pk not in voted:
            url = decision_url(launch.slug)
            yield from (
                Task(slot.title, url, str(launch), _open_since(slot, launch)) for slot in mine
            )


def _open_since(slot: Slot, launch: Launch) -> str:
    """Since when a vote is waited for; of one that has gone stale only that it has."""
    if slot.signed_material:
        return _("changed since you voted")
    since = moment(launch.round_opened_at)
    return _("open since %(when)s") % {"when": since} if since else ""


def _holds(worker: Worker, slot: Slot) -> bool:
    return any(authority.pk in worker.authorities for authority in slot.authorities.all())


def _led(worker: Worker) -> QuerySet[Section]:
    """Sections that this person leads, of launches in review in which something is unsigned."""
    if not worker.leads:
        return Section.objects.none()
    return (
        Section.objects.filter(
            _of_teams(worker.leads),
            Exists(Slot.objects.filter(section=OuterRef("pk"))),
            asked_at=None,
            launch__in=worker.visible,
            launch__state=LaunchState.IN_REVIEW,
            launch__unsigned__gt=0,
        )
        .select_related("launch")
        .order_by("launch__target_at", "launch", "position", "pk")[:CANDIDATES]
    )


def _to_lead(sections: list[Section], slots: dict[object, list[Slot]]) -> Iterable[Task]:
    says = {
        SectionState.READY: _("ready: ask for its signature"),
        SectionState.RETURNED: _("returned %(when)s: mend it and ask again"),
        SectionState.STALE: _("changed since it was signed"),
    }
    for section in sections:
        rows = slots.get(section.pk, [])
        state = section_facts(section, rows).state
        if state in says:
            returned = max((slot.returned_at for slot in rows if slot.returned_at), default=None)
            yield Task(
                _called(section),
                section.get_absolute_url(),
                str(section.launch),
                says[state] % {"when": moment(returned)},
                status=state.value,
                label=str(state.label),
            )


def _to_settle(worker: Worker) -> Iterable[Task]:
    """Outstanding items of one's own: overdue ones first, then by day, then those without one."""
    items = (
        Item.objects.filter(owner=worker.user, status__in=OUTSTANDING, launch__in=worker.visible)
        .select_related("section", "launch")
        .order_by(F("due_on").asc(nulls_last=True), "launch", "section__position", "position", "pk")
    )
    for item in items[: MOST + 1]:
        item.section.launch = item.launch
        ends = day_ends(item.due_on, item.launch.time_zone) if item.due_on else None
        is_late = ends is not None and ends <= worker.now
        status = ItemStatus(item.status)
        yield Task(
            str(item),
            item.get_absolute_url(),
            str(item.launch),
            _due(item, is_late=is_late),
            status=status.value,
            label=str(status.label),
            is_urgent=is_late,
        )


def _due(item: Item, *, is_late: bool) -> str:
    if item.due_on is None:
        return ""
    text = _("overdue since %(day)s") if is_late else _("due %(day)s")
    return text % {"day": date_format(item.due_on, "D j M")}


def _to_read(worker: Worker) -> Iterable[Task]:
    """Comments of late that speak to this person, until they have said something there themselves."""
    later = Comment.objects.filter(
        item=OuterRef("item"), author=worker.user, created_at__gt=OuterRef("created_at")
    )
    comments = (
        Comment.objects.filter(
            ~Exists(later),
            mentioned=worker.user,
            created_at__gt=worker.now - MENTIONS_WAIT,
            item__launch__in=worker.visible,
        )
        .exclude(author=worker.user)
        .select_related("author", "item__section", "item__launch")
        .order_by("-created_at", "pk")
    )
    for comment in comments[: MOST + 1]:
        item = comment.item
        item.section.launch = item.launch
        who = {"who": comment.author, "when": moment(comment.created_at)}
        url = f"{item.get_absolute_url()}#comments"
        yield Task(str(item), url, str(item.launch), _("by %(who)s, %(when)s") % who)


def _to_answer(worker: Worker) -> Iterable[Task]:
    """Open questions in one's teams' sections, and those that one put oneself."""
    links = Section.teams.through.objects.filter(
        section=OuterRef("item__section"), team__in=worker.teams
    )
    comments = (
        Comment.objects.filter(
            Exists(links) | Q(author=worker.user),
            is_question=True,
            resolved_at=None,
            item__launch__in=worker.visible,
        )
        .select_related("author", "item__section", "item__launch")
        .order_by("created_at", "pk")
    )
    for comment in comments[: MOST + 1]:
        item = comment.item
        item.section.launch = item.launch
        who = {"who": comment.author, "when": moment(comment.created_at)}
        url = f"{item.get_absolute_url()}#comments"
        yield Task(str(item), url, str(item.launch), _("asked by %(who)s, %(when)s") % who)


def _to_work(worker: Worker) -> Iterable[Task]:
    """Sections of one's teams in which something is outstanding."""
    if not worker.teams:
        return
    sections = (
        Section.objects.filter(
            _of_teams(worker.teams),
            Q(unset__gt=0) | Q(attention__gt=0) | Q(not_done__gt=0),
            launch__in=worker.visible,
        )
        .select_related("launch")
        .order_by(F("launch__target_at").asc(nulls_last=True), "launch", "position", "pk")
    )
    for section in sections[: MOST + 1]:
        left = section.counts.outstanding
        text = ngettext("%(n)d outstanding item", "%(n)d outstanding items", left) % {"n": left}
        url = f"{section.get_absolute_url()}?who=team&status=outstanding"
        yield Task(_called(section), url, str(section.launch), text)
