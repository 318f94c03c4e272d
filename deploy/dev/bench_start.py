"""What both benches start from: a database that writes as in production, the demo, keys."""

import os
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection

from checklist.models import Launch

ROOT = Path(__file__).parents[2]


def make_demo() -> Launch:
    """The demo's launch, in a fresh database."""
    if connection.vendor == "postgresql":
        _make_database()
    fixtures = [
        str(ROOT / f"fixtures/{n}.json") for n in ("organisation", "aureus_sentinel_template")
    ]
    call_command("migrate", verbosity=0)
    call_command("loaddata", *fixtures, verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("keys", "init", stdout=nowhere)
        call_command("publish_template", "aureus-sentinel", stdout=nowhere)
        call_command("demo", force=True, stdout=nowhere)
    return Launch.objects.get()


def _make_database() -> None:
    """A database in the private cluster, which spares the disk otherwise; that would flatter every write."""
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], user=at["USER"], dbname="postgres", autocommit=True
    ) as server:
        server.execute("CREATE DATABASE sentinel")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.execute(f"ALTER SYSTEM SET {name} = on".encode())
        server.execute("SELECT pg_reload_conf()")
