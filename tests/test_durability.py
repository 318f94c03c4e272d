"""Kill -9 of the real server amid writes loses nothing that was confirmed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from audit.merkle import Frontier, leaf_hash
from audit.models import Entry, Head
from audit.reading import read
from checklist.forms.items import fingerprint
from checklist.models import Item
from checklist.tokens import token_of
from checklist.verbs import Verb
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.factories.launches import make_launch, manager_of
from tests.factories.people import make_user

ROOT = Path(__file__).resolve().parent.parent
ENOUGH = 40  # confirmed writes before each kill
PATIENCE = 30  # seconds, on a busy machine
NEXT = {"unset": "done", "done": "attention", "attention": "not_done", "not_done": "unset"}


@pytest.fixture
def server(tmp_path):
    """Start gunicorn on the tests' database, with the real settings. Gives what starts it once more."""
    port = free_port()

    @contextmanager
    def running():
        with (tmp_path / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "sentinel.wsgi", *options(port)],
                cwd=ROOT,
                env=environment(tmp_path),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_until(lambda: process.poll() is not None or answer(port, "/readyz") == 200)
            assert process.poll() is None, (tmp_path / "server.log").read_text()
            yield port, process
        finally:
            kill(process)

    return running


def options(port):
    return f"--bind 127.0.0.1:{port} --workers 2 --threads 4 --no-control-socket".split()


def environment(folder):
    return {
        "PATH": os.environ["PATH"],
        "DEBUG": "1",
        "SECRET_KEY": settings.SECRET_KEY,
        "SENTINEL_DATA_DIR": str(folder),
        "DATABASE_URL": database_url(),
        "LOG_LEVEL": "WARNING",
    }


def database_url():
    """The database that the tests are on, as the server is told of it."""
    at = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{at['NAME']}"
    user = ":".join(quote(part, safe="") for part in (at["USER"], at["PASSWORD"]) if part)
    socket_or_host = (
        f"/{at['HOST']}" if at["HOST"].startswith("/") else f"{at['HOST']}:{at['PORT']}"
    )
    return f"postgres://{user}@{socket_or_host}/{at['NAME']}"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_until(happened):
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end, "It took too long."
        time.sleep(0.02)


def kill(process):
    """Kill -9, the workers too; what the database was told last has then ended."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if connection.vendor == "postgresql":
        wait_until(lambda: not others_at_work())


def others_at_work():
    """How many connections to the database are not idle, this one aside."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return cursor.fetchone()[0]


def answer(port, path, **headers):
    """The status of a page; 0 from a server that is not there."""
    with suppress(OSError, HTTPException), closing(Person(port, headers)) as person:
        return person.ask("GET", path)
    return 0


class Person:
    """A browser of somebody: one connection, a session, a CSRF token sent twice."""

    def __init__(self, port, headers):
        self.connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.headers = headers

    def ask(self, method, path, body=None):
        self.connection.request(method, path, body, self.headers)
        response = self.connection.getresponse()
        response.read()
        return response.status

    def post(self, path, **data):
        return self.ask("POST", path, urlencode(data))

    def close(self):
        self.connection.close()


def headers_of(user):
    """What the browser of a signed-in person sends: the session is a row, made without the form."""
    client, token = Client(), get_random_string(32)
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}",
        "X-CSRFToken": token,
        "HX-Request": "true",
        "Content-Type": "application/x-www-form-urlencoded",
    }


