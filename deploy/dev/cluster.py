"""The private cluster's database, as both benches want it."""

import psycopg
from django.db import connection


def make_database() -> None:
    """A database in the private cluster, which spares the disk otherwise; that would flatter every write."""
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], user=at["USER"], dbname="postgres", autocommit=True
    ) as server:
        server.execute("CREATE DATABASE sentinel")
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            server.execute(f"ALTER SYSTEM SET {name} = on".encode())
        server.execute("SELECT pg_reload_conf()")
