"""How the items of a launch begin that somebody brought: statuses, notes, owners and links as their file has them.

What an item has no place for becomes its note, so that nothing of the file is lost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from audit.ledger import Change, difference
from checklist.actions import evidence
from checklist.actions.launches import Begin, Begun, item_facts
from checklist.actions.templates import DraftRow
from checklist.imports.draft import Draft, DraftItem, Link
from checklist.models import Evidence, Item, TemplateItem
from checklist.rules import ItemStatus, Phase
from checklist.verbs import Verb
from sentinel.text import LINE_LENGTH, TEXT_LENGTH, clean_email, clean_line, clean_text


def beginning(
    draft: Draft, rows: Sequence[DraftRow], *, by: User, now: datetime, file: str
) -> Begin:
    """What puts into new items what a draft says of them. `rows`: those that the template was made of."""
    records = [row.record for row in rows if isinstance(row.record, TemplateItem)]
    brought = {row.key: item for row, item in zip(records, draft.items, strict=True)}
    people = _people(item.owner for item in draft.items)

    def begin(items: Sequence[Item]) -> Begun:
        begun = [
            _begin(item, brought[item.key], people, by=by, now=now, file=file) for item in items
        ]
        return Begun(
            list(chain.from_iterable(one.changes for one in begun)),
            list(chain.from_iterable(one.proofs for one in begun)),
        )

    return begin


def _people(names: Iterable[str]) -> Mapping[str, User]:
    """Whom an owner's name means: one person whose full name or e-mail address it is. Two of a name are nobody."""
    wanted = {clean_line(name) for name in names} - {""}
    emails = {clean_email(name) for name in wanted}
    found = User.objects.active().filter(Q(full_name__in=wanted) | Q(email__in=emails))
    called = [(name, person) for person in found for name in (person.full_name, person.email)]
    counted = Counter(name for name, _person in called)
    return {name: person for name, person in called if counted[name] == 1}


def _begin(
    item: Item,
    brought: DraftItem,
    people: Mapping[str, User],
    *,
    by: User,
    now: datetime,
    file: str,
) -> Begun:
    before = item_facts(item)
    told = [brought.note, *_own(item, brought, people)]
    proofs: list[Evidence] = []
    if item.section.phase == Phase.READINESS:
        proofs = [proof for link in brought.links if (proof := _proof(item, link, by=by, now=now))]
        told[0] = _set_status(item, brought, by=by, now=now, file=file)
    elif (
        brought.status is not ItemStatus.UNSET
    ):  # it is set once the launch is live, and not before
        told.append(_("In the file: %(status)s") % {"status": brought.status.label})
    item.evidence_count, proven = len(proofs), {proof.url for proof in proofs}
    told += [
        f"{link.name}: {link.url}" if link.name else link.url
        for link in brought.links
        if link.url not in proven
    ]
    item.note = clean_text("\n".join(filter(None, told)))[:TEXT_LENGTH]
    return Begun(_changes(item, before, proofs), proofs)


def _changes(item: Item, before: Mapping[str, Any], proofs: Sequence[Evidence]) -> list[Change]:
    old, new = difference(before, item_facts(item))
    subject, launch = f"item:{item.pk}", item.launch_id
    changed = [Change(Verb.ITEM_CHANGED, subject, launch, old=old, new=new)] if new else []
    proven = (evidence.facts(proof) for proof in proofs)
    return [*changed, *(Change(Verb.EVIDENCE_ADDED, subject, launch, new=new) for new in proven)]


def _own(item: Item, brought: DraftItem, people: Mapping[str, User]) -> Iterator[str]:
    """Set owner and day; say those that are no person and no date here."""
    name = clean_line(brought.owner)
    item.owner = people.get(name) or people.get(clean_email(name))
    if name and not item.owner:
        yield _("Owner: %(name)s") % {"name": name}
    item.due_on = _day(brought.due)
    if brought.due and not item.due_on:
        yield _("Due: %(day)s") % {"day": brought.due}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def _set_status(item: Item, brought: DraftItem, *, by: User, now: datetime, file: str) -> str:
    """Whoever brings a status has set it. Gives what is left of the note: that of an N/A is its reason."""
    item.status = brought.status
    if item.status != ItemStatus.UNSET:
        item.status_by, item.status_at = by, now
    if item.status != ItemStatus.NA:
        return brought.note
    reason = clean_text(brought.note)[:TEXT_LENGTH]
    item.na_reason = reason or _("As brought from %(file)s") % {"file": file}
    return ""


def _proof(item: Item, link: Link, *, by: User, now: datetime) -> Evidence | None:
    """A link as evidence; None where its address is none that evidence may have."""
    proof = Evidence(
        item=item,
        name=(clean_line(link.name) or clean_line(link.url))[:LINE_LENGTH],
        url=link.url,
        added_by=by,
        added_at=now,
    )
    try:
        proof.clean_fields(exclude=["item", "added_by", "removed_by"])
    except ValidationError:
        return None
    return proof
