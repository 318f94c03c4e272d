"""My work: what waits for one person, over all launches, most urgent first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from accounts.permissions import Permission, allows
from accounts.rules import Standing
from checklist.models import Appointment, Comment, Evidence, Item, Launch, Risk, Section, Slot
from checklist.models.launches import LaunchQuerySet
from checklist.pages.links import decision_url, sign_url
from checklist.pages.risks import lacks_words
from checklist.pages.turns import moment, slots_by_section
from checklist.reading import decision_of, risk_facts, section_due, section_facts
from checklist.rules import (
    BEFORE_LIVE,
    GIVEN,
    OUTSTANDING,
    ItemStatus,
    LaunchState,
    Outcome,
    Phase,
    SectionState,
    Tone,
    day_ends,
)
from checklist.verdict_words import due_words

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
    """Who somebody is to all launches: teams, those they lead, what they may see.

    `held` has the authorities held now, each with the launch where it is for that one alone.
    """

    user: User
    teams: frozenset[UUID]
    leads: frozenset[UUID]
    held: frozenset[tuple[UUID, UUID | None]]
    visible: LaunchQuerySet
    now: datetime

    def holds(self, authority: UUID, launch: UUID) -> bool:
        """By an appointment for the whole organisation, or for this launch alone."""
        return not self.held.isdisjoint({(authority, None), (authority, launch)})

    @property
    def fitting(self) -> Q:
        """The authorities of slots that are theirs to fill, as rows of `Slot.authorities.through`."""
        fits = Q(authority__in={held for held, launch in self.held if launch is None})
        for authority, launch in self.held:
            if launch is not None:
                fits |= Q(authority=authority, slot__launch=launch)
        return fits


type Find = Callable[[Worker], Iterable[Task]]
from_elsewhere: dict[str, tuple[Promise, Find]] = {}


def register_pile(key: str, title: Promise, find: Find) -> None:
    """What another app knows to wait for people; once, at start-up. `find` asks the database once, whoever asks."""
    from_elsewhere[key] = (title, find)


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
        *(_pile(key, str(title), find(worker)) for key, (title, find) in from_elsewhere.items()),
        _pile("mentions", _("Mentions of you"), _to_read(worker)),
        _pile("questions", _("Open questions"), _to_answer(worker)),
        _pile("risks", _("Your risks"), _to_assess(worker)),
        _pile("teams", _("Your teams' sections"), _to_work(worker)),
    ]
    return Work([pile for pile in piles if pile.tasks], can_start)


def _pile(key: str, title: str, tasks: Iterable[Task]) -> Pile:
    found = list(tasks)
    return Pile(key, title, found[:MOST], len(found) > MOST)


def _worker(user: User, now: datetime) -> Worker:
    memberships = list(Membership.objects.filter(user=user).values_list("team", "standing"))
    held = Appointment.objects.in_force(now).filter(holder=user)
    return Worker(
        user=user,
        teams=frozenset(team for team, _standing in memberships),
        leads=frozenset(team for team, standing in memberships if standing == Standing.LEAD),
        held=frozenset(held.values_list("authority", "launch")),
        visible=Launch.objects.visible_to(user, now),
        now=now,
    )


def _of_teams(teams: frozenset[UUID]) -> Q:
    """Sections of some teams: those that name them, and those that name none of a launch they own."""
    links = Section.teams.through.objects.filter(section=OuterRef("pk"))
    return Exists(links.filter(team__in=teams)) | (~Exists(links) & Q(launch__owner_team__in=teams))


def _can_be_set(section: str = "") -> Q:
    """Items that the launch's state lets anybody set: readiness before it is live, the rest once it is."""
    return Q(**{f"{section}phase": Phase.READINESS, "launch__state__in": BEFORE_LIVE}) | Q(
        ~Q(**{f"{section}phase": Phase.READINESS}), launch__state=LaunchState.LIVE
    )


