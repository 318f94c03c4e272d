"""From rows to facts for signing: who holds what, what would be signed, what changed since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership, User
from accounts.permissions import Permission, roles_allowed
from audit.leaves import leaves
from audit.models import Entry
from checklist import material, reading, rules
from checklist.models import (
    Appointment,
    Evidence,
    Item,
    Launch,
    Participant,
    Risk,
    Section,
    Slot,
)
from sentinel.reasons import Reason
from signoff import statements
from signoff.models import Condition, Round, Signature, Standing
from signoff.rules import (
    Act,
    Answer,
    Question,
    RoundState,
    SignerFacts,
    SigningFacts,
    Vote,
    withdrawing_refusals,
)
from signoff.statements import Listed, SnapshotItem


def holdings(user: User, slot: Slot, now: datetime) -> list[Appointment]:
    """This person's current appointments that fit the slot. The first is the one they sign by.

    What they hold themselves comes before what they stand in for, and that before what is theirs in this launch alone.
    """
    held = Appointment.objects.current(now, slot.launch_id).filter(
        holder=user, authority__in=slot.authorities.all()
    )
    return sorted(
        held.select_related("authority", "stands_in_for", "made_by"), key=_place_of_appointment
    )


def _place_of_appointment(row: Appointment) -> tuple[bool, bool, str, str, datetime, str]:
    principal = row.stands_in_for.full_name if row.stands_in_for else ""
    return (
        row.launch_id is not None,
        row.stands_in_for_id is not None,
        row.authority.name,
        principal,
        row.starts_at,
        str(row.pk),
    )


def worked_on(user: User, section: Section) -> bool:
    """Did this person last set a current status, or add evidence that stands, in the section? (Four eyes.)"""
    return (
        Item.objects.filter(section=section, status_by=user).exists()
        or Evidence.objects.standing().filter(item__section=section, added_by=user).exists()
    )


def section_content(launch: Launch, section: Section) -> tuple[list[Item], list[rules.ItemFacts]]:
    """A section's items as rows and as facts. Two queries."""
    items = list(Item.objects.filter(section=section).select_related("owner", "acceptance"))
    return items, reading.facts_of(launch, items)


def signing_facts(
    launch: Launch, section: Section, slot: Slot, facts: Sequence[rules.ItemFacts], now: datetime
) -> SigningFacts:
    """What the rules ask of a section slot before it is signed: its digest from the items, not from the read model."""
    content = material.digest(material.of_section(section.title, facts))
    return SigningFacts(
        state=rules.LaunchState(launch.state),
        slot=replace(reading.slot_facts(slot, section), material=slot.section_material(content)),
        check=rules.pre_check(facts, now),
        four_eyes=launch.four_eyes,
    )


def signer_facts(
    user: User, held: Iterable[Appointment], slot: Slot, *, section: Section | None = None
) -> SignerFacts:
    """What the rules ask of whoever wants to sign in a slot; of their own work where a section is given."""
    return SignerFacts(
        holds=frozenset(row.authority.slug for row in held),
        stands_here=slot.signed_by_id == user.pk,
        worked_on=section is not None and worked_on(user, section),
    )


def risks_named(section: Section) -> list[Risk]:
    """The open risks that concern something in a section, with all the items they concern."""
    found = Risk.objects.open().filter(items__section=section).distinct()
    return list(found.prefetch_related("items"))


def handed_on(launch: Launch, rows: Iterable[Item | Risk], user: User) -> frozenset[UUID]:
    """Which of these items and risks somebody owned and gave away by their own hand. One query.

    Read from the ledger, since the row itself names its last owner only.
    """
    subjects = [f"{row._meta.model_name}:{row.pk}" for row in rows]
    entries = Entry.objects.of_launch(launch.pk).by([user.pk]).about_any(subjects)
    return frozenset(
        UUID(leaf.id)
        for leaf in leaves(entries, launch.pk)
        if leaf.data and leaf.old.get("owner") == str(user.pk) != leaf.new.get("owner")
    )


