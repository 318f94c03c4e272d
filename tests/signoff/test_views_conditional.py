"""Voting GO with conditions on its page: rows, more rows, errors beside their fields."""

import pytest
from django.urls import reverse

from checklist.rules import Classification, ItemStatus
from signoff.models import Condition, Signature
from signoff.rules import Vote
from tests.factories.conditions import make_wish
from tests.factories.launches import make_appointment, make_holder, make_participant, set_items
from tests.factories.people import PASSWORD, make_auditor, make_user
from tests.factories.signatures import (
    make_ready_launch,
    make_round,
    make_signature,
    make_vote,
    seen_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch():
    launch = make_ready_launch({"items": ("Audit",)}, executives=2)
    make_round(launch)
    return launch


@pytest.fixture
def slot(launch):
    return launch.slots.executive().first()


@pytest.fixture
def holder(slot, client):
    holder = make_holder(slot)
    client.force_login(holder)
    return holder


def url_of(slot):
    return reverse("signoff:vote", args=[slot.launch.slug, slot.pk])


def row(owner, text="Rotate the keys", due_on="2099-12-12", before_launch="yes"):
    return {"text": text, "owner": owner.pk, "due_on": due_on, "before_launch": before_launch}


def sent(slot, *rows, vote="conditional", initial=0, **fields):
    posted = {"vote": vote, "seen": seen_in(slot), "password": PASSWORD, "comment": ""} | fields
    posted |= {"conditions-TOTAL_FORMS": len(rows), "conditions-INITIAL_FORMS": initial}
    return posted | {f"conditions-{n}-{k}": v for n, row in enumerate(rows) for k, v in row.items()}


EMPTY = {"text": "", "owner": "", "due_on": "", "before_launch": "yes"}


def row_errors(response):
    return [
        {name: [e.code for e in found.as_data()] for name, found in row.errors.items()}
        for row in response.context["conditions"]
    ]


def test_the_page_offers_three_empty_rows_and_three_sentences(client, slot, holder):
    response = client.get(url_of(slot))

    assert len(response.context["conditions"].forms) == 3
    text = response.text
    assert "GO with conditions" in text
    assert text.count('name="vote"') == 3
    assert "on the conditions that are named here." in text


def test_voting_go_with_conditions(client, slot, holder):
    rows = [row(holder), EMPTY, row(holder, "Write it down", before_launch="no")]

    response = client.post(url_of(slot), sent(slot, *rows), follow=True)

    first, second = Condition.objects.order_by("position")
    assert (first.text, first.owner, str(first.due_on)) == ("Rotate the keys", holder, "2099-12-12")
    assert (first.before_launch, second.before_launch) == (True, False)
    assert "Your vote is cast: GO with conditions." in response.text
    assert "Rotate the keys" in response.text
    assert "by Sat 12 Dec 2099, before the launch" in response.text


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"text": ""}, {"text": ["required"]}),
        ({"owner": ""}, {"owner": ["required"]}),
        ({"owner": "nobody"}, {"owner": ["invalid_choice"]}),
        ({"due_on": ""}, {"due_on": ["required"]}),
        ({"due_on": "soon"}, {"due_on": ["invalid"]}),
        ({"due_on": "1999-01-01"}, {"due_on": ["year"]}),
        ({"due_on": "2020-01-01"}, {"due_on": ["condition_due_past"]}),
        ({"before_launch": "maybe"}, {"before_launch": ["invalid_choice"]}),
    ],
)
def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(
    client, slot, holder, fields, errors
):
    rows = [row(holder, "First of all"), EMPTY, row(holder) | fields]

    response = client.post(url_of(slot), sent(slot, *rows, comment="Well then."))

    assert row_errors(response) == [{}, {}, errors]
    assert not Signature.objects.filter(act="vote").exists()
    assert "First of all" in response.text
    assert "Well then." in response.text
    assert PASSWORD not in response.text


def test_conditions_that_were_written_are_never_dropped_by_a_plain_go(client, slot, holder):
    response = client.post(url_of(slot), sent(slot, row(holder), vote="go"))

    assert "You have written conditions." in response.text
    assert not Signature.objects.filter(act="vote").exists()


def test_no_go_is_given_whatever_is_written(client, slot, holder):
    client.post(url_of(slot), sent(slot, {"text": "Half a"}, vote="no_go", comment="No."))

    assert Signature.objects.get(act="vote").vote == "no_go"
    assert not Condition.objects.exists()


def test_go_with_conditions_without_one_says_so(client, slot, holder):
    for posted in (sent(slot, EMPTY), sent(slot) | {"conditions-TOTAL_FORMS": "x"}):
        response = client.post(url_of(slot), posted)

        assert response.status_code == 200
        assert not Signature.objects.filter(act="vote").exists()
    response = client.post(url_of(slot), sent(slot, EMPTY))
    assert "GO with conditions needs at least one." in response.text


