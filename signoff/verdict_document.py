"""The verdict for programs: what docs/api.md promises, made from the derivation that every page rests on.

Only what is named here leaves by the API. No person is: a gate needs states, and whoever wants names has the page.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder

from checklist.models import Launch, Slot
from checklist.reading import LaunchStanding, standing_of
from checklist.rules import Readiness, SectionFacts, SlotFacts, SlotState, Tone
from checklist.verdict_words import verdict_words
from sentinel.reasons import Reason
from signoff.models import Round
from signoff.reading import newest_round
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class LaunchPart:
    slug: str
    name: str
    version: str
    environment: str
    artefact_digest: str
    state: str
    target_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class VerdictPart:
    code: str
    text: str
    ready: bool
    approved: bool


@dataclass(frozen=True, slots=True)
class ReasonPart:
    """`subject` is None where a reason is about the launch as a whole."""

    code: str
    subject: dict[str, str] | None
    params: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class CountsPart:
    """Over readiness sections only, as the verdict counts."""

    total: int
    settled: int
    outstanding: int
    accepted: int
    unset: int
    done: int
    attention: int
    not_done: int
    na: int
    slots: int
    unsigned: int


@dataclass(frozen=True, slots=True)
class OpenPart:
    """What executives asked for and is not done, and the register of open risks, counted."""

    conditions: int
    conditions_before_launch: int
    risks: int
    risks_incomplete: int


@dataclass(frozen=True, slots=True)
class SlotPart:
    title: str
    state: str
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SectionPart:
    number: str
    title: str
    phase: str
    state: str
    slots: list[SlotPart]


@dataclass(frozen=True, slots=True)
class VotePart:
    slot: str
    vote: str | None
    stale: bool
    voted_at: datetime | None


@dataclass(frozen=True, slots=True)
class RoundPart:
    number: int
    state: str
    opened_at: datetime
    closed_at: datetime | None
    votes: list[VotePart]


@dataclass(frozen=True, slots=True)
class StalenessPart:
    """What was signed or voted and has changed since. `reaffirm`: GO was given, and does not cover this any more."""

    sections: list[str]
    votes: list[str]
    reaffirm: bool


@dataclass(frozen=True, slots=True)
class VerdictDocument:
    launch: LaunchPart
    verdict: VerdictPart
    reasons: list[ReasonPart]
    counts: CountsPart
    open: OpenPart
    sections: list[SectionPart]
    round: RoundPart | None
    staleness: StalenessPart

    @property
    def etag(self) -> str:
        """Tells two contents apart. Not from the launch's revision: the clock changes a verdict without one."""
        written = DjangoJSONEncoder(sort_keys=True).encode(asdict(self))
        return f'W/"{sha256(written.encode()).hexdigest()}"'

    def body(self, now: datetime) -> dict[str, Any]:
        return {**asdict(self), "as_of": now}


def verdict_document(launch: Launch, now: datetime) -> VerdictDocument:
    """How a launch stands now, in the current language. Three queries."""
    standing = standing_of(launch, now)
    votes = votes_of(standing)
    verdict = standing.verdict
    sections = [section_part(section, standing) for section in standing.facts]
    stale = [
        s.number for s in standing.facts if any(slot.state is SlotState.STALE for slot in s.slots)
    ]
    newest = newest_round(launch)
    return VerdictDocument(
        launch=launch_part(launch),
        verdict=VerdictPart(
            code=verdict.tone.value,
            text=str(verdict_words(standing, now)),
            ready=verdict.readiness.ready,
            approved=verdict.tone is Tone.APPROVED,
        ),
        reasons=[reason_part(reason) for reason in verdict.readiness.blockers],
        counts=counts_part(verdict.readiness),
        open=OpenPart(
            conditions=launch.open_conditions,
            conditions_before_launch=launch.open_before_launch,
            risks=launch.risk_count,
            risks_incomplete=launch.risks_incomplete,
        ),
        sections=sections,
        round=round_part(newest, votes) if newest else None,
        staleness=StalenessPart(
            sections=stale,
            votes=[vote.slot for vote in votes if vote.stale],
            reaffirm=verdict.to_reaffirm,
        ),
    )


def launch_part(launch: Launch) -> LaunchPart:
    return LaunchPart(
        slug=launch.slug,
        name=launch.name,
        version=launch.version,
        environment=launch.environment,
        artefact_digest=launch.artefact_digest,
        state=launch.state,
        target_at=launch.target_at,
        url=f"{settings.BASE_URL}{launch.get_absolute_url()}",
    )


def reason_part(reason: Reason) -> ReasonPart:
    kind, _colon, which = reason.subject.partition(":")
    named = "number" if kind == "section" else "id"
    subject = {"kind": kind, named: which} if which else None
    return ReasonPart(reason.code, subject, dict(reason.params), sentence(reason))


def counts_part(ready: Readiness) -> CountsPart:
    counts = ready.counts
    return CountsPart(
        total=counts.total,
        settled=counts.settled,
        outstanding=counts.outstanding,
        accepted=ready.accepted,
        unset=counts.unset,
        done=counts.done,
        attention=counts.attention,
        not_done=counts.not_done,
        na=counts.na,
        slots=ready.slots,
        unsigned=ready.unsigned,
    )


def section_part(section: SectionFacts, standing: LaunchStanding) -> SectionPart:
    rows = {str(slot.pk): slot for slot in standing.slots}
    return SectionPart(
        number=section.number,
        title=section.title,
        phase=section.phase.value,
        state=section.state.value,
        slots=[slot_part(slot, rows[slot.id]) for slot in section.slots],
    )


def slot_part(facts: SlotFacts, slot: Slot) -> SlotPart:
    return SlotPart(facts.title, facts.state.value, slot.signed_at)


def votes_of(standing: LaunchStanding) -> list[VotePart]:
    """What lies in the executive slots, weighed where the newest round still counts."""
    weighed = {slot.id: slot.state for slot in standing.verdict.decision.slots}
    return [
        VotePart(
            slot=slot.title,
            vote=slot.vote or None,
            stale=weighed.get(str(slot.pk)) is SlotState.STALE,
            voted_at=slot.signed_at,
        )
        for slot in standing.executive
    ]


def round_part(newest: Round, votes: list[VotePart]) -> RoundPart:
    return RoundPart(newest.number, newest.state, newest.opened_at, newest.closed_at, votes)
