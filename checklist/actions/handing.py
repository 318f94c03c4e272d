"""The kinds of things that are handed over here: how each is found, who may, and the step that gives it."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission, roles_allowed
from audit.ledger import Change, difference
from checklist.actions import risks, steps
from checklist.actions.common import clean_fields
from checklist.actions.launches import item_facts
from checklist.handing import MOST, Circle, Holding, Ids, Kind
from checklist.models import Item, Launch, Participant, Risk
from checklist.models.launches import LaunchQuerySet
from checklist.permissions import Viewer, may_edit_risk, may_hand_over_item
from checklist.rules import BEFORE_LIVE, OUTSTANDING, Doing, LaunchState, Phase, planning
from checklist.verbs import Verb

BACK = LaunchState.ROLLED_BACK
OVER = (LaunchState.CLOSED, LaunchState.CANCELLED)


def _items(person: User, launches: LaunchQuerySet) -> Iterable[Holding]:
    """What is outstanding and can still be done: not the readiness of what is live, nothing of what is over."""
    readiness = Q(section__phase=Phase.READINESS)
    matters = Q(readiness, launch__state__in=[*BEFORE_LIVE, BACK]) | Q(
        ~readiness, launch__state__in=[*BEFORE_LIVE, BACK, LaunchState.LIVE]
    )
    rows = Item.objects.filter(
        matters, owner=person, status__in=OUTSTANDING, launch__in=launches
    ).select_related("launch", "section")
    for item in rows.order_by("launch", "section__position", "position", "pk")[:MOST]:
        doing = planning(Phase(item.section.phase))
        yield Holding(ITEMS.key, item.pk, item.launch, item, doing, item.section_id)


def _item_url(holding: Holding) -> str:
    holding.row.section.launch = holding.launch
    url: str = holding.row.get_absolute_url()
    return url


def _may_item(holding: Holding, viewer: Viewer, circle: Circle) -> bool:
    ground = circle.section_ground(holding.launch, holding.row.section_id)
    return may_hand_over_item(viewer, ground, holding.row.owner_id)


def _item_takers(holding: Holding, circle: Circle) -> Ids:
    return circle.workers(holding.launch, holding.row.section_id, holding.row.team_id)


def _give_item(holding: Holding, to: User, _by: User, _now: datetime, reason: str) -> Change:
    item: Item = holding.row
    before = item_facts(item)
    item.owner = to
    clean_fields(item, ["owner"])
    item.save(update_fields=["owner"])
    old, new = difference(before, item_facts(item))
    subject = f"item:{item.pk}"
    return Change(Verb.ITEM_CHANGED, subject, item.launch_id, old=old, new=new, reason=reason)


def _finish_items(launch: Launch, given: Sequence[Holding], now: datetime) -> list[Change]:
    changes = []
    for section in {held.row.section_id: held.row.section for held in given}.values():
        section.launch = launch
        changes += steps.refresh(section, launch=launch, now=now)
    return changes


def _risks(person: User, launches: LaunchQuerySet) -> Iterable[Holding]:
    rows = Risk.objects.open().filter(owner=person, launch__in=launches)
    rows = rows.exclude(launch__state__in=OVER).select_related("launch", "owner")
    for risk in rows.order_by("launch", "number")[:MOST]:
        yield Holding(RISKS.key, risk.pk, risk.launch, risk, Doing.RISKS)


def _give_risk(holding: Holding, to: User, _by: User, _now: datetime, reason: str) -> Change:
    risk: Risk = holding.row
    before = risks.facts(risk)
    risk.owner = to
    risk.revision += 1
    clean_fields(risk, ["owner"])
    risk.save(update_fields=["owner", "revision"])
    return risks.changed(Verb.RISK_CHANGED, risk, before, reason)


def _finish_risks(launch: Launch, _given: Sequence[Holding], _now: datetime) -> list[Change]:
    risks.recount(launch)
    return []


def _launches(person: User, launches: LaunchQuerySet) -> Iterable[Holding]:
    """Launches with nobody else to manage them. A closed one still matters while conditions are open."""
    others = Participant.objects.filter(
        launch=OuterRef("launch"),
        is_manager=True,
        user__is_active=True,
        user__role__in=roles_allowed(Permission.TAKE_PART),
    ).exclude(user=person)
    closed = Q(launch__state=LaunchState.CLOSED, launch__open_conditions=0)
    rows = Participant.objects.filter(~Exists(others), user=person, is_manager=True)
    rows = rows.filter(launch__in=launches).exclude(closed)
    rows = rows.exclude(launch__state=LaunchState.CANCELLED).select_related("launch")
    for row in rows.order_by("launch", "pk")[:MOST]:
        yield Holding(LAUNCHES.key, row.pk, row.launch, row, Doing.SHARE)


def _may_launch(holding: Holding, viewer: Viewer, _circle: Circle) -> bool:
    return viewer.takes_part and viewer.manages


def _give_launch(holding: Holding, to: User, by: User, now: datetime, reason: str) -> Change:
    """Whoever takes it manages it too. Whoever goes stays on record until they are taken out."""
    launch = holding.launch
    found = launch.participants.filter(user=to).first()
    old = {} if found is None else {"is_manager": found.is_manager}
    row = found or Participant(launch=launch, user=to, added_by=by, added_at=now)
    row.is_manager = True
    row.full_clean()
    row.save()
    new = {"is_manager": True}
    subject = f"user:{to.pk}"
    return Change(Verb.LAUNCH_SHARED, subject, launch.pk, old=old, new=new, reason=reason)


PARTICIPANT = _("somebody who takes part in the launch")
ITEMS = Kind(
    key="item",
    title=_("Outstanding items"),
    one=_("Item"),
    who_may=_("its owner, who leads its section, or a launch manager"),
    for_whom=_("a member of its teams, or somebody let into the launch"),
    find=_items,
    name=lambda held: str(held.row),
    url=_item_url,
    may=_may_item,
    takers=_item_takers,
    give=_give_item,
    finish=_finish_items,
)
RISKS = Kind(
    key="risk",
    title=_("Open risks"),
    one=_("Risk"),
    who_may=_("its owner, or who works on, answers for or manages the launch"),
    for_whom=PARTICIPANT,
    find=_risks,
    name=lambda held: str(held.row),
    url=lambda held: held.row.get_absolute_url(),
    may=lambda held, viewer, circle: may_edit_risk(
        viewer, circle.ground(held.launch), held.row.owner_id
    ),
    takers=lambda held, circle: circle.insiders(held.launch),
    give=_give_risk,
    finish=_finish_risks,
)
LAUNCHES = Kind(
    key="launch",
    title=_("Launches they alone manage"),
    one=_("Managing the launch"),
    who_may=_("its manager"),
    for_whom=PARTICIPANT,
    find=_launches,
    name=lambda held: str(held.launch),
    url=lambda held: reverse("checklist:launch", args=[held.launch.slug]),
    may=_may_launch,
    takers=lambda held, circle: circle.insiders(held.launch),
    give=_give_launch,
    finish=lambda _launch, _given, _now: [],
)
