"""One world for all tests of a module: each takes back what it writes."""

import pytest
from django.db import transaction

from tests.access.world import make_world


@pytest.fixture(scope="module")
def made_world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(made_world, db, seal_keys):
    return made_world
