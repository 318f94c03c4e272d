"""A launch as it stood: its unsaved rows weighed by the very functions that weigh those of today."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from accounts.models import User
from audit.reading import Texts
from checklist import material, reading, rules
from checklist.models import Comment, Evidence, Item, Launch, Risk, Section, Slot
from checklist.replay.folds import FINISHES
from checklist.replay.past import Past, is_erased
from checklist.replay.rows import People, Rows, managers_in, name, teams_of

# The texts of each kind that a signature binds: once one is erased, no digest can be had of what it was in.
BOUND = {"section": ["title"], "item": ["number", "text", "na_reason"], "evidence": ["name", "url"]}
IDENTITY = ["name", "version", "environment", "artefact_digest"]
NO_DIGEST = "erased"


@dataclass(frozen=True, slots=True)
class Stood:
    """A launch as it stood at `now`: rows that were never saved, and what was derived from them.

    `unread`: how many entries up to then could not be read, so that what they changed is missing. `texts`: those that
    were read for it.
    """

    now: datetime
    launch: Launch
    sections: list[Section]
    slots: list[Slot]
    items: list[Item]
    proofs: Mapping[UUID, list[Evidence]]
    comments: list[Comment]
    risks: list[Risk]
    items_of_risks: Mapping[UUID, Sequence[str]]
    managers: list[User]
    standing: reading.LaunchStanding
    unread: int
    texts: Texts

    def items_in(self, section: Section) -> list[Item]:
        return [item for item in self.items if item.section_id == section.pk]

    def risks_of(self, item: Item) -> list[Risk]:
        """The risks that were open and named the item."""
        named = str(item.pk)
        return [r for r in self.risks if r.is_open and named in self.items_of_risks[r.pk]]


def finish(past: Past) -> None:
    """What follows from the texts, once they are there."""
    for derive in FINISHES:
        derive(past)


def rebuild(past: Past, rows: Rows, people: People, now: datetime, texts: Texts) -> Stood:
    """The rows named, counted and weighed as of `now`."""
    name(rows, people)
    (launch,) = rows.all("launch")
    sections = rows.in_order("section", "position")
    slots = rows.in_order("slot", "position")
    items = rows.in_order("item", "position")
    proofs = _counted(rows)
    launch.target_at = rules.target_moment(launch.target_on, launch.target_time, launch.time_zone)
    for section in sections:
        mine = [item for item in items if item.section_id == section.pk]
        _weigh(section, mine, proofs, launch.clock(section.phase, now))
        # Pages ask a section for its teams as they ask any: these are the ones it had, and no query.
        vars(section)["_prefetched_objects_cache"] = {"teams": teams_of(past, section, people)}
    risks = rows.in_order("risk", "number")
    _assess(launch, risks)
    _believe_the_ledger(past, launch, sections, slots)
    standing = reading.weigh(launch, sections, slots)
    reading.store_launch(launch, standing)
    managers = [people[User][pk] for pk in managers_in(past) if pk in people[User]]
    return Stood(
        now=now,
        launch=launch,
        sections=sections,
        slots=slots,
        items=items,
        proofs=proofs,
        comments=rows.in_order("comment", "created_at"),
        risks=risks,
        items_of_risks={UUID(pk): row["items"] for pk, row in past.all("risk").items()},
        managers=sorted(managers, key=lambda person: person.full_name),
        standing=standing,
        unread=past.unread,
        texts=texts,
    )


def _counted(rows: Rows) -> dict[UUID, list[Evidence]]:
    """Count what each item has of evidence, comments and open questions; give the evidence by item."""
    proofs: dict[UUID, list[Evidence]] = defaultdict(list)
    for proof in rows.in_order("evidence", "added_at"):
        proofs[proof.item_id].append(proof)
    for item in rows.all("item"):
        item.evidence_count = len(proofs.get(item.pk, ()))
    for comment in rows.all("comment"):
        if item := rows.get("item", comment.item_id):
            item.comment_count += 1
            item.open_questions += comment.is_open_question
    return proofs


def _weigh(
    section: Section, items: list[Item], proofs: Mapping[UUID, list[Evidence]], now: datetime
) -> None:
    """Put a section's items into its read model, as `steps.count` does."""
    facts = reading.weighed(section.launch, items, proofs)
    reading.store(section, rules.summarise(facts, now))
    section.material = material.digest(material.of_section(section.title, facts))


def _assess(launch: Launch, risks: list[Risk]) -> None:
    counts = rules.assess(reading.risk_facts(risk) for risk in risks if risk.is_open)
    launch.risk_count, launch.risks_incomplete = counts.total, counts.incomplete
    launch.worst_risk = counts.worst


def _believe_the_ledger(
    past: Past, launch: Launch, sections: list[Section], slots: list[Slot]
) -> None:
    """Where an erased text leaves no digest to compare, the entries say whether a signature had gone stale."""
    erased = _sections_erased(past)
    by_id = {section.pk: section for section in sections}
    for slot in slots:
        if slot.section_id in erased and slot.signed_material:
            now_there = slot.section_material(by_id[slot.section_id].material)
            slot.signed_material = NO_DIGEST if _is_stale(past, slot) else now_there
    if erased or _launch_erased(past, launch):
        for slot in slots:
            if slot.section_id is None and slot.signed_material:
                now_there = reading.decision_material(launch, sections, slot)
                slot.signed_material = NO_DIGEST if _is_stale(past, slot) else now_there


def _sections_erased(past: Past) -> set[UUID]:
    """The sections in which a text that a signature binds was erased."""
    found = {pk for pk, row in past.all("section").items() if is_erased(row, BOUND["section"])}
    items = past.all("item")
    for row in items.values():
        if is_erased(row, BOUND["item"]):
            found.add(row["section"])
    for row in past.all("evidence").values():
        if is_erased(row, BOUND["evidence"]) and row["item"] in items:
            found.add(items[row["item"]]["section"])
    return set(map(UUID, found))


def _launch_erased(past: Past, launch: Launch) -> bool:
    row = past.row("launch", str(launch.pk))
    return is_erased(row, IDENTITY) or bool(row.get("answers_erased"))


def _is_stale(past: Past, slot: Slot) -> bool:
    return past.row("slot", str(slot.pk)).get("stale_since") is not None
