"""Starting a launch from a published template, changing what it is about, letting people in."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.permissions import Permission, allows
from audit.head import lock
from audit.ledger import Change, Salted, append, difference
from checklist import reading
from checklist.actions import steps
from checklist.actions.common import allow, clean_fields, demand, lock_launch, refuse
from checklist.models import (
    Evidence,
    Item,
    Launch,
    Participant,
    Section,
    Slot,
    TemplateSection,
    TemplateVersion,
)
from checklist.permissions import Right
from checklist.rules import Doing, LaunchState
from checklist.verbs import Verb
from sentinel.errors import Refused
from sentinel.reasons import Reason


class About(TypedDict, total=False):
    """What a launch is about: the fields that starting one gives and a manager may change."""

    name: str
    version: str
    environment: str
    artefact_digest: str
    description: str
    classification: str
    owner_team: Team
    next_review: str
    four_eyes: bool
    executive_keys: bool
    escalate_after_hours: int | None
    target_on: date | None
    target_time: time | None
    time_zone: str


LAUNCH_FIELDS = tuple(About.__annotations__)
KEEPING = frozenset({"owner_team", "classification", "description", "next_review"})
TARGET = ("target_on", "target_time")
FREE_TEXT = frozenset({"name", "version", "environment", "description", "next_review"})


@transaction.atomic
def start_launch(template: TemplateVersion, *, by: User, **about: Unpack[About]) -> Launch:
    """Start a launch as a draft: sections, teams, slots and items as the published version has them."""
    now = timezone.now()
    launch, changes = begin_launch(template, by=by, now=now, **about)
    append(changes, actor=by.pk, now=now)
    return launch


@dataclass(frozen=True, slots=True)
class Begun:
    """What became of new items that did not begin empty: the changes of their fields, and their evidence, unsaved."""

    changes: Sequence[Change] = ()
    proofs: Sequence[Evidence] = ()


type Begin = Callable[[Sequence[Item]], Begun]


def _empty(_items: Sequence[Item]) -> Begun:
    return Begun()


def begin_launch(
    template: TemplateVersion,
    *,
    by: User,
    now: datetime,
    begin: Begin = _empty,
    **about: Unpack[About],
) -> tuple[Launch, list[Change]]:
    """A step: a launch as a draft, and its entries. `begin` puts into its new items what is known of them."""
    if not allows(by, Permission.START_LAUNCH):
        raise PermissionDenied("Your role may not start a launch.")
    if not template.is_published:
        raise Refused(_("This template version is not published yet."), code="unpublished")
    lock()  # so that no two launches are given one address at once
    launch = Launch(template=template, created_by=by, created_at=now, **about)
    launch.slug = _free_slug(f"{launch.name} {launch.version}")
    launch.description = launch.description or template.description
    launch.next_review = launch.next_review or template.next_review
    launch.full_clean()
    launch.save()
    Participant.objects.create(launch=launch, user=by, is_manager=True, added_by=by, added_at=now)
    return launch, [_started(launch), *_fill(launch, begin, now=now)]


def _free_slug(text: str) -> str:
    """A short name for the address, with a number behind it where it is taken."""
    base = slugify(text)[:70] or "launch"
    found = Launch.objects.filter(slug__startswith=base).values_list("slug", flat=True)
    taken = {*found, "start"}  # the address of the page that starts one
    numbered = (f"{base}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in [base, *numbered] if slug not in taken)


def _started(launch: Launch) -> Change:
    new = facts(launch) | {
        "slug": launch.slug,
        "template": launch.template_id,
        "state": launch.state,
        "manager": launch.created_by_id,
    }
    return Change(Verb.LAUNCH_STARTED, f"launch:{launch.pk}", launch.pk, new=new)


def facts(launch: Launch) -> dict[str, Any]:
    """A launch's own fields as a leaf carries them."""
    values = {name: getattr(launch, name) for name in LAUNCH_FIELDS}
    values["owner_team"] = launch.owner_team_id
    values["target_time"] = launch.target_time.isoformat() if launch.target_time else None
    return {n: Salted(value) if n in FREE_TEXT else value for n, value in values.items()}


