"""What an attestation says, as one JSON value: an in-toto Statement about an artefact. Values in, values out.

docs/attestation.md tells every member. Members may join; what one means is changed by another version of the type only.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from signoff.attestation.source import Cast, Decided
from signoff.models import Condition

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
# A name that nobody else can have made: no host has to be owned for it (docs/decisions/0014-attestations.md).
PREDICATE_TYPE = "urn:uuid:e8020f4e-f01e-467f-a1ab-fe4a501bc704#launch-decision/v1"
DECISION = "GO"
LIFETIME = timedelta(hours=24)

type Value = dict[str, Any]


def statement_of(decided: Decided) -> Value:
    """The in-toto Statement: which artefact, and what was decided about it."""
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": str(decided.launch), "digest": {"sha256": decided.artefact}}],
        "predicateType": PREDICATE_TYPE,
        "predicate": _predicate(decided),
    }


def _predicate(decided: Decided) -> Value:
    launch, votes = decided.launch, decided.votes
    return {
        "decision": DECISION,
        "round": decided.round.number,
        "environment": launch.environment,
        "launch": {
            "id": str(launch.pk),
            "slug": launch.slug,
            "name": launch.name,
            "version": launch.version,
            "url": f"{settings.BASE_URL}{launch.get_absolute_url()}",
        },
        "decidedAt": second(max(vote.signature.signed_at for vote in votes)),
        "issuedAt": second(decided.now),
        "expiresAt": second(expires_at(decided.now, decided.next_expiry)),
        "slots": [
            {
                "key": vote.slot.key,
                "title": vote.slot.title,
                "authorities": vote.slot.authority_slugs,
            }
            for vote in votes
        ],
        "signatures": [_signature(vote) for vote in votes],
        "conditions": [_condition(row) for row in decided.conditions],
        "instance": decided.instance,
        "log": {
            "origin": decided.log.origin,
            "size": decided.log.size,
            "root": decided.log.root.hex(),
            "checkpoint": decided.note,
        },
    }


def _signature(vote: Cast) -> Value:
    row = vote.signature
    return {
        "slot": vote.slot.key,
        "vote": row.vote,
        "meaning": row.meaning_text,
        "authority": row.authority_name,
        "name": row.signer_name,
        "standingInFor": row.standing_in_for,
        "person": str(row.signer_id),
        "at": second(row.signed_at),
        "level": row.level,
        "statement": {"sha256": row.sha256},
        "log": {
            "index": vote.leaf.seq,
            "leafHash": vote.leaf.leaf_hash,
            "inclusion": [part.hex() for part in vote.inclusion],
        },
    }


def _condition(row: Condition) -> Value:
    return {
        "text": row.text,
        "due": row.due_on.isoformat(),
        "beforeLaunch": row.before_launch,
        "done": row.done_at is not None,
    }


def expires_at(now: datetime, next_expiry: datetime | None) -> datetime:
    """A day from now, or when the clock may end the approval, if that is sooner."""
    ends = now + LIFETIME
    return min(ends, next_expiry) if next_expiry else ends


def second(at: datetime) -> str:
    """RFC 3339 in UTC, the second that had begun."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
