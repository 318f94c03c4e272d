"""Caches start empty, a flush gets past append-only triggers, and nothing is skipped in CI."""

import os
import shutil

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from django.utils import timezone

from audit import keys
from signoff.certificate import authority
from tests.flush import past_triggers

BaseDatabaseOperations.execute_sql_flush = past_triggers(BaseDatabaseOperations.execute_sql_flush)


@pytest.fixture(autouse=True)
def empty_caches():
    for cache in caches.all():
        cache.clear()


@pytest.fixture(scope="session", autouse=True)
def server_keys():
    """The server's own keys, a folder a process."""
    for purpose in keys.Purpose:
        keys.make(purpose)
    yield
    shutil.rmtree(keys.folder())


@pytest.fixture(scope="session", autouse=True)
def nobody_left_in_the_database(django_db_setup, django_db_blocker):
    """A browser's last request or a killed server may still hold a session: PostgreSQL then drops nothing."""
    yield
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )


@pytest.fixture(scope="session")
def made_seal_keys(tmp_path_factory):
    folder = tmp_path_factory.mktemp("keys")
    authority.make(folder, now=timezone.now())
    return folder


@pytest.fixture
def seal_keys(made_seal_keys, settings):
    """The installation's keys that seal certificates, made once a run, since that takes a second."""
    settings.KEYS_DIR = made_seal_keys
    return made_seal_keys


def pytest_collection_modifyitems(config, items):
    """Leave out, rather than skip, what is marked for the other database."""
    elsewhere = {"postgresql", "sqlite"} - {connection.vendor}
    left_out = [item for item in items if any(item.get_closest_marker(name) for name in elsewhere)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    return nothing_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    return nothing_skipped((yield))


def nothing_skipped(report):
    """In CI a skipped test, or a skipped module, is a failed one."""
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, where nothing may be: {report.longrepr}"
    return report
