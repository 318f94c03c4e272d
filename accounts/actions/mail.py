"""Writing how people want to be told."""

from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.utils import timezone

from accounts.mail.spread import release_held
from accounts.models import Mail, User
from accounts.rules import MailChoice, MailGroup, MailState, mail_refusals
from accounts.verbs import Verb
from accounts.words import refusal
from audit.ledger import Change, append, difference


class MailChoices(TypedDict):
    """When somebody wants to be told of what, and at which hour of theirs the digest comes."""

    mail_signing: MailChoice
    mail_work: MailChoice
    mail_mentions: MailChoice
    mail_dates: MailChoice
    digest_hour: int | None


def _facts(person: User) -> dict[str, Any]:
    return {name: getattr(person, name) for name in MailChoices.__annotations__}


@transaction.atomic
def change_own_mail(person: User, **choices: Unpack[MailChoices]) -> User:
    """Change how one is told. What was held for a digest that ends is told at once."""
    now = timezone.now()
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = _facts(person)
    for name, value in choices.items():
        setattr(person, name, value)
    wanted = {group: person.wants(group) for group in MailGroup}
    if reasons := mail_refusals(wanted, person.digest_hour):
        raise refusal(reasons)
    old, new = difference(before, _facts(person))
    if not new:
        return person
    person.digest_due_at = None
    person.save(update_fields=[*new, "digest_due_at"])
    if person.digest_hour is None:
        release_held(person, now)
    change = Change(Verb.PERSON_CHANGED, f"user:{person.pk}", old=old, new=new)
    append([change], actor=person.pk, now=now)
    return person


def send_again(mail: Mail) -> bool:
    """Try a mail again that was given up; False where it was not. An operator's act on the outbox, not on people."""
    given_up = Mail.objects.filter(pk=mail.pk, state=MailState.FAILED)
    return bool(given_up.update(state=MailState.WAITING, attempts=0, due_at=timezone.now()))
