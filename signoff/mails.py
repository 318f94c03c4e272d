"""The kinds of news of this app: a section is returned, a round takes votes, a promise is due, a deputy signed."""

from collections.abc import Iterable
from datetime import datetime

from accounts.mail.kinds import Content, Kind
from accounts.models import News, User
from accounts.rules import MailGroup
from checklist.mails import content, slot_of, slot_url, subject_id
from checklist.models import Slot
from checklist.pages.links import decision_url
from checklist.rules import SlotState
from checklist.turns import holders_of, leads_of, managers_of, state_of, waits_for_signature
from signoff.models import Condition, Round, Signature
from signoff.rules import TAKES_VOTES


def _returned(news: News) -> Slot | None:
    slot = slot_of(news)
    return slot if slot and slot.section and state_of(slot) is SlotState.RETURNED else None


def _who_mends(news: News, _now: datetime) -> Iterable[User]:
    slot = _returned(news)
    return leads_of(slot.section) if slot and slot.section else ()


def _say_returned(news: News, reader: User, _now: datetime) -> Content | None:
    slot = _returned(news)
    if slot is None:
        return None
    return content(
        news, reader, slot.launch, slot_url(slot), slot.section, reason=slot.return_reason
    )


def _open_round(news: News) -> Round | None:
    rows = Round.objects.select_related("launch").filter(state__in=TAKES_VOTES)
    return rows.filter(pk=subject_id(news)).first()


def _who_votes(news: News, now: datetime) -> Iterable[User]:
    """Who may vote in a slot in which no vote stands."""
    round_ = _open_round(news)
    if round_ is None:
        return ()
    slots = round_.launch.slots.executive().select_related("launch", "section")
    return holders_of([slot for slot in slots if waits_for_signature(slot)], now)


def _say_vote(news: News, reader: User, now: datetime) -> Content | None:
    round_ = _open_round(news)
    if round_ is None or reader not in _who_votes(news, now):
        return None
    return content(news, reader, round_.launch, decision_url(round_.launch.slug))


def _owed(news: News) -> Condition | None:
    rows = Condition.objects.owed().select_related("launch", "owner")
    return rows.filter(pk=subject_id(news)).first()


def _who_owes(news: News, _now: datetime) -> Iterable[User]:
    condition = _owed(news)
    return [condition.keeper] if condition else ()


def _say_owed(news: News, reader: User, _now: datetime) -> Content | None:
    condition = _owed(news)
    if condition is None or condition.keeper != reader:
        return None
    return content(
        news,
        reader,
        condition.launch,
        condition.get_absolute_url(),
        text=condition.text,
        due=condition.due_on,
    )


def _say_deputy_signed(news: News, reader: User, _now: datetime) -> Content | None:
    rows = Signature.objects.select_related("launch", "section", "slot")
    signature = rows.filter(pk=subject_id(news)).first()
    if signature is None:
        return None
    thing = signature.section or signature.slot.title
    url = signature.get_absolute_url()
    meaning = signature.meaning_text
    return content(news, reader, signature.launch, url, thing, meaning=meaning)


def _who_is_told_of_a_withdrawal(news: News, _now: datetime) -> Iterable[User]:
    signature = Signature.objects.select_related("launch").filter(pk=subject_id(news)).first()
    return managers_of(signature.launch) if signature else ()


def _say_withdrawn(news: News, reader: User, _now: datetime) -> Content | None:
    rows = Signature.objects.select_related("launch", "section", "slot")
    signature = rows.filter(pk=subject_id(news)).first()
    if signature is None:
        return None
    thing, url = signature.section or signature.slot.title, signature.get_absolute_url()
    return content(news, reader, signature.launch, url, thing, reason=signature.comment)


WITHDRAWN = Kind(
    "withdrawn_live",
    MailGroup.WORK,
    "signoff/mail/withdrawn_live.txt",
    _say_withdrawn,
    _who_is_told_of_a_withdrawal,
)
CONDITION_DUE = Kind(
    "condition_due", MailGroup.DATES, "signoff/mail/condition_due.txt", _say_owed, _who_owes
)
DEPUTY_SIGNED = Kind(
    "deputy_signed", MailGroup.WORK, "signoff/mail/deputy_signed.txt", _say_deputy_signed
)
RETURNED = Kind("returned", MailGroup.WORK, "signoff/mail/returned.txt", _say_returned, _who_mends)
VOTE_OPEN = Kind(
    "vote_open", MailGroup.SIGNING, "signoff/mail/vote_open.txt", _say_vote, _who_votes
)

KINDS = (WITHDRAWN, CONDITION_DUE, DEPUTY_SIGNED, RETURNED, VOTE_OPEN)
