"""The pages of a launch's life: what they say, what they send on, what they refuse in words."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from checklist.actions.items import set_status
from checklist.actions.life import postpone, resume
from checklist.forms.launches import PortfolioFilter
from checklist.models import Launch
from checklist.pages.life import offers
from checklist.pages.portfolio import portfolio
from checklist.rules import ItemStatus, LaunchState, Phase, Step
from checklist.tokens import token_of
from checklist.verdict_words import due_words, moved_words
from signoff.models import Condition, Signature
from tests.factories.launches import make_launch, make_lead, make_member, manager_of
from tests.factories.people import make_admin, make_auditor, make_team, make_user
from tests.signoff.acting import (
    make_go_launch,
    make_round,
    make_signed_launch,
    reread,
    vote_if,
    withdraw,
)
from tests.signoff.living import (
    AFTER,
    WHY,
    live,
    make_closed_launch,
    make_launch_in,
    make_live_launch,
    make_rolled_back_launch,
    make_unapproved_launch,
)

pytestmark = pytest.mark.django_db
PAGES = {
    "checklist:postpone": LaunchState.IN_REVIEW,
    "checklist:resume": LaunchState.POSTPONED,
    "checklist:roll-back": LaunchState.LIVE,
    "signoff:go-live": LaunchState.IN_REVIEW,
    "signoff:relaunch": LaunchState.ROLLED_BACK,
    "signoff:close": LaunchState.LIVE,
    "signoff:cancel": LaunchState.DRAFT,
}


def at(launch, name="checklist:launch"):
    return reverse(name, args=[launch.slug])


def signed_in(client, launch, user=None):
    client.force_login(user or manager_of(launch))
    return client


def text_of(response):
    return re.sub(r"\s+", " ", response.text)


def post(client, launch, name, **data):
    return signed_in(client, launch).post(at(launch, name), data)


# The steps


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("state", LaunchState)
def test_a_steps_page_has_its_form_or_says_why_not(client, name, state):
    launch = make_launch_in(state)

    text = signed_in(client, launch).get(at(launch, name)).text

    fits = state is PAGES[name] or (
        name == "signoff:cancel"
        and state in {LaunchState.IN_REVIEW, LaunchState.POSTPONED, LaunchState.ROLLED_BACK}
    )
    assert ('<form class="panel"' in text) is fits
    assert ("Only a" in text or "A launch that is live" in text) is not fits


def test_going_live_by_approval(client):
    launch = make_go_launch({}, *AFTER)
    page = signed_in(client, launch).get(at(launch, "signoff:go-live"))

    response = post(client, launch, "signoff:go-live", moment="")

    assert "It is approved now." in page.text
    assert 'name="reason"' not in page.text
    assert response.url == at(launch, "checklist:post-launch")
    assert reread(launch).state == LaunchState.LIVE


def test_going_live_without_approval_says_beforehand_what_it_does(client):
    launch = make_launch({}, *AFTER)
    page = text_of(signed_in(client, launch).get(at(launch, "signoff:go-live")))

    refused = post(client, launch, "signoff:go-live", reason=" ")
    post(client, launch, "signoff:go-live", reason=WHY)

    assert "in red for ever" in page
    assert '<details class="mb-3" open>' in page
    assert "Nothing was recorded." not in page
    assert '<details class="mb-3" open>' not in text_of(refused)
    assert "2 items are not settled" in page
    assert refused.status_code == 200
    assert reread(launch).live_reason == WHY


def test_what_was_approved_when_the_page_was_read_and_is_no_more(client):
    launch = make_go_launch({}, *AFTER)
    manager = manager_of(launch)
    set_status(launch.sections.first().items.first(), by=manager, status=ItemStatus.NOT_DONE)

    response = post(client, launch, "signoff:go-live", moment="")

    assert reread(launch).state == LaunchState.IN_REVIEW
    assert "in red for ever" in text_of(response)


def test_the_moment_is_on_the_launchs_clocks(client):
    launch = make_launch({}, *AFTER, time_zone="Asia/Tokyo")
    Launch.objects.update(review_opened_at=datetime(2026, 1, 1, tzinfo=UTC))

    page = signed_in(client, launch).get(at(launch, "signoff:go-live"))
    post(client, launch, "signoff:go-live", moment="2026-03-01T09:30", reason=WHY)

    assert "in Asia/Tokyo" in page.text
    assert reread(launch).live_at == datetime(2026, 3, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment", ["2026-03-29T02:30", "2026-10-25T02:30", "soon", "9999-99-99T99:99"]
)
def test_a_moment_that_no_clock_shows_once_is_asked_again(client, moment):
    launch = make_launch({}, *AFTER, time_zone="Europe/Berlin")

    response = post(client, launch, "signoff:go-live", moment=moment, reason=WHY)

    assert response.status_code == 200
    assert reread(launch).state == LaunchState.IN_REVIEW


def test_a_moment_to_come_is_a_sentence(client):
    launch = make_launch({}, *AFTER)
    later = timezone.now() + timedelta(hours=2)

    response = post(
        client, launch, "signoff:go-live", moment=later.strftime("%Y-%m-%dT%H:%M"), reason=WHY
    )

    assert "This moment is still to come." in response.text


def test_rolling_back_and_relaunching(client):
    launch = make_live_launch()

    rolled = post(client, launch, "checklist:roll-back", reason="Too slow.")
    state = reread(launch).state
    back = post(client, launch, "signoff:relaunch", reason="Faster.")

    assert (rolled.url, state) == (at(launch), LaunchState.ROLLED_BACK)
    assert (back.url, reread(launch).state) == (at(launch), LaunchState.IN_REVIEW)


def test_postponing_and_resuming(client):
    launch = make_launch(target_on=date(2090, 6, 1))

    post(client, launch, "checklist:postpone", reason="No vendor.")
    waiting = signed_in(client, launch).get(at(launch))
    post(client, launch, "checklist:resume", target_on="2090-07-01")
    page = client.get(at(launch))

    assert "POSTPONED" in waiting.text
    assert "stands still until" in waiting.text
    assert "first planned for Thu 1 Jun 2090, moved once" in text_of(page)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"target_on": "2090-07-01", "target_time": "09:00"}, (date(2090, 7, 1), time(9))),
        ({"target_on": "2090-07-01", "target_time": ""}, (date(2090, 7, 1), None)),
        ({"target_on": "", "target_time": "09:00"}, (None, None)),
    ],
    ids=["moved", "without its hour", "put off"],
)
def test_the_hour_is_there_already_and_goes_with_its_day(client, said, kept):
    launch = make_launch(target_on=date(2090, 6, 1), target_time=time(9))

    form = signed_in(client, launch).get(at(launch, "checklist:postpone")).context["form"]
    post(client, launch, "checklist:postpone", reason="No vendor.", **said)

    after = reread(launch)
    assert form["target_time"].value() == time(9)
    assert (after.target_on, after.target_time) == kept


def test_a_postponement_without_a_reason_is_asked_again(client):
    launch = make_launch(target_on=date(2090, 6, 1))

    response = post(client, launch, "checklist:postpone", target_on="2090-07-01")

    assert response.status_code == 200
    assert reread(launch).target_on == date(2090, 6, 1)


def test_cancelling(client):
    launch = make_launch()

    page = signed_in(client, launch).get(at(launch, "signoff:cancel"))
    post(client, launch, "signoff:cancel", reason="Not needed.")

    assert "This is final." in page.text
    assert reread(launch).state == LaunchState.CANCELLED


@pytest.mark.parametrize("name", PAGES)
def test_others_do_not_move_it(client, name):
    launch = make_launch({}, *AFTER)

    for person in (make_user(), make_lead(launch.sections.first()), make_auditor()):
        signed_in(client, launch, person)
        assert client.get(at(launch, name)).status_code == 403
        assert client.post(at(launch, name), {"reason": WHY}).status_code == 403


# Closing


def closing(launch, **fields):
    """What the closing form sends for all that is unsettled."""
    values = {
        "reason": "Waits.",
        "owner": manager_of(launch).pk,
        "due_on": "2090-01-01",
    } | fields
    left = launch.items.filter(status="unset").exclude(section__phase=Phase.READINESS)
    return {f"i{token_of(row.pk)}-{name}": v for row in left for name, v in values.items()}


def test_closing_asks_of_each_item_and_makes_conditions(client):
    launch = make_live_launch()

    page = text_of(signed_in(client, launch).get(at(launch, "signoff:close")))
    response = post(client, launch, "signoff:close", **closing(launch))

    assert "3 items are not settled." in page
    assert response.url == at(launch)
    assert Condition.objects.filter(launch=launch, origin="closing").count() == 3
    closed = text_of(client.get(at(launch)))
    assert "It is looked at again on" in closed


def test_what_is_missing_is_said_at_once_and_nothing_lost(client):
    launch = make_live_launch()

    response = post(client, launch, "signoff:close", **closing(launch, owner=""))

    assert response.status_code == 200
    assert response.text.count("Choose who sees to it.") == 3
    assert response.text.count("Waits.") == 3
    assert "Nothing was recorded." in response.text
    assert reread(launch).state == LaunchState.LIVE


def test_a_settled_launch_is_closed_with_a_word(client):
    launch = make_live_launch()
    launch.items.exclude(section__phase=Phase.READINESS).update(status=ItemStatus.DONE)

    page = signed_in(client, launch).get(at(launch, "signoff:close"))
    post(client, launch, "signoff:close", next_review_on="2090-01-01")

    assert "Everything after the launch is settled." in page.text
    assert reread(launch).next_review_on == date(2090, 1, 1)


def test_closing_lists_the_conditions_that_stay(client):
    launch = make_live_launch()
    Condition.objects.create(
        launch=launch,
        origin="closing",
        text="Renew the contract",
        owner=manager_of(launch),
        due_on=date(2090, 1, 1),
        asked_by=manager_of(launch),
        made_by=manager_of(launch),
        made_at=timezone.now(),
    )

    page = text_of(signed_in(client, launch).get(at(launch, "signoff:close")))

    assert "Open conditions, which stay" in page
    assert "Renew the contract" in page


# What pages say


@pytest.mark.parametrize("state", LaunchState)
def test_every_page_of_a_launch_in_every_state(client, state):
    launch = make_launch_in(state)
    names = ["checklist:launch", "checklist:life", "checklist:post-launch", "checklist:items"]
    names += ["signoff:decision", "checklist:activity", "signoff:conditions"]

    for person in (manager_of(launch), make_user()):
        signed_in(client, launch, person)
        assert [client.get(at(launch, name)).status_code for name in names] == [200] * len(names)
    for section in launch.sections.all():
        assert client.get(section.get_absolute_url()).status_code == 200
        assert client.get(section.items.first().get_absolute_url()).status_code == 200
    for signature in Signature.objects.filter(launch=launch):
        assert client.get(signature.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (LaunchState.POSTPONED, "POSTPONED"),
        (LaunchState.LIVE, "LIVE"),
        (LaunchState.ROLLED_BACK, "ROLLED BACK"),
        (LaunchState.CLOSED, "CLOSED"),
        (LaunchState.CANCELLED, "CANCELLED"),
    ],
)
def test_the_state_is_the_first_word(client, state, word):
    launch = make_launch_in(state)

    assert f"</svg>{word}</h2>" in text_of(signed_in(client, launch).get(at(launch)))


def test_without_approval_stays_red_in_every_later_state(client):
    launch = make_unapproved_launch()
    seen = []
    for move in (
        lambda: None,
        lambda: make_rolled_back_launch(launch),
        lambda: post(client, launch, "signoff:relaunch", reason="Faster."),
        lambda: post(client, launch, "signoff:cancel", reason="Enough."),
    ):
        move()
        page = signed_in(client, launch).get(at(launch)).text
        rows = client.get(reverse("checklist:launches")).text
        seen.append(("Went live without approval" in page, "ithout approval" in rows))

    assert seen == [(True, True)] * 4


def test_the_reason_is_said_while_it_is_live(client):
    launch = make_unapproved_launch()

    assert WHY in signed_in(client, launch).get(at(launch)).text


def test_what_was_withdrawn_afterwards_is_said_on_launch_and_receipt(client):
    launch = make_live_launch()
    for slot in launch.slots.all():
        withdraw(Signature.objects.get(pk=slot.signature))
    signature = Signature.objects.get(pk=launch.slots.executive().get().signature)

    page = text_of(signed_in(client, launch).get(at(launch)))
    receipt = text_of(client.get(signature.get_absolute_url()))
    life = client.get(at(launch, "checklist:life"))

    assert page.count("withdrawn after going live") >= 2
    assert "Withdrawn after going live" in receipt
    assert "LIVE" in life.text


def test_a_vote_says_that_the_launch_went_live_by_it(client):
    launch = make_live_launch()
    signature = Signature.objects.get(act="vote", launch=launch)

    assert (
        "The launch went live by it."
        in signed_in(client, launch).get(signature.get_absolute_url()).text
    )


def make_conditional_launch():
    launch = make_signed_launch()
    make_round(launch)
    vote_if(launch.slots.executive().get())
    return live(reread(launch))


def make_undecided_launch():
    launch = make_signed_launch()
    make_round(launch)
    return live(launch, reason=WHY)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (make_live_launch, "Went live by GO"),
        (make_conditional_launch, "Went live by GO with conditions"),
        (make_undecided_launch, "Ended by going live"),
    ],
    ids=["GO", "GO with conditions", "undecided"],
)
def test_the_round_that_it_went_live_by_says_what_it_came_to(client, make, words):
    launch = reread(make())

    overview = signed_in(client, launch).get(at(launch)).context["page"]
    decision = client.get(at(launch, "signoff:decision")).context["page"]

    assert [overview.decision.label, decision.round.label] == [words, words]


def test_the_life_tells_its_steps(client):
    launch = make_unapproved_launch(target_on=date(2090, 6, 1))
    make_closed_launch(launch)

    text = text_of(signed_in(client, launch, make_user()).get(at(launch, "checklist:life")))

    for word in ("Review opened", "Went live without approval", "Closed", WHY):
        assert word in text
    assert "What next" not in text


def test_the_life_tells_dates_and_when_it_was_recorded(client):
    launch = make_launch({}, *AFTER, target_on=date(2090, 6, 1), target_time=time(9, 30))
    manager = manager_of(launch)
    postpone(launch, by=manager, reason=WHY, target_on=date(2090, 7, 1))
    launch = reread(postpone(launch, by=manager, reason="Nobody knows."))
    resume(launch, by=manager)
    early = timezone.now() - timedelta(days=2)
    Launch.objects.filter(pk=launch.pk).update(review_opened_at=early)
    live(launch, moment=early + timedelta(days=1), reason=WHY)

    text = text_of(signed_in(client, launch).get(at(launch, "checklist:life")))

    assert "Target: Thu 1 Jun 2090, 09:30 UTC → Sat 1 Jul 2090" in text
    assert "Target: Sat 1 Jul 2090 → none" in text
    assert "Postponed without a new date" in text
    assert "recorded " in text


def test_what_is_over_waits_for_nobody(client):
    launch = make_unapproved_launch()

    text = text_of(signed_in(client, launch).get(at(launch)))

    assert "Waiting on" not in text
    assert "Not signed, and waiting for nobody any more" in text


def test_an_operator_sees_that_it_went_live_without_approval(client):
    launch = make_unapproved_launch()
    client.force_login(make_admin())

    page = client.get(reverse("admin:checklist_launch_change", args=[launch.pk]))

    assert "LIVE WITHOUT APPROVAL. Went live without approval" in page.text


@pytest.mark.parametrize("state", LaunchState)
def test_every_step_is_offered_or_says_why_not(state):
    found = offers(make_launch_in(state))

    assert len(found.possible) + len(found.impossible) == len(Step) - 1
    assert all(row.url and row.label for row in found.possible)
    assert all(row.why_not for row in found.impossible)


def test_managers_alone_are_offered_steps(client):
    launch = make_launch()

    theirs = signed_in(client, launch).get(at(launch)).text
    others = signed_in(client, launch, make_lead(launch.sections.get())).get(at(launch)).text

    assert ("What next" in theirs, "What next" in others) == (True, False)


# After the launch


def test_before_it_is_live_the_tasks_are_read_only_and_say_why(client):
    launch = make_launch({}, *AFTER)

    page = text_of(signed_in(client, launch).get(at(launch, "checklist:post-launch")))

    assert "it can be set once the launch is live" in page
    assert "within 24 hours of going live" in page
    assert 'name="set"' not in page


def test_a_click_sets_a_task_and_comes_back(client):
    launch = make_live_launch()
    item = launch.items.filter(section__phase=Phase.POST_LAUNCH).first()
    url = reverse("checklist:section-status", args=[launch.slug, item.section.number])
    data = {"set": f"{token_of(item.pk)}:unset:not_done", "back": "post-launch"}

    response = signed_in(client, launch).post(url, data)

    assert response.url == f"{at(launch, 'checklist:post-launch')}#i-{token_of(item.pk)}"
    assert reread(item).status == ItemStatus.NOT_DONE
    assert reread(launch).state == LaunchState.LIVE


def test_what_is_overdue_is_listed_with_who_answers(client):
    team = make_team("Support")
    after = ({"phase": Phase.POST_LAUNCH, "items": ("Call the desk",)},)
    launch = make_go_launch({}, *after)
    launch.items.filter(text="Call the desk").update(team=team)
    launch = client_live(client, launch)
    Launch.objects.filter(pk=launch.pk).update(live_at=timezone.now() - timedelta(hours=25))

    page = text_of(client.get(at(launch, "checklist:post-launch")))

    assert "Overdue" in page
    assert "overdue since" in page
    assert "Support" in page


def client_live(client, launch):
    post(client, launch, "signoff:go-live")
    return reread(launch)


def test_no_tasks_is_said_kindly(client):
    launch = make_launch()

    page = signed_in(client, launch).get(at(launch, "checklist:post-launch"))

    assert "Nothing to do after the launch" in page.text


def test_my_work_has_what_can_be_set_now(client):
    launch = make_go_launch({}, *AFTER)
    member = make_user(launch.owner_team)

    before = signed_in(client, launch, member).get("/").text
    client_live(client, launch)
    after = signed_in(client, launch, member).get("/").text

    assert ("Section 2" in before, "Section 2" in after) == (False, True)
    assert "due in 23 h" in after


def test_readiness_of_what_is_live_is_nobodys_work(client):
    launch = make_unapproved_launch()
    member = make_member(launch.sections.first())

    page = signed_in(client, launch, member).get("/").text

    assert "Section 1" not in page


def test_the_portfolio_sorts_by_what_is_due_next():
    manager = make_user()
    later = make_launch(target_on=date(2090, 6, 1))
    live = make_live_launch()
    cancelled = make_launch_in(LaunchState.CANCELLED)

    page = portfolio(PortfolioFilter({}), QueryDict(""), user=manager, now=timezone.now())

    assert [row.launch for row in page.rows] == [live, later, cancelled]


@pytest.mark.parametrize("tone", ["live", "unapproved", "closed"])
def test_the_portfolio_filters_by_state(tone):
    made = {
        "live": make_live_launch,
        "unapproved": make_unapproved_launch,
        "closed": make_closed_launch,
    }
    launches = {name: make() for name, make in made.items()}
    query = QueryDict(f"tone={tone}")

    page = portfolio(PortfolioFilter(query), query, user=make_user(), now=timezone.now())

    assert [row.launch for row in page.rows] == [launches[tone]]


# Words


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=6), "due in 6 days"),
        (timedelta(hours=47), "due in 47 h"),
        (timedelta(hours=5, minutes=20), "due in 5 h"),
        (timedelta(minutes=40), "due in 40 min"),
        (timedelta(seconds=5), "due in 1 min"),
        (timedelta(), "overdue since Mon 1 Jun 12:00 UTC"),
        (-timedelta(hours=2), "overdue since Mon 1 Jun 10:00 UTC"),
    ],
)
def test_a_deadline_reads_as_a_clock(left, words):
    assert due_words(NOW + left, NOW, UTC) == words


def test_a_target_that_was_never_moved_says_nothing():
    launch = make_launch(target_on=date(2090, 6, 1))

    assert moved_words(launch) == ""
    postpone(launch, by=manager_of(launch), reason=WHY, target_on=date(2090, 7, 1))
    assert moved_words(reread(launch)) == "first planned for Thu 1 Jun 2090, moved once"


def test_the_facts_of_what_is_live_tell_no_target_any_more(client):
    launch = make_live_launch(
        target_on=date(2090, 6, 1), target_time=time(14), time_zone="Asia/Tokyo"
    )
    client.force_login(manager_of(launch))

    text = client.get(launch.get_absolute_url()).text
    facts = text[text.index('id="facts"') :]

    assert "live since" in facts
    assert "(Asia/Tokyo)" not in facts
    assert "for you" not in facts
