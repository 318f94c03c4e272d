"""The words and bytes of a signature: its meaning, its statement, the snapshot it is over. Values in, values out.

Statements and snapshots are RFC 8785 JSON with strings in NFC; their shapes are versioned and final.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist import material
from checklist.rules import ItemFacts
from signoff.rules import Act, Answer, Vote

STATEMENT_TYPE = "sentinel/statement/v1"
# What keys sign is no challenge of a sign-in, and can be none.
SIGNED_AS = b"sentinel-signature-v1\n"
SNAPSHOT_VERSION = 1
canonical = material.canonical
moment = material.moment


def challenge_of(statement: bytes) -> bytes:
    """What a passkey is asked to sign for a statement."""
    return sha256(SIGNED_AS + statement).digest()


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


def meaning_of_acceptance(
    *, number: str, title: str, authority: str, count: int, until: datetime, zone: str
) -> Meaning:
    """What accepting outstanding items means."""
    text = ngettext(
        "As %(authority)s I accept that %(count)d item of section %(number)s, “%(title)s”, stays outstanding "
        "until %(until)s. It may go live with it until then.",
        "As %(authority)s I accept that %(count)d items of section %(number)s, “%(title)s”, stay outstanding "
        "until %(until)s. It may go live with them until then.",
        count,
    )
    words = {"authority": authority, "number": number, "title": title, "count": count}
    return Meaning("section.accept", text % {**words, "until": end_words(until, zone)})


def end_words(until: datetime, zone: str) -> str:
    """When a promise ends, in its launch's zone; a day that is over at midnight is told as that day's 24:00."""
    local = until.astimezone(ZoneInfo(zone))
    if local.time() == time():
        day = date_format(local - timedelta(days=1), "j F Y")
        return _("%(day)s, 24:00 (%(zone)s)") % {"day": day, "zone": zone}
    return _("%(time)s (%(zone)s)") % {"time": date_format(local, "j F Y, H:i"), "zone": zone}


def meaning_of_taking_back(act: Act, *, signer: str, slot: str, signed_at: datetime) -> Meaning:
    """What taking one's own signature back means, or setting aside that of somebody who has left."""
    texts = {
        Act.WITHDRAW: _(
            "I withdraw my signature of %(time)s UTC for “%(slot)s”. It stands no longer."
        ),
        Act.SET_ASIDE: _(
            "I set aside the signature that %(signer)s, who has left, gave %(time)s UTC for “%(slot)s”. "
            "It stands no longer."
        ),
    }
    signed = date_format(signed_at.astimezone(UTC), "j F Y, H:i")
    words = {"signer": signer, "slot": slot, "time": signed}
    return Meaning(f"signature.{act.value}", texts[act] % words)


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
        "items": [_snapshot_item(row) for row in items],
    }


def acceptable_material(number: str, items: Iterable[ItemFacts]) -> dict[str, Any]:
    """What an acceptance binds of the items that a page offers: number, text and status of each."""
    rows = [
        {"number": item.number, "text": item.text, "status": item.status.value} for item in items
    ]
    return {"v": SNAPSHOT_VERSION, "section": number, "items": sorted(rows, key=canonical)}


def acceptance_snapshot(
    *,
    launch: Mapping[str, Any],
    section: Mapping[str, Any],
    authorities: Sequence[str],
    items: Sequence[SnapshotItem],
    until: datetime,
    risk: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The items that were accepted, as they were then, and until when."""
    return {
        "v": SNAPSHOT_VERSION,
        "kind": "acceptance",
        "launch": launch,
        "section": section,
        "authorities": sorted(authorities),
        "until": moment(until),
        "risk": risk,
        "items": [_snapshot_item(row) for row in items],
    }


def _snapshot_item(row: SnapshotItem) -> dict[str, Any]:
    """An item in a snapshot: its material part, and beside it what is listed. Of an acceptance also by whom and why."""
    item = {
        **material.of_item(row.facts),
        "key": row.key,
        "id": row.facts.id,
        "note": row.facts.note,
        "owner": row.owner,
    }
    given = row.facts.bound_acceptance
    return item | {"accepted_by": given.by, "accepted_because": given.reason} if given else item


@dataclass(frozen=True, slots=True)
class Listed:
    """What stands beside the sections and answers of a vote: conditions, waivers, risks.

    The voter's own conditions are part of the vote, said so by `own`; everything else is listed only.
    """

    conditions: Sequence[Mapping[str, Any]] = ()
    acceptances: Sequence[Mapping[str, Any]] = ()
    risks: Sequence[Mapping[str, Any]] = ()


def decision_snapshot(
    *,
    launch: Mapping[str, Any],
    number: int,
    sections: Sequence[Mapping[str, Any]],
    answers: Sequence[Answer],
    authorities: Sequence[str],
    listed: Listed,
) -> dict[str, Any]:
    """A decision as it was voted on: the section digests, answers and own conditions; others' and signatures listed."""
    return {
        "v": SNAPSHOT_VERSION,
        "kind": "decision",
        "launch": launch,
        "round": number,
        "sections": list(sections),
        "answers": answers_value(answers),
        "acceptances": list(listed.acceptances),
        "conditions": list(listed.conditions),
        "risks": list(listed.risks),
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
    signer: Mapping[str, Any]
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
    until: str = ""
    items: Sequence[Mapping[str, str]] = ()

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
        optional = {
            "vote": self.vote,
            "target": self.target,
            "supersedes": self.supersedes,
            "until": self.until,
            "items": list(self.items),
        }
        return canonical(value | {name: part for name, part in optional.items() if part})
