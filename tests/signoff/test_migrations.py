"""What a migration does to the data of those who were here before it."""

from importlib import import_module

import pytest
from django.apps import apps

from checklist.models import Launch
from signoff.models import Signature
from tests.factories.launches import make_launch
from tests.signoff.acting import (
    make_asked_launch,
    make_go_launch,
    make_round,
    make_signed_launch,
    sign,
)

pytestmark = pytest.mark.django_db
backfill = import_module("signoff.migrations.0003_note_first_signatures").note_first_signatures

note_opening = import_module("signoff.migrations.0005_say_since_when_rounds_wait").note_opening


def first_signed(launch):
    return Launch.objects.get(pk=launch.pk).first_signed_at


def test_a_launch_signed_before_is_given_the_moment_of_its_first_signature():
    signed, other = make_asked_launch(), make_launch()
    sign(signed.slots.get())
    Launch.objects.update(first_signed_at=None)

    backfill(apps, None)

    assert first_signed(signed) == Signature.objects.get().signed_at
    assert first_signed(other) is None


def test_a_launch_whose_round_takes_votes_is_given_the_moment_of_its_opening():
    open_, decided, other = make_signed_launch(), make_go_launch(), make_launch()
    rounds = [make_round(open_), decided.rounds.get()]
    Launch.objects.update(round_opened_at=None)

    note_opening(apps, None)

    noted = [Launch.objects.get(pk=row.pk).round_opened_at for row in (open_, decided, other)]
    assert noted == [*(row.opened_at for row in rounds), None]
