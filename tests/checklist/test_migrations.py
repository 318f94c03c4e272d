"""What a migration does to the data of those who were here before it."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from audit.models import Entry
from checklist.actions.items import set_status
from checklist.models import Acceptance, Launch, Move, Section, Slot
from checklist.rules import ItemStatus, LaunchState, Step
from tests.factories.launches import make_launch, manager_of
from tests.factories.people import make_manager
from tests.factories.signatures import make_acceptance
from tests.signoff.acting import make_signed_launch

pytestmark = pytest.mark.django_db
tell = import_module("checklist.migrations.0010_tell_lives_so_far").tell
read_ledger = import_module("checklist.migrations.0014_note_what_went_stale").read_ledger
count_anew = import_module("checklist.migrations.0013_count_ended_acceptances").count_anew


def as_before():
    """Rows as they were when launches had no life of their own."""
    Move.objects.all().delete()
    Launch.objects.update(review_opened_at=None, next_due=None)


def test_a_launch_in_review_is_told_when_its_review_was_opened_and_what_is_next():
    launch = make_launch(target_on="2090-06-01")
    opened = Launch.objects.get(pk=launch.pk)
    as_before()

    tell(apps, None)

    told, move = Launch.objects.get(pk=launch.pk), Move.objects.get()
    assert told.review_opened_at == Entry.objects.get(action="launch.opened").at
    assert told.next_due == opened.target_at is not None
    assert (move.step, move.state) == (Step.OPEN, LaunchState.IN_REVIEW)
    assert (move.by, move.moment) == (manager_of(launch), told.review_opened_at)


def test_a_draft_is_told_nothing():
    make_launch(in_review=False, by=make_manager())
    as_before()

    tell(apps, None)

    assert not Move.objects.exists()
    assert Launch.objects.get().review_opened_at is None


@pytest.mark.parametrize(("state", "is_counted"), [("in_review", True), ("cancelled", False)])
def test_what_has_ended_before_the_launch_is_counted_anew(state, is_counted):
    make_acceptance(make_launch({"items": ["Audit"]}).sections.get().items.get())
    now = timezone.now()
    Acceptance.objects.update(at=now - timedelta(days=1), until=now)
    Launch.objects.update(state=state, next_expiry=None)
    Section.objects.update(next_expiry=None)

    count_anew(apps, None)

    stored = [Launch.objects.get().next_expiry, Section.objects.get().next_expiry]
    assert [moment is not None for moment in stored] == [is_counted, is_counted]


@pytest.mark.parametrize("is_healed", [False, True])
def test_the_ledger_says_since_when_a_signature_is_stale(is_healed):
    launch = make_signed_launch(executive=0)
    item, manager = launch.items.first(), manager_of(launch)
    set_status(item, by=manager, status=ItemStatus.NOT_DONE)
    if is_healed:
        set_status(item, by=manager, status=ItemStatus.DONE)
    Slot.objects.update(stale_since=None)

    read_ledger(apps, None)

    stale = Entry.objects.get(action="slot.stale")
    assert Slot.objects.get().stale_since == (None if is_healed else stale.at)
