"""The pages of conditions: the list, one of them, doing, taking back, lifting; and My work."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from signoff.models import Condition
from signoff.rules import Ending, Vote
from tests.factories.conditions import make_condition, make_wish
from tests.factories.launches import make_launch, manager_of
from tests.factories.people import PASSWORD, make_auditor, make_user
from tests.factories.signatures import make_ready_launch, make_round, make_vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    return make_launch()


@pytest.fixture
def condition(launch):
    return make_condition(launch, owner=make_user(), asked_by=make_user())


@pytest.fixture
def owner(condition, client):
    client.force_login(condition.owner)
    return condition.owner


def list_of(client, launch):
    return client.get(reverse("signoff:conditions", args=[launch.slug]))


def url(condition, name="condition"):
    return reverse(f"signoff:{name}", args=[condition.launch.slug, condition.pk])


# The list


def test_a_launch_without_conditions_says_what_will_be_here(client, launch):
    client.force_login(make_user())

    assert "When an executive votes GO with conditions" in list_of(client, launch).text


def test_conditions_are_told_by_how_they_stand(client, launch):
    client.force_login(make_auditor())
    who, now = make_user(), timezone.now()
    make_condition(launch, text="Later")
    make_condition(launch, text="Late", due_on=now.date() - timedelta(days=3))
    make_condition(launch, text="Kept", done_at=now, done_by=who, done_note="In time.")
    ended = {"ended": "lifted", "ended_at": now, "ended_by": who, "ended_reason": "A slip."}
    make_condition(launch, text="Lifted", **ended)

    response = list_of(client, launch)

    groups = response.context["page"].groups
    assert {g.key: [line.text for line in g.lines] for g in groups} == {
        "open": ["Late", "Later"],
        "done": ["Kept"],
        "ended": ["Lifted"],
    }
    assert "Overdue" in response.text
    assert "In time." in response.text
    assert "A slip." in response.text


def test_what_is_to_be_done_before_the_launch_comes_first(client):
    launch = make_ready_launch()
    make_round(launch)
    soon = timezone.now().date() + timedelta(days=1)
    wishes = [make_wish("Afterwards", due_on=soon), make_wish("Before", before_launch=True)]
    make_vote(launch.slots.executive().get(), vote=Vote.GO_CONDITIONAL, conditions=wishes)
    client.force_login(make_user())

    (group,) = list_of(client, launch).context["page"].groups

    assert [line.text for line in group.lines] == ["Before", "Afterwards"]


# One of them


def test_its_owner_marks_it_as_done(client, condition, owner):
    assert "Mark as done" in client.get(url(condition)).text

    response = client.post(url(condition), {"note": "Rotated on Tuesday."}, follow=True)

    assert "The condition is done." in response.text
    assert Condition.objects.get().done_note == "Rotated on Tuesday."
    assert "Done, says" in client.get(url(condition)).text


def test_a_note_is_needed(client, condition, owner):
    response = client.post(url(condition), {"note": " "})

    assert "Say how it was done." in response.text
    assert Condition.objects.get().done_at is None


def test_who_does_it_twice_is_told(client, condition, owner):
    client.post(url(condition), {"note": "Rotated."})

    response = client.post(url(condition), {"note": "Again."})

    assert "This condition is done already." in response.text
    assert Condition.objects.get().done_note == "Rotated."


def test_it_is_taken_back(client, condition, owner):
    client.post(url(condition), {"note": "Rotated."})
    assert "It is not done after all" in client.get(url(condition)).text

    response = client.post(url(condition, "condition-reopen"), follow=True)
    again = client.post(url(condition, "condition-reopen"), follow=True)

    assert "The condition is open again." in response.text
    assert "This condition is not done." in again.text


def test_everybody_else_reads_whom_it_waits_for(client, condition):
    client.force_login(make_user())

    response = client.get(url(condition))

    assert f"{condition.owner} or a launch manager says that it is done." in response.text
    assert 'name="note"' not in response.text
    assert client.post(url(condition), {"note": "Done."}).status_code == 403
    assert client.post(url(condition, "condition-reopen")).status_code == 403


def test_a_condition_of_another_launch_is_not_here(client, condition, owner):
    other = reverse("signoff:condition", args=[make_launch().slug, condition.pk])

    assert client.get(other).status_code == 404


def test_reopening_what_approval_rests_on_says_so_beforehand(client):
    launch = make_ready_launch()
    make_round(launch)
    wish = make_wish(before_launch=True)
    make_vote(launch.slots.executive().get(), vote=Vote.GO_CONDITIONAL, conditions=[wish])
    condition = Condition.objects.get()
    client.force_login(wish.owner)
    client.post(url(condition), {"note": "Rotated."})

    assert "The launch is then approved no longer." in client.get(url(condition)).text


# Lifting


def test_whoever_asked_lifts_it_with_a_password_and_a_reason(client, condition):
    client.force_login(condition.asked_by)
    assert "Lift this condition" in client.get(url(condition)).text
    lift = url(condition, "condition-lift")

    wrong = client.post(lift, {"reason": "A slip.", "password": "not it"})
    silent = client.post(lift, {"reason": "", "password": PASSWORD})
    assert Condition.objects.get().ended == ""
    right = client.post(lift, {"reason": "A slip.", "password": PASSWORD}, follow=True)

    assert (wrong.status_code, silent.status_code) == (200, 200)
    assert "Say why." in silent.text
    assert "The condition is lifted." in right.text
    assert Condition.objects.get().ended == Ending.LIFTED


def test_what_is_done_is_not_lifted(client, launch):
    who = make_user()
    done = {"done_by": who, "done_at": timezone.now(), "done_note": "Done."}
    condition = make_condition(launch, asked_by=who, **done)
    client.force_login(who)

    page = client.get(url(condition, "condition-lift"))
    sent = client.post(
        url(condition, "condition-lift"), {"reason": "A slip.", "password": PASSWORD}
    )

    assert "there is nothing to lift." in page.text
    assert "This condition is done already." in sent.text


def test_a_manager_lifts_nothing_of_who_is_here(client, launch, condition):
    client.force_login(manager_of(launch))

    assert client.get(url(condition, "condition-lift")).status_code == 403


# My work and the launch page


def piles(client):
    return {
        pile.key: pile for pile in client.get(reverse("checklist:my-work")).context["work"].piles
    }


def test_my_work_has_what_i_owe_the_latest_first(client, launch, condition, owner):
    late = timezone.now().date() - timedelta(days=3)
    make_condition(launch, text="Late", owner=owner, due_on=late)
    make_condition(launch, text="Somebody else's")

    tasks = piles(client)["conditions"].tasks

    assert [(task.text, task.is_urgent) for task in tasks] == [
        ("Late", True),
        ("Rotate the keys", False),
    ]
    assert tasks[0].when.startswith("overdue since")
    assert (tasks[1].url, tasks[1].where) == (url(condition), str(launch))
    assert tasks[1].label == "After the launch"


def test_my_work_has_nothing_done_ended_or_of_a_round_that_is_over(client, launch):
    person = make_user()
    ready = make_ready_launch(executives=2)
    make_round(ready)
    first, second = ready.slots.executive()
    make_vote(first, vote=Vote.GO_CONDITIONAL, conditions=[make_wish(owner=person)])
    client.force_login(person)
    assert [task.label for task in piles(client)["conditions"].tasks] == ["After the launch"]

    make_vote(second, vote=Vote.NO_GO)

    assert "conditions" not in piles(client)


def test_the_launch_page_says_how_many_are_open(client, launch, condition, owner):
    response = client.get(launch.get_absolute_url())

    line = response.context["page"].decision
    assert line.conditions.startswith("1 condition open, due ")
    assert line.conditions_url == reverse("signoff:conditions", args=[launch.slug])
    assert line.conditions in response.text


def test_the_activity_tells_what_became_of_a_condition(client, launch, condition, owner):
    client.post(url(condition), {"note": "Rotated on Tuesday."})

    text = client.get(reverse("checklist:activity", args=[launch.slug])).text

    assert "Condition “Rotate the keys”" in text
    assert "done_by" not in text
    assert "Rotated on Tuesday." in text
