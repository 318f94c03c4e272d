"""The proof of `?at=`: what is replayed from a launch's leaves is what its rows were, its verdicts what they were."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from audit.ledger import CLOCK_TOLERANCE
from audit.models import Entry
from checklist import demo, reading
from checklist.actions.asking import ask_signature
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_file, add_link
from checklist.actions.items import edit_item, set_status
from checklist.actions.launches import change_launch, share_launch, unshare_launch
from checklist.actions.risks import raise_risk
from checklist.models import Launch
from checklist.replay.moments import moment_of, stood_at
from checklist.rules import ItemStatus
from signoff.actions import accept_items, cancel_round, set_aside, withdraw
from signoff.models import Signature
from signoff.offer import Wish
from signoff.rules import Act, Vote
from tests.factories.launches import make_appointment, make_holder, make_launch, manager_of
from tests.factories.people import make_authority, make_team, make_user
from tests.factories.signatures import (
    make_acceptance,
    make_return,
    make_round,
    make_signature,
    make_vote,
    offered_in,
    presence_of,
)
from tests.play import Play

pytestmark = pytest.mark.django_db

# Whom the four eyes ask for is not part of how a launch stood; revisions count saves.
UNTOLD = {"revision", "status_by", "status_at"}
ROUGHLY = {"created_at", "added_at", "signed_at", "decided_at", "raised_at", "at", "closed_at"}
ROUGHLY |= {"resolved_at", "returned_at", "first_signed_at", "asked_at"}


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


@pytest.mark.parametrize("seed", range(4))
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


def test_the_demo_launch():
    """The launch with the most in it, its texts in several scripts."""
    for fixture in ("organisation", "aureus_sentinel_template"):
        call_command("loaddata", f"fixtures/{fixture}.json", verbosity=0)
    call_command("publish_template", "aureus-sentinel", verbosity=0)
    launch = demo.tell(password="copper-amber-olive-linen-14").launch

    assert_it_stands_as(launch, replayed(launch))


def test_what_the_story_of_random_people_has_not():
    """Teams and authorities of items, participants, a file, an acceptance under a risk, four eyes switched off."""
    launch = make_launch({"items": ["One", "Two"]}, four_eyes=True)
    by, item, guest = manager_of(launch), launch.items.first(), make_user()
    change_launch(launch, by=by, four_eyes=False, reason="Too few of us.")
    share_launch(launch, by=by, user=guest)
    share_launch(launch, by=by, user=make_user(), is_manager=True)
    unshare_launch(launch.participants.get(user=guest), by=by)
    team, authority = make_team(), make_authority()
    edit_item(item, by=by, fields={"team": team, "authority": authority})
    add_file(item, by=by, file=SimpleUploadedFile("r.pdf", b"%PDF-"), expires_on=date(2100, 1, 1))
    own = raise_risk(launch, by=by, fields={"title": "Loss", "owner": by}, items=[item])
    holder = make_user()
    slot = item.section.slots.get()
    make_appointment(slot.authorities.get(), holder)
    wish = Wish(
        [item.pk], timezone.localdate() + timedelta(days=3), offered_in(item.section), own.pk
    )
    accept_items(slot, wish, presence=presence_of(holder), reason="For now.")

    stood = replayed(launch, item=item.pk)

    assert_it_stands_as(launch, stood)
    (then,) = [row for row in stood.items if row.pk == item.pk]
    assert (then.team, then.authority) == (team, authority)


def test_signing_and_all_that_undoes_it():
    launch = make_launch({"items": ["One"]}, executive=[[make_authority()]])
    by, item, section = manager_of(launch), launch.items.get(), launch.sections.get()
    slot, executive = section.slots.get(), launch.slots.executive().get()
    holder, gone = make_holder(slot), make_holder(executive)

    def told():
        assert_it_stands_as(launch, replayed(launch))

    accepted = make_acceptance(item, by=holder)
    told()
    withdraw(accepted, presence=presence_of(holder), comment="No longer.")
    told()
    set_status(item, by=by, status=ItemStatus.DONE)
    ask_signature(section, by=by)
    make_return(slot, holder)
    told()
    ask_signature(section, by=by)
    told()
    signature = make_signature(slot, holder)
    withdraw(signature, presence=presence_of(holder), comment="By mistake.")
    told()
    make_signature(slot, holder)
    make_round(launch)
    vote = make_vote(executive, gone)
    told()
    gone.is_active = False
    gone.save()
    set_aside(vote, presence=presence_of(by), comment="Has left.")
    told()
    make_vote(executive, vote=Vote.NO_GO)
    told()
    second = make_round(launch, what_changed="Much.")
    told()
    cancel_round(second, by=by, reason="Called off.")
    told()


def test_a_round_called_off_leaves_no_vote():
    launch = make_launch({"items": ["One"]}, executive=[[make_authority()], [make_authority()]])
    by, section = manager_of(launch), launch.sections.get()
    set_status(launch.items.get(), by=by, status=ItemStatus.DONE)
    ask_signature(section, by=by)
    make_signature(section.slots.get())
    round_ = make_round(launch)
    make_vote(launch.slots.executive().first())
    cancel_round(round_, by=by, reason="Called off.")

    assert_it_stands_as(launch, replayed(launch))


def test_what_was_said():
    launch = make_launch()
    by, item = manager_of(launch), launch.items.first()
    add_comment(item, by=by, text="As it should be.")
    question = add_comment(item, by=by, text="Is it?", is_question=True)
    resolve_question(question, by=by, resolution="It is.")

    stood = replayed(launch, item=item.pk)

    for then, now in zip(stood.comments, item.comments.all(), strict=True):
        assert differing(then, now) == {}


def test_a_leaf_from_before_a_field_leaves_it_as_in_a_new_row(launch_with_a_link):
    """Old leaves are for ever: one of evidence does not tell its size."""
    moment = moment_of(launch_with_a_link, str(newest(launch_with_a_link)))
    del moment.leaf.data["data"]["new"]["size"]

    stood = stood_at(moment)

    assert [proof.size for proofs in stood.proofs.values() for proof in proofs] == [None]


@pytest.fixture
def launch_with_a_link():
    launch = make_launch()
    add_link(launch.items.first(), by=manager_of(launch), name="Report", url="https://example.org/")
    return Launch.objects.for_page().get(pk=launch.pk)
