"""Telling: a step of actions. The news commits, or vanishes, with the change that it is about."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import transaction

from accounts import tasks
from accounts.mail.kinds import Kind
from accounts.models import News, User

AT_ONCE = timedelta(0)

_quiet: ContextVar[bool] = ContextVar("nobody is told", default=False)


@dataclass(frozen=True, slots=True)
class Tell:
    """Something to tell. `turn` says what makes this turn another than the one before: a moment, a row's id.

    What may be undone within a moment has a `wait`: it is then told by tick, if it still is so.
    """

    kind: Kind
    subject: str
    turn: object
    launch: UUID | None = None
    whom: User | None = None
    wait: timedelta = AT_ONCE

    @property
    def key(self) -> str:
        parts = [self.kind.code, self.subject, self.turn, *([self.whom.pk] if self.whom else [])]
        return "|".join(str(part) for part in parts)


@contextmanager
def quietly() -> Iterator[None]:
    """Within, nobody is told anything: the demo makes its launch without writing to its people."""
    token = _quiet.set(True)
    try:
        yield
    finally:
        _quiet.reset(token)


def tell(told: Sequence[Tell], *, by: User | None, now: datetime) -> None:
    """Put news into the outbox, before the ledger's entries. One query; none where there is no news.

    What was told before under the same key is left out. Whoever caused it is never told.
    """
    if not told or _quiet.get():
        return
    act = uuid4()
    News.objects.bulk_create(
        [
            News(
                act=act,
                kind=one.kind.code,
                subject=one.subject,
                launch=one.launch,
                actor=by,
                whom=one.whom,
                key=one.key,
                at=now,
                due_at=now + one.wait,
            )
            for one in told
        ],
        ignore_conflicts=True,
    )
    if any(one.wait == AT_ONCE for one in told):
        transaction.on_commit(partial(tasks.deliver.enqueue, str(act)))
