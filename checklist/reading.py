"""From rows to facts: the one way by which pages, admin, API and actions learn how a launch stands."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, Value

from accounts.models import Membership, User
from accounts.permissions import Permission, allows
from accounts.rules import Standing as TeamStanding
from checklist import material, rules
from checklist.models import Appointment, Evidence, Item, Launch, Participant, Section, Slot
from checklist.models.items import ItemQuerySet
from checklist.permissions import Ground, Right, Viewer, rights
from checklist.rules import (
    AcceptanceFacts,
    Decision,
    EvidenceFacts,
    ItemFacts,
    ItemStatus,
    Outcome,
    Phase,
    SectionFacts,
    SlotFacts,
    Verdict,
    day_ends,
)


def viewer_of(user: User, launch: Launch, now: datetime) -> Viewer:
    """Who this person is to this launch: teams, led teams, authorities held now, manager or not. One query."""
    kind = {"output_field": CharField()}
    memberships = Membership.objects.filter(user=user).values_list(
        Value("team", **kind), "team_id", F("standing")
    )
    held = (
        Appointment.objects.current(now)
        .filter(holder=user)
        .values_list(Value("authority", **kind), "authority_id", Value("", **kind))
    )
    managed = Participant.objects.filter(launch=launch, user=user, is_manager=True).values_list(
        Value("manager", **kind), "launch_id", Value("", **kind)
    )
    rows = memberships.order_by().union(held.order_by(), managed.order_by(), all=True)
    ids: dict[str, set[UUID]] = defaultdict(set)
    for what, pk, standing in rows.order_by():
        ids[what].add(pk)
        if standing == TeamStanding.LEAD:
            ids["lead"].add(pk)
    return Viewer(
        id=user.pk,
        takes_part=allows(user, Permission.TAKE_PART),
        manages=bool(ids["manager"]),
        teams=frozenset(ids["team"]),
        leads=frozenset(ids["lead"]),
        authorities=frozenset(ids["authority"]),
    )


def ground_of(launch: Launch, section: Section, item: Item | None = None) -> Ground:
    """Who answers for a section, or for one of its items; the section's teams and slots should be prefetched."""
    teams = frozenset(team.pk for team in section.teams.all())
    return Ground(
        teams=teams or frozenset({launch.owner_team_id}),
        item_team=item.team_id if item else None,
        item_authority=item.authority_id if item else None,
    )


def question_ground(launch: Launch, item: Item) -> Ground:
    """Who may put an open question to an item: whoever answers for it, its section's authorities among them."""
    held = Slot.authorities.through.objects.filter(slot__section=item.section_id)
    authorities = frozenset(held.values_list("authority_id", flat=True))
    return replace(ground_of(launch, item.section, item), authorities=authorities)


def item_facts(launch: Launch, items: ItemQuerySet) -> list[ItemFacts]:
    """The facts of some items of one launch, in order. Two queries."""
    rows = list(items.with_acceptance())
    return facts_of(launch, rows)


def facts_of(launch: Launch, rows: Sequence[Item]) -> list[ItemFacts]:
    """The facts of loaded items of one launch, their acceptances loaded. One query, for their evidence."""
    return weighed(launch, rows, proofs_of(rows))


def proofs_of(rows: Iterable[Item]) -> dict[UUID, list[Evidence]]:
    """The standing evidence of loaded items; no query where they have none."""
    proofs: dict[UUID, list[Evidence]] = defaultdict(list)
    with_proofs = [row.pk for row in rows if row.evidence_count]
    for proof in Evidence.objects.standing().filter(item__in=with_proofs) if with_proofs else ():
        proofs[proof.item_id].append(proof)
    return proofs


