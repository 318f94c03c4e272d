"""Moments of a launch: which entry an address means, what that act wrote, which acts lie beside it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.models import Authority, Team, User
from audit.leaves import Leaf, leaves
from audit.models import Entry, EntryQuerySet
from audit.reading import texts_of
from audit.values import uuid_in
from checklist.models import Launch
from checklist.replay.folds import FOLDS
from checklist.replay.past import fold
from checklist.replay.rebuilding import Stood, finish, rebuild
from checklist.replay.rows import People, is_whole, make_rows, named_in

LONGEST = 18
LARGEST = 10**LONGEST

type Find = Callable[[Launch, UUID], int | None]

FINDERS: list[Find] = []


def register(*finders: Find) -> None:
    """How the ids of another app's rows find their entry in a launch; at start-up, once."""
    FINDERS.extend(finder for finder in finders if finder not in FINDERS)


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a launch, and all that its launch's ledger had once the act that wrote it was over.

    An act writes all its entries at once: between two of them the launch never stood. `before` and `after` are the
    first entries of the acts beside it, None for none.
    """

    launch: Launch
    leaf: Leaf
    leaves: list[Leaf]
    before: int | None
    after: int | None

    @property
    def at(self) -> datetime:
        return self.leaf.at

    def history(self, item: UUID, most: int) -> list[Leaf]:
        """What had happened to an item, newest first."""
        about = f"item:{item}"
        return [leaf for leaf in self.leaves if leaf.subject == about][: -most - 1 : -1]


def moment_of(launch: Launch, at: str) -> Moment:
    """The moment that an address means: an entry's number, a signature's id, a round's. Anything else is 404."""
    seq = _entry(launch, at)
    past = [] if seq is None else leaves(_until(launch, seq), launch.pk)
    if not past or past[-1].seq != seq or past[-1].data is None:
        raise Http404("No such moment in this launch.")
    asked = past[-1]
    for leaf in leaves(_behind(launch, asked), launch.pk):
        if not leaf.follows(past[-1]):
            return Moment(launch, asked, past, _before(past), leaf.seq)
        past.append(leaf)
    return Moment(launch, asked, past, _before(past), None)


def _entry(launch: Launch, at: str) -> int | None:
    if at.isascii() and at.isdecimal():
        return int(at) if len(at) <= LONGEST else None
    pk = uuid_in(at)
    found = (find(launch, pk) for find in FINDERS) if pk else ()
    return next((seq for seq in found if seq is not None), None)


def _until(launch: Launch, seq: int) -> EntryQuerySet:
    return Entry.objects.of_launch(launch.pk).filter(seq__lte=seq)


def _behind(launch: Launch, asked: Leaf) -> EntryQuerySet:
    """The entries of the same instant behind this one, and the first of a later one: time never goes back here."""
    behind = Entry.objects.of_launch(launch.pk).after(asked.seq)
    later = behind.filter(at__gt=asked.at).oldest_first().values("seq")[:1]
    return behind.filter(seq__lte=Coalesce(Subquery(later), LARGEST))


def _before(past: list[Leaf]) -> int | None:
    """The first entry of the act before the last one."""
    own = _first(past, len(past) - 1)
    return past[_first(past, own - 1)].seq if own else None


def _first(past: list[Leaf], at: int) -> int:
    """Where the act begins that wrote the leaf at this place."""
    while at and past[at].follows(past[at - 1]):
        at -= 1
    return at


def stood_at(moment: Moment, item: UUID | None = None, telling: Iterable[Leaf] = ()) -> Stood:
    """The launch as it stood then; for an item's drawer with what was said, and by today's names of authorities.

    `telling` are leaves whose texts are wanted as well. One query for all texts, one for each kind that rows name.
    """
    past = fold(moment.leaves, FOLDS)
    if not is_whole(past.all("launch").get(str(moment.launch.pk), {}), "launch"):
        raise Http404("How this launch began cannot be read.")
    unasked = () if item else ("comment",)
    told = {leaf.seq for leaf in telling}
    texts = texts_of(past.entries_of_texts(without=unasked) | told)
    past.restore(texts)
    finish(past)
    rows = make_rows(past, moment.launch)
    wanted = named_in(past, rows)
    people: People = {
        User: User.objects.in_bulk(wanted[User]),
        Team: Team.objects.in_bulk(wanted[Team]),
    } | ({Authority: Authority.objects.in_bulk(wanted[Authority])} if item else {})
    return rebuild(past, rows, people, moment.at, texts)
