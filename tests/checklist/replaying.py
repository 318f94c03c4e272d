"""A launch replayed from its leaves, compared with its rows: every value of every kind."""

from django.utils import timezone

from audit.ledger import CLOCK_TOLERANCE
from audit.models import Entry
from checklist import reading
from checklist.models import Launch
from checklist.replay.comparing import check_launch
from checklist.replay.moments import moment_of, stood_at

# Whom the four eyes ask for is not part of how a launch stood; revisions count saves.
UNTOLD = {"revision", "status_by", "status_at"}
ROUGHLY = {"created_at", "added_at", "signed_at", "decided_at", "raised_at", "at", "closed_at"}
ROUGHLY |= {
    "resolved_at",
    "returned_at",
    "first_signed_at",
    "asked_at",
    "withdrawn_at",
    "stale_since",
}
ROUGHLY |= {"review_opened_at", "round_opened_at", "nudged_at", "escalated_at"}


def values(row):
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD and not field.primary_key
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
    place = {section.pk: section.position for section in stood.sections}
    stood.items.sort(key=lambda item: (place[item.section_id], item.position))
    then = {name: getattr(stood, name) for name in now if name != "launch"}
    then["launch"] = [stood.launch]
    for name, rows in now.items():
        assert [row.pk for row in then[name]] == [row.pk for row in rows], name
        for before, after in zip(then[name], rows, strict=True):
            assert {n for n in differing(before, after) if n != "Item.acceptance_id"} == set()
    for before, after in zip(then["items"], now["items"], strict=True):
        assert_the_item_has(stood, before, after)
    for before, after in zip(then["sections"], now["sections"], strict=True):
        assert set(before.teams.all()) == set(after.teams.all())
    managers = launch.participants.filter(is_manager=True).values_list("user", flat=True)
    assert {person.pk for person in stood.managers} == set(managers)


def assert_the_item_has(stood, then, now):
    """The same proofs, the same acceptance, the same open risks."""
    proofs = list(now.evidence.standing())
    assert [proof.pk for proof in stood.proofs.get(then.pk, [])] == [proof.pk for proof in proofs]
    for proof, real in zip(stood.proofs.get(then.pk, []), proofs, strict=True):
        assert {name for name in differing(proof, real) if name != "Evidence.file"} == set()
    assert (then.acceptance is None) == (now.acceptance is None)
    if now.acceptance:
        assert differing(then.acceptance, now.acceptance) == {}
    risks = now.risks.open().order_by("number")
    assert [risk.pk for risk in stood.risks_of(then)] == [risk.pk for risk in risks]


def teller(launch):
    """To be called after each act of a story: the replay is what is there."""

    def tell():
        assert_it_stands_as(launch, replayed(launch))
        found = [str(f) for f in check_launch(Launch.objects.get(pk=launch.pk))]
        assert found == [], found

    return tell
