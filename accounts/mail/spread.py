"""From news to mails: who is told, when they want to be, and all of one act in one mail."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.mail.kinds import Kind, kinds
from accounts.models import Mail, News, Notice, User
from accounts.rules import MailChoice, MailState
from sentinel.pacing import for_a_while

NEWS_A_TICK = 1000


@transaction.atomic
def spread(act: UUID, now: datetime) -> list[UUID]:
    """Address what one action had to tell. Gives the mails that it came to; none if another process was quicker."""
    found = News.objects.filter(act=act, told_at=None, due_at__lte=now).order_by("pk")
    rows = list(found.select_for_update(of=("self",), no_key=True).select_related("whom"))
    superseded = {news.pk for news in rows if _told_later(news)}
    letters: dict[User, list[Notice]] = defaultdict(list)
    held: list[Notice] = []
    for news in rows:
        if news.pk not in superseded:
            _address(news, now, letters, held)
    mails = [Mail(recipient=person, created_at=now, due_at=now) for person in letters]
    for mail in mails:
        for notice in letters[mail.recipient]:
            notice.mail = mail
    Mail.objects.bulk_create(mails)
    Notice.objects.bulk_create([*(n for rows in letters.values() for n in rows), *held])
    News.objects.filter(pk__in=[news.pk for news in rows]).update(told_at=now)
    return [mail.pk for mail in mails]


def _told_later(news: News) -> bool:
    """The same thing has come up again before it was told: the later one counts."""
    same = News.objects.filter(subject=news.subject, kind=news.kind, whom=news.whom, told_at=None)
    return same.filter(at__gt=news.at).exists()


def _address(
    news: News, now: datetime, letters: dict[User, list[Notice]], held: list[Notice]
) -> None:
    kind = kinds.get(news.kind)
    if kind is None:
        return
    for person in people(news, kind, now):
        choice = MailChoice.NOW if kind.group is None else person.wants(kind.group)
        notice = Notice(news=news, recipient=person)
        if choice is MailChoice.NOW:
            letters[person].append(notice)
        elif choice is MailChoice.DIGEST:
            held.append(notice)


def people(news: News, kind: Kind, now: datetime) -> Sequence[User]:
    """Each once, who is here and did not do it themselves; evidence is for these, too."""
    asked = [*([news.whom] if news.whom else []), *kind.audience(news, now)]
    found = {person.pk: person for person in asked if person.is_active}
    return [person for pk, person in found.items() if kind.is_evidence or pk != news.actor_id]


def spread_due(now: datetime) -> None:
    """Address all that is due: what no task has, and what was to wait for a moment."""
    due = News.objects.filter(told_at=None, due_at__lte=now).order_by("due_at")
    acts = dict.fromkeys(due.values_list("act", flat=True)[:NEWS_A_TICK])
    for act in for_a_while(acts, seconds=0.5):
        spread(act, now)


def release_held(person: User, now: datetime) -> None:
    """Whoever wants no digest any more is told at once what was waiting for it."""
    held = Notice.objects.filter(recipient=person, mail=None)
    if held.exists():
        mail = Mail.objects.create(
            recipient=person, state=MailState.WAITING, created_at=now, due_at=now
        )
        held.update(mail=mail)
