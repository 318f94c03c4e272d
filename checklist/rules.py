"""The domain's rules as values: statuses, pre-check, blockers, the verdict. No database, no request, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sentinel.reasons import Reason

EARLIEST, LATEST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
TO_BE_DETERMINED = re.compile(r"\bt\.?b\.?d\b", re.IGNORECASE)


class ItemStatus(TextChoices):
    """How an item stands. Any may follow any other (DESIGN 3.1)."""

    UNSET = "unset", _("Not set")
    DONE = "done", _("Done")
    ATTENTION = "attention", _("Needs attention")
    NOT_DONE = "not_done", _("Not done")
    NA = "na", _("N/A")


SETTLED = frozenset({ItemStatus.DONE, ItemStatus.NA})
OUTSTANDING = frozenset(ItemStatus) - SETTLED


class Phase(TextChoices):
    """When a section's items are due: before the launch, a day after it, a week after it."""

    READINESS = "readiness", _("Readiness")
    POST_LAUNCH = "post_launch", _("Post-launch")
    REVIEW = "review", _("Review")


class Classification(TextChoices):
    """Who reads a launch: everybody signed in, or its participants and auditors."""

    INTERNAL = "internal", _("internal")
    RESTRICTED = "restricted", _("restricted")


class LaunchState(TextChoices):
    """Where a launch is in its life, as stored. *Approved* is derived and never stored."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")


MOVES: dict[LaunchState, frozenset[LaunchState]] = {
    LaunchState.DRAFT: frozenset({LaunchState.IN_REVIEW}),
    LaunchState.IN_REVIEW: frozenset(),
}


class Outcome(TextChoices):
    """What the newest round has come to; empty before the first round."""

    NONE = "", _("no round yet")
    OPEN = "open", _("open")
    GO = "go", _("GO")
    NO_GO = "no_go", _("NO-GO")


class SlotState(TextChoices):
    """What stands in a slot. Stale counts as missing (DESIGN 3.9)."""

    WAITING = "waiting", _("Not asked yet")
    ASKED = "asked", _("Signature asked")
    SIGNED = "signed", _("Signed")
    STALE = "stale", _("Changed since signed")
    RETURNED = "returned", _("Returned")


class SectionState(TextChoices):
    """One word for a section, for lists."""

    OPEN = "open", _("In progress")
    READY = "ready", _("Ready to sign")
    ASKED = "asked", _("Signature asked")
    SIGNED = "signed", _("Signed")
    STALE = "stale", _("Changed since signed")
    RETURNED = "returned", _("Returned")
    COMPLETE = "complete", _("All items settled")


# Never signed as it stands: what was returned or has changed since is told apart.
UNSIGNED = (SectionState.OPEN, SectionState.READY, SectionState.ASKED)


class Tone(TextChoices):
    """The first word of a launch page."""

    NOT_READY = "not-ready", _("NOT READY")
    READY = "ready", _("READY TO DECIDE")
    APPROVED = "approved", _("APPROVED")
    NO_GO = "no-go", _("NO-GO")


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One proof of an item: what it is, and until when it counts."""

    name: str
    url: str
    sha256: str
    expires_at: datetime | None = None

    def counts(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """All that the rules ask of an item."""

    id: str
    number: str
    text: str
    status: ItemStatus
    na_reason: str = ""
    note: str = ""
    evidence_demanded: bool = False
    evidence: tuple[EvidenceFacts, ...] = ()
    has_owner: bool = False
    due_at: datetime | None = None
    open_questions: int = 0

    @property
    def subject(self) -> str:
        return f"item:{self.id}"

    @property
    def outstanding(self) -> bool:
        return self.status in OUTSTANDING

    @property
    def needs_evidence(self) -> bool:
        """Evidence is demanded of what applies; N/A gives a reason instead."""
        return self.evidence_demanded and self.status is not ItemStatus.NA

    def expired(self, now: datetime) -> bool:
        """Demanded evidence was there, and none of it counts any more."""
        return (
            self.needs_evidence
            and bool(self.evidence)
            and not any(proof.counts(now) for proof in self.evidence)
        )

    def next_expiry(self, now: datetime) -> datetime | None:
        """When the last proof that counts now stops counting; None while one of them never does."""
        if not self.needs_evidence:
            return None
        ends = [proof.expires_at for proof in self.evidence if proof.counts(now)]
        dated = [end for end in ends if end]
        return max(dated) if dated and len(dated) == len(ends) else None


@dataclass(frozen=True, slots=True)
class PreCheck:
    """What a section's lead must mend before asking for the signature, and what the signer should know."""

    errors: tuple[Reason, ...]
    warnings: tuple[Reason, ...]

    @property
    def clean(self) -> bool:
        return not self.errors


def pre_check(items: Iterable[ItemFacts], now: datetime) -> PreCheck:
    """Every gap of a section, item by item (DESIGN 3.5). A section without items is a gap itself."""
    rows = list(items)
    errors = [reason for item in rows for reason in item_errors(item, now)]
    warnings = [reason for item in rows for reason in item_warnings(item, now)]
    if not rows:
        errors.append(Reason("section_empty"))
    return PreCheck(tuple(errors), tuple(warnings))


def item_errors(item: ItemFacts, now: datetime) -> list[Reason]:
    """What of this item keeps its section from being signed."""
    gaps = {
        "outstanding": item.outstanding,
        "na_without_reason": item.status is ItemStatus.NA and not item.na_reason,
        "evidence_missing": item.needs_evidence and not item.evidence and not item.outstanding,
        "evidence_expired": item.expired(now),
        "open_question": item.open_questions > 0,
    }
    return _reasons(item, gaps)


def item_warnings(item: ItemFacts, now: datetime) -> list[Reason]:
    """What of this item the signer should know, and may sign all the same."""
    gaps = {
        "no_owner": item.outstanding and not item.has_owner,
        "to_be_determined": TO_BE_DETERMINED.search(item.note) is not None,
        "overdue": item.outstanding and item.due_at is not None and item.due_at <= now,
    }
    return _reasons(item, gaps)


def _reasons(item: ItemFacts, gaps: dict[str, bool]) -> list[Reason]:
    params = {"number": item.number, "text": item.text}
    return [Reason(code, item.subject, params) for code, gap in gaps.items() if gap]


def status_refusals(item: ItemFacts, status: ItemStatus, na_reason: str) -> list[Reason]:
    """Why this item cannot be set to `status` (DESIGN 3.1)."""
    gaps = {
        "na_needs_reason": status is ItemStatus.NA and not na_reason,
        "done_needs_evidence": status is ItemStatus.DONE
        and item.evidence_demanded
        and not item.evidence,
    }
    return _reasons(item, gaps)


@dataclass(frozen=True, slots=True)
class Counts:
    """A section's items by status."""

    unset: int = 0
    done: int = 0
    attention: int = 0
    not_done: int = 0
    na: int = 0

    @classmethod
    def of(cls, statuses: Iterable[str]) -> Counts:
        rows = list(statuses)
        return cls(**{status.value: rows.count(status.value) for status in ItemStatus})

    @property
    def total(self) -> int:
        return self.unset + self.done + self.attention + self.not_done + self.na

    @property
    def settled(self) -> int:
        return self.done + self.na

    @property
    def outstanding(self) -> int:
        return self.total - self.settled

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.unset + other.unset,
            self.done + other.done,
            self.attention + other.attention,
            self.not_done + other.not_done,
            self.na + other.na,
        )


