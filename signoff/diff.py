"""What differs between two snapshots of one thing, in sentences. Values in, values out: no database.

Material changes and edited notes apart: the first make a signature stale, the second are only told (DESIGN 3.9).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.values import humanised, shortened
from checklist.rules import ItemStatus
from signoff.rules import Question

type Content = Mapping[str, Any]


class Aspect(StrEnum):
    """What of a thing changed."""

    ADDED = "added"
    REMOVED = "removed"
    STATUS = "status"
    STATUS_WITH_REASON = "status with reason"
    NA_REASON = "reason"
    WORDING = "wording"
    DEMAND = "demand"
    EVIDENCE_ADDED = "evidence added"
    EVIDENCE_REMOVED = "evidence removed"
    ACCEPTED = "accepted"
    UNACCEPTED = "accepted no longer"
    NOTE = "note"
    TITLE = "title"
    AUTHORITIES = "authorities"
    LAUNCH = "launch"
    SECTION = "section"
    ANSWER = "answer"
    ANSWER_REASON = "answer reason"
    CONDITION_ADDED = "condition added"
    CONDITION_GONE = "condition gone"
    CONDITION_DONE = "condition done"
    CONDITION_REOPENED = "condition reopened"


SENTENCES: dict[Aspect, Promise] = {
    Aspect.ADDED: lazy("%(subject)s: added, %(new)s"),
    Aspect.REMOVED: lazy("%(subject)s: removed"),
    Aspect.STATUS: lazy("%(subject)s: %(old)s → %(new)s"),
    Aspect.STATUS_WITH_REASON: lazy("%(subject)s: %(old)s → N/A, %(new)s"),
    Aspect.NA_REASON: lazy("%(subject)s: why it does not apply, %(old)s → %(new)s"),
    Aspect.WORDING: lazy("%(subject)s: reworded, formerly %(old)s"),
    Aspect.DEMAND: lazy("%(subject)s: evidence demanded, %(old)s → %(new)s"),
    Aspect.EVIDENCE_ADDED: lazy("%(subject)s: evidence added, %(new)s"),
    Aspect.EVIDENCE_REMOVED: lazy("%(subject)s: evidence taken back, %(old)s"),
    Aspect.ACCEPTED: lazy("%(subject)s: %(new)s"),
    Aspect.UNACCEPTED: lazy("%(subject)s: no longer %(old)s"),
    Aspect.NOTE: lazy("%(subject)s: note edited"),
    Aspect.TITLE: lazy("Title: %(old)s → %(new)s"),
    Aspect.AUTHORITIES: lazy("Who may sign: %(old)s → %(new)s"),
    Aspect.LAUNCH: lazy("%(subject)s: %(old)s → %(new)s"),
    Aspect.SECTION: lazy("%(subject)s: changed"),
    Aspect.ANSWER: lazy("%(subject)s %(old)s → %(new)s"),
    Aspect.ANSWER_REASON: lazy("%(subject)s Reason: %(old)s → %(new)s"),
    Aspect.CONDITION_ADDED: lazy("Condition added: %(new)s, %(subject)s"),
    Aspect.CONDITION_GONE: lazy("Condition no longer asked for: %(old)s, %(subject)s"),
    Aspect.CONDITION_DONE: lazy("Condition done: %(new)s, %(subject)s"),
    Aspect.CONDITION_REOPENED: lazy("Condition open again: %(new)s, %(subject)s"),
}
# What people wrote stands in quotation marks, and nothing where there is none.
QUOTED = frozenset(
    {
        Aspect.STATUS_WITH_REASON,
        Aspect.NA_REASON,
        Aspect.WORDING,
        Aspect.EVIDENCE_ADDED,
        Aspect.EVIDENCE_REMOVED,
        Aspect.TITLE,
        Aspect.LAUNCH,
        Aspect.ANSWER_REASON,
        Aspect.CONDITION_ADDED,
        Aspect.CONDITION_GONE,
        Aspect.CONDITION_DONE,
        Aspect.CONDITION_REOPENED,
    }
)
STATUSES: dict[ItemStatus, Promise] = {
    ItemStatus.UNSET: lazy("not set"),
    ItemStatus.DONE: lazy("done"),
    ItemStatus.ATTENTION: lazy("needs attention"),
    ItemStatus.NOT_DONE: lazy("not done"),
    ItemStatus.NA: lazy("N/A"),
}
LAUNCH_FIELDS: dict[str, Promise] = {
    "name": lazy("Name"),
    "version": lazy("Version"),
    "environment": lazy("Environment"),
    "artefact": lazy("Artefact digest"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: what it is about, what of it changed, before and now. `where`: an item's id, a section's number."""

    aspect: Aspect
    subject: str
    old: str = ""
    new: str = ""
    where: str = ""

    def __str__(self) -> str:
        say = _quoted if self.aspect in QUOTED else _short
        old = _short(self.old) if self.aspect is Aspect.STATUS_WITH_REASON else say(self.old)
        parts = {"subject": self.subject, "old": old, "new": say(self.new)}
        return str(SENTENCES[self.aspect]) % parts

    @property
    def is_long(self) -> bool:
        """The sentence leaves out a part of the texts."""
        return self.aspect is Aspect.NOTE or any(
            shortened(text).full for text in (self.old, self.new)
        )