def weighed(
    launch: Launch, rows: Iterable[Item], proofs: Mapping[UUID, Sequence[Evidence]]
) -> list[ItemFacts]:
    """The facts of loaded items and evidence of one launch."""

    def proved(proof: Evidence) -> EvidenceFacts:
        ends = day_ends(proof.expires_on, launch.time_zone) if proof.expires_on else None
        return EvidenceFacts(proof.name, proof.url, proof.sha256, ends)

    return [
        ItemFacts(
            id=str(row.pk),
            number=row.number,
            text=row.text,
            status=ItemStatus(row.status),
            na_reason=row.na_reason,
            note=row.note,
            evidence_demanded=row.evidence_demanded,
            evidence=tuple(map(proved, proofs.get(row.pk, ()))),
            has_owner=row.owner_id is not None,
            due_at=day_ends(row.due_on, launch.time_zone) if row.due_on else None,
            open_questions=row.open_questions,
            acceptance=acceptance_of(row),
        )
        for row in rows
    ]


def acceptance_of(row: Item) -> AcceptanceFacts | None:
    """What was given for an item last, whether it still binds or not."""
    given = row.acceptance
    if given is None:
        return None
    return AcceptanceFacts(
        statement=given.statement,
        until=given.until,
        text=row.accepted_text,
        status=ItemStatus(row.accepted_status),
        by=given.by_name,
        reason=given.reason,
    )


def slot_facts(slot: Slot, section: Section) -> SlotFacts:
    """A section slot's facts, from stored values alone."""
    return SlotFacts(
        id=str(slot.pk),
        title=slot.title,
        material=slot.section_material(section.material),
        signed_material=slot.signed_material,
        returned=slot.returned_at is not None,
        asked=section.asked_at is not None,
    )


def section_facts(section: Section, slots: Iterable[Slot]) -> SectionFacts:
    """A section's facts, from its read model."""
    return SectionFacts(
        number=section.number,
        title=section.title,
        phase=Phase(section.phase),
        counts=section.counts,
        errors=section.errors,
        expired=section.expired,
        accepted=section.accepted,
        slots=tuple(slot_facts(slot, section) for slot in slots),
    )


def decision_material(launch: Launch, sections: Iterable[Section], slot: Slot) -> str:
    """The digest that a vote in this executive slot binds now (DESIGN 3.12)."""
    digests = {s.number: s.material for s in sections if s.phase == Phase.READINESS}
    return material.digest(
        material.of_decision(launch.identity, digests, launch.answers_digest, slot.authority_slugs)
    )


def decision_of(launch: Launch, sections: Sequence[Section], executive: Iterable[Slot]) -> Decision:
    """What the newest round says, its votes weighed against today's content."""
    outcome = Outcome(launch.outcome)
    if outcome not in {Outcome.OPEN, Outcome.GO}:
        return Decision(outcome)
    return Decision(
        outcome,
        tuple(
            SlotFacts(
                id=str(slot.pk),
                title=slot.title,
                material=decision_material(launch, sections, slot),
                signed_material=slot.signed_material,
                asked=True,
            )
            for slot in executive
        ),
    )


@dataclass(frozen=True, slots=True)
class LaunchStanding:
    """A launch with everything its verdict was derived from: rows for showing, facts for deciding."""

    launch: Launch
    sections: tuple[Section, ...]
    slots: tuple[Slot, ...]
    facts: tuple[SectionFacts, ...]
    verdict: Verdict

    @property
    def executive(self) -> list[Slot]:
        return [slot for slot in self.slots if slot.section_id is None]

    def slots_of(self, section: Section) -> list[Slot]:
        return [slot for slot in self.slots if slot.section_id == section.pk]


def standing_of(launch: Launch, now: datetime) -> LaunchStanding:
    """How a launch stands now, with all its reasons. Two queries, and two more where a clock has run out."""
    sections = list(launch.sections.all())
    recount_expired(launch, sections, now)
    slots = launch.slots.select_related("signed_by", "returned_by", "escalated_to")
    return weigh(launch, sections, list(slots))