@dataclass(frozen=True, slots=True)
class Summary:
    """What a section stores of its items, so that no page has to count them."""

    counts: Counts
    errors: int
    warnings: int
    expired: int
    next_blocker: ItemFacts | None
    next_expiry: datetime | None


def summarise(items: Iterable[ItemFacts], now: datetime) -> Summary:
    """Count a section's items as they stand now."""
    rows = list(items)
    check = pre_check(rows, now)
    expired = [item for item in rows if item.expired(now)]
    expiries = [moment for item in rows if (moment := item.next_expiry(now))]
    return Summary(
        counts=Counts.of(item.status for item in rows),
        errors=len(check.errors),
        warnings=len(check.warnings),
        expired=len(expired),
        next_blocker=next((item for item in rows if item.outstanding or item in expired), None),
        next_expiry=min(expiries, default=None),
    )


@dataclass(frozen=True, slots=True)
class SlotFacts:
    """All that the rules ask of a slot: which digest was signed, which one the content has now, who waits."""

    id: str
    title: str
    material: str
    signed_material: str = ""
    returned: bool = False
    asked: bool = False

    @property
    def state(self) -> SlotState:
        """Stale is a comparison of digests, not a flag; a signature that was returned is gone."""
        if self.signed_material:
            signed = self.signed_material == self.material
            return SlotState.SIGNED if signed else SlotState.STALE
        if self.returned:
            return SlotState.RETURNED
        return SlotState.ASKED if self.asked else SlotState.WAITING

    @property
    def stands(self) -> bool:
        return self.state is SlotState.SIGNED


