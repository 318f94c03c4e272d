"""Attestations made whole: read, written, signed, anew each time one is asked for. None is kept."""

from datetime import datetime

from audit import keys
from checklist.models import Launch
from checklist.reading import LaunchStanding, standing_of
from checklist.rules import Tone
from checklist.verdict_words import verdict_words
from sentinel.reasons import Reason
from signoff.attestation.dsse import envelope
from signoff.attestation.predicate import statement_of
from signoff.attestation.source import artefact_of, decided
from signoff.statements import canonical
from signoff.words import refuse


def attestation_of(launch: Launch, now: datetime) -> bytes:
    """A fresh attestation of a launch that is approved now, as its envelope's JSON. Refused with all reasons else."""
    standing = standing_of(launch, now)
    refuse(attesting_refusals(standing, now))
    statement = statement_of(decided(standing, now))
    return envelope(canonical(statement), keys.attestation_key())


def attesting_refusals(standing: LaunchStanding, now: datetime) -> list[Reason]:
    """Why a launch is not attested now; empty when it is, once its votes are under a checkpoint. No query."""
    return [*_not_approved(standing, now), *lacking(standing.launch)]


def _not_approved(standing: LaunchStanding, now: datetime) -> list[Reason]:
    """By the one derivation. A launch that went live is not approved again (docs/decisions/0014-attestations.md)."""
    verdict = standing.verdict
    if verdict.tone is Tone.APPROVED:
        return []
    reason = Reason("approval_missing", params={"verdict": str(verdict_words(standing, now))})
    return [reason, *(verdict.readiness.blockers if verdict.tone is Tone.NOT_READY else ())]


def lacking(launch: Launch) -> list[Reason]:
    """What an approved launch lacks to be attested: an artefact that its digest names, and this server's keys."""
    reasons = [] if artefact_of(launch) else [_no_artefact(launch)]
    try:
        keys.attestation_key()
        keys.log_key()
    except keys.KeyProblem:
        reasons.append(Reason("keys_missing"))
    return reasons


def _no_artefact(launch: Launch) -> Reason:
    return Reason("artefact_not_sha256" if launch.artefact_digest else "artefact_missing")
