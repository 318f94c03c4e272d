"""A load of reading and editing by many people at once, and how long each waited. Started by deploy/dev/bench."""

import os
import platform
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from itertools import count, cycle, islice, repeat
from math import ceil
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from urllib.parse import urlencode

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Membership, User
from accounts.rules import Standing
from checklist.actions.asking import ask_signature
from checklist.actions.items import add_item, set_statuses
from checklist.actions.launches import start_launch
from checklist.actions.life import open_review
from checklist.forms.items import fingerprint
from checklist.models import Item, Launch, Section, Slot, TemplateVersion
from checklist.rules import ItemStatus
from checklist.tokens import token_of
from deploy.dev.bench_start import make_demo
from signoff.management.commands.tick import tick

ROOT = Path(__file__).resolve().parent.parent.parent
NEXT = {
    "unset": "done",
    "done": "attention",
    "attention": "not_done",
    "not_done": "unset",
    "na": "done",
}
# Of twenty turns of everybody: 70 % reading, 30 % editing.
SHARES = {
    "section": 5,
    "launch": 3,
    "big-section": 2,
    "portfolio": 2,
    "my-work": 1,
    "item": 1,
    "status": 4,
    "note": 2,
}
KINDS = [kind for kind, share in SHARES.items() for _ in range(share)]
TURNS = [KINDS[place * 7 % len(KINDS)] for place in range(len(KINDS))]  # well mixed
# What is copied of a launch, and where each row says of which.
COPIED: dict[type[Model], str] = {
    Launch: "t.id",
    Section: "t.launch_id",
    Item: "t.launch_id",
    Slot: "t.launch_id",
    Section.teams.through: "(SELECT launch_id FROM checklist_section s WHERE s.id = t.section_id)",
    Slot.authorities.through: "(SELECT launch_id FROM checklist_slot s WHERE s.id = t.slot_id)",
}
BIG = 107  # items of the big section
ALONE = 60  # requests of each kind, one after the other
say = sys.stdout.write


class Person:
    """A browser of somebody: one connection, a session, and items that nobody else edits."""

    def __init__(self, user: User, items: Sequence[Item], pages: dict[str, str]) -> None:
        self.headers = headers_of(user)
        self.items = cycle(items)
        self.pages = pages | {"section": items[0].section.get_absolute_url()}
        self.times: dict[str, list[float]] = defaultdict(list)
        self.sizes: dict[str, int] = {}
        self.failed: list[str] = []

    def work(self, dues: Iterator[float], turns: Iterator[str]) -> None:
        """Each turn when it is due. Its time counts from then, so that waiting in line is not hidden."""
        with closing(HTTPConnection("localhost", int(os.environ["PORT"]), timeout=60)) as server:
            for due, turn, number in zip(dues, turns, count(1), strict=False):
                time.sleep(max(0, due - time.perf_counter()))
                try:
                    self.ask(server, turn, number)
                except (OSError, HTTPException) as trouble:
                    self.failed.append(f"{trouble!r} {turn}")
                    server.close()
                self.times[turn].append(time.perf_counter() - due)

    def ask(self, server: HTTPConnection, turn: str, number: int) -> None:
        path, data = self.request(turn, number)
        headers = self.headers | ({"HX-Request": "true"} if data or turn == "item" else {})
        server.request("POST" if data else "GET", path, urlencode(data), headers)
        response = server.getresponse()
        self.sizes[turn] = max(len(response.read()), self.sizes.get(turn, 0))
        if response.status != 200:
            self.failed.append(f"{response.status} {turn}")

    def request(self, turn: str, number: int) -> tuple[str, dict[str, str]]:
        """Where a turn leads, and what it sends."""
        if turn in self.pages:
            return self.pages[turn], {}
        item = next(self.items)
        place = [item.launch.slug, item.section.number, item.pk]
        if turn == "item":
            return reverse("checklist:item", args=place), {}
        if turn == "note":
            seen, item.note = fingerprint({"note": item.note}), f"Looked at it {number} times."
            return reverse("checklist:item-note", args=place), {"note": item.note, "seen": seen}
        seen, item.status = item.status, NEXT[item.status]
        click = {"set": f"{token_of(item.pk)}:{seen}:{item.status}"}
        return reverse("checklist:section-status", args=place[:2]), click


def headers_of(user: User) -> dict[str, str]:
    """What the browser of a signed-in person sends: the session is a row, the CSRF token is sent twice."""
    client, token = Client(), get_random_string(32)
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}",
        "X-CSRFToken": token,
        "Content-Type": "application/x-www-form-urlencoded",
    }


