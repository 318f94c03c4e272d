"""From rows to facts: the one way by which pages, admin, API and actions learn how a launch stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast

from accounts.models import Membership, User
from accounts.permissions import Permission, allows
from accounts.rules import Standing as TeamStanding
from checklist import material, rules
from checklist.models import Appointment, Evidence, Item, Launch, Participant, Risk, Section, Slot
from checklist.models.items import ItemQuerySet
from checklist.permissions import Ground, Right, Viewer, rights
from checklist.rules import (
    GIVEN,
    AcceptanceFacts,
    Assessment,
    Decision,
    EvidenceFacts,
    ItemFacts,
    ItemStatus,
    LaunchState,
    Outcome,
    Phase,
    RiskFacts,
    SectionFacts,
    SlotFacts,
    Verdict,
    day_ends,
)


def viewer_of(user: User, launch: Launch, now: datetime) -> Viewer:
    """Who this person is to this launch: teams, led teams, authorities held now, manager or not. One query."""
    return viewers_of(user, [launch], now)[launch.pk]


def viewers_of(user: User, launches: Collection[Launch], now: datetime) -> dict[UUID, Viewer]:
    """Who this person is to each of some launches. One query, however many they are."""
    kind = {"output_field": CharField()}
    memberships = Membership.objects.filter(user=user).values_list(
        Value("team", **kind), "team_id", F("standing")
    )
    held = (
        Appointment.objects.in_force(now)
        .filter(Q(launch=None) | Q(launch__in=launches), holder=user)
        .values_list(Value("authority", **kind), "authority_id", Cast("launch_id", CharField()))
    )
    managed = Participant.objects.filter(
        launch__in=[launch.pk for launch in launches], user=user, is_manager=True
    ).values_list(Value("manager", **kind), "launch_id", Value("", **kind))
    rows = memberships.order_by().union(held.order_by(), managed.order_by(), all=True)
    ids: dict[str, set[UUID]] = defaultdict(set)
    for_launch: dict[UUID, set[UUID]] = defaultdict(set)
    for what, pk, standing in rows.order_by():
        if what == "authority" and standing:
            for_launch[UUID(standing)].add(pk)
            continue
        ids[what].add(pk)
        if standing == TeamStanding.LEAD:
            ids["lead"].add(pk)
    anywhere = Viewer(
        id=user.pk,
        takes_part=allows(user, Permission.TAKE_PART),
        teams=frozenset(ids["team"]),
        leads=frozenset(ids["lead"]),
        authorities=frozenset(ids["authority"]),
    )
    return {
        row.pk: replace(
            anywhere,
            manages=row.pk in ids["manager"],
            authorities=anywhere.authorities | for_launch[row.pk],
        )
        for row in launches
    }


def ground_of(launch: Launch, section: Section, item: Item | None = None) -> Ground:
    """Who answers for a section, or for one of its items; the section's teams and slots should be prefetched."""
    teams = frozenset(team.pk for team in section.teams.all())
    return Ground(
        teams=teams or frozenset({launch.owner_team_id}),
        item_team=item.team_id if item else None,
        item_authority=item.authority_id if item else None,
    )


def launch_ground(launch: Launch) -> Ground:
    """Who answers for anything in a launch: all its teams, and the authorities of all its slots. Two queries."""
    teams = Section.teams.through.objects.filter(section__launch=launch)
    held = Slot.authorities.through.objects.filter(slot__launch=launch)
    return Ground(
        teams=frozenset([launch.owner_team_id, *teams.values_list("team_id", flat=True)]),
        authorities=frozenset(held.values_list("authority_id", flat=True)),
    )


def risk_facts(risk: Risk) -> RiskFacts:
    """A risk as the rules weigh it."""
    return RiskFacts(
        risk.likelihood, risk.impact, risk.mitigation, has_owner=risk.owner_id is not None
    )


def assessment_of(launch: Launch) -> Assessment:
    """A launch's register, from its read model."""
    return Assessment(launch.risk_count, launch.risks_incomplete, launch.worst_risk)


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


