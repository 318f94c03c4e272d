"""How quickly certificates are made, and the ledger is written, verified, proved from: deploy/dev/bench --ledger."""

import os
import platform
import sys
import threading
import time
from argparse import ArgumentParser
from enum import StrEnum
from itertools import batched
from uuid import uuid4

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from audit import keys
from audit.actions import seal_when_changed
from audit.head import state
from audit.ledger import Change, append
from audit.proofs import Prover
from audit.verification import verify
from checklist.models import Launch
from deploy.dev.bench_start import make_demo
from signoff.actions import open_round
from signoff.certificate.issuing import certify_decision, certify_section
from signoff.rules import Answer, Question

WRITERS = 16
BATCH = 2000
CERTIFICATES = 5
say = sys.stdout.write


class Act(StrEnum):
    CHANGED = "thing.changed"


def change(number: int) -> Change:
    """As most are: one field, before and after; every tenth with a text that a person wrote."""
    reason = f"Because of what happened on day {number}." if number % 10 == 0 else ""
    return Change(
        Act.CHANGED, f"thing:{uuid4()}", uuid4(), {"status": "unset"}, {"status": "done"}, reason
    )


def write(seconds: float, counts: list[int]) -> None:
    """One writer: an entry a transaction, one after the other."""
    end, written = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        with transaction.atomic():
            append([change(written)], actor=uuid4(), now=timezone.now())
        written += 1
    counts.append(written)
    connection.close()


def time_writers(seconds: float) -> None:
    counts: list[int] = []
    writers = 1 if connection.vendor == "sqlite" else WRITERS
    threads = [threading.Thread(target=write, args=[seconds, counts]) for _ in range(writers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    say(f"{writers} writers: {sum(counts) / took:,.0f} entries a second\n")


def fill(size: int) -> None:
    """As many entries as asked for, thousands in a transaction."""
    for numbers in batched(range(state().size, size), BATCH):
        with transaction.atomic():
            append([change(number) for number in numbers], actor=uuid4(), now=timezone.now())
    seal_when_changed()


def time_checks(size: int) -> None:
    key = keys.log_key()[0]
    for full in (False, True):
        started = time.perf_counter()
        result = verify(trusted=key, full=full)
        took = time.perf_counter() - started
        if not result.holds:
            sys.exit(f"The ledger does not hold: {result.findings[:3]}")
        say(f"{size:,} entries, {'full' if full else 'quick'} check: {took:.1f} s\n")
    started = time.perf_counter()
    prover = Prover(size)
    proof = prover.inclusion(size // 3)
    took = (time.perf_counter() - started) * 1000
    say(f"{size:,} entries, a proof of one: {took:.0f} ms, {len(proof) * 32} bytes\n")


def time_certificates(launch: Launch) -> None:
    """Of the demo's first section, and of a round over all of it, sealed; the quickest and the slowest of a few."""
    answers = [Answer(question, given=False, reason="To be measured.") for question in Question]
    round_ = open_round(launch, by=launch.created_by, answers=answers)
    section = launch.sections.select_related("launch__owner_team").first()
    for about, certify in (
        ("a section", lambda: certify_section(section, now=timezone.now())),
        ("a decision", lambda: certify_decision(launch, round_, now=timezone.now())),
    ):
        took = []
        for _turn in range(CERTIFICATES):
            started = time.perf_counter()
            size = len(certify().content)
            took.append(time.perf_counter() - started)
        say(f"certificate of {about}: {min(took):.2f} to {max(took):.2f} s, {size:,} bytes\n")


def main() -> None:
    parser = ArgumentParser(prog="deploy/dev/bench --ledger", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--seconds", type=float, default=10, help="how long the writers write")
    given = parser.parse_args()
    say(f"Python {platform.python_version()}, {connection.vendor}, {os.cpu_count()} cores, ")
    say(f"load before {os.getloadavg()[0]:.1f}\n")
    time_certificates(make_demo())
    time_writers(given.seconds)
    for size in given.sizes:
        started = time.perf_counter()
        fill(size)
        say(f"filled to {size:,} in {time.perf_counter() - started:.0f} s\n")
        time_checks(size)


if __name__ == "__main__":
    main()