def prepare(many: int) -> None:
    """The demo, a launch with one big section, and as many further launches as asked for: all by actions."""
    demo = make_demo()
    call_command("collectstatic", interactive=False, verbosity=0)
    started = time.perf_counter()
    for number in range(many):
        make_launch(demo, number)
    if many:
        say(f"{many} launches made in {time.perf_counter() - started:.0f} s\n")
    make_big(demo)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make_launch(like: Launch, number: int) -> Launch:
    manager = like.created_by
    launch = start_launch(
        TemplateVersion.objects.get(pk=like.template_id),
        by=manager,
        name=f"System {number:04}",
        version="1.0",
        environment="production",
        owner_team=like.owner_team,
        classification="internal",
        target_on=timezone.localdate() + timedelta(days=number % 90),
    )
    launch = open_review(launch, by=manager)
    for section in launch.sections.all()[: number % 4]:
        pks = list(section.items.values_list("pk", flat=True))
        set_statuses(section, pks, by=manager, status=ItemStatus.DONE)
    return launch


def copy_launches(wanted: int) -> None:
    """As many launches as asked for in all: a few made by actions, signatures asked for, and copied by SQL."""
    demo = Launch.objects.order_by("created_at")[0]
    made = [make_launch(demo, 90_000 + number) for number in range(1, 5)]
    for section in Section.objects.filter(launch__in=made, errors=0, unset=0).exclude(done=0):
        leads = Membership.objects.filter(team__in=section.teams.all(), standing=Standing.LEAD)
        ask_signature(section, by=leads[0].user)
    values = {
        "times": ceil((wanted - Launch.objects.count()) / len(made)),
        "launches": [launch.pk for launch in made],
    }
    with transaction.atomic(), connection.cursor() as cursor:
        for model, launch in COPIED.items():
            cursor.execute(copying(model, launch), values)
        cursor.execute("ANALYZE")


def copying(model: type[Model], launch: str) -> str:
    """SQL that copies the rows of some launches so many times, each copy pointing at the copies it belongs to."""
    columns, chosen = [], []
    for field in model._meta.concrete_fields:
        if field.get_internal_type() == "BigAutoField":
            continue
        column = f't."{field.column}"'
        if field.primary_key or field.related_model in COPIED:
            column = f"md5({column}::text || n)::uuid"
        elif field.name == "slug":
            column = f"{column} || '-' || n"
        columns.append(f'"{field.column}"')
        chosen.append(column)
    return (
        f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(chosen)} "  # noqa: S608
        f"FROM {model._meta.db_table} t, generate_series(1, %(times)s) n WHERE {launch} = ANY(%(launches)s)"
    )


def make_big(like: Launch) -> None:
    """The launch whose first section has as many items as the seed document, worded as they are."""
    section = make_launch(like, 9999).sections.all()[0]
    texts = like.sections.filter(phase="readiness").values_list("items__text", flat=True)
    for text in list(texts)[: BIG - section.items.count()]:
        add_item(section, by=like.created_by, text=text)