def _fill(launch: Launch, begin: Begin, *, now: datetime) -> list[Change]:
    """Make the sections, slots and items that the template names, and their ledger entries."""
    templates = launch.template.sections.prefetch_related("teams")
    sections = {source.pk: _section(launch, source) for source in templates}
    items = [
        _item(launch, sections[source.section_id], source)
        for source in launch.template.items.order_by("section__position", "position")
    ]
    added = [item_added(item) for item in items]
    begun = begin(items)
    proofs: dict[UUID, list[Evidence]] = defaultdict(list)
    for proof in begun.proofs:
        proofs[proof.item_id].append(proof)
    for section in sections.values():
        rows = [item for item in items if item.section is section]
        steps.count(section, reading.weighed(launch, rows, proofs), now=now)
    Section.objects.bulk_create(sections.values())
    teams = [(sections[t.pk], team) for t in templates for team in t.teams.all()]
    through = Section.teams.through
    through.objects.bulk_create(through(section=s, team=team) for s, team in teams)
    Item.objects.bulk_create(items)
    Evidence.objects.bulk_create(begun.proofs)
    slots = _make_slots(launch, sections)
    changes = [
        _section_added(s, [t for owner, t in teams if owner is s]) for s in sections.values()
    ]
    changes += [slot_added(slot) for slot in slots]
    changes += [*added, *begun.changes]
    steps.refresh_launch(reading.weigh(launch, list(sections.values()), slots), now=now)
    return changes


def _section(launch: Launch, source: TemplateSection) -> Section:
    names = ("key", "position", "number", "title", "phase", "guidance")
    return Section(launch=launch, **{name: getattr(source, name) for name in names})


def _item(launch: Launch, section: Section, source: Any) -> Item:
    names = ("key", "position", "number", "text", "guidance", "evidence_demanded")
    return Item(
        launch=launch,
        section=section,
        from_template=True,
        team_id=source.team_id,
        authority_id=source.authority_id,
        **{name: getattr(source, name) for name in names},
    )


def _make_slots(launch: Launch, sections: Mapping[Any, Section]) -> list[Slot]:
    sources = launch.template.slots.prefetch_related("authorities")
    slots, links = [], []
    through = Slot.authorities.through
    for source in sources:
        authorities = list(source.authorities.all())
        slot = Slot(
            launch=launch,
            section=sections.get(source.section_id),
            key=source.key,
            position=source.position,
            title=source.title,
            authority_key=" ".join(sorted(authority.slug for authority in authorities)),
        )
        slots.append(slot)
        links += [through(slot=slot, authority=authority) for authority in authorities]
    Slot.objects.bulk_create(slots)
    through.objects.bulk_create(links)
    return slots


def _section_added(section: Section, teams: list[Team]) -> Change:
    new = {
        "key": section.key,
        "position": section.position,
        "number": section.number,
        "title": Salted(section.title),
        "phase": section.phase,
        "guidance": Salted(section.guidance),
        "teams": [team.pk for team in teams],
    }
    return Change(Verb.SECTION_ADDED, f"section:{section.pk}", section.launch_id, new=new)


def slot_added(slot: Slot) -> Change:
    new = {
        "key": slot.key,
        "position": slot.position,
        "section": slot.section_id,
        "title": Salted(slot.title),
        "authorities": slot.authority_slugs,
    }
    return Change(Verb.SLOT_ADDED, f"slot:{slot.pk}", slot.launch_id, new=new)


def item_facts(item: Item) -> dict[str, Any]:
    """An item's fields as a leaf carries them."""
    return {
        "number": item.number,
        "text": Salted(item.text),
        "guidance": Salted(item.guidance),
        "evidence_demanded": item.evidence_demanded,
        "team": item.team_id,
        "authority": item.authority_id,
        "status": item.status,
        "na_reason": Salted(item.na_reason),
        "note": Salted(item.note),
        "owner": item.owner_id,
        "due_on": item.due_on,
    }


def item_added(item: Item) -> Change:
    new = item_facts(item) | {
        "key": item.key,
        "section": item.section_id,
        "position": item.position,
        "from_template": item.from_template,
    }
    return Change(Verb.ITEM_ADDED, f"item:{item.pk}", item.launch_id, new=new)