def _asked(worker: Worker) -> QuerySet[Section]:
    """Sections that wait for a signature which this person may give now."""
    if not worker.held:
        return Section.objects.none()
    slots = Slot.authorities.through.objects.filter(worker.fitting, slot__section=OuterRef("pk"))
    own_statuses = Item.objects.filter(section=OuterRef("pk"), status_by=worker.user)
    own_evidence = Evidence.objects.standing().filter(
        item__section=OuterRef("pk"), added_by=worker.user
    )
    own_work = Exists(own_statuses) | Exists(own_evidence)
    return (
        Section.objects.filter(Exists(slots), asked_at__isnull=False, launch__in=worker.visible)
        .filter(launch__state=LaunchState.IN_REVIEW)
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
    if not worker.held:
        return
    held = Slot.authorities.through.objects.filter(
        worker.fitting, slot__launch=OuterRef("pk"), slot__section=None
    )
    launches = worker.visible.filter(
        Exists(held), outcome__in=[Outcome.OPEN, *GIVEN], state=LaunchState.IN_REVIEW
    )
    found = list(
        launches.exclude(tone=Tone.APPROVED)
        .order_by("next_due", "pk")
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
    """Since when a vote is waited for, or since when one has been stale."""
    if slot.signed_material:
        when = moment(slot.stale_since)
        return _("changed %(when)s, since it was voted") % {"when": when}
    since = moment(launch.round_opened_at)
    return _("open since %(when)s") % {"when": since} if since else ""


def _holds(worker: Worker, slot: Slot) -> bool:
    return any(worker.holds(authority.pk, slot.launch_id) for authority in slot.authorities.all())


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
        SectionState.STALE: _("changed %(when)s, since it was signed"),
    }
    for section in sections:
        rows = slots.get(section.pk, [])
        state = section_facts(section, rows).state
        if state in says:
            turned = [slot.returned_at or slot.stale_since for slot in rows]
            yield Task(
                _called(section),
                section.get_absolute_url(),
                str(section.launch),
                says[state] % {"when": moment(max(filter(None, turned), default=None))},
                status=state.value,
                label=str(state.label),
            )


def _to_settle(worker: Worker) -> Iterable[Task]:
    """Outstanding items of one's own: overdue ones first, then by day, then those without one."""
    items = (
        Item.objects.filter(
            _can_be_set("section__"),
            owner=worker.user,
            status__in=OUTSTANDING,
            launch__in=worker.visible,
        )
        .select_related("section", "launch")
        .order_by(
            F("due_on").asc(nulls_last=True),
            F("launch__next_due").asc(nulls_last=True),
            "launch",
            "section__position",
            "position",
            "pk",
        )
    )
    for item in items[: MOST + 1]:
        item.section.launch = item.launch
        ends = day_ends(item.due_on, item.launch.time_zone) if item.due_on else None
        ends = ends or section_due(item.launch, item.section)
        is_late = ends is not None and ends <= worker.now
        status = ItemStatus(item.status)
        yield Task(
            str(item),
            item.get_absolute_url(),
            str(item.launch),
            _due(item, ends, worker.now, is_late=is_late),
            status=status.value,
            label=str(status.label),
            is_urgent=is_late,
        )


def _due(item: Item, ends: datetime | None, now: datetime, *, is_late: bool) -> str:
    if item.due_on is None:
        return due_words(ends, now, item.launch.zone) if ends else ""
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


def _to_assess(worker: Worker) -> Iterable[Task]:
    """Open risks of one's own that lack something."""
    lacking = Q(likelihood=None) | Q(impact=None) | Q(mitigation="")
    risks = Risk.objects.open().filter(lacking, owner=worker.user, launch__in=worker.visible)
    for risk in risks.select_related("launch").order_by("raised_at", "pk")[: MOST + 1]:
        lacks = lacks_words(risk_facts(risk).lacks)
        yield Task(str(risk), risk.get_absolute_url(), str(risk.launch), lacks)


def _to_work(worker: Worker) -> Iterable[Task]:
    """Sections of one's teams in which something is outstanding."""
    if not worker.teams:
        return
    sections = (
        Section.objects.filter(
            _of_teams(worker.teams),
            _can_be_set(),
            Q(unset__gt=0) | Q(attention__gt=0) | Q(not_done__gt=0),
            launch__in=worker.visible,
        )
        .select_related("launch")
        .order_by(F("launch__next_due").asc(nulls_last=True), "launch", "position", "pk")
    )
    for section in sections[: MOST + 1]:
        left = section.counts.outstanding
        text = ngettext("%(n)d outstanding item", "%(n)d outstanding items", left) % {"n": left}
        url = f"{section.get_absolute_url()}?who=team&status=outstanding"
        due = section_due(section.launch, section)
        if due:
            text = f"{text}, {due_words(due, worker.now, section.launch.zone)}"
        is_late = due is not None and due <= worker.now
        yield Task(_called(section), url, str(section.launch), text, is_urgent=is_late)