def make_people(number: int) -> list[Person]:
    """So many people, each of a section's teams, and each with items of their own there."""
    demo, big = (
        Launch.objects.get(slug__startswith="aureus"),
        Launch.objects.get(name="System 9999"),
    )
    pages = {
        "launch": demo.get_absolute_url(),
        "big-section": big.sections.all()[0].get_absolute_url(),
        "portfolio": reverse("checklist:launches"),
        "my-work": reverse("checklist:my-work"),
        "healthz": reverse("healthz"),
    }
    sections = list(demo.sections.all())
    people = []
    for n in range(number):
        section, turn = sections[n % len(sections)], n // len(sections)
        team = User.objects.filter(memberships__team__in=section.teams.all()).distinct()
        user = [*team, demo.created_by][turn % (len(team) + 1)]
        items = list(section.items.select_related("section", "launch"))
        people.append(Person(user, items[turn :: -(-number // len(sections))], pages))
    return people


@contextmanager
def serving() -> Iterator[int]:
    """The server as it runs in production, by its process id."""
    command = [sys.executable, "-m", "gunicorn", "sentinel.wsgi", "-c", "deploy/gunicorn.conf.py"]
    options = ["--bind", f"127.0.0.1:{os.environ['PORT']}", "--access-logfile", os.devnull]
    server = subprocess.Popen([*command, *options, "--log-level", "warning"], cwd=ROOT)  # noqa: S603 - our own words, no shell
    try:
        while server.poll() is None and not ready():
            time.sleep(0.1)
        yield server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def ready() -> bool:
    at = HTTPConnection("localhost", int(os.environ["PORT"]), timeout=5)
    with suppress(OSError, HTTPException), closing(at) as server:
        server.request("GET", "/readyz")
        return server.getresponse().status == 200
    return False


def run(people: Sequence[Person], seconds: float, rate: float, server: int) -> None:
    """All people at work for a while: so many requests a second together, or as many as they can (0)."""
    for person in people:
        person.times.clear()
        person.failed.clear()
    start, before = time.perf_counter() + 0.2, cpu_seconds(server)
    threads = []
    for n, person in enumerate(people):
        turns = cycle(TURNS[n % len(TURNS) :] + TURNS[: n % len(TURNS)])
        dues = (
            paced(start + n / rate, len(people) / rate, start + seconds)
            if rate
            else now(start + seconds)
        )
        threads.append(Thread(target=person.work, args=[dues, turns]))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report(people, time.perf_counter() - start, cpu_seconds(server) - before)


def paced(first: float, every: float, end: float) -> Iterator[float]:
    """When each turn is due. Whoever is still ten seconds behind at the end gives up."""
    due = first
    while due < end and time.perf_counter() < end + 10:
        yield due
        due += every


def now(end: float) -> Iterator[float]:
    while (moment := time.perf_counter()) < end:
        yield moment


def report(people: Sequence[Person], seconds: float, spent: float) -> None:
    kinds = {kind: [t for p in people for t in p.times[kind]] for kind in SHARES}
    everything = [t for times in kinds.values() for t in times]
    each = spent / len(everything) * 1000
    say(f"{len(everything) / seconds:.0f} requests a second, {each:.1f} ms of CPU each\n")
    say(f"{'':12} {'requests':>8} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'bytes':>8}\n")
    for kind, times in {**kinds, "all": everything}.items():
        middle, high = (quantiles(times, n=20, method="inclusive")[at] * 1000 for at in (9, 18))
        size = max((p.sizes.get(kind, 0) for p in people), default=0) or ""
        say(
            f"{kind:12} {len(times):8} {middle:8.1f} {high:8.1f} {max(times) * 1000:8.1f} {size:>8}\n"
        )
    failed = [trouble for p in people for trouble in p.failed]
    say(f"Failed: {len(failed)} {sorted(set(failed))}\n")


def time_the_clock() -> None:
    """One tick over all launches, each asked to escalate, everybody's digest due; mail has nowhere to go."""
    Launch.objects.update(escalate_after_hours=1)
    User.objects.update(digest_due_at=timezone.now())
    started = time.perf_counter()
    tick(timezone.now())
    say(f"tick over {Launch.objects.count()} launches: {time.perf_counter() - started:.2f} s\n")


def asked() -> Namespace:
    parser = ArgumentParser(prog="deploy/dev/bench", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.add_argument("--many", type=int, default=0, help="so many launches more")
    parser.add_argument(
        "--launches", type=int, default=10_000, help="over how many the clock is timed (PostgreSQL)"
    )
    parser.add_argument("--seconds", type=float, default=20, help="how long each run takes")
    parser.add_argument(
        "--rate", type=float, default=150, help="requests a second in the first run"
    )
    parser.add_argument("--people", type=int, default=24, help="how many work at once")
    return parser.parse_args()


def one_by_one(person: Person, server: int) -> None:
    """Each kind by itself, one request after the other: what it costs where nobody else waits."""
    say(f"{'':12} {'p50 ms':>8} {'CPU ms':>8}\n")
    for kind in ("healthz", *SHARES):
        person.times.clear()
        before = cpu_seconds(server)
        person.work(islice(now(time.perf_counter() + 60), ALONE), repeat(kind))
        spent = (cpu_seconds(server) - before) / ALONE
        say(f"{kind:12} {median(person.times[kind]) * 1000:8.1f} {spent * 1000:8.1f}\n")


def cpu_seconds(server: int) -> float:
    """What the server's processes have computed so far, as Linux counts it."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(") ")[2].split()
            if int(fields[1]) == server:
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = asked()
    load = os.getloadavg()[0]
    say(f"Python {platform.python_version()}, Django {django.__version__}, {connection.vendor}, ")
    say(f"{os.cpu_count()} cores, load before {load:.1f}\n")
    prepare(options.many)
    people = make_people(options.people)
    connection.close()
    with serving() as server:
        say("\nOne at a time\n")
        one_by_one(people[0], server)
        for rate, said in (
            (options.rate, f"{options.rate:g} a second"),
            (0, "as many as they can"),
        ):
            say(f"\n{options.people} people, {said}\n")
            run(people, options.seconds, rate, server)
    if connection.vendor == "postgresql":
        copy_launches(options.launches)
    time_the_clock()


if __name__ == "__main__":
    main()
