"""The kinds of news of this app: who is told, what it says, where it leads.

A restricted launch's mails name the launch and nothing in it. Whoever may not see it gets none.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.urls import reverse

from accounts.mail import kinds
from accounts.mail.kinds import Content, Kind
from accounts.models import News, User
from accounts.rules import MailGroup
from audit.models import Entry
from checklist.models import Acceptance, Appointment, Comment, Item, Launch, Section, Slot
from checklist.pages.links import decision_url, sign_url
from checklist.reading import section_due
from checklist.rules import OUTSTANDING, Classification, LaunchState, SlotState
from checklist.turns import (
    holders_of,
    leads_of,
    managers_of,
    state_of,
    waits_for_signature,
    without_workers,
)
from checklist.verbs import Verb

# A click that is undone at once should not have written to anybody.
STALE_WAITS = timedelta(minutes=10)


def subject_id(news: News) -> UUID:
    return UUID(news.subject.partition(":")[2])


def content(
    news: News, reader: User, launch: Launch, url: str, thing: object = "", **more: Any
) -> Content | None:
    """What a mail may say of something in a launch: all of it, only the launch's name, or nothing."""
    if not launch.is_visible_to(reader):
        return None
    if launch.classification == Classification.RESTRICTED:
        return Content(
            url, {"thing": launch, "who": "", "is_open": False} | dict.fromkeys(more, "")
        )
    called = f"{thing}, {launch}" if thing else launch
    who = news.actor or ""
    return Content(url, {"thing": called, "who": who, "is_open": True, "when": news.at, **more})


def of_slot(news: News, reader: User, slot: Slot, url: str, **more: bool) -> Content | None:
    """What a mail may say of a slot. `more` are words about its reader, which a restricted launch may have as well."""
    found = content(news, reader, slot.launch, url, slot.section or slot.title)
    is_vote = slot.section_id is None
    return found and Content(found.url, {**found.context, "is_vote": is_vote, **more})


def slot_of(news: News) -> Slot | None:
    rows = Slot.objects.select_related("launch", "section__launch", "escalated_to")
    return rows.filter(pk=subject_id(news)).first()


def slot_url(slot: Slot) -> str:
    return slot.section.get_absolute_url() if slot.section else decision_url(slot.launch.slug)


def signing_url(slot: Slot) -> str:
    if slot.section:
        return sign_url(slot.launch.slug, slot.section.number)
    return decision_url(slot.launch.slug)


# A signature is asked for


def _asked(news: News) -> Section | None:
    rows = Section.objects.select_related("launch").filter(asked_at__isnull=False)
    return rows.filter(pk=subject_id(news)).first()


def _who_is_asked(news: News, now: datetime) -> Iterable[User]:
    section = _asked(news)
    if section is None:
        return ()
    slots = section.slots.select_related("launch", "section__launch")
    holders = holders_of([slot for slot in slots if waits_for_signature(slot)], now)
    return without_workers(holders, section) if section.launch.four_eyes else holders


def _say_asked(news: News, reader: User, now: datetime) -> Content | None:
    section = _asked(news)
    if section is None or reader not in _who_is_asked(news, now):
        return None
    url = sign_url(section.launch.slug, section.number)
    return content(news, reader, section.launch, url, section)


# What was signed has changed


def _who_signed(news: News, _now: datetime) -> Iterable[User]:
    """Whoever signed, and who can mend it. The ledger knows who changed it: they know it, too."""
    slot = slot_of(news)
    if slot is None or state_of(slot) is not SlotState.STALE:
        return ()
    entries = Entry.objects.about(news.subject).filter(action=Verb.SLOT_STALE)
    last = entries.newest_first().first()
    others = leads_of(slot.section) if slot.section else managers_of(slot.launch)
    signers = User.objects.filter(pk=slot.signed_by_id)
    people = [*signers, *others]
    return [person for person in people if last is None or person.pk != last.actor]


def _say_stale(news: News, reader: User, _now: datetime) -> Content | None:
    slot = slot_of(news)
    if slot is None or state_of(slot) is not SlotState.STALE:
        return None
    return of_slot(news, reader, slot, slot_url(slot), signed=slot.signed_by_id == reader.pk)


# Somebody is spoken to


def _say_mention(news: News, reader: User, _now: datetime) -> Content | None:
    rows = Comment.objects.select_related("item__launch", "item__section")
    comment = rows.filter(pk=subject_id(news)).first()
    if comment is None:
        return None
    item = comment.item
    url = f"{item.get_absolute_url()}#comments"
    return content(news, reader, item.launch, url, item, text=comment.text)


# An item is somebody's now


def _say_assigned(news: News, reader: User, _now: datetime) -> Content | None:
    rows = Item.objects.select_related("launch", "section").filter(owner=reader)
    item = rows.filter(pk=subject_id(news)).first()
    if item is None:
        return None
    return content(news, reader, item.launch, item.get_absolute_url(), item, due=item.due_on)


# An acceptance ends


def _acceptance(news: News) -> tuple[Acceptance | None, list[Item]]:
    """An acceptance, and the items that it keeps from blocking, or did until it ended."""
    given = Acceptance.objects.select_related("launch", "by").filter(pk=subject_id(news)).first()
    if given is None:
        return None, []
    bound = given.items.filter(status__in=OUTSTANDING, accepted_status=F("status"))
    return given, list(bound.select_related("owner", "section__launch"))