@transaction.atomic
def change_launch(launch: Launch, *, by: User, reason: str = "", **fields: Unpack[About]) -> Launch:
    """Change what a launch is about. Name, version, environment and artefact are part of what executives sign.

    Four eyes are switched off with a reason, and before the first signature only (DESIGN 3.7); the executives' own
    keys are given up with a reason.
    """
    now = timezone.now()
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    _allow_change(launch, fields)
    before, old = reading.standing_of(launch, now), facts(launch)
    if launch.four_eyes and fields.get("four_eyes") is False:
        _refuse_two_eyes(launch, reason)
    if launch.executive_keys and fields.get("executive_keys") is False and not reason:
        message = _("Say why executives need no key of their own any more.")
        raise Refused({"reason": ValidationError(message, code="reason_required")})
    for name, value in fields.items():
        setattr(launch, name, value)
    clean_fields(launch, fields)
    launch.validate_constraints()  # one of them spans a field changed and one left alone
    launch.save(update_fields=[*fields])
    old, new = difference(old, facts(launch))
    if not new:
        return launch
    subject = f"launch:{launch.pk}"
    changes = [Change(Verb.LAUNCH_CHANGED, subject, launch.pk, old=old, new=new, reason=reason)]
    if "time_zone" in new:  # every date without a time ends at another moment now
        for section in before.sections:
            changes += steps.refresh(section, launch=launch, now=now)
    append([*changes, *steps.refresh_launch(before, now=now)], actor=by.pk, now=now)
    return launch


def _allow_change(launch: Launch, fields: Mapping[str, Any]) -> None:
    """What keeps a launch in order is changed while it is live; a target is moved by postponing, once in review."""
    allow(Doing.KEEP if set(fields) <= KEEPING else Doing.CHANGE, launch)
    if launch.state != LaunchState.DRAFT and any(
        name in fields and fields[name] != getattr(launch, name) for name in TARGET
    ):
        refuse([Reason("postpone_instead")])


def _refuse_two_eyes(launch: Launch, reason: str) -> None:
    """Refuse to switch four eyes off once anything was signed, or without a reason."""
    if launch.first_signed_at:
        signed = _("Something was signed already: four eyes stay on.")
        raise Refused({"four_eyes": ValidationError(signed, code="signed_already")})
    if not reason:
        message = _("Say why four eyes are switched off.")
        raise Refused({"reason": ValidationError(message, code="reason_required")})


@transaction.atomic
def share_launch(launch: Launch, *, by: User, user: User, is_manager: bool = False) -> Participant:
    """Let somebody into a launch, as reader or as a further manager; again with the other word to change it."""
    now = timezone.now()
    launch = lock_launch(launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    allow(Doing.SHARE, launch)
    participant = launch.participants.filter(user=user).first()
    old = {} if participant is None else {"is_manager": participant.is_manager}
    new = {"is_manager": is_manager}
    if participant is None:
        participant = Participant(launch=launch, user=user, added_by=by, added_at=now)
    elif old == new:
        return participant
    elif not is_manager:
        _keep_a_manager(launch, participant)
    participant.is_manager = is_manager
    participant.full_clean()
    participant.save()
    change = Change(Verb.LAUNCH_SHARED, f"user:{user.pk}", launch.pk, old=old, new=new)
    append([change], actor=by.pk, now=now)
    return participant


@transaction.atomic
def unshare_launch(participant: Participant, *, by: User) -> None:
    """Take somebody out of a launch again. One manager always stays."""
    now = timezone.now()
    launch = lock_launch(participant.launch)
    demand(Right.MANAGE, by=by, launch=launch, now=now)
    allow(Doing.SHARE, launch)
    participant = get_object_or_404(launch.participants, pk=participant.pk)
    _keep_a_manager(launch, participant)
    change = Change(
        Verb.LAUNCH_UNSHARED,
        f"user:{participant.user_id}",
        launch.pk,
        old={"is_manager": participant.is_manager},
    )
    participant.delete()
    append([change], actor=by.pk, now=now)


def _keep_a_manager(launch: Launch, participant: Participant) -> None:
    others = launch.participants.filter(is_manager=True, user__is_active=True)
    if participant.is_manager and not others.exclude(pk=participant.pk).exists():
        raise Refused(
            _("This is the launch's only manager. Make somebody else a manager first."),
            code="last_manager",
        )
