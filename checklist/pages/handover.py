"""What somebody holds, by launch, on one page: what the reader may hand over, and of the rest who can."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from audit.values import shortened
from checklist.handing import KINDS, MOST, Hands, Holding, hands_of
from checklist.models import Appointment, Comment, Launch, Slot
from checklist.models.launches import LaunchQuerySet
from checklist.pages.links import decision_url
from checklist.pages.names import any_of
from checklist.rules import BEFORE_LIVE, LaunchState, doing_refusals
from checklist.words import sentence

UNDECIDED = [*BEFORE_LIVE, LaunchState.ROLLED_BACK]


@dataclass(frozen=True, slots=True)
class Row:
    """One thing in somebody's hands. No `token`: it is not handed over here, and `why` says who can."""

    what: str
    text: str
    url: str
    token: str = ""
    why: str = ""
    is_ticked: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """What somebody holds in one launch."""

    title: str
    url: str
    state: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who may take something of it: `count` of all that the reader hands over."""

    user: User
    count: int
    total: int

    def __str__(self) -> str:
        if self.count == self.total:
            return str(self.user)
        parts = {"who": self.user, "count": self.count, "total": self.total}
        return _("%(who)s, for %(count)d of %(total)d") % parts


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """Everything that the page shows."""

    person: User
    is_self: bool
    groups: list[Group]
    takers: list[Taker]
    has_more: bool

    @property
    def tokens(self) -> list[str]:
        """What the reader may hand over."""
        return [row.token for group in self.groups for row in group.rows if row.token]

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def handover_page(
    person: User, *, reader: User, now: datetime, ticked: Collection[str] | None = None
) -> HandoverPage:
    """What somebody holds in the launches that the reader may see. A constant number of queries."""
    hands = hands_of(person, reader=reader, now=now)
    visible = Launch.objects.visible_to(reader, now)
    found: dict[UUID, list[Row]] = defaultdict(list)
    launches: dict[UUID, Launch] = {}
    given = []
    for held in hands.holdings:
        row = _row(held, hands, ticked)
        given += [held] if row.token else []
        _keep(found, launches, held.launch, row)
    for slot in _slots(person, visible, now):
        _keep(found, launches, slot.launch, _slot_row(slot, is_self=reader == person))
    for question in _questions(person, visible):
        _keep(found, launches, question.item.launch, _question_row(question))
    return HandoverPage(
        person=person,
        is_self=reader == person,
        groups=_groups(found, launches),
        takers=_takers(given, hands),
        has_more=_has_more(hands.holdings),
    )


def _takers(given: Collection[Holding], hands: Hands) -> list[Taker]:
    """Who may take any of it: those who may take most come first."""
    counts = Counter(pk for held in given for pk in hands.takers(held))
    people = hands.circle.people
    found = [Taker(people[pk], count, len(given)) for pk, count in counts.items()]
    return sorted(found, key=lambda row: (-row.count, row.user.full_name, row.user.pk))


def _keep(
    found: dict[UUID, list[Row]], launches: dict[UUID, Launch], launch: Launch, row: Row
) -> None:
    found[launch.pk].append(row)
    launches[launch.pk] = launch


def _groups(found: dict[UUID, list[Row]], launches: dict[UUID, Launch]) -> list[Group]:
    ordered = sorted(launches.values(), key=lambda launch: (str(launch), launch.pk))
    return [
        Group(
            str(launch),
            launch.get_absolute_url(),
            launch.get_state_display(),
            tuple(found[launch.pk]),
        )
        for launch in ordered
    ]


def _has_more(holdings: Iterable[Holding]) -> bool:
    counts: dict[str, int] = defaultdict(int)
    for held in holdings:
        counts[held.kind] += 1
    return any(count >= MOST for count in counts.values())


def _row(held: Holding, hands: Hands, ticked: Collection[str] | None) -> Row:
    kind = KINDS[held.kind]
    why = _why_not(held, hands)
    return Row(
        what=str(kind.one),
        text=str(shortened(kind.name(held))),
        url=kind.url(held),
        token="" if why else held.token,
        why=why,
        is_ticked=not why and (ticked is None or held.token in ticked),
    )


def _why_not(held: Holding, hands: Hands) -> str:
    """Why the reader does not hand this over, and who can; nothing where they may."""
    if not hands.may_give(held):
        return _("Handed over by %(who)s.") % {"who": KINDS[held.kind].who_may}
    if closed := doing_refusals(LaunchState(held.launch.state), held.doing):
        return sentence(closed[0])
    if not hands.takers(held):
        return _(
            "Nobody else takes part yet: a launch manager lets somebody in first, on the launch's page of people."
        )
    return ""


def _slots(person: User, launches: LaunchQuerySet, now: datetime) -> list[Slot]:
    """Slots of launches not decided for good, which nobody else may fill. Two queries, and two for their names."""
    authorities = Slot.authorities.through.objects.filter(slot=OuterRef("pk"))
    ends = Q(ends_at=None) | Q(ends_at__gt=now)
    held = Appointment.objects.filter(ends, holder=person, starts_at__lte=now)
    others = Appointment.objects.current(now).exclude(holder=person)
    rows = Slot.objects.filter(
        Exists(authorities.filter(authority__in=held.values("authority"))),
        ~Exists(authorities.filter(authority__in=others.values("authority"))),
        launch__in=launches,
        launch__state__in=UNDECIDED,
    )
    rows = rows.select_related("launch", "section").prefetch_related("authorities")
    return list(rows.order_by("launch", "position", "pk")[:MOST])


def _slot_row(slot: Slot, *, is_self: bool) -> Row:
    asked = any_of(slot.authorities.all())
    only = _("Only you hold %(authority)s.") if is_self else _("Nobody else holds %(authority)s.")
    ask = _("Ask an admin to appoint a successor: authorities are not handed over here.")
    url, text = decision_url(slot.launch.slug), slot.title
    if slot.section:
        slot.section.launch = slot.launch
        url, text = slot.section.get_absolute_url(), f"{slot.section}, {slot.title}"
    signed = _("Signature, given") if slot.signature else _("Signature, not given yet")
    return Row(signed, text, url, why=f"{only % {'authority': asked}} {ask}")


def _questions(person: User, launches: LaunchQuerySet) -> list[Comment]:
    rows = Comment.objects.filter(
        author=person, is_question=True, resolved_at=None, item__launch__in=launches
    ).exclude(item__launch__state__in=[LaunchState.CLOSED, LaunchState.CANCELLED])
    rows = rows.select_related("item__launch", "item__section")
    return list(rows.order_by("item__launch", "created_at", "pk")[:MOST])


def _question_row(question: Comment) -> Row:
    item = question.item
    item.section.launch = item.launch
    return Row(
        _("Open question"),
        _("%(item)s: “%(text)s”") % {"item": item, "text": shortened(question.text)},
        f"{item.get_absolute_url()}#comments",
        why=_("Resolved by whoever asked, or by a launch manager with a reason."),
    )
