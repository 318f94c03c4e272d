"""Whom a comment speaks to: "@" and the first part of an e-mail address, or a full name."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Lower, StrIndex, Substr

from accounts.models import User
from checklist.models import Launch

# Not behind a letter: that is an address. What follows may be several words of a name.
MENTION = re.compile(r"(?<![\w@])@(?=\w)([^@\n]{1,120})")
CLOSING = ".,;:!?)]}\"'\u201d\u2019\u00bb*_"
MOST_WORDS = 6
MOST_MENTIONS = 20


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a text speaks to. `outsiders` may not see its launch, and are not told; `unknown` is nobody, or several."""

    told: Sequence[User] = ()
    outsiders: Sequence[User] = ()
    unknown: Sequence[str] = ()


def spoken_to(text: str) -> list[list[str]]:
    """For each mention what it may mean, the longest first: a name of several words, or one word."""
    return [_readings(found) for found in MENTION.findall(text)[:MOST_MENTIONS]]


def _readings(text: str) -> list[str]:
    words = text.split()[:MOST_WORDS]
    longest = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    return list(dict.fromkeys(chain.from_iterable((t, t.rstrip(CLOSING)) for t in longest)))


def mentions_in(text: str, launch: Launch) -> Mentions:
    """Whom a text speaks to. One query where it speaks to somebody, and one more each in a restricted launch."""
    asked = spoken_to(text)
    if not asked:
        return Mentions()
    people = list(_called(chain.from_iterable(asked)))
    found: dict[User, bool] = {}
    unknown = []
    for readings in asked:
        person = _meant(readings, people)
        if person is None:
            unknown.append(readings[-1])
        elif person not in found:
            found[person] = launch.is_visible_to(person)
    return Mentions(
        told=[person for person, sees in found.items() if sees],
        outsiders=[person for person, sees in found.items() if not sees],
        unknown=list(dict.fromkeys(unknown)),
    )


def _called(names: chain[str]) -> QuerySet[User]:
    wanted = {name for given in names for name in (given, given.lower())}
    local = Lower(Substr("email", 1, StrIndex(F("email"), Value("@")) - 1))
    people: QuerySet[User] = User.objects.active().annotate(
        local=local, lower_name=Lower("full_name")
    )
    by_name = Q(full_name__in=wanted) | Q(lower_name__in=wanted)
    return people.filter(by_name | Q(local__in=wanted))


def _meant(readings: Sequence[str], people: Sequence[User]) -> User | None:
    """The one person whom the longest reading that fits anybody fits; nobody where it fits several."""
    for reading in readings:
        fits = [person for person in people if _is_called(person, reading)]
        if fits:
            return fits[0] if len(fits) == 1 else None
    return None


def _is_called(person: User, name: str) -> bool:
    local = person.email.partition("@")[0]
    return name.casefold() in {local.casefold(), person.full_name.casefold()}