def _short(text: str) -> str:
    return str(shortened(text)) if text else _("none")


def _quoted(text: str) -> str:
    return _("“%(text)s”") % {"text": shortened(text)} if text else _("nothing")


@dataclass(frozen=True, slots=True)
class Differences:
    """All that differs: what is material, and the notes that were edited."""

    material: tuple[Difference, ...] = ()
    notes: tuple[Difference, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.material or self.notes)


def differences(old: Content, new: Content, names: Mapping[str, str] | None = None) -> Differences:
    """What changed from one snapshot to the other. `names` has the authorities' names by their slugs."""
    if old["kind"] == "decision":
        found = [*_launch(old["launch"], new["launch"]), *_sections(old, new), *_answers(old, new)]
        return Differences((*found, *_authorities(old, new, names or {})))
    found = [*_title(old["section"], new["section"]), *_authorities(old, new, names or {})]
    notes: list[Difference] = []
    for before, after in _pairs(old["items"], new["items"], "key"):
        found += _item(before, after)
        notes += _note(before, after)
    return Differences(tuple(found), tuple(notes))


def bare(content: Content) -> dict[str, Any]:
    """A snapshot without what is not material and long: the notes of its items."""
    if "items" not in content:
        return dict(content)
    items = [
        {name: value for name, value in item.items() if name not in {"note", "owner"}}
        for item in content["items"]
    ]
    return {**content, "items": items}


def _pairs(
    old: Sequence[Content], new: Sequence[Content], key: str
) -> Iterator[tuple[Content | None, Content | None]]:
    """The rows of both sides that belong together, in the new order; what is gone comes last."""
    before = {row[key]: row for row in old}
    for row in new:
        yield before.pop(row[key], None), row
    for row in before.values():
        yield row, None


def called(item: Content) -> str:
    """An item as people call it: "1.3 TLS/SSL certificates installed"."""
    return f"{item['number']} {item['text']}".strip()


def _item(old: Content | None, new: Content | None) -> Iterator[Difference]:
    if new is None:
        if old is not None:
            yield Difference(Aspect.REMOVED, called(old))
        return
    subject, where = called(new), new["id"]
    if old is None:
        yield Difference(Aspect.ADDED, subject, new=_status(new), where=where)
        return
    if called(old) != subject:
        yield Difference(Aspect.WORDING, subject, called(old), subject, where)
    yield from _status_change(old, new, subject)
    if old["evidence_demanded"] != new["evidence_demanded"]:
        was, now = _yes_no(old["evidence_demanded"]), _yes_no(new["evidence_demanded"])
        yield Difference(Aspect.DEMAND, subject, was, now, where)
    yield from _evidence(old, new, subject)
    yield from _acceptance(old, new, subject)


def _status(item: Content) -> str:
    return str(STATUSES[ItemStatus(item["status"])])


def _status_change(old: Content, new: Content, subject: str) -> Iterator[Difference]:
    """The status and why it does not apply, as one change where they changed together."""
    reasons, where = (old["na_reason"], new["na_reason"]), new["id"]
    moved = old["status"] != new["status"]
    if moved and new["status"] == ItemStatus.NA and new["na_reason"]:
        yield Difference(Aspect.STATUS_WITH_REASON, subject, _status(old), new["na_reason"], where)
        return
    if moved:
        yield Difference(Aspect.STATUS, subject, _status(old), _status(new), where)
    if reasons[0] != reasons[1] and not (moved and not reasons[1]):
        yield Difference(Aspect.NA_REASON, subject, *reasons, where)


