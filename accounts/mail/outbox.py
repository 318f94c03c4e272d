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

    What was told before under the same key is left out. Whoever caused it is not told, but for evidence, each piece of
    which is a mail of its own.
    """
    if not told or _quiet.get():
        return
    together = uuid4()
    acts = [uuid4() if one.kind.is_evidence else together for one in told]
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
            for act, one in zip(acts, told, strict=True)
        ],
        ignore_conflicts=True,
    )
    now_due = [act for act, one in zip(acts, told, strict=True) if one.wait == AT_ONCE]
    for act in dict.fromkeys(now_due):
        transaction.on_commit(partial(tasks.deliver.enqueue, str(act)))