def acceptance_snapshot(
    launch: Launch,
    section: Section,
    slot: Slot,
    chosen: Iterable[tuple[Item, rules.ItemFacts]],
    until: datetime,
    risk: Risk | None,
) -> dict[str, Any]:
    """The content an acceptance is over."""
    return statements.acceptance_snapshot(
        launch=launch.identity,
        section={"number": section.number, "title": section.title},
        authorities=slot.authority_slugs,
        items=[kept(item, fact) for item, fact in chosen],
        until=until,
        risk={"number": risk.number, "title": risk.title} if risk else None,
    )


def kept(item: Item, fact: rules.ItemFacts) -> SnapshotItem:
    """An item as a snapshot keeps it."""
    return SnapshotItem(fact, item.key, str(item.owner) if item.owner else "")


def section_snapshot(
    launch: Launch,
    section: Section,
    slot: Slot,
    items: Sequence[Item],
    facts: Sequence[rules.ItemFacts],
) -> dict[str, Any]:
    """The content a section's signature is over."""
    template = launch.template
    return statements.section_snapshot(
        launch=launch.identity,
        template={
            "id": str(template.pk),
            "version": template.number,
            "sha256": template.publication.sha256,
        },
        section={"number": section.number, "title": section.title},
        authorities=slot.authority_slugs,
        items=[kept(item, fact) for item, fact in zip(items, facts, strict=True)],
    )


def answers_of(round_: Round) -> list[Answer]:
    """A round's three answers."""
    return [
        Answer(
            question, getattr(round_, question.value), getattr(round_, f"{question.value}_reason")
        )
        for question in Question
    ]


def newest_round(launch: Launch) -> Round | None:
    return Round.objects.filter(launch=launch).order_by("-number").first()


def newest_that_counts(launch: Launch) -> Round | None:
    """The newest round that was not cancelled: what a cancelled one leaves behind."""
    return (
        Round.objects.filter(launch=launch)
        .exclude(state=RoundState.CANCELLED)
        .order_by("-number")
        .first()
    )


def condition_value(condition: Condition) -> dict[str, Any]:
    """A condition as a snapshot lists it, whoever asked for it. Handed over, it stays whose it was, and says so."""
    handed = condition.handed_to
    now = {"keeper": {"id": str(handed.pk), "name": handed.full_name}} if handed else {}
    return {
        "text": condition.text,
        "owner": {"id": str(condition.owner_id), "name": condition.owner.full_name},
        "due": condition.due_on.isoformat(),
        "before_launch": condition.before_launch,
        "asked_by": condition.asked_by.full_name,
        "done": condition.done_at is not None,
        "own": False,
        **now,
    }


def people_of(launch: Launch, now: datetime) -> list[User]:
    """Who may owe a condition: members of the launch's teams, who was let in, who holds one of its authorities."""
    teams = Section.teams.through.objects.filter(section__launch=launch).values("team")
    asked = Q(team__in=teams) | Q(team=launch.owner_team_id)
    slots = Slot.authorities.through.objects.filter(slot__launch=launch).values("authority")
    held = Appointment.objects.current(now, launch).filter(
        authority__in=slots, holder=OuterRef("pk")
    )
    there = (
        Exists(Membership.objects.filter(asked, user=OuterRef("pk")))
        | Exists(Participant.objects.filter(launch=launch, user=OuterRef("pk")))
        | Exists(held)
    )
    roles = roles_allowed(Permission.TAKE_PART)
    people = User.objects.filter(there, is_active=True, role__in=roles)
    return list(people.order_by("full_name", "pk"))


def own_condition(value: Mapping[str, Any]) -> dict[str, Any]:
    """One of the voter's own, as a snapshot has it: material, all but the last two."""
    return {**value, "done": False, "own": True}


def standing_conditions(launch: Launch) -> list[Condition]:
    """The conditions that count in a launch now, done or not."""
    rows = Condition.objects.filter(launch=launch).standing()
    return list(rows.select_related("owner", "handed_to", "asked_by", "round", "signature"))


def why_refused(round_: Round) -> str:
    """The reason of the NO-GO that ended a round."""
    votes = Signature.objects.filter(round=round_, vote=Vote.NO_GO).newest_first()
    return votes.values_list("comment", flat=True).first() or ""


