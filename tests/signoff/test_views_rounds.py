"""A round as it was, two compared, and the conditions that opening one carries or drops."""

import pytest
from django.urls import reverse

from checklist.models import Launch
from checklist.rules import ItemStatus
from signoff.actions import cancel_round, keep_condition, open_round
from signoff.models import Condition, Round
from signoff.rules import Answer, Ending, Question, Vote
from tests.factories.conditions import make_wish
from tests.factories.launches import make_holder, manager_of, set_items
from tests.factories.signatures import (
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
    settle,
)
from tests.signoff.acting import reread

pytestmark = pytest.mark.django_db

YES = {"complete": "yes", "acceptable": "yes", "assessed": "yes"}


@pytest.fixture
def launch():
    return make_ready_launch({"title": "Security", "items": ("Audit", "Keys")}, executives=2)


@pytest.fixture
def manager(launch, client):
    manager = manager_of(launch)
    client.force_login(manager)
    return manager


@pytest.fixture
def refused_round(launch):
    """A first round in which one said GO with a condition, the other NO-GO."""
    round_ = make_round(launch)
    first, second = launch.slots.executive()
    wish = make_wish(before_launch=True)
    make_vote(first, vote=Vote.GO_CONDITIONAL, conditions=[wish])
    make_vote(second, vote=Vote.NO_GO, comment="The desk is not staffed.")
    return round_


def url(name, launch, *rest):
    return reverse(f"signoff:{name}", args=[launch.slug, *rest])


def page_of(client, launch, name="decision"):
    return client.get(url(name, launch)).context["page"]


def compare(client, launch, **asked):
    return client.get(url("compare", launch), asked)


# The decision page


def test_the_card_shows_what_its_vote_asked_for(client, launch, manager):
    make_round(launch)
    slot = launch.slots.executive().first()
    make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])

    response = client.get(url("decision", launch))

    card = response.context["page"].cards[0]
    assert (card.word, card.tone) == ("GO with conditions", "go")
    assert [line.text for line in card.conditions] == ["Rotate the keys"]
    assert response.context["page"].votes == "The votes: 1 GO with conditions, 1 not cast."
    assert "On these conditions" in response.text


def test_the_round_ends_with_go_with_conditions(client, launch, manager):
    make_round(launch)
    for slot in launch.slots.executive():
        make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish(before_launch=True)])

    page = page_of(client, launch)

    assert (page.outcome, page.round.label) == (
        "GO with conditions",
        "Ended with GO with conditions",
    )
    assert page.verdict.word == "READY TO DECIDE"
    assert "waiting on 2 conditions before launch" in str(page.verdict)
    assert page.verdict.waits.startswith("GO was given: it is approved once all is done")


def test_approval_tells_the_conditions_for_afterwards(client, launch, manager):
    make_round(launch)
    for slot in launch.slots.executive():
        make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])

    text = str(page_of(client, launch).verdict)

    assert text.startswith(
        "APPROVED: 2 of 2 votes GO, with conditions, 2 conditions after launch, the next by Fri 1 Jan 2100"
    )


def test_the_verdict_quotes_why_no_go(client, launch, manager, refused_round):
    text = str(page_of(client, launch).verdict)

    assert text == "NO-GO: the last round ended with NO-GO: “The desk is not staffed.”"


@pytest.mark.parametrize("name", ["answers", "cancel-round"])
def test_changing_or_cancelling_names_the_votes_that_it_voids(client, launch, manager, name):
    make_round(launch)
    slot = launch.slots.executive().first()
    vote = make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])

    (line,) = page_of(client, launch, name).voids

    assert line.startswith(f"GO with conditions by {vote.signer_name}")


def test_changed_answers_stale_a_conditional_vote_and_it_waits_again(client, launch, manager):
    make_round(launch)
    slots = list(launch.slots.executive())
    for slot in slots:
        make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])

    answers = YES | {"assessed": "no"}
    client.post(url("answers", launch), answers)
    page = page_of(client, launch)

    assert {card.word for card in page.cards} == {"GO with conditions, to affirm again"}
    assert page.votes == "The votes: 2 to affirm again."
    assert Launch.objects.get(pk=launch.pk).tone == "ready"
    voter = reread(slots[0]).signed_by
    client.force_login(voter)
    pile = client.get(reverse("checklist:my-work")).context["work"].piles[0]
    assert pile.key == "vote"


