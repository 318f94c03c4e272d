"""What waits for a person, for their daily digest: counts a launch, from My work. Names nothing in a launch."""

from collections import Counter
from datetime import datetime

from accounts.mail.kinds import Waiting
from accounts.models import User
from checklist.pages.work import work_of

# What a whole team has to do waits for nobody in particular.
LEFT_OUT = frozenset({"teams"})


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """A line for each pile of My work and each launch in it."""
    lines = []
    for pile in work_of(user, now).piles:
        if pile.key in LEFT_OUT:
            continue
        counts = Counter(task.where for task in pile.tasks)
        urgent = Counter(task.where for task in pile.tasks if task.is_urgent)
        lines += [
            Waiting(pile.title, where, count, urgent[where], pile.has_more)
            for where, count in counts.items()
        ]
    return lines
