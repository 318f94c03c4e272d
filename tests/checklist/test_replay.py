"""The proof of `?at=`: what is replayed from a launch's leaves is what its rows were, its verdicts what they were.

REPLAY_STORIES=100 plays that many random histories instead of the few that a run of all tests can afford.
"""

import os
from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from audit.models import Entry
from checklist import reading
from checklist.models import Launch
from signoff.models import Signature
from signoff.rules import Act
from tests.checklist.replaying import assert_it_stands_as, newest, replayed
from tests.play import Play

pytestmark = pytest.mark.django_db

STORIES = int(os.environ.get("REPLAY_STORIES", "4"))


def play(story, changes):
    """A random history, compared after each act that wrote something; how the launch then stood, by the last entry."""
    told = {}
    while len(told) < changes:
        size = Entry.objects.count()
        with suppress(ValidationError, PermissionDenied):
            story.step()
        if size != Entry.objects.count():
            launch, at = Launch.objects.get(pk=story.launch.pk), newest(story.launch)
            assert_it_stands_as(launch, replayed(launch, at))
            told[at] = reading.standing_of(launch, Entry.objects.get(pk=at).at)
    return told


@pytest.mark.parametrize("seed", range(STORIES))
def test_what_is_replayed_is_what_was_there(seed):
    story = Play(seed=seed)
    told = play(story, changes=50)

    for at in story.random.sample(sorted(told), 15):
        then = replayed(told[at].launch, at)
        assert then.unread == 0
        assert then.standing.verdict == told[at].verdict
        assert then.standing.facts == told[at].facts
    for signature in Signature.objects.filter(act__in=[Act.SIGN, Act.VOTE]):
        assert_it_was_signed(signature)


def assert_it_was_signed(signature):
    """What was signed is what stood there: the digest in the signature is that of the replayed content."""
    then = replayed(signature.launch, signature.pk)
    (slot,) = [row for row in then.slots if row.pk == signature.slot_id]
    if signature.section_id:
        (section,) = [row for row in then.sections if row.pk == signature.section_id]
        content = slot.section_material(section.material)
    else:
        content = reading.decision_material(then.launch, then.sections, slot)
    assert content == signature.material
    assert (slot.signature, slot.signed_material) == (signature.pk, signature.material)
