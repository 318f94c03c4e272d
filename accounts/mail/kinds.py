"""Which kinds of news there are. Apps bring theirs at start-up, as accounts knows launches only as ids.

A new kind is one `Kind` in its app's `mails.py`, one template, and a `tell` in the action.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import News, User
from accounts.rules import MailGroup


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail, made when the mail is written and kept nowhere."""

    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a piece of news says to one person: its page's address, what its template needs, files that go with it."""

    url: str
    context: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


def nobody(_news: News, _now: datetime) -> Iterable[User]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of news.

    `content`: what it says to somebody; None where it is no longer so, or they may not know. Asked when it goes out.
    `audience`: who is told besides the `whom` of the news. Asked when it is told, which may be a moment later.
    `group`: None for what is kept outside as evidence. It comes at once, by itself, also to whoever caused it, and
    nobody chooses about it: a log that could be made silent would be as good as none.
    """

    code: str
    group: MailGroup | None
    template: str
    content: Callable[[News, User, datetime], Content | None]
    audience: Callable[[News, datetime], Iterable[User]] = nobody

    @property
    def is_evidence(self) -> bool:
        return self.group is None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the daily digest: what kind of thing waits, in which launch, how often."""

    what: str
    where: str
    count: int
    urgent: int = 0
    has_more: bool = False


type WaitingFor = Callable[[User, datetime], Sequence[Waiting]]

kinds: dict[str, Kind] = {}
_waiting_for: list[WaitingFor] = []


def register(*brought: Kind) -> None:
    """Bring kinds; at start-up, once. Bringing one again replaces it."""
    kinds.update({kind.code: kind for kind in brought})


def register_waiting(waiting_for: WaitingFor) -> None:
    """Bring what waits for a person, for their digest."""
    if waiting_for not in _waiting_for:
        _waiting_for.append(waiting_for)


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """All that waits for a person."""
    return [line for brought in _waiting_for for line in brought(user, now)]