@dataclass(frozen=True, slots=True)
class SectionFacts:
    """A section as its read model has it."""

    number: str
    title: str
    phase: Phase
    counts: Counts
    errors: int = 0
    expired: int = 0
    slots: tuple[SlotFacts, ...] = ()

    @property
    def state(self) -> SectionState:
        states = {slot.state for slot in self.slots}
        if not states:
            return SectionState.OPEN if self.errors else SectionState.COMPLETE
        for slot_state in (SlotState.RETURNED, SlotState.STALE):
            if slot_state in states:
                return SectionState(slot_state.value)
        if states == {SlotState.SIGNED}:
            return SectionState.SIGNED
        if SlotState.ASKED in states:
            return SectionState.ASKED
        return SectionState.OPEN if self.errors else SectionState.READY

    @property
    def blockers(self) -> list[Reason]:
        """What of this section keeps the launch from being ready (DESIGN 3.4): readiness phase only."""
        if self.phase is not Phase.READINESS:
            return []
        subject = f"section:{self.number}"
        reasons = []
        if self.counts.outstanding:
            reasons.append(
                Reason(
                    "items_outstanding", subject, {"count": self.counts.outstanding} | self._named
                )
            )
        if self.expired:
            reasons.append(
                Reason("evidence_expired", subject, {"count": self.expired} | self._named)
            )
        if not self.counts.total:
            reasons.append(Reason("section_empty", subject, self._named))
        reasons += [
            Reason(f"slot_{slot.state.value}", subject, {"slot": slot.title} | self._named)
            for slot in self.slots
            if not slot.stands
        ]
        return reasons

    @property
    def _named(self) -> dict[str, str]:
        return {"number": self.number, "title": self.title}


def asking_refusals(state: LaunchState, section: SectionFacts, check: PreCheck) -> list[Reason]:
    """Why a section's signature cannot be asked for now (DESIGN 3.5); its pre-check's errors among them."""
    unsigned = any(not slot.stands for slot in section.slots)
    gaps = {
        "not_in_review": state is not LaunchState.IN_REVIEW,
        "no_slot": not section.slots,
        "already_asked": any(slot.asked for slot in section.slots) and unsigned,
        "already_signed": bool(section.slots) and not unsigned,
    }
    return [*(Reason(code) for code, gap in gaps.items() if gap), *check.errors]


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a launch is ready, and everything that keeps it from being so."""

    counts: Counts
    unsigned: int
    slots: int
    blockers: tuple[Reason, ...]

    @property
    def ready(self) -> bool:
        return not self.blockers

    @property
    def signed(self) -> int:
        return self.slots - self.unsigned

    @property
    def complete(self) -> bool:
        """The first question of a decision: every item of every readiness section is settled."""
        return self.counts.total > 0 and not self.counts.outstanding


def readiness(sections: Iterable[SectionFacts]) -> Readiness:
    """Weigh a launch's sections. Executive slots and what comes after the launch never block."""
    rows = [section for section in sections if section.phase is Phase.READINESS]
    slots = [slot for section in rows for slot in section.slots]
    blockers = [reason for section in rows for reason in section.blockers]
    if not rows:
        blockers.append(Reason("no_sections"))
    return Readiness(
        counts=sum((section.counts for section in rows), Counts()),
        unsigned=sum(not slot.stands for slot in slots),
        slots=len(slots),
        blockers=tuple(blockers),
    )


@dataclass(frozen=True, slots=True)
class Decision:
    """What the newest round says: its outcome, and its executive slots as they stand over today's content."""

    outcome: Outcome = Outcome.NONE
    slots: tuple[SlotFacts, ...] = ()

    @property
    def stands(self) -> bool:
        """GO was given and every executive signature still covers what is there now."""
        return self.outcome is Outcome.GO and all(slot.stands for slot in self.slots)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The first line of a launch: one word, and what it rests on."""

    tone: Tone
    readiness: Readiness
    decision: Decision = field(default_factory=Decision)

    @property
    def to_reaffirm(self) -> bool:
        """GO was given, and something has changed under it since."""
        return self.decision.outcome is Outcome.GO and not self.decision.stands


def verdict(ready: Readiness, decision: Decision) -> Verdict:
    """The one word for a launch. *Approved* needs GO, every signature unstale, and no blocker now (DESIGN 3.13)."""
    if decision.outcome is Outcome.NO_GO:
        tone = Tone.NO_GO
    elif not ready.ready:
        tone = Tone.NOT_READY
    elif decision.stands:
        tone = Tone.APPROVED
    else:
        tone = Tone.READY
    return Verdict(tone, ready, decision)


def day_ends(day: date, zone: str) -> datetime:
    """When a date without a time ends: at 24:00 in the launch's zone (DESIGN 3.17)."""
    following = day + timedelta(days=1) if day < date.max else day
    return _instant(following, time(), zone)


def target_moment(day: date | None, clock: time | None, zone: str) -> datetime | None:
    """The instant a launch is due: at its time, or at its day's end, in its own zone."""
    if day is None:
        return None
    if clock is None:
        return day_ends(day, zone)
    return _instant(day, clock, zone)


def _instant(day: date, clock: time, zone: str) -> datetime:
    """The moment in UTC; a day within the calendar's ends, so that it can be told in every zone."""
    local = datetime.combine(day, clock, ZoneInfo(zone))
    return min(max(local, EARLIEST), LATEST).astimezone(UTC)
