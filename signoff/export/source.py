"""What a launch's document is made from, read in a fixed number of queries whatever the launch has."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from audit.models import Entry, Head
from checklist.models import Evidence, Item, Launch, Risk, Section
from checklist.pages.names import Names, names_of
from checklist.reading import LaunchStanding, proofs_of, standing_of
from signoff.models import Condition, Round, Signature, Standing
from signoff.reading import newest_that_counts


@dataclass(frozen=True, slots=True)
class Source:
    """A launch's rows at one moment. `signed`: the signature that stands in a slot, an executive one's in `round`."""

    launch: Launch
    standing: LaunchStanding
    names: Names
    items: dict[UUID, list[Item]]
    proofs: dict[UUID, list[Evidence]]
    signed: dict[UUID, Signature]
    round: Round | None
    risks: list[Risk]
    conditions: list[Condition]
    changed_at: datetime
    ledger_size: int
    now: datetime

    def items_of(self, section: Section) -> list[Item]:
        return self.items.get(section.pk, [])


def source_of(launch: Launch, now: datetime) -> Source:
    """Read all of a launch. Eleven queries; one more with evidence, two more where a clock has run out."""
    standing = standing_of(launch, now)
    items = list(
        Item.objects.filter(launch=launch)
        .select_related("owner", "team", "authority", "acceptance")
        .order_by("position", "pk")
    )
    by_section: dict[UUID, list[Item]] = defaultdict(list)
    for item in items:
        by_section[item.section_id].append(item)
    round_ = newest_that_counts(launch)
    size, entry = Head.objects.values_list("size", flat=True), Entry.objects.of_launch(launch.pk)
    return Source(
        launch=launch,
        standing=standing,
        names=names_of(launch, standing.slots, now),
        items=dict(by_section),
        proofs=proofs_of(items),
        signed=_signed(launch, round_),
        round=round_,
        risks=list(launch.risks.select_related("owner")),
        conditions=list(
            launch.conditions.filter(ended="").select_related(
                "owner", "handed_to", "done_by", "round"
            )
        ),
        changed_at=entry.newest_first().values_list("at", flat=True)[0],
        ledger_size=size.get(),
        now=now,
    )


def _signed(launch: Launch, round_: Round | None) -> dict[UUID, Signature]:
    standing = Standing.objects.filter(Q(round=None) | Q(round=round_), slot__launch=launch)
    rows = standing.select_related("signature").defer("signature__statement")
    return {row.slot_id: row.signature for row in rows}
