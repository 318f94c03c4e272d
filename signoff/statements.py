"""The words and bytes of a signature: its meaning, its statement, the snapshot it is over. Values in, values out.

Statements and snapshots are RFC 8785 JSON with strings in NFC; their shapes are versioned and final.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from checklist import material
from checklist.rules import ItemFacts
from signoff.rules import Act, Answer, Vote

STATEMENT_TYPE = "sentinel/statement/v1"
SNAPSHOT_VERSION = 1
canonical = material.canonical


def moment(at: datetime) -> str:
    """UTC in milliseconds with a Z: how a statement writes a time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a signature means: a code for programs, a sentence for the signer and for whoever reads it later."""

    code: str
    text: str


def meaning_of_section(act: Act, *, number: str, title: str, authority: str) -> Meaning:
    """What signing or returning a section means."""
    texts = {
        Act.SIGN: _(
            "As %(authority)s I have reviewed section %(number)s, “%(title)s”, as it is recorded here, "
            "and I approve it for launch."
        ),
        Act.RETURN: _(
            "As %(authority)s I have reviewed section %(number)s, “%(title)s”, and I return it: "
            "it is not ready for my signature."
        ),
    }
    words = {"authority": authority, "number": number, "title": title}
    return Meaning(f"section.{act.value}", texts[act] % words)


def meaning_of_vote(vote: Vote, *, launch: str, environment: str, authority: str) -> Meaning:
    """What an executive's vote means."""
    texts = {
        Vote.GO: _("As %(authority)s I decide GO: %(launch)s may go live in %(environment)s."),
        Vote.GO_CONDITIONAL: _(
            "As %(authority)s I decide GO with conditions: %(launch)s may go live in %(environment)s, "
            "on the conditions that are named here."
        ),
        Vote.NO_GO: _(
            "As %(authority)s I decide NO-GO: %(launch)s may not go live in %(environment)s."
        ),
    }
    words = {"authority": authority, "launch": launch, "environment": environment}
    return Meaning(f"decision.{vote.value}", texts[vote] % words)


def meaning_of_withdrawal(*, slot: str, signed_at: datetime) -> Meaning:
    """What taking one's signature back means."""
    text = _("I withdraw my signature of %(time)s UTC for “%(slot)s”. It stands no longer.")
    time = date_format(signed_at.astimezone(UTC), "j F Y, H:i")
    return Meaning("signature.withdraw", text % {"slot": slot, "time": time})


@dataclass(frozen=True, slots=True)
class SnapshotItem:
    """An item as a snapshot keeps it: the material facts, and what is listed beside them."""

    facts: ItemFacts
    key: str
    owner: str


def section_snapshot(
    *,
    launch: Mapping[str, Any],
    template: Mapping[str, Any],
    section: Mapping[str, Any],
    authorities: Sequence[str],
    items: Sequence[SnapshotItem],
) -> dict[str, Any]:
    """A section as it was signed: at least all that is material, in order, and notes and owners beside it."""
    return {
        "v": SNAPSHOT_VERSION,
        "kind": "section",
        "launch": launch,
        "template": template,
        "section": section,
        "authorities": sorted(authorities),
        "items": [
            {
                **material.of_item(row.facts),
                "key": row.key,
                "id": row.facts.id,
                "note": row.facts.note,
                "owner": row.owner,
            }
            for row in items
        ],
    }


def decision_snapshot(
    *,
    launch: Mapping[str, Any],
    number: int,
    sections: Sequence[Mapping[str, Any]],
    answers: Sequence[Answer],
    conditions: Sequence[Mapping[str, Any]],
    authorities: Sequence[str],
) -> dict[str, Any]:
    """A decision as it was voted on: the section digests, answers and own conditions; others' and signatures listed."""
    return {
        "v": SNAPSHOT_VERSION,
        "kind": "decision",
        "launch": launch,
        "round": number,
        "sections": list(sections),
        "answers": answers_value(answers),
        "acceptances": [],
        "conditions": list(conditions),
        "risks": [],
        "authorities": sorted(authorities),
    }


def answers_value(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The answers as statements and digests carry them."""
    return [
        {"question": row.question.value, "given": row.given, "reason": row.reason}
        for row in sorted(answers, key=lambda row: row.question.value)
    ]


@dataclass(frozen=True, slots=True)
class Statement:
    """All that a signer states. `encoded` gives the bytes that are hashed and kept."""

    instance: str
    launch: Mapping[str, str]
    act: Act
    slot: Mapping[str, str]
    scope: str
    snapshot: bytes
    kind: str
    material: str
    meaning: Meaning
    language: str
    comment: str
    signer: Mapping[str, str]
    appointment: int | None
    at: datetime
    zone: str
    nonce: str
    log_size: int
    log_root: str
    conditions: Sequence[Mapping[str, Any]] = ()
    vote: str = ""
    target: str = ""
    supersedes: str = ""

    def encoded(self) -> bytes:
        value: dict[str, Any] = {
            "type": STATEMENT_TYPE,
            "instance": self.instance,
            "launch": self.launch,
            "act": self.act.value,
            "slot": self.slot,
            "scope": self.scope,
            "polls": [],
            "content": {
                "kind": self.kind,
                "sha256": sha256(self.snapshot).hexdigest(),
                "bytes": len(self.snapshot),
                "material": self.material,
            },
            "meaning": self.meaning.code,
            "meaning_text": self.meaning.text,
            "language": self.language,
            "comment": self.comment,
            "conditions": list(self.conditions),
            "signer": self.signer,
            "appointment": self.appointment,
            "time": moment(self.at),
            "zone": self.zone,
            "nonce": self.nonce,
            "log": {"size": self.log_size, "root": self.log_root},
        }
        optional = {"vote": self.vote, "target": self.target, "supersedes": self.supersedes}
        return canonical(value | {name: part for name, part in optional.items() if part})
