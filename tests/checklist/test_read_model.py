"""Whatever people do, the stored read model says what a recount from the rows says."""

from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Entry
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.play import Play, rows

pytestmark = pytest.mark.django_db


def test_the_read_model_is_what_a_recount_finds_after_every_step():
    play, tones, changes, before = Play(seed=1), set(), 0, rows()

    while changes < 120:
        size = Entry.objects.count()
        with suppress(ValidationError, PermissionDenied):
            play.step()
        after = rows()
        assert (before != after) == (size != Entry.objects.count())
        if before != after:
            before, changes = after, changes + 1
            tones.add(assert_the_read_model_is_right(play.launch, timezone.now()))

    assert tones >= {"not-ready", "ready", "no-go", "approved", "unapproved", "rolled-back"}
    for launch in play.launches:
        assert_the_read_model_is_right(launch, timezone.now())
