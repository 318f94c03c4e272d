"""Whatever random people do in whatever order, some things never hold (hypothesis plays, shrinks and tells the story).

Never: approved with a blocker; two standing signatures in a slot; an item counted as accepted and done; a read model
that a recount does not find; a change without a ledger entry, or an entry without a change.

HYPOTHESIS_STORIES=2000 plays that many stories a test instead of the few that a run of all tests can afford.
"""

import os
import random
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from audit.models import Entry
from checklist.reading import standing_of
from checklist.rules import Tone
from signoff.models import Standing
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.play import ACTS, FINAL, Play, rows

STORIES = int(os.environ.get("HYPOTHESIS_STORIES", "10"))
STEPS = 30
SETTINGS = settings(
    max_examples=STORIES,
    stateful_step_count=STEPS,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


class Story(RuleBasedStateMachine):
    """One story: every step is somebody's wish, granted or refused. Its end takes everything back."""

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.play = Play(seed=1, launches=1)
        self.before, self.size = rows(), Entry.objects.count()

    def teardown(self):
        transaction.set_rollback(True)
        self.savepoint.__exit__(None, None, None)

    @rule(act=st.sampled_from([*ACTS, *FINAL]), chance=st.integers(0, 2**32))
    def somebody_wishes(self, act, chance):
        self.take(chance, act)

    @rule(chance=st.integers(0, 2**32))
    def the_next_thing_is_done(self, chance):
        self.take(chance, Play.advance)

    def take(self, chance, act):
        self.play.random = random.Random(chance)  # noqa: S311 - a repeatable story, no secret
        self.play.look()
        with suppress(ValidationError, PermissionDenied), transaction.atomic():
            act(self.play)
        after, size = rows(), Entry.objects.count()
        assert (after != self.before) == (size != self.size)
        if after != self.before:
            self.before, self.size = after, size
            self.look_at(self.play.launch)

    def look_at(self, launch):
        now = timezone.now()
        assert_the_read_model_is_right(launch, now)
        standing = standing_of(launch.__class__.objects.get(pk=launch.pk), now)
        if standing.verdict.tone is Tone.APPROVED:
            assert standing.verdict.readiness.blockers == ()
            assert all(slot.stands for facts in standing.facts for slot in facts.slots)
        for section in standing.sections:
            assert section.accepted <= section.counts.outstanding
        crowded = Standing.objects.values("slot", "round").annotate(n=Count("pk")).filter(n__gt=1)
        assert not crowded.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("part", range(4))  # so that several processes share the stories
def test_no_story_reaches_what_must_never_be(part):
    run_state_machine_as_test(Story, settings=SETTINGS)