# Opening the next round


def opening(**fields):
    return YES | {"what_changed": "The desk is staffed."} | fields


def test_opening_a_round_offers_what_is_left_open(client, launch, manager, refused_round):
    response = client.get(url("open-round", launch))

    (left,) = response.context["page"].left_over
    assert left.condition.text == "Rotate the keys"
    assert "Conditions that earlier rounds left open" in response.text
    assert 'value="carry"' in response.text


def test_a_first_round_offers_nothing(client, launch, manager):
    assert "left open" not in client.get(url("open-round", launch)).text


def fate_of(condition, fate, why=""):
    return {f"left-{condition.pk}-fate": fate, f"left-{condition.pk}-why": why}


def test_what_is_left_is_carried(client, launch, manager, refused_round):
    old = Condition.objects.get()

    client.post(url("open-round", launch), opening(**fate_of(old, "carry")))

    carried = Condition.objects.get(ended="")
    assert carried.carried_from == old
    page = page_of(client, launch)
    assert [line.text for line in page.carried] == ["Rotate the keys"]
    assert "carried into Round 2" in page.carried[0].asked


def test_or_dropped_with_a_reason(client, launch, manager, refused_round):
    old = Condition.objects.get()

    client.post(url("open-round", launch), opening(**fate_of(old, "drop", "Rotated meanwhile.")))

    dropped = Condition.objects.get()
    assert (dropped.ended, dropped.ended_reason) == (Ending.DROPPED, "Rotated meanwhile.")


def test_the_no_go_that_is_to_be_answered_is_shown_and_not_the_cancelled_round_after_it(
    client, launch, manager, refused_round
):
    cancel_round(make_round(launch, what_changed="Much."), by=manager, reason="Wrong version.")

    response = client.get(url("open-round", launch))

    assert "Round 1 ended with NO-GO" in response.text
    assert "Round 2 ended with NO-GO" not in response.text


def test_dropping_without_a_reason_opens_nothing(client, launch, manager, refused_round):
    old = Condition.objects.get()

    response = client.post(url("open-round", launch), opening(**fate_of(old, "drop")))

    (left,) = response.context["page"].left_over
    assert left.form.errors["why"] == ["Say why."]
    assert "The desk is staffed." in response.text
    assert Round.objects.count() == 1


def test_what_was_done_meanwhile_is_not_offered(client, launch, manager, refused_round):
    condition = Condition.objects.get()
    keep_condition(condition, by=condition.owner, note="Rotated.")

    assert client.get(url("open-round", launch)).context["page"].left_over == ()


def test_a_form_for_what_is_left_no_longer_changes_nothing(client, launch, manager, refused_round):
    condition = Condition.objects.get()
    keep_condition(condition, by=condition.owner, note="Rotated.")

    client.post(url("open-round", launch), opening(**fate_of(condition, "drop", "Never mind.")))

    assert Condition.objects.get().ended == ""


def test_a_cancelled_round_s_conditions_are_offered_too(client, launch, manager):
    round_ = make_round(launch)
    slot = launch.slots.executive().first()
    make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])
    cancel_round(round_, by=manager, reason="Wrong version.")

    assert len(client.get(url("open-round", launch)).context["page"].left_over) == 1


# One round


def test_a_round_as_it_was(client, launch, manager, refused_round):
    response = client.get(url("round", launch, 1))

    page = response.context["page"]
    assert [vote.word for vote in page.round.votes] == ["GO with conditions", "NO-GO"]
    assert [line.text for line in page.round.conditions] == ["Rotate the keys"]
    assert [section.title for section in page.sections] == ["Security"]
    for text in ("Rotate the keys", "The desk is not staffed.", "Ended with NO-GO"):
        assert text in response.text


def test_a_round_in_which_nobody_voted(client, launch, manager):
    make_round(launch)

    response = client.get(url("round", launch, 1))

    assert "Nobody voted, so nothing was signed." in response.text
    assert client.get(url("round", launch, 2)).status_code == 404


# Two rounds


