"""The decision page, and what managers do about rounds."""

import pytest
from django.urls import reverse

from checklist.pages.turns import moment
from checklist.rules import Classification, ItemStatus
from signoff.actions import cancel_round, withdraw
from signoff.models import Round
from signoff.rules import RoundState, Vote
from tests.factories.launches import (
    make_appointment,
    make_holder,
    make_launch,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_auditor, make_authority, make_user
from tests.factories.signatures import (
    ask,
    make_ready_launch,
    make_return,
    make_round,
    make_signature,
    make_vote,
    presence_of,
)

pytestmark = pytest.mark.django_db

YES = {"complete": "yes", "acceptable": "yes", "assessed": "yes"}
NO = {"complete": "no", "acceptable": "no", "assessed": "no"}


@pytest.fixture
def launch():
    return make_ready_launch({"items": ("Audit",)}, executives=2)


@pytest.fixture
def manager(launch, client):
    manager = manager_of(launch)
    client.force_login(manager)
    return manager


def url(name, launch):
    return reverse(f"signoff:{name}", args=[launch.slug])


def page_of(client, launch, name="decision"):
    return client.get(url(name, launch)).context["page"]


def cards(client, launch):
    return page_of(client, launch).cards


def errors(response):
    form = response.context["form"]
    return {name: [e.code for e in found.as_data()] for name, found in form.errors.items()}


# The page


def test_before_the_first_round_the_page_says_so(client, launch, manager):
    page = page_of(client, launch)

    assert page.round is None
    assert [row.given for row in page.questions] == ["Not answered yet"] * 3
    assert [(tool.label, tool.why_not) for tool in page.tools] == [("Open a round", "")]
    assert [card.word for card in page.cards] == ["No vote", "No vote"]


def test_who_does_not_manage_is_offered_nothing(client, launch):
    client.force_login(make_auditor())

    response = client.get(url("decision", launch))

    assert response.context["page"].tools == []
    assert "A launch manager opens a round" in response.text


def test_a_draft_says_why_no_round_can_be_opened(client):
    launch = make_launch(executive=[[make_authority()]], in_review=False)
    client.force_login(manager_of(launch))

    [tool] = page_of(client, launch).tools

    assert tool.why_not.startswith("The launch is not in review yet")


def test_the_verdict_comes_first(client, launch, manager):
    text = client.get(url("decision", launch)).text

    assert text.index("READY TO DECIDE") < text.index("No round yet")


def test_an_open_slot_says_whom_it_waits_for_and_since_when(client, launch, manager):
    round_ = make_round(launch)
    slot = launch.slots.executive().first()
    make_holder(slot, full_name="Elin Sandberg")

    first, second = cards(client, launch)

    assert (first.wait.whom, first.wait.since) == (
        f"Elin Sandberg ({slot.authorities.get()})",
        round_.opened_at,
    )
    assert second.wait.nobody.startswith("Nobody holds ")
    assert first.chance.url == ""


def test_a_vote_is_told_with_its_reason_and_receipt(client, launch, manager):
    make_round(launch)
    slot = launch.slots.executive().first()
    vote = make_vote(slot, comment="On Friday morning.")

    card, _other = cards(client, launch)

    assert (card.word, card.tone, card.vote.reason) == ("GO", "go", "On Friday morning.")
    assert card.vote.receipt == vote.get_absolute_url()
    assert page_of(client, launch).votes == "The votes: 1 GO, 1 not cast."


def test_only_a_holder_is_offered_to_vote(client, launch):
    make_round(launch)
    slot = launch.slots.executive().first()
    client.force_login(make_holder(slot))

    mine, other = cards(client, launch)

    assert mine.chance.url == reverse("signoff:vote", args=[launch.slug, slot.pk])
    assert (mine.chance.blockers, other.chance.url, mine.wait.is_you) == (0, "", True)


def test_whoever_has_voted_is_offered_no_second_slot(client, launch):
    make_round(launch)
    first, second = launch.slots.executive()
    holder = make_holder(first)
    make_appointment(second.authorities.get(), holder)
    make_vote(first, holder)
    client.force_login(holder)

    mine, other = cards(client, launch)

    assert mine.chance.label == "Change this vote"
    assert (other.chance.url, other.chance.why_not) == (
        "",
        "You have voted in another executive slot of this round.",
    )


def test_while_something_blocks_the_card_says_why_go_is_refused(client, launch):
    make_round(launch)
    set_items(launch.sections.get(), status=ItemStatus.ATTENTION)
    client.force_login(make_holder(launch.slots.executive().first()))

    response = client.get(url("decision", launch))

    assert response.context["page"].cards[0].chance.blockers == 2
    assert "NO-GO is open to you." in response.text


def test_blockers_link_to_their_rows_and_say_who_may_mend(client):
    launch = make_launch({"items": ("Audit",)}, {"items": ("Speed",)}, {"items": ()})
    slot = ask(launch.sections.get(number="2"))
    make_holder(slot, full_name="Rui Chen")
    client.force_login(make_user())

    found = page_of(client, launch).blockers

    section = launch.sections.get(number="1")
    team = section.teams.get()
    assert [(gap.text, gap.url, gap.who) for gap in found[:3]] == [
        (
            "1. Section 1: 1 item is not settled.",
            f"{section_url(section)}?status=outstanding",
            str(team),
        ),
        (
            "1. Section 1 is not signed: its signature has not been asked for yet.",
            section_url(section),
            f"A lead of {team} asks",
        ),
        (
            "2. Section 2 is not signed yet.",
            reverse("signoff:sign", args=[launch.slug, "2"]),
            f"Waiting on Rui Chen ({slot.authorities.get()}) since {moment(slot.section.asked_at)}",
        ),
    ]


def section_url(section):
    return reverse("checklist:section", args=[section.launch.slug, section.number])


def test_a_blocker_that_waits_for_nobody_says_so(client):
    launch = make_launch({"items": ("Audit",)})
    ask(launch.sections.get())
    client.force_login(make_user())

    [gap] = page_of(client, launch).blockers

    authority = launch.slots.get().authorities.get()
    assert gap.who == f"Nobody holds {authority}: ask an admin to appoint somebody."


def test_a_launch_without_sections_says_so(client):
    launch = make_launch({"items": ("Later",), "phase": "review"})
    client.force_login(make_user())

    [gap] = page_of(client, launch).blockers

    assert (gap.text, gap.url) == (
        "This launch has no readiness sections.",
        launch.get_absolute_url(),
    )


def test_answers_that_differ_from_what_is_derived_are_marked(client, launch, manager):
    answers = YES | {"complete": "no", "complete_reason": "One more is coming."}
    client.post(url("open-round", launch), answers)

    rows = page_of(client, launch).questions

    assert [(row.given, row.reason, row.differs) for row in rows] == [
        ("No", "One more is coming.", True),
        ("Yes", "", False),
        ("Yes", "", False),
    ]
    assert rows[2].derived == "Nothing to derive it from: no risks are recorded here."


def test_derived_answers_count_what_is_outstanding(client):
    launch = make_launch({"items": ("Audit", "Keys")})
    client.force_login(make_user())

    rows = page_of(client, launch).questions

    assert [row.derived for row in rows[:2]] == [
        "No: 2 of 2 items are outstanding.",
        "No: 2 items are outstanding, and nobody has accepted them.",
    ]


def test_a_go_that_went_stale_is_told_with_what_changed_beneath_it(client, launch, manager):
    make_round(launch)
    for slot in launch.slots.executive():
        make_vote(slot)
    section = launch.sections.get()
    set_items(section, status=ItemStatus.NA, na_reason="Elsewhere.", note="See the ticket.")
    make_signature(section.slots.get())

    page = page_of(client, launch)

    assert [card.word for card in page.cards] == ["GO, to affirm again"] * 2
    assert page.cards[0].wait.since == launch.slots.executive().first().stale_since is not None
    assert [line.text for line in page.cards[0].changes.material] == [
        "1.1 Audit: done → N/A, “Elsewhere.”"
    ]
    assert page.cards[0].changes.notes_heading == "1 note edited since"
    assert page.votes == "The votes: 2 to affirm again."
    assert [tool.label for tool in page.tools] == ["Change the answers"]


def test_changed_answers_are_what_a_vote_went_stale_by(client, launch, manager):
    make_round(launch)
    make_vote(launch.slots.executive().first())
    client.post(url("answers", launch), YES | {"assessed": "no"})

    card, _other = cards(client, launch)

    assert [line.text for line in card.changes.material] == ["Risk assessment completed? yes → no"]


def test_withdrawn_and_replaced_votes_stay_on_the_page(client, launch, manager):
    make_round(launch)
    slot = launch.slots.executive().first()
    vote = make_vote(slot)
    withdraw(vote, presence=presence_of(vote.signer), comment="Too early.")

    page = page_of(client, launch)

    assert page.cards[0].word == "Not cast"
    assert [(row.word, row.reason) for row in page.replaced] == [
        ("GO", ""),
        ("Withdrawn", "Too early."),
    ]


def test_earlier_rounds_are_told_with_votes_reasons_and_what_changed(client, launch, manager):
    make_round(launch)
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO, comment="Keys were shared.")
    make_round(launch, what_changed="Keys were rotated.")

    response = client.get(url("decision", launch))

    page = response.context["page"]
    [first] = page.history
    assert (first.title, first.label) == ("Round 1", "Ended with NO-GO")
    assert [(row.word, row.reason) for row in first.votes] == [("NO-GO", "Keys were shared.")]
    assert page.round.what_changed == "Keys were rotated."
    assert [card.word for card in page.cards] == ["Not cast", "Not cast"]