def test_add_another_keeps_what_was_typed_and_votes_for_nothing(client, slot, holder):
    rows = [row(holder, due_on="soon"), EMPTY, row(holder, "Write it down", before_launch="no")]
    posted = sent(slot, *rows, comment="Well then.") | {"more": "1"}
    del posted["vote"]

    response = client.post(url_of(slot), posted)

    forms = response.context["conditions"].forms
    assert [form["text"].value() or "" for form in forms] == [
        "Rotate the keys",
        "Write it down",
        "",
        "",
        "",
    ]
    assert forms[0]["due_on"].value() == "soon"
    assert forms[1]["before_launch"].value() == "no"
    assert row_errors(response) == [{}] * 5
    assert "Well then." in response.text
    assert PASSWORD not in response.text
    assert not Signature.objects.filter(act="vote").exists()


def test_pressing_add_another_with_a_vote_beside_it_votes_for_nothing(client, slot, holder):
    client.post(url_of(slot), sent(slot, row(holder)) | {"more": "1"})

    assert not Signature.objects.filter(act="vote").exists()


def test_more_rows_than_there_may_be_are_refused(client, slot, holder):
    response = client.post(url_of(slot), sent(slot, *[row(holder)] * 22))

    assert response.context["conditions"].non_form_errors()
    assert not Signature.objects.filter(act="vote").exists()


def test_what_one_asked_for_is_filled_in_when_one_votes_again(client, launch, slot, holder):
    wish = make_wish(owner=holder, before_launch=True)
    make_vote(slot, holder, Vote.GO_CONDITIONAL, conditions=[wish, make_wish("Left out", holder)])
    set_items(launch.sections.get(), status=ItemStatus.NA, na_reason="Elsewhere.")
    make_signature(launch.sections.get().slots.get())

    forms = client.get(url_of(slot)).context["conditions"].forms
    rows = [
        {name: form[name].value() for name in ("text", "owner", "due_on", "before_launch")}
        for form in forms[:2]
    ]
    rows[1]["DELETE"] = "on"
    client.post(url_of(slot), sent(slot, *rows, initial=2))

    assert len(forms) == 5
    assert [row["text"] for row in rows] == ["Rotate the keys", "Left out"]
    (condition,) = Condition.objects.filter(ended="")
    assert condition.text == "Rotate the keys"


def test_owners_are_who_takes_part_in_this_launch(client, launch, slot, holder):
    launch.classification = Classification.RESTRICTED
    launch.save()
    team = launch.sections.get().teams.get()
    member, guest, second = make_user(team), make_participant(launch).user, make_user()
    make_appointment(slot.authorities.get(), second)
    strangers = make_user(), make_auditor(), make_user(team, is_active=False)

    field = client.get(url_of(slot)).context["conditions"].forms[0].fields["owner"]

    offered = {value for value, _label in field.choices}
    assert {str(person.pk) for person in (member, guest, second, holder)} <= offered
    assert offered.isdisjoint({str(person.pk) for person in strangers})


def test_the_conditions_of_others_are_listed_beside_the_vote(client, launch, slot, holder):
    other = launch.slots.executive().last()
    make_vote(other, vote=Vote.GO_CONDITIONAL, conditions=[make_wish("Staff the desk")])

    response = client.get(url_of(slot))

    assert [line.text for line in response.context["page"].others] == ["Staff the desk"]
    assert "Staff the desk" in response.text


def test_where_go_is_refused_no_conditions_are_asked_for(client, launch, slot, holder):
    set_items(launch.sections.get(), status=ItemStatus.NOT_DONE)

    response = client.get(url_of(slot))

    page = response.context["page"]
    assert (page.can_go, page.can_condition, page.can_refuse) == (False, False, True)
    assert "Add another" not in response.text


def test_who_may_not_vote_is_shown_no_rows(client, slot):
    client.force_login(make_user())

    assert "Add another" not in client.get(url_of(slot)).text


def test_whoever_voted_may_say_go_with_conditions_instead(client, slot, holder):
    make_vote(slot, holder)

    page = client.get(url_of(slot)).context["page"]

    assert (page.can_go, page.can_condition, page.can_refuse) == (False, True, True)


def test_a_vote_whose_conditions_stand_may_become_a_plain_go(client, slot, holder):
    make_vote(slot, holder, Vote.GO_CONDITIONAL, conditions=[make_wish(owner=holder)])

    page = client.get(url_of(slot)).context["page"]

    assert (page.can_go, page.can_condition, page.can_refuse) == (True, True, True)


def test_a_colleague_is_offered_no_go_alone_over_a_vote_that_stands(client, slot):
    make_vote(slot, vote=Vote.GO_CONDITIONAL, conditions=[make_wish()])
    colleague = make_user()
    make_appointment(slot.authorities.get(), colleague)
    client.force_login(colleague)

    page = client.get(url_of(slot)).context["page"]

    assert (page.can_go, page.can_condition, page.can_refuse) == (False, False, True)
