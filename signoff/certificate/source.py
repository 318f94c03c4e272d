"""What a certificate is made from, read in a fixed number of queries whatever the launch has."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from audit.models import Entry, Head
from audit.reading import decoded
from checklist.models import Item, Launch, Section
from checklist.reading import LaunchStanding, facts_of, standing_of
from checklist.rules import Phase
from signoff import reading
from signoff.models import Condition, Round, Signature, Standing
from signoff.pages.content import content_of
from signoff.rules import COUNTS, TAKES_BACK, Act, Ending, RoundState
from signoff.statements import moment, section_snapshot
from signoff.verbs import SIGNING


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where in the ledger a signature lies; for one of a passkey, whether somebody had made sure whose key it was."""

    seq: int
    leaf_hash: str
    identity_verified: bool | None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a certificate is about. `last`: what the round's last vote was over, where that is not what is there now."""

    round: Round | None = None
    section: Section | None = None
    of_round: Sequence[Signature] = ()
    last: dict[str, Any] | None = None

    def covers(self, section: Section) -> bool:
        """Whether this section is printed: the one asked for, or all that votes are over."""
        if self.section is not None:
            return section.pk == self.section.pk
        return section.phase == Phase.READINESS


@dataclass(frozen=True, slots=True)
class Source:
    """A launch's rows at one moment, about one round or one section.

    `beneath`: the section signatures that count there. `lying`: all signatures that have their place still.
    """

    launch: Launch
    standing: LaunchStanding
    scope: Scope
    managers: list[str]
    beneath: list[Signature]
    accepted: list[dict[str, Any]]
    acceptances: list[Signature]
    withdrawals: list[Signature]
    lying: frozenset[UUID]
    conditions: list[Condition]
    unsigned: dict[str, list[dict[str, Any]]]
    leaves: dict[UUID, Leaf]
    instance: str
    ledger_size: int
    ledger_root: str
    now: datetime

    @property
    def signatures(self) -> list[Signature]:
        """All that the certificate names, once each, oldest first."""
        rows = [*self.beneath, *self.acceptances, *self.scope.of_round, *self.withdrawals]
        once = {row.pk: row for row in rows}
        return sorted(once.values(), key=lambda row: (row.signed_at, str(row.pk)))


def newest_round(launch: Launch) -> Round | None:
    """The round that a certificate is about unless another is asked for."""
    return reading.newest_that_counts(launch) or reading.newest_round(launch)


def decision_source(launch: Launch, round_: Round, now: datetime) -> Source:
    """Read a decision: the round, and what it is over, or was. Fourteen queries, one more with evidence to read."""
    rows = Signature.objects.filter(round=round_).select_related("snapshot", "proof")
    of_round = list(rows.order_by("signed_at", "pk"))
    newest = reading.newest_that_counts(launch)
    is_present = RoundState(round_.state) in COUNTS and newest == round_
    votes = [row for row in of_round if row.act == Act.VOTE]
    last = None
    if not is_present:
        last = content_of(votes[-1].snapshot) if votes else {}
    asked = Condition.objects.filter(round=round_).exclude(
        ended__in=[Ending.REPLACED, Ending.WITHDRAWN]
    )
    people = asked.select_related("owner", "handed_to", "asked_by", "done_by")
    return _source(launch, Scope(round_, None, of_round, last), list(people), now)


def section_source(section: Section, now: datetime) -> Source:
    """Read a section: its items, signatures and acceptances as they stand now. Eleven queries."""
    return _source(section.launch, Scope(section=section), [], now)


