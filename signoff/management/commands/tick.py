"""manage.py tick: what depends on the clock. To be run every minute; twice at once, or killed, it does no harm.

Each step finds by itself what is due, commits piece by piece, and does nothing a second time: a conditional update, a
unique key or a row's lock sees to that. So there is no lock around them, and nothing to be stuck behind.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from accounts.actions import adopt_keys
from accounts.mail import digest, post, spread
from audit import clockwork as guard
from checklist import clockwork
from checklist.actions.bringing import forget_uploads
from signoff import clockwork as decisions

STEPS: tuple[Callable[[datetime], None], ...] = (
    clockwork.recount_expired,
    clockwork.tell_of_acceptances,
    clockwork.tell_of_what_is_due,
    decisions.tell_of_conditions,
    decisions.forget_unsigned,
    forget_uploads,
    clockwork.escalate_waiting,
    adopt_keys,
    digest.write_digests,
    spread.spread_due,
    post.send_due,
    post.tidy,
    guard.keep_checkpoints,
)


def tick(now: datetime) -> None:
    """All steps in their order. One that fails keeps no other from being done; its error is raised in the end."""
    with ExitStack() as later:
        for step in reversed(STEPS):
            later.callback(step, now)


class Command(BaseCommand):
    help = (
        "Does what is due by the clock: reminders, escalations, digests, mail. Run it every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--time", action="store_true", help="say how long it took")

    def handle(self, *args: Any, time: bool, **options: Any) -> None:
        started = perf_counter()
        tick(timezone.now())
        if time:
            self.stdout.write(f"{perf_counter() - started:.2f} s")