def _evidence(old: Content, new: Content, subject: str) -> Iterator[Difference]:
    before, after = list(old["evidence"]), list(new["evidence"])
    for proof in after:
        if proof in before:
            before.remove(proof)
        else:
            yield Difference(Aspect.EVIDENCE_ADDED, subject, new=_proof(proof), where=new["id"])
    for proof in before:
        yield Difference(Aspect.EVIDENCE_REMOVED, subject, _proof(proof), where=new["id"])


def _acceptance(old: Content, new: Content, subject: str) -> Iterator[Difference]:
    """Accepted, accepted anew, or no longer; that a status suspends it, the status says already."""
    before, after = old["acceptance"], new["acceptance"]
    if after and after != before:
        words = accepted_words(old), accepted_words(new)
        yield Difference(Aspect.ACCEPTED, subject, *words, where=new["id"])
    elif before and not after and old["status"] == new["status"]:
        yield Difference(Aspect.UNACCEPTED, subject, accepted_words(old), where=new["id"])


def accepted_words(item: Content) -> str:
    """By whom, until when and why an item was accepted; nothing where it was not."""
    if not item["acceptance"]:
        return ""
    parts = {
        "who": item["accepted_by"],
        "until": _until(datetime.fromisoformat(item["acceptance"]["until"])),
        "why": item["accepted_because"],
    }
    return _("accepted by %(who)s until %(until)s: %(why)s") % parts


def _until(end: datetime) -> str:
    """On the reader's clocks; where the day ends there too, by that day, as it was chosen."""
    there = localtime(end)
    if there.time() != time.min:
        return date_format(there, "j F Y, H:i T")
    day = there - timedelta(microseconds=1)
    return _("the end of %(day)s") % {"day": date_format(day, "j F Y, T")}


def _proof(proof: Content) -> str:
    """A proof by its name and, since names may repeat, by where it is or the start of its digest."""
    if proof["sha256"]:
        return _("%(name)s (file %(digest)s)") % {
            "name": proof["name"],
            "digest": proof["sha256"][:8],
        }
    return f"{proof['name']} ({proof['url']})"


def _note(old: Content | None, new: Content | None) -> Iterator[Difference]:
    if old is None or new is None or old.get("note", "") == new.get("note", ""):
        return
    yield Difference(Aspect.NOTE, called(new), old.get("note", ""), new.get("note", ""), new["id"])


def _title(old: Content, new: Content) -> Iterator[Difference]:
    if old["title"] != new["title"]:
        yield Difference(Aspect.TITLE, "", old["title"], new["title"])


def _authorities(old: Content, new: Content, names: Mapping[str, str]) -> Iterator[Difference]:
    if old["authorities"] == new["authorities"]:
        return
    before, after = (
        _(" or ").join(names.get(slug, humanised(slug)) for slug in side["authorities"])
        for side in (old, new)
    )
    yield Difference(Aspect.AUTHORITIES, "", before, after)


def _launch(old: Content, new: Content) -> Iterator[Difference]:
    for name, label in LAUNCH_FIELDS.items():
        if old[name] != new[name]:
            yield Difference(Aspect.LAUNCH, str(label), old[name], new[name])


def _sections(old: Content, new: Content) -> Iterator[Difference]:
    for before, after in _pairs(old["sections"], new["sections"], "number"):
        row = after or before or {}
        subject = _("Section %(number)s. %(title)s") % row
        if after is None:
            yield Difference(Aspect.REMOVED, subject)
        elif before is None:
            yield Difference(Aspect.ADDED, subject, new=_("to be signed"), where=row["number"])
        elif before["material"] != after["material"]:
            yield Difference(Aspect.SECTION, subject, where=row["number"])


def _answers(old: Content, new: Content) -> Iterator[Difference]:
    for before, after in _pairs(old["answers"], new["answers"], "question"):
        if before is None or after is None:
            continue
        question = str(Question(after["question"]).label)
        if before["given"] != after["given"]:
            sides = (_yes_no(side["given"]) for side in (before, after))
            yield Difference(Aspect.ANSWER, question, *sides)
        if before["reason"] != after["reason"]:
            yield Difference(Aspect.ANSWER_REASON, question, before["reason"], after["reason"])


def _yes_no(value: bool) -> str:
    return _("yes") if value else _("no")