def test_a_no_go_is_shown_where_it_was_cast_until_the_next_round(client, launch, manager):
    make_round(launch)
    first, second = launch.slots.executive()
    make_vote(first)
    make_vote(second, vote=Vote.NO_GO)

    page = page_of(client, launch)

    assert [card.word for card in page.cards] == ["GO", "NO-GO"]
    assert page.votes == "The votes: 1 GO, 1 NO-GO."
    assert [tool.label for tool in page.tools] == ["Open a new round"]
    assert page.outcome == "NO-GO"


@pytest.mark.parametrize("name", ["decision", "open-round", "answers", "cancel-round"])
def test_a_restricted_launch_does_not_exist_for_strangers(client, name):
    launch = make_ready_launch(classification=Classification.RESTRICTED)
    make_round(launch)
    client.force_login(make_admin())

    assert client.get(url(name, launch)).status_code == 404


@pytest.mark.parametrize("name", ["open-round", "answers", "cancel-round"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_only_managers_work_on_rounds(client, launch, name, method):
    make_round(launch)
    client.force_login(make_user())

    assert getattr(client, method)(url(name, launch)).status_code == 403


@pytest.mark.parametrize("name", ["answers", "cancel-round"])
def test_without_a_round_there_is_nothing_to_change(client, launch, manager, name):
    assert client.get(url(name, launch)).status_code == 404


# Opening


def test_opening_a_round_leads_to_the_decision(client, launch, manager):
    response = client.post(url("open-round", launch), YES)

    round_ = Round.objects.get()
    assert response.headers["Location"] == url("decision", launch)
    assert (round_.complete, round_.acceptable, round_.assessed) == (True, True, True)


def test_every_question_has_to_be_answered(client, launch, manager):
    response = client.post(url("open-round", launch), {"complete_reason": "Because."})

    assert errors(response) == {name: ["required"] for name in YES}
    assert "Because.</textarea>" in response.text
    assert "Answer yes or no." in response.text


def test_an_answer_that_differs_needs_its_reason_beside_it(client, launch, manager):
    response = client.post(url("open-round", launch), NO)

    assert errors(response) == {
        "complete_reason": ["differs_without_reason"],
        "acceptable_reason": ["differs_without_reason"],
    }
    assert not Round.objects.exists()


def test_after_a_no_go_what_changed_is_asked_for(client, launch, manager):
    make_round(launch)
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO, comment="Keys were shared.")

    page = client.get(url("open-round", launch))
    response = client.post(url("open-round", launch), YES)

    assert "Keys were shared." in page.text
    assert errors(response) == {"what_changed": ["say_what_changed"]}
    client.post(url("open-round", launch), YES | {"what_changed": "Keys were rotated."})
    assert Round.objects.get(number=2).what_changed == "Keys were rotated."


def test_with_blockers_a_round_may_be_opened_and_says_what_that_means(client):
    launch = make_launch({"items": ("Audit",)}, executive=[[make_authority()]])
    client.force_login(manager_of(launch))

    page = client.get(url("open-round", launch))
    client.post(url("open-round", launch), NO)

    assert "the executives can only vote NO-GO" in page.text
    assert Round.objects.get().complete is False


def test_while_a_round_is_open_none_is_opened(client, launch, manager):
    make_round(launch)

    page = client.get(url("open-round", launch))
    response = client.post(url("open-round", launch), YES)

    assert page.context["page"].refusals == ["A round is open already."]
    assert errors(response) == {"__all__": ["round_open"]}
    assert "<form method" not in page.text.partition("<main")[2]


# Changing answers


def test_changing_the_answers_says_beforehand_which_votes_it_voids(client, launch, manager):
    make_round(launch)
    slot = launch.slots.executive().first()
    make_vote(slot, make_holder(slot, full_name="Elin Sandberg"))

    response = client.get(url("answers", launch))

    [voided] = response.context["page"].voids
    assert voided.startswith(f"GO by Elin Sandberg ({slot.authorities.get()}), ")
    assert response.text.count("checked") == 3


def test_changed_answers_are_saved_with_their_reasons(client, launch, manager):
    make_round(launch)
    answers = YES | {"complete": "no", "complete_reason": "One more is coming."}

    response = client.post(url("answers", launch), answers)

    assert response.headers["Location"] == url("decision", launch)
    round_ = Round.objects.get()
    assert (round_.complete, round_.complete_reason) == (False, "One more is coming.")


def test_changed_answers_without_a_reason_are_refused_beside_the_field(client, launch, manager):
    make_round(launch)

    response = client.post(url("answers", launch), YES | {"acceptable": "no"})

    assert errors(response) == {"acceptable_reason": ["differs_without_reason"]}


def test_answers_of_a_round_that_is_over_stay(client, launch, manager):
    make_round(launch)
    make_vote(launch.slots.executive().first(), vote=Vote.NO_GO)

    assert page_of(client, launch, "answers").refusals == ["This round is over."]
    response = client.post(url("answers", launch), YES)
    assert errors(response) == {"__all__": ["round_over"]}


@pytest.mark.parametrize("text", ["x" * 1_000_000, "a\x00b", "\u202egnihton"])
def test_hostile_reasons_are_answered_with_a_page(client, launch, manager, text):
    response = client.post(url("open-round", launch), YES | {"complete_reason": text})

    assert response.status_code in {200, 302}
    assert not Round.objects.filter(complete_reason__contains="\u202e").exists()


# Cancelling


def test_cancelling_says_which_votes_it_voids_and_needs_a_reason(client, launch, manager):
    make_round(launch)
    make_vote(launch.slots.executive().first())

    assert len(page_of(client, launch, "cancel-round").voids) == 1
    response = client.post(url("cancel-round", launch), {"reason": ""})

    assert errors(response) == {"reason": ["required"]}
    assert Round.objects.get().state == RoundState.OPEN


def test_a_cancelled_round_is_told_with_its_reason(client, launch, manager):
    make_round(launch)

    client.post(url("cancel-round", launch), {"reason": "Wrong version."})

    page = page_of(client, launch)
    assert (page.round.label, page.round.close_reason) == ("Cancelled", "Wrong version.")
    assert (page.votes, page.outcome) == ("", "The round was cancelled without a decision")


def test_a_round_that_is_over_is_not_cancelled(client, launch, manager):
    cancel_round(make_round(launch), by=manager, reason="Wrong version.")

    assert page_of(client, launch, "cancel-round").refusals == ["This round is over."]
    response = client.post(url("cancel-round", launch), {"reason": "Again."})
    assert errors(response) == {"__all__": ["round_over"]}


def test_a_returned_section_waits_for_its_team(client, launch, manager):
    make_return(launch.sections.get().slots.get())

    [gap] = page_of(client, launch).blockers

    assert gap.text == "1. Section 1 was returned."
