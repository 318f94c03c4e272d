"""The proof of `?at=`: what is replayed from a launch's leaves is what its rows were, its verdicts what they were."""

from contextlib import suppress

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.ledger import CLOCK_TOLERANCE
from audit.models import Entry
from checklist import reading
from checklist.models import Launch
from checklist.replay.moments import moment_of, stood_at
from signoff.models import Signature
from signoff.rules import Act
from tests.play import Play

pytestmark = pytest.mark.django_db

# Whom the four eyes ask for is not part of how a launch stood; revisions count saves.
UNTOLD = {"revision", "status_by", "status_at"}
ROUGHLY = {"created_at", "added_at", "signed_at", "decided_at", "raised_at", "at", "closed_at"}
ROUGHLY |= {"resolved_at", "returned_at", "first_signed_at", "asked_at"}


def values(row, also=()):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD and (not field.primary_key or "id" in also)
    }


def differing(then, now):
    """The values that a replayed row has otherwise than the row itself; moments to the tolerance of the clock."""
    found = {}
    for name, value in values(now).items():
        replayed = getattr(then, name)
        near = name in ROUGHLY and value and replayed
        if not (near and abs(replayed - value) < CLOCK_TOLERANCE) and replayed != value:
            found[f"{type(now).__name__}.{name}"] = (replayed, value)
    return found


def newest(launch):
    return Entry.objects.of_launch(launch.pk).newest_first().first().seq


def replayed(launch, at=None, **given):
    launch = Launch.objects.for_page().get(pk=launch.pk)
    return stood_at(moment_of(launch, str(newest(launch) if at is None else at)), **given)


def rows_now(launch):
    """Everything that a launch has now, by what it is."""
    items = launch.items.order_by("section__position", "position").select_related("acceptance")
    launch = Launch.objects.get(pk=launch.pk)
    reading.recounted([launch], timezone.now())
    return {
        "sections": list(launch.sections.all()),
        "slots": list(launch.slots.all()),
        "items": list(items),
        "risks": list(launch.risks.all()),
        "launch": [launch],
    }


def assert_it_stands_as(launch, stood):
    now = rows_now(launch)
    item_of_section = {section.pk: section.position for section in stood.sections}
    stood.items.sort(key=lambda item: (item_of_section[item.section_id], item.position))
    then = {name: getattr(stood, name) for name in now if name != "launch"}
    then["launch"] = [stood.launch]
    for name, rows in now.items():
        assert [row.pk for row in then[name]] == [row.pk for row in rows], name
        for before, after in zip(then[name], rows, strict=True):
            wrong = differing(before, after)
            wrong.pop("Item.acceptance_id", None)
            assert wrong == {}
    for before, after in zip(then["items"], now["items"], strict=True):
        proofs = list(after.evidence.standing())
        assert [p.pk for p in stood.proofs.get(before.pk, [])] == [p.pk for p in proofs]
        for proof, real in zip(stood.proofs.get(before.pk, []), proofs, strict=True):
            assert differing(proof, real) == {}
        assert (before.acceptance is None) == (after.acceptance is None)
        if after.acceptance:
            assert differing(before.acceptance, after.acceptance) == {}
        risks = after.risks.open().order_by("number")
        assert [risk.pk for risk in stood.risks_of(before)] == [risk.pk for risk in risks]
    for section in now["sections"]:
        (before,) = [row for row in stood.sections if row.pk == section.pk]
        assert set(before.teams.all()) == set(section.teams.all())
    managers = launch.participants.filter(is_manager=True).values_list("user", flat=True)
    assert {person.pk for person in stood.managers} == set(managers)


def play(seed, changes):
    """A random history; after each act that wrote something: which entry was the last, and how the launch stood."""
    story, told = Play(seed=seed), []
    while len(told) < changes:
        size = Entry.objects.count()
        with suppress(ValidationError, PermissionDenied):
            story.step()
        if size != Entry.objects.count():
            launch, at = Launch.objects.get(pk=story.launch.pk), newest(story.launch)
            now = Entry.objects.get(pk=at).at
            told.append((at, reading.standing_of(launch, now)))
    return story, told


@pytest.mark.parametrize("seed", range(6))
def test_what_is_replayed_is_what_was_there(seed):
    story, told = play(seed, changes=45)

    for launch in story.launches:
        assert_it_stands_as(launch, replayed(launch))
    for at, standing in story.random.sample(told, 15):
        then = replayed(standing.launch, at)
        assert then.unread == 0
        assert then.standing.verdict == standing.verdict
        assert then.standing.facts == standing.facts
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