def _whom_an_end_concerns(news: News, _now: datetime) -> Iterable[User]:
    given, items = _acceptance(news)
    if given is None or not items:
        return ()
    return [given.by, *(item.owner for item in items if item.owner)]


def _whom_an_ended_one_concerns(news: News, now: datetime) -> Iterable[User]:
    """The section's leads as well: from now on it blocks."""
    _given, items = _acceptance(news)
    leads = leads_of(items[0].section) if items else ()
    return [*_whom_an_end_concerns(news, now), *leads]


def _say_end(news: News, reader: User, _now: datetime) -> Content | None:
    given, items = _acceptance(news)
    if given is None or not items:
        return None
    section = items[0].section
    last = given.until - timedelta(microseconds=1)
    found = content(
        news,
        reader,
        given.launch,
        f"{section.get_absolute_url()}?status=outstanding",
        section,
        items=items,
        day=last.astimezone(given.launch.zone).date(),
    )
    return found and Content(found.url, {**found.context, "gave": given.by_id == reader.pk})


# Somebody is reminded, or it is the next one's turn


def _who_may_sign(news: News, now: datetime) -> Iterable[User]:
    slot = slot_of(news)
    if slot is None or not waits_for_signature(slot):
        return ()
    holders = holders_of([slot], now)
    return (
        without_workers(holders, slot.section)
        if slot.section and slot.launch.four_eyes
        else holders
    )


def _say_nudged(news: News, reader: User, now: datetime) -> Content | None:
    slot = slot_of(news)
    if slot is None or not waits_for_signature(slot) or reader not in holders_of([slot], now):
        return None
    return of_slot(news, reader, slot, signing_url(slot))


def _managers_if_nobody_is_next(news: News, _now: datetime) -> Iterable[User]:
    slot = slot_of(news)
    return managers_of(slot.launch) if slot and news.whom is None else ()


def _say_escalated(news: News, reader: User, _now: datetime) -> Content | None:
    slot = slot_of(news)
    if slot is None or not waits_for_signature(slot):
        return None
    is_next = news.whom_id == reader.pk
    url = signing_url(slot) if is_next else slot_url(slot)
    return of_slot(news, reader, slot, url, is_next=is_next)


# Somebody holds an authority now


def _say_appointed(news: News, reader: User, now: datetime) -> Content | None:
    rows = Appointment.objects.in_force(now).select_related("authority", "launch", "stands_in_for")
    held = rows.filter(pk=subject_id(news), holder=reader).first()
    if held is None:
        return None
    more = {
        "authority": held.authority,
        "principal": held.stands_in_for or "",
        "until": held.ends_at,
        "reason": held.reason,
    }
    if held.launch:
        url = reverse("checklist:launch-authorities", args=[held.launch.slug])
        return content(news, reader, held.launch, url, **more)
    url = reverse("checklist:authorities")
    return Content(url, {"thing": "", "who": news.actor or "", "is_open": True, **more})


# What is due after a launch


def _after_launch(news: News) -> Section | None:
    rows = Section.objects.select_related("launch").filter(launch__state=LaunchState.LIVE)
    section = rows.filter(pk=subject_id(news)).first()
    return section if section and section.counts.outstanding else None


def _who_is_due(news: News, _now: datetime) -> Iterable[User]:
    section = _after_launch(news)
    return [*leads_of(section), *managers_of(section.launch)] if section else ()


def _say_due(news: News, reader: User, now: datetime) -> Content | None:
    section = _after_launch(news)
    if section is None:
        return None
    due = section_due(section.launch, section)
    url = reverse("checklist:post-launch", args=[section.launch.slug])
    left = section.counts.outstanding
    return content(news, reader, section.launch, url, section, due=due, left=left)


def _kind(code: str, group: MailGroup, say: Any, audience: Any = kinds.nobody) -> Kind:
    return Kind(code, group, f"checklist/mail/{code}.txt", say, audience)


ASKED = _kind("signature_asked", MailGroup.SIGNING, _say_asked, _who_is_asked)
NUDGED = _kind("nudged", MailGroup.SIGNING, _say_nudged, _who_may_sign)
ESCALATED = _kind("escalated", MailGroup.SIGNING, _say_escalated, _managers_if_nobody_is_next)
STALE = _kind("gone_stale", MailGroup.WORK, _say_stale, _who_signed)
ASSIGNED = _kind("assigned", MailGroup.WORK, _say_assigned)
MENTIONED = _kind("mentioned", MailGroup.MENTIONS, _say_mention)
ENDS = _kind("acceptance_ends", MailGroup.DATES, _say_end, _whom_an_end_concerns)
ENDED = _kind("acceptance_ended", MailGroup.DATES, _say_end, _whom_an_ended_one_concerns)

APPOINTED = _kind("appointed", MailGroup.WORK, _say_appointed)
DUE = _kind("after_launch_due", MailGroup.DATES, _say_due, _who_is_due)

KINDS = (APPOINTED, DUE, ASKED, NUDGED, ESCALATED, STALE, ASSIGNED, MENTIONED, ENDS, ENDED)
