"""Items: their statuses, what proves them, the pre-check of a section, and what is counted of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from sentinel.reasons import Reason

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
class AcceptanceFacts:
    """A signed promise to live with an item: until when, and over which text and status of it."""

    statement: str
    until: datetime
    text: str
    status: ItemStatus
    by: str = ""
    reason: str = ""


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
    acceptance: AcceptanceFacts | None = None

    @property
    def subject(self) -> str:
        return f"item:{self.id}"

    @property
    def outstanding(self) -> bool:
        return self.status in OUTSTANDING

    @property
    def bound_acceptance(self) -> AcceptanceFacts | None:
        """The acceptance, while text and status are those it was given over: another status suspends it."""
        given = self.acceptance
        if given is None or (given.text, given.status) != (self.text, self.status):
            return None
        return given

    def accepted(self, now: datetime) -> bool:
        """Somebody has signed to live with it, and that day has not passed (DESIGN 3.6)."""
        given = self.bound_acceptance
        return given is not None and now < given.until

    def lapsed(self, now: datetime) -> bool:
        """It was accepted, and the acceptance has ended."""
        given = self.bound_acceptance
        return given is not None and given.until <= now

    def blocks(self, now: datetime) -> bool:
        """Outstanding and accepted by nobody, or its demanded evidence has expired (DESIGN 3.4)."""
        return (self.outstanding and not self.accepted(now)) or self.expired(now)

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
        """When the clock changes something next: an acceptance ends, or the last proof that counts stops counting."""
        given = self.bound_acceptance
        ends = [given.until] if given and now < given.until else []
        return min([*ends, *self._proof_ends(now)], default=None)

    def _proof_ends(self, now: datetime) -> list[datetime]:
        """When the last proof that counts now stops counting; nothing while one of them never does."""
        if not self.needs_evidence:
            return []
        ends = [proof.expires_at for proof in self.evidence if proof.counts(now)]
        dated = [end for end in ends if end]
        return [max(dated)] if dated and len(dated) == len(ends) else []


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
        "outstanding": item.outstanding and item.bound_acceptance is None,
        "acceptance_ended": item.lapsed(now),
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
    accepted: int
    acceptances_end: datetime | None
    acceptances_ending: int
    acceptances_ended: int
    next_blocker: ItemFacts | None
    next_expiry: datetime | None


def summarise(items: Iterable[ItemFacts], now: datetime) -> Summary:
    """Count a section's items as they stand now."""
    rows = list(items)
    check = pre_check(rows, now)
    ends = [given.until for row in rows if row.accepted(now) and (given := row.bound_acceptance)]
    expiries = [moment for item in rows if (moment := item.next_expiry(now))]
    return Summary(
        counts=Counts.of(item.status for item in rows),
        errors=len(check.errors),
        warnings=len(check.warnings),
        expired=sum(item.expired(now) for item in rows),
        accepted=len(ends),
        acceptances_end=min(ends, default=None),
        acceptances_ending=ends.count(min(ends)) if ends else 0,
        acceptances_ended=sum(item.lapsed(now) for item in rows),
        next_blocker=next((item for item in rows if item.blocks(now)), None),
        next_expiry=min(expiries, default=None),
    )
