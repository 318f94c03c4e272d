"""What a migration does to the data of those who were here before it."""

from importlib import import_module

import pytest
from django.apps import apps

from checklist.models import Launch
from signoff.models import Signature
from signoff.rules import Vote
from tests.factories.launches import make_launch
from tests.signoff.acting import (
    make_asked_launch,
    make_go_launch,
    make_round,
    make_signed_launch,
    sign,
    vote,
)

pytestmark = pytest.mark.django_db
backfill = import_module("signoff.migrations.0003_note_first_signatures").note_first_signatures

note_opening = import_module("signoff.migrations.0010_say_since_when_rounds_wait").note_opening


note_refusals = import_module("signoff.migrations.0006_note_refusals").note_refusals


def test_a_launch_whose_last_round_ended_no_go_is_given_its_reason():
    launch, other = make_signed_launch(), make_signed_launch()
    for row in (launch, other):
        make_round(row)
    vote(launch.slots.executive().get(), value=Vote.NO_GO, comment="Not like this.")
    Launch.objects.update(refused_because="")

    note_refusals(apps, None)

    because = Launch.objects.values_list("refused_because", flat=True)
    assert because.get(pk=launch.pk) == "Not like this."
    assert because.get(pk=other.pk) == ""


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