def weigh(launch: Launch, sections: Sequence[Section], slots: Sequence[Slot]) -> LaunchStanding:
    """Derive the verdict from loaded rows: the single derivation that everything rests on."""
    by_section: dict[UUID | None, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_section[slot.section_id].append(slot)
    facts = tuple(section_facts(section, by_section[section.pk]) for section in sections)
    decision = decision_of(launch, sections, by_section[None])
    derived = rules.verdict(rules.readiness(facts), decision)
    return LaunchStanding(launch, tuple(sections), tuple(slots), facts, derived)


def recount_expired(launch: Launch, sections: Sequence[Section], now: datetime) -> None:
    """Count anew, in memory, the sections in which the clock has ended something since they were stored."""
    late = {section.pk: section for section in sections if _is_late(section, now)}
    if not late:
        return
    items = list(Item.objects.filter(section__in=late).with_acceptance())
    proofs = proofs_of(items)
    for pk, section in late.items():
        rows = [item for item in items if item.section_id == pk]
        store(section, rules.summarise(weighed(launch, rows, proofs), now))


def _is_late(section: Section, now: datetime) -> bool:
    return section.next_expiry is not None and section.next_expiry <= now


def store(section: Section, summary: rules.Summary) -> None:
    """Put a summary into a section's read model, unsaved."""
    for status in ItemStatus:
        setattr(section, status.value, getattr(summary.counts, status.value))
    blocker = summary.next_blocker
    section.errors = summary.errors
    section.warnings = summary.warnings
    section.expired = summary.expired
    section.accepted = summary.accepted
    section.acceptances_end = summary.acceptances_end
    section.acceptances_ending = summary.acceptances_ending
    section.next_expiry = summary.next_expiry
    section.next_blocker = f"{blocker.number} {blocker.text}".strip() if blocker else ""
    section.next_blocker_item = UUID(blocker.id) if blocker else None


def launch_rights(user: User, launch: Launch, now: datetime) -> frozenset[Right]:
    """What this person may do with the launch itself, whatever they may do in its sections."""
    return rights(viewer_of(user, launch, now), Ground(frozenset()))


def recounted(launches: Sequence[Launch], now: datetime) -> list[Launch]:
    """A list's launches, those weighed anew, in memory, in which the clock has ended something since.

    Four queries where there is such a launch, however many there are.
    """
    late = [row for row in launches if row.next_expiry is not None and row.next_expiry <= now]
    if not late:
        return list(launches)
    sections = _by_launch(Section.objects.filter(launch__in=late))
    slots = _by_launch(Slot.objects.filter(launch__in=late))
    expired = [s.pk for rows in sections.values() for s in rows if _is_late(s, now)]
    items = list(Item.objects.filter(section__in=expired).with_acceptance())
    proofs = proofs_of(items)
    for launch in late:
        for section in (s for s in sections[launch.pk] if _is_late(s, now)):
            rows = [item for item in items if item.section_id == section.pk]
            store(section, rules.summarise(weighed(launch, rows, proofs), now))
        store_launch(launch, weigh(launch, sections[launch.pk], slots[launch.pk]))
    return list(launches)


def _by_launch[Row: (Section, Slot)](rows: Iterable[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.launch_id].append(row)
    return found


def store_launch(launch: Launch, standing: LaunchStanding) -> None:
    """Put what was derived into a launch's read model, unsaved."""
    ready = standing.verdict.readiness
    blocking = [row for row in standing.sections if row.phase == Phase.READINESS]
    expiries = [row.next_expiry for row in standing.sections if row.next_expiry]
    launch.outstanding = ready.counts.outstanding
    launch.accepted = ready.accepted
    launch.blockers = len(ready.blockers)
    launch.unsigned = ready.unsigned
    launch.slot_count = ready.slots
    launch.tone = standing.verdict.tone
    launch.next_blocker = next((row.next_blocker for row in blocking if row.next_blocker), "")
    launch.next_expiry = min(expiries, default=None)