def decision_snapshot(
    standing: reading.LaunchStanding,
    round_: Round,
    slot: Slot,
    signed: Sequence[Standing],
    listed: Listed,
) -> dict[str, Any]:
    """The content a vote is over: every readiness section's digest, and the signatures listed beneath it.

    `listed` has all conditions that count, the voter's own said so by `own`.
    """
    by_slot = {row.slot_id: row.signature for row in signed}
    sections = [
        {
            "number": section.number,
            "title": section.title,
            "material": section.material,
            "signatures": [
                {
                    "slot": row.title,
                    "sha256": by_slot[row.pk].sha256,
                    "signer": by_slot[row.pk].signer_name,
                    "authority": by_slot[row.pk].authority_name,
                    "state": reading.slot_facts(row, section).state.value,
                }
                for row in standing.slots_of(section)
                if row.pk in by_slot
            ],
        }
        for section in standing.sections
        if section.phase == rules.Phase.READINESS
    ]
    return statements.decision_snapshot(
        launch=standing.launch.identity,
        number=round_.number,
        sections=sections,
        answers=answers_of(round_),
        listed=listed,
        authorities=slot.authority_slugs,
    )


def listed_beneath(launch: Launch) -> Listed:
    """What an executive reads beside the vote: what is lived with, and the open risks. Two queries."""
    items = Item.objects.filter(
        launch=launch, section__phase=rules.Phase.READINESS, acceptance__isnull=False
    )
    ordered = items.select_related("acceptance", "section").order_by(
        "section__position", "position"
    )
    rows = list(ordered)
    facts = reading.weighed(launch, rows, {})
    acceptances = [
        {
            "section": item.section.number,
            "number": item.number,
            "text": item.text,
            "statement": given.statement,
            "until": material.moment(given.until),
            "by": given.by,
            "reason": given.reason,
        }
        for item, fact in zip(rows, facts, strict=True)
        if fact.outstanding and (given := fact.bound_acceptance)
    ]
    risks = [
        {
            "number": risk.number,
            "title": risk.title,
            "likelihood": risk.likelihood,
            "impact": risk.impact,
            "mitigation": risk.mitigation,
            "owner": str(risk.owner) if risk.owner else "",
        }
        for risk in launch.risks.open().select_related("owner")
    ]
    return Listed(acceptances=acceptances, risks=risks)


def votes_of(standing: reading.LaunchStanding) -> list[tuple[Vote | None, bool]]:
    """Each executive slot's vote in the newest round, and whether it stands over today's content."""
    facts = {slot.id: slot for slot in standing.verdict.decision.slots}
    return [
        (Vote(slot.vote) if slot.vote else None, facts[str(slot.pk)].stands)
        for slot in standing.executive
    ]


def withdrawal_refusals(signature: Signature, launch: Launch) -> list[Reason]:
    """Why a signature cannot be taken back now: its launch is over, its round was, or it stands no longer."""
    round_ = Round.objects.filter(pk=signature.round_id).first() if signature.round_id else None
    return withdrawing_refusals(
        rules.LaunchState(launch.state),
        stands=stands(signature),
        round_state=RoundState(round_.state) if round_ else None,
    )


def setting_aside_refusals(signature: Signature, launch: Launch) -> list[Reason]:
    """Why a signature cannot be set aside now: whoever signed is here to withdraw it, or it stands no longer."""
    here = User.objects.filter(pk=signature.signer_id, is_active=True).exists()
    reasons = [Reason("signer_is_here", params={"signer": signature.signer_name})] if here else []
    return reasons + withdrawal_refusals(signature, launch)


def stands(signature: Signature) -> bool:
    """Whether it is the one in its slot's place, or some item is still accepted by it.

    Withdrawn while the launch is live, it keeps that place, and stands no longer all the same (DESIGN 3.15).
    """
    if signature.withdrawals.exists():
        return False
    if signature.act == Act.ACCEPT:
        return Item.objects.filter(acceptance__signature=signature.pk).exists()
    return Standing.objects.filter(signature=signature).exists()


def instance_id() -> str:
    """What tells this installation from every other one: the hash of its ledger's first leaf."""
    return bytes(Entry.objects.values_list("leaf_hash", flat=True).get(seq=0)).hex()


def log_index(appointment: Appointment) -> int | None:
    """Where in the ledger an appointment was made."""
    entries = Entry.objects.about(f"appointment:{appointment.pk}").order_by("seq")
    return entries.values_list("seq", flat=True).first()