def next_round(launch, *, conditions=()):
    make_round(launch, what_changed="The keys moved.")
    slot = launch.slots.executive().first()
    vote = Vote.GO_CONDITIONAL if conditions else Vote.GO
    return make_vote(slot, vote=vote, conditions=conditions)


def test_rounds_over_the_same_say_so(client, launch, manager, refused_round):
    next_round(launch)

    response = compare(client, launch)

    # the condition was carried, so is asked for in both
    assert "Nothing: both rounds voted on the same." in response.text


def test_what_changed_between_two_rounds_is_told_item_by_item(
    client, launch, manager, refused_round
):
    section = launch.sections.get()
    set_items(section, status=ItemStatus.NA, na_reason="Moved to the vault.")
    make_signature(section.slots.get())
    wish = make_wish("Write it down")
    next_round(launch, conditions=[wish])

    response = compare(client, launch, **{"from": 1, "to": 2})

    changes = response.context["page"].changes
    said = [line.text for line in changes.material]
    assert said == [
        "Section 1. Security: 1.1 Audit: done → N/A, “Moved to the vault.”",
        "Section 1. Security: 1.2 Keys: done → N/A, “Moved to the vault.”",
    ]
    assert [line.text for line in changes.listed] == [
        f"Condition added: “Write it down”, {wish.owner} by Fri 1 Jan 2100, after the launch"
    ]
    assert "The keys moved." in response.text


def test_answers_launch_and_dropped_conditions_are_told(client, launch, manager, refused_round):
    old = Condition.objects.get()
    Launch.objects.filter(pk=launch.pk).update(version="1.1")
    answers = opening(assessed="no") | fate_of(old, "drop", "Rotated meanwhile.")
    client.post(url("open-round", launch), answers)
    make_vote(launch.slots.executive().first())

    changes = compare(client, launch).context["page"].changes

    assert [line.text for line in changes.material] == [
        "Version: “1.0” → “1.1”",
        "Risk assessment completed? yes → no",
    ]
    gone = f"“Rotate the keys”, {old.owner} by Fri 1 Jan 2100, before the launch"
    assert [line.text for line in changes.listed] == [f"Condition no longer asked for: {gone}"]


def test_a_section_that_was_signed_in_one_round_alone_is_told_by_its_name(client, manager, launch):
    section = launch.sections.get()
    set_items(section, status=ItemStatus.UNSET)
    make_round_over(launch)
    settle(section)
    next_round(launch)

    material = compare(client, launch).context["page"].changes.material

    assert "Section 1. Security: changed" in [line.text for line in material]


def make_round_over(launch):
    """A round over a section that is not signed as it is, ended by NO-GO."""
    launch.refresh_from_db()
    answers = [Answer(question, given=True, reason="Said so.") for question in Question]
    open_round(launch, by=manager_of(launch), answers=answers)
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)


def test_a_round_without_votes_cannot_be_compared(client, launch, manager, refused_round):
    make_round(launch, what_changed="Much.")

    response = compare(client, launch)

    assert "Nobody voted in Round 2" in response.text


def test_a_round_is_the_same_as_itself(client, launch, manager, refused_round):
    for asked in ({}, {"from": "1", "to": "1"}):
        assert "Choose two rounds" in compare(client, launch, **asked).text


@pytest.mark.parametrize("asked", [{"from": "7"}, {"to": "x"}, {"from": "9" * 99}, {"to": "-1"}])
def test_rounds_that_are_not_there(client, launch, manager, refused_round, asked):
    assert compare(client, launch, **asked).status_code == 404


def test_a_launch_without_rounds_has_none_to_compare(client, launch, manager):
    assert compare(client, launch).status_code == 404


def test_the_receipt_lists_own_conditions_and_those_of_others(client, launch):
    make_round(launch)
    first, second = launch.slots.executive()
    make_vote(first, vote=Vote.GO_CONDITIONAL, conditions=[make_wish("First of all")])
    holder = make_holder(second)
    vote = make_vote(second, holder, Vote.GO_CONDITIONAL, conditions=[make_wish("And then")])
    client.force_login(holder)

    response = client.get(vote.get_absolute_url())

    own, other = response.context["page"].conditions
    assert (own.text, own.note) == ("And then", "")
    assert (other.text, other.note.startswith("asked for by")) == ("First of all", True)
    assert "Decision" in response.text
