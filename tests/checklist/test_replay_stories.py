"""What is replayed is what is there, after each act of stories that chance seldom tells."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils import timezone

from checklist import demo
from checklist.actions.asking import ask_signature
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_file, add_link
from checklist.actions.items import edit_item, set_status
from checklist.actions.launches import change_launch, share_launch, unshare_launch
from checklist.actions.life import postpone, resume, roll_back
from checklist.actions.risks import raise_risk
from checklist.models import Launch
from checklist.replay.moments import moment_of, stood_at
from checklist.rules import ItemStatus
from signoff.actions import (
    accept_items,
    cancel_launch,
    cancel_round,
    close_launch,
    keep_condition,
    lift_condition,
    relaunch,
    reopen_condition,
    set_aside,
)
from signoff.models import Condition
from signoff.offer import Wish
from signoff.rules import Act, Vote
from tests.checklist.replaying import assert_it_stands_as, differing, newest, replayed, teller
from tests.factories.conditions import make_wish
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
from tests.signoff.acting import vote_if, withdraw
from tests.signoff.living import AFTER, WHY, leftovers, live

pytestmark = pytest.mark.django_db


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

    told = teller(launch)
    accepted = make_acceptance(item, by=holder)
    told()
    withdraw(accepted)
    told()
    set_status(item, by=by, status=ItemStatus.DONE)
    ask_signature(section, by=by)
    make_return(slot, holder)
    told()
    ask_signature(section, by=by)
    told()
    signature = make_signature(slot, holder)
    withdraw(signature)
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


def go(**fields):
    """A launch that is given GO, all of it by actions, with tasks for afterwards."""
    launch = make_launch({"items": ["One"]}, *AFTER, executive=[[make_authority()]], **fields)
    by, section = manager_of(launch), launch.sections.first()
    set_status(section.items.get(), by=by, status=ItemStatus.DONE)
    ask_signature(section, by=by)
    make_signature(section.slots.get())
    return decide(launch)


def decide(launch):
    """GO with conditions of which one is owed before the launch, and that one kept."""
    make_round(launch)
    wishes = [make_wish(before_launch=True), make_wish("Watch it")]
    vote_if(launch.slots.executive().get(), *wishes)
    condition = Condition.objects.get(launch=launch, before_launch=True, done_at=None)
    keep_condition(condition, by=condition.owner, note="Done.")
    return Launch.objects.get(pk=launch.pk)


def test_a_life_by_approval():
    launch = go(target_on=date(2100, 1, 1))
    by, told = manager_of(launch), teller(launch)
    told()
    postpone(launch, by=by, reason="Not ready.", target_on=date(2100, 2, 1))
    postpone(launch, by=by, reason="No date.")
    told()
    resume(launch, by=by, target_on=date(2100, 3, 1))
    told()
    live(launch)
    told()
    withdraw(launch.signatures.get(act=Act.SIGN))
    task = launch.items.filter(section__phase="post_launch").first()
    add_link(task, by=by, name="Log", url="https://example.org/")
    set_status(task, by=by, status=ItemStatus.DONE)
    told()
    roll_back(launch, by=by, reason="Too slow.")
    told()
    relaunch(launch, by=by, reason="Faster.")
    told()
    make_signature(launch.sections.first().slots.get())
    cancel_round(make_round(launch), by=by, reason="Called off.")
    told()
    decide(launch)
    live(launch)
    told()
    close_launch(launch, by=by, leftovers=leftovers(launch))
    told()


def test_a_life_without_approval_and_one_that_ends_early():
    launch = make_launch({"items": ["One"]}, *AFTER)
    live(launch, reason=WHY)
    teller(launch)()
    roll_back(launch, by=manager_of(launch), reason="Too slow.")
    relaunch(launch, by=manager_of(launch), reason="Faster.")
    teller(launch)()

    other = go()
    cancel_launch(other, by=manager_of(other), reason="Not needed.")
    teller(other)()


def test_conditions_left_over_are_carried_or_dropped():
    launch = go()
    by, told = manager_of(launch), teller(launch)
    vote_of = launch.signatures.get(act=Act.VOTE)
    told()
    withdraw(vote_of)
    told()
    vote_if(launch.slots.executive().get(), make_wish("Again"))
    lift = Condition.objects.filter(launch=launch, done_at=None, ended="").first()
    lift_condition(lift, presence=presence_of(lift.asked_by), reason="No need.")
    told()
    done = Condition.objects.filter(launch=launch, done_at__isnull=False, ended="").first()
    if done:
        reopen_condition(done, by=by)
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