def decision_material(
    launch: Launch, sections: Iterable[Section], slot: Slot, conditions: str | None = None
) -> str:
    """The digest that a vote in this executive slot binds now (DESIGN 3.12).

    `conditions` is the digest of the voter's own ("" for none); left out, that of the vote which lies there.
    """
    own = slot.conditions_digest if conditions is None else conditions
    digests = {s.number: s.material for s in sections if s.phase == Phase.READINESS}
    return material.digest(
        material.of_decision(
            launch.identity, digests, launch.answers_digest, slot.authority_slugs, own
        )
    )


def decision_of(launch: Launch, sections: Sequence[Section], executive: Iterable[Slot]) -> Decision:
    """What the newest round says, its votes weighed against today's content."""
    outcome = Outcome(launch.outcome)
    if outcome is Outcome.LAUNCHED:
        return Decision(outcome, tuple(_as_it_stood(slot) for slot in executive))
    if outcome is not Outcome.OPEN and outcome not in GIVEN:
        return Decision(outcome)
    return Decision(
        outcome,
        open_before_launch=launch.open_before_launch,
        slots=tuple(
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


def _as_it_stood(slot: Slot) -> SlotFacts:
    """A vote of the round that ended by going live: nothing changes beneath it any more."""
    voted = slot.signed_material
    return SlotFacts(str(slot.pk), slot.title, material=voted, signed_material=voted)


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

    @property
    def risks(self) -> Assessment:
        return assessment_of(self.launch)

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
    derived = rules.verdict(
        rules.readiness(facts),
        decision,
        LaunchState(launch.state),
        by_approval=launch.live_round is not None,
    )
    return LaunchStanding(launch, tuple(sections), tuple(slots), facts, derived)


def recount_expired(launch: Launch, sections: Sequence[Section], now: datetime) -> None:
    """Count anew, in memory, the sections in which the clock has ended something since they were stored."""
    late = {section.pk: section for section in sections if _is_late(section, launch, now)}
    if not late:
        return
    items = list(Item.objects.filter(section__in=late).with_acceptance())
    proofs = proofs_of(items)
    for pk, section in late.items():
        rows = [item for item in items if item.section_id == pk]
        clock = launch.clock(section.phase, now)
        store(section, rules.summarise(weighed(launch, rows, proofs), clock))


def _is_late(section: Section, launch: Launch, now: datetime) -> bool:
    """Has the clock ended something? What is frozen, it ends no more."""
    ends = section.next_expiry
    return ends is not None and ends <= launch.clock(section.phase, now)


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
    section.acceptances_ended = summary.acceptances_ended
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
    expired = [s.pk for row in late for s in sections[row.pk] if _is_late(s, row, now)]
    items = list(Item.objects.filter(section__in=expired).with_acceptance())
    proofs = proofs_of(items)
    for launch in late:
        for section in (s for s in sections[launch.pk] if _is_late(s, launch, now)):
            rows = [item for item in items if item.section_id == section.pk]
            clock = launch.clock(section.phase, now)
            store(section, rules.summarise(weighed(launch, rows, proofs), clock))
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
    expiries = [
        row.next_expiry
        for row in standing.sections
        if row.next_expiry and not (launch.is_frozen and row.phase == Phase.READINESS)
    ]
    launch.outstanding = ready.counts.outstanding
    launch.accepted = ready.accepted
    launch.blockers = len(ready.blockers)
    launch.unsigned = ready.unsigned
    launch.slot_count = ready.slots
    launch.tone = standing.verdict.tone
    launch.next_blocker = next((row.next_blocker for row in blocking if row.next_blocker), "")
    launch.next_expiry = min(expiries, default=None)
    launch.next_due = next_due(launch, standing.sections)


def next_due(launch: Launch, sections: Iterable[Section]) -> datetime | None:
    """What a launch has to meet next: its target, then what is left to do after it, then its next review."""
    state = LaunchState(launch.state)
    if state in {LaunchState.DRAFT, LaunchState.IN_REVIEW}:
        return launch.target_at
    if state is LaunchState.LIVE:
        dues = [section_due(launch, row) for row in sections if row.counts.outstanding]
        return min((due for due in dues if due), default=None)
    if state is LaunchState.CLOSED and launch.next_review_on:
        return day_ends(launch.next_review_on, launch.time_zone)
    return None


def section_due(launch: Launch, section: Section) -> datetime | None:
    """When a section's items are due by its phase; None before the launch is live, and for readiness."""
    if launch.live_at is None:
        return None
    return rules.after_live(Phase(section.phase), launch.live_at, launch.time_zone)
