"""What is signed, or was, as rows to read: from a snapshot's content alone. Values in, values out."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from checklist import rules
from checklist.rules import EvidenceFacts, ItemFacts, ItemStatus
from checklist.words import sentence
from signoff.diff import accepted_words, called
from signoff.models import Snapshot
from signoff.rules import Question
from signoff.statements import canonical

type Content = Mapping[str, Any]


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    """What a snapshot holds."""
    content: dict[str, Any] = json.loads(bytes(snapshot.content))
    return content


def as_kept(content: Content) -> dict[str, Any]:
    """Content as a snapshot would give it back, so that the two compare."""
    kept: dict[str, Any] = json.loads(canonical(content))
    return kept


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as it was signed."""

    name: str
    url: str
    sha256: str

    @property
    def short(self) -> str:
        return self.sha256[:8]


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as it was signed."""

    number: str
    text: str
    status: str
    label: str
    na_reason: str
    note: str
    owner: str
    proofs: tuple[Proof, ...]
    accepted: str = ""


def item_lines(content: Content) -> list[ItemLine]:
    """A section's items, in their order."""
    return [
        ItemLine(
            number=item["number"],
            text=item["text"],
            status=item["status"],
            label=str(ItemStatus(item["status"]).label),
            na_reason=item["na_reason"],
            note=item["note"],
            owner=item["owner"],
            proofs=tuple(Proof(p["name"], p["url"], p["sha256"]) for p in item["evidence"]),
            accepted=accepted_words(item),
        )
        for item in content.get("items", [])
    ]


@dataclass(frozen=True, slots=True)
class SectionLine:
    """A section beneath a vote, and who signed it."""

    number: str
    title: str
    digest: str
    signed: tuple[str, ...]


def section_lines(content: Content) -> list[SectionLine]:
    """The sections a vote commits to, each with the signatures listed beneath it."""
    return [
        SectionLine(
            row["number"], row["title"], row["material"][:8], tuple(map(_signed, row["signatures"]))
        )
        for row in content.get("sections", [])
    ]


def _signed(row: Content) -> str:
    parts = {"who": row["signer"], "authority": row["authority"], "digest": row["sha256"][:8]}
    text = _("%(who)s (%(authority)s), signature %(digest)s") % parts
    if row["state"] == rules.SlotState.SIGNED:
        return text
    return _("%(signature)s, changed since") % {"signature": text}


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer beneath a vote."""

    question: str
    given: str
    reason: str


def answer_lines(content: Content) -> list[AnswerLine]:
    """The answers a vote commits to, in the order of the questions."""
    by_question = {row["question"]: row for row in content.get("answers", [])}
    return [
        AnswerLine(str(question.label), yes_or_no(given=row["given"]), row["reason"])
        for question in Question
        if (row := by_question.get(question.value))
    ]


def yes_or_no(*, given: bool) -> str:
    return _("Yes") if given else _("No")


def facts_of(content: Content) -> list[ItemFacts]:
    """A section's items as the rules ask about them, as far as a snapshot knows."""
    return [
        ItemFacts(
            id=item["id"],
            number=item["number"],
            text=item["text"],
            status=ItemStatus(item["status"]),
            na_reason=item["na_reason"],
            note=item["note"],
            evidence_demanded=item["evidence_demanded"],
            evidence=tuple(
                EvidenceFacts(p["name"], p["url"], p["sha256"]) for p in item["evidence"]
            ),
            has_owner=bool(item["owner"]),
        )
        for item in content.get("items", [])
    ]


@dataclass(frozen=True, slots=True)
class Remark:
    """An exception that the signer should know: a word with its icon, and one line."""

    state: str
    label: str
    text: str
    reason: str = ""
    url: str = ""


def listed_remarks(acceptances: Iterable[Content], risks: Iterable[Content]) -> list[Remark]:
    """What is listed beside a vote, one line each: waivers first, then risks."""
    waivers = [
        Remark("accepted", _("Accepted"), called(row), accepted_words(_as_item(row)))
        for row in acceptances
    ]
    return [*waivers, *(_risk_remark(row) for row in risks)]


def _as_item(row: Content) -> dict[str, Any]:
    """An acceptance of a decision's list, in the shape that an item of a section has it."""
    return {
        "acceptance": {"until": row["until"]},
        "accepted_by": row["by"],
        "accepted_because": row["reason"],
    }


def _risk_remark(row: Content) -> Remark:
    facts = rules.RiskFacts(
        row["likelihood"], row["impact"], row["mitigation"], has_owner=bool(row["owner"])
    )
    title = _("Risk R%(number)d: %(title)s") % row
    parts = [_("level %(level)s") % {"level": facts.level.label}]
    if row["owner"]:
        parts.append(_("owner %(owner)s") % row)
    if row["mitigation"]:
        parts.append(row["mitigation"])
    return Remark("warning", str(facts.level.label), title, ", ".join(parts))


def does_not_apply(facts: Iterable[ItemFacts], urls: Mapping[str, str]) -> list[Remark]:
    """The items set to N/A, each with its reason. `urls` by the items' ids."""
    return [
        Remark(
            ItemStatus.NA.value,
            str(ItemStatus.NA.label),
            f"{item.number} {item.text}".strip(),
            item.na_reason or _("no reason given"),
            urls.get(item.id, ""),
        )
        for item in facts
        if item.status is ItemStatus.NA
    ]


def lived_with(content: Content, urls: Mapping[str, str]) -> list[Remark]:
    """The outstanding items that somebody accepted, each with by whom, until when and why."""
    return [
        Remark(
            "accepted", _("Accepted"), called(item), accepted_words(item), urls.get(item["id"], "")
        )
        for item in content.get("items", [])
        if item["acceptance"]
    ]


def exceptions_at_signing(content: Content, at: datetime) -> list[Remark]:
    """The exceptions as the snapshot shows them; of what was returned, what was not settled among them."""
    facts = facts_of(content)
    unsettled = [
        Remark(item["status"], str(ItemStatus(item["status"]).label), called(item))
        for item in content.get("items", [])
        if ItemStatus(item["status"]) in rules.OUTSTANDING and not item["acceptance"]
    ]
    warned = [
        Remark(ItemStatus.ATTENTION.value, _("Warning"), sentence(reason))
        for reason in rules.pre_check(facts, at).warnings
        if reason.code == "to_be_determined"
    ]
    return [*unsettled, *lived_with(content, {}), *does_not_apply(facts, {}), *warned]