@dataclass
class Hand:
    """Somebody who clicks statuses and saves notes of some items, until the server is gone."""

    name: str
    headers: dict
    items: list
    confirmed: list = field(default_factory=list)
    refused: list = field(default_factory=list)
    turns: count = field(default_factory=count)
    known: dict = field(default_factory=dict)

    def look(self):
        """Read how the items stand: a write that was not confirmed may have happened all the same."""
        pks = [item.pk for item in self.items]
        self.known = {
            row["pk"]: row for row in Item.objects.values("pk", "status", "note").filter(pk__in=pks)
        }

    def work(self, port):
        """Every second turn a click, every other one a note. What was answered with 200 is confirmed."""
        known = self.known
        with suppress(OSError, HTTPException), closing(Person(port, self.headers)) as person:
            for turn in self.turns:
                item = self.items[turn // 2 % len(self.items)]
                path, data, wanted = (self.click, self.note)[turn % 2](item, known[item.pk], turn)
                status = person.post(path, **data)
                if status != 200:
                    self.refused.append((status, path, data))
                    break
                known[item.pk] |= wanted
                self.confirmed += [(item.pk, *pair) for pair in wanted.items()]

    def click(self, item, known, _turn):
        wanted = NEXT[known["status"]]
        click = f"{token_of(item.pk)}:{known['status']}:{wanted}"
        path = reverse("checklist:section-status", args=place(item)[:2])
        return path, {"set": click}, {"status": wanted}

    def note(self, item, known, turn):
        wanted = f"Note {turn} of {self.name}"
        seen = fingerprint({"note": known["note"]})
        path = reverse("checklist:item-note", args=place(item))
        return path, {"note": wanted, "seen": seen}, {"note": wanted}


def place(item):
    return [item.launch.slug, item.section.number, item.pk]


def hands_for(launch):
    """Some who work at both sections at once, each at other items: what they were told is then exact."""
    items = list(Item.objects.filter(launch=launch).select_related("section", "launch"))
    teams = {team for section in launch.sections.all() for team in section.teams.all()}
    people = [manager_of(launch), make_user(*teams), make_user(lead_of=teams)]
    for n, person in enumerate(people):
        yield Hand(f"hand {n}", headers_of(person), items[n :: len(people)])


def work_until_killed(hands, port, process):
    """All hands at work; in their midst the server is killed."""
    for hand in hands:
        hand.look()
    before = confirmed(hands)
    threads = [Thread(target=hand.work, args=[port]) for hand in hands]
    for thread in threads:
        thread.start()
    wait_until(lambda: confirmed(hands) >= before + ENOUGH or not any_alive(threads))
    still_at_work = any_alive(threads)
    kill(process)
    for thread in threads:
        thread.join(PATIENCE)
    assert [hand.refused for hand in hands] == [[]] * len(hands)
    assert (still_at_work, any_alive(threads)) == (True, False)


def any_alive(threads):
    return any(thread.is_alive() for thread in threads)


def confirmed(hands):
    return sum(len(hand.confirmed) for hand in hands)


def assert_nothing_is_lost(hands):
    """Each confirmed change has its own entry, and each row is what its newest entry says."""
    changes = [
        (line.subject, name, str(value))
        for line in read(Entry.objects.doing([Verb.ITEM_CHANGED]).oldest_first())
        for name, value in line.new.items()
    ]
    told = Counter(
        (f"item:{pk}", name, value) for hand in hands for pk, name, value in hand.confirmed
    )
    newest = {(subject, name): value for subject, name, value in changes}
    rows = {
        (f"item:{pk}", name): str(value)
        for pk, *values in Item.objects.values_list("pk", "status", "note")
        for name, value in zip(("status", "note"), values, strict=True)
    }

    assert told - Counter(changes) == Counter()
    assert newest == {key: rows[key] for key in newest}
    assert len(newest) > 1


def assert_the_ledger_is_whole():
    """No number is missing, each leaf has its hash, and the head is what the leaves make."""
    entries, frontier = list(Entry.objects.oldest_first()), Frontier()
    for entry in entries:
        frontier = frontier.append(leaf_hash(bytes(entry.leaf)))
    head = Head.objects.get()

    assert [entry.seq for entry in entries] == list(range(len(entries)))
    assert (head.size, bytes(head.root)) == (len(entries), frontier.root())


@pytest.mark.django_db(transaction=True)
def test_kill_9_amid_writes_loses_nothing_that_was_confirmed(server):
    launch = make_launch(*[{"items": [f"Item {n}" for n in range(6)]} for _ in range(2)])
    hands = list(hands_for(launch))

    for _ in range(2):
        with server() as (port, process):
            work_until_killed(hands, port, process)
        assert_nothing_is_lost(hands)
        assert_the_ledger_is_whole()
        assert_the_read_model_is_right(launch, timezone.now())

    with server() as (port, _process):
        answers = [
            answer(port, path, **hands[0].headers)
            for path in ("/readyz", launch.get_absolute_url())
        ]
    assert answers == [200, 200]