def _source(launch: Launch, scope: Scope, conditions: list[Condition], now: datetime) -> Source:
    standing = standing_of(launch, now)
    places = Standing.objects.filter(Q(round=None) | Q(round=scope.round), slot__launch=launch)
    lying = list(places.select_related("signature__snapshot", "signature__proof"))
    covered = [row for row in standing.sections if scope.covers(row)]
    beneath, unsigned = _present(launch, covered, lying) if scope.last is None else ([], {})
    if scope.last:
        beneath = _named(_listed(scope.last))
    accepted = _accepted(launch, scope, now)
    acceptances = _named(row["statement"] for row in accepted)
    named = [*beneath, *acceptances]
    back = Signature.objects.filter(act__in=TAKES_BACK, target__in=[row.pk for row in named])
    withdrawals = list(back.select_related("snapshot", "proof"))
    head = Head.objects.get()
    return Source(
        launch=launch,
        standing=standing,
        scope=scope,
        managers=_managers(launch),
        beneath=beneath,
        accepted=accepted,
        acceptances=acceptances,
        withdrawals=withdrawals,
        lying=frozenset(row.signature_id for row in lying),
        conditions=conditions,
        unsigned=unsigned,
        leaves=leaves_of(launch, [*named, *scope.of_round, *withdrawals]),
        instance=reading.instance_id(),
        ledger_size=head.size,
        ledger_root=bytes(head.root).hex(),
        now=now,
    )


def _present(
    launch: Launch, covered: Sequence[Section], lying: Sequence[Standing]
) -> tuple[list[Signature], dict[str, list[dict[str, Any]]]]:
    """The signatures that lie in some sections' slots, and the items of those that nobody has signed."""
    ids = {row.pk for row in covered}
    beneath = [row.signature for row in lying if row.signature.section_id in ids]
    left = ids - {row.section_id for row in beneath}
    rows = Item.objects.filter(section__in=left).select_related("owner", "acceptance")
    items = list(rows.order_by("position", "pk"))
    facts = facts_of(launch, items)
    unsigned = {}
    for section in covered:
        if section.pk in left:
            kept = [
                reading.kept(item, fact)
                for item, fact in zip(items, facts, strict=True)
                if item.section_id == section.pk
            ]
            content = section_snapshot(
                launch={}, template={}, section={}, authorities=[], items=kept
            )
            unsigned[section.number] = content["items"]
    return sorted(beneath, key=lambda row: (row.signed_at, str(row.pk))), unsigned


def _accepted(launch: Launch, scope: Scope, now: datetime) -> list[dict[str, Any]]:
    """What is lived with: what the last vote listed, or what is in force now."""
    if scope.last is not None:
        return list(scope.last.get("acceptances", []))
    clock = moment(launch.clock(Phase.READINESS, now))
    number = scope.section.number if scope.section else None
    return [
        dict(row)
        for row in reading.listed_beneath(launch).acceptances
        if row["until"] > clock and number in {None, row["section"]}
    ]


def _listed(content: dict[str, Any]) -> list[str]:
    """The statements of the section signatures that a vote's content lists."""
    return [row["sha256"] for section in content["sections"] for row in section["signatures"]]


def _named(statements: Iterable[str]) -> list[Signature]:
    """The signatures of some statements. One query."""
    rows = Signature.objects.filter(sha256__in=set(statements)).select_related("snapshot", "proof")
    return list(rows.order_by("signed_at", "pk"))


def _managers(launch: Launch) -> list[str]:
    managing = launch.participants.filter(is_manager=True).order_by("user__full_name", "pk")
    return list(managing.values_list("user__full_name", flat=True))


def leaves_of(launch: Launch, signatures: Collection[Signature]) -> dict[UUID, Leaf]:
    """Where signatures lie in the ledger. One query; of a leaf that cannot be read, nothing."""
    subjects = {f"slot:{row.slot_id}" for row in signatures}
    entries = Entry.objects.of_launch(launch.pk).about_any(subjects).doing(SIGNING)
    found = {}
    for seq, raw, digest in entries.values_list("seq", "leaf", "leaf_hash"):
        if leaf := decoded(raw, digest):
            new = leaf["data"]["new"]
            place = Leaf(seq, bytes(digest).hex(), new.get("identity_verified"))
            found[new.get("signature")] = place
    return {row.pk: found[str(row.pk)] for row in signatures if str(row.pk) in found}
