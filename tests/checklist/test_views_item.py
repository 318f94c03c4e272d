"""An item's drawer: status, note, reason, owner, wording, comments, questions, history."""

import re
from datetime import date

import pytest

from accounts.rules import Role
from checklist.forms.items import fingerprint
from checklist.models import Comment
from checklist.rules import ItemStatus
from checklist.tokens import token_of
from tests.checklist.pages import HTMX, PLAIN, both_ways, hostile, item_url, said, section_url
from tests.factories.launches import (
    make_comment,
    make_holder,
    make_item,
    make_launch,
    make_lead,
    make_member,
    manager_of,
    set_items,
)
from tests.factories.people import make_authority, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def item():
    return make_launch().items.select_related("section__launch", "launch").first()


@pytest.fixture
def lead(item, client):
    person = make_lead(item.section, full_name="Miyu Ito")
    client.force_login(person)
    return person


def post(client, item, name, data, headers=PLAIN, *more):
    return client.post(item_url(item, name, *more), data, headers=headers)


def again(item):
    item.refresh_from_db()
    return item


def note(item, text, seen=None):
    return {"note": text, "seen": fingerprint({"note": item.note if seen is None else seen})}


# The page


def test_the_page_shows_the_item_beside_its_list(client, item, lead):
    page = client.get(item.get_absolute_url())

    assert page.text.count("<h1>") == 1
    assert 'id="drawer"' in page.text
    assert page.text.count('<li class="item"') == 2
    assert page.text.count('aria-current="true"') == 1


def test_over_htmx_it_is_the_drawer_alone(client, item, lead):
    page = client.get(item.get_absolute_url(), headers=HTMX)

    assert 'id="drawer"' in page.text
    assert "<html" not in page.text
    assert 'class="items"' not in page.text


def test_every_form_is_a_plain_form_with_a_token(client, item, lead):
    make_comment(item, "Really?", is_question=True, author=lead)
    item = make_item(item.section, text="Ours")

    page = client.get(item.get_absolute_url())
    drawer = page.text[page.text.index('id="drawer"') : page.text.index('id="check"')]

    assert drawer.count("<form") == drawer.count('method="post"')
    assert drawer.count("<form") == drawer.count("csrfmiddlewaretoken")
    for name in ("status", "note", "assign", "reword", "remove", "comment"):
        assert f'action="{item_url(item, f"item-{name}")}"' in drawer


def test_a_reader_has_no_form_but_the_comments(client, item):
    client.force_login(make_user())

    page = client.get(item.get_absolute_url())

    assert item_url(item, "item-comment") in page.text
    assert item_url(item, "item-note") not in page.text
    assert "comment_is_question" not in page.text


def test_an_auditor_has_no_form_at_all(client, item):
    client.force_login(make_user(role=Role.AUDITOR))

    drawer = client.get(item.get_absolute_url(), headers=HTMX)

    assert "<form" not in drawer.text


@pytest.mark.parametrize("name", ["status", "note", "assign", "reword", "remove"])
def test_a_reader_may_do_nothing_to_it(client, item, name):
    client.force_login(make_user())
    data = {"status": "done", "note": "x", "text": "x", "reason": "x", "na_reason": "x"}

    assert post(client, item, f"item-{name}", data).status_code == 403


def test_an_item_of_another_launch_is_not_found_here(client, item, lead):
    other = make_launch().items.first()

    assert client.get(item_url(item).replace(str(item.pk), str(other.pk))).status_code == 404


def test_a_deleted_items_address_is_not_found(client, item, lead):
    address = item.get_absolute_url()
    item.delete()

    assert client.get(address).status_code == 404


# Status


@both_ways
def test_the_drawer_sets_the_status(client, item, lead, headers):
    post(client, item, "item-status", {"status": "done", "seen": "unset"}, headers)

    assert again(item).status == ItemStatus.DONE


def test_over_htmx_an_answer_brings_the_drawer_its_row_and_the_head(client, item, lead):
    response = post(client, item, "item-status", {"status": "done", "seen": "unset"}, HTMX)

    assert 'id="drawer"' in response.text
    assert f'id="i-{token_of(item.pk)}"' in response.text
    assert 'id="section-head" hx-swap-oob="true"' in response.text
    assert "The status is set." in response.text
    assert response["HX-Trigger"] == "section-changed"


def test_na_with_its_reason(client, item, lead):
    data = {"status": "na", "seen": "unset", "na_reason": "No CDN here"}

    response = post(client, item, "item-status", data)

    assert response.url == item.get_absolute_url()
    assert (again(item).status, item.na_reason) == ("na", "No CDN here")


@both_ways
def test_na_without_a_reason_asks_for_it(client, item, lead, headers):
    response = post(client, item, "item-status", {"status": "na", "seen": "unset"}, headers)

    assert response.status_code == 422
    assert f"Say why {item} does not apply." in response.text.replace("&#x27;", "'")
    assert "Set to N/A" in response.text


@both_ways
def test_two_statuses_are_both_shown(client, item, lead, headers):
    type(item).objects.filter(pk=item.pk).update(status=ItemStatus.DONE)

    data = {"status": "attention", "seen": "unset"}
    response = post(client, item, "item-status", data, headers)

    assert response.status_code == 409
    assert "Keep theirs" in response.text
    assert "Set mine" in response.text
    assert again(item).status == ItemStatus.DONE


@pytest.mark.parametrize("data", [{}, {"status": "gone"}, {"status": "done", "seen": "gone"}])
def test_an_unknown_status_is_a_sentence(client, item, lead, data):
    response = post(client, item, "item-status", data)

    assert response.status_code == 422
    assert again(item).status == ItemStatus.UNSET


def test_the_reason_can_be_said_better(client, item, lead):
    type(item).objects.filter(pk=item.pk).update(status=ItemStatus.NA, na_reason="No")
    data = {"na_reason": "No CDN here", "seen": fingerprint({"na_reason": "No"})}

    post(client, item, "item-na-reason", data)

    assert again(item).na_reason == "No CDN here"


# The note


def test_a_note_is_saved_and_says_when_in_the_readers_zone(client, item, lead):
    response = post(client, item, "item-note", note(item, "Ordered"), HTMX)

    assert again(item).note == "Ordered"
    assert response.text.strip().startswith("Saved ")
    assert f'value="{fingerprint({"note": "Ordered"})}"' in response.text
    assert f'id="i-{token_of(item.pk)}" aria-current="true" hx-swap-oob="true"' in response.text


def test_a_note_without_htmx_leads_back_to_the_item(client, item, lead):
    response = post(client, item, "item-note", note(item, "Ordered"))

    assert (response.url, said(response)) == (item.get_absolute_url(), ["The note is saved."])


def test_a_note_over_a_newer_status_is_no_conflict(client, item, lead):
    data = note(item, "Ordered")
    type(item).objects.filter(pk=item.pk).update(status=ItemStatus.DONE)

    post(client, item, "item-note", data)

    assert (again(item).note, item.status) == ("Ordered", "done")


@both_ways
def test_two_notes_are_both_shown_and_what_was_typed_is_kept(client, item, lead, headers):
    data = note(item, "Mine")
    type(item).objects.filter(pk=item.pk).update(note="Theirs")

    response = post(client, item, "item-note", data, headers)

    assert response.status_code == 409
    assert re.search(r"<blockquote[^>]*>\s*Theirs\s*</blockquote>", response.text)
    assert "Mine</textarea>" in response.text
    assert again(item).note == "Theirs"


def test_sent_once_more_after_a_conflict_mine_replaces_theirs(client, item, lead):
    type(item).objects.filter(pk=item.pk).update(note="Theirs")
    refused = post(client, item, "item-note", note(item, "Mine"), HTMX)
    seen = fingerprint({"note": "Theirs"})

    post(client, item, "item-note", {"note": "Mine", "seen": seen})

    assert f'value="{seen}"' in refused.text
    assert again(item).note == "Mine"


@pytest.fixture
def contested(item):
    """N/A by somebody else, while the reader still sees it unset."""
    set_items(item.section, status=ItemStatus.NA, na_reason="Theirs")
    return item


MINE = {"status": "na", "seen": "unset", "na_reason": "Mine\nof two lines"}


@both_ways
def test_two_reasons_for_na_stand_side_by_side(client, contested, lead, headers):
    response = post(client, contested, "item-status", MINE, headers)

    assert response.status_code == 409
    assert re.search(r"<p[^>]*>Theirs</p>", response.text)
    assert re.search(r"<p[^>]*>Mine<br>of two lines</p>", response.text)
    assert (
        "<textarea" not in response.text[: response.text.index('id="note"')].split('id="drawer"')[1]
    )
    assert again(contested).na_reason == "Theirs"


@pytest.mark.parametrize(
    ("sent", "holds"),
    [({}, "Theirs"), ({"na_reason": "Mine"}, "Mine")],
    ids=["theirs", "mine"],
)
def test_the_choice_between_two_reasons_holds(client, contested, lead, sent, holds):
    post(client, contested, "item-status", {"status": "na", "seen": "na"} | sent)

    assert (again(contested).status, contested.na_reason) == ("na", holds)


def test_a_note_is_markdown_and_one_plain_line_in_the_list(client, item, lead):
    post(client, item, "item-note", note(item, "**Ordered**\n\n[Ticket](https://example.org/1)"))

    page = client.get(item.get_absolute_url())

    assert "<strong>Ordered</strong>" in page.text
    assert '<a href="https://example.org/1" rel="nofollow noopener">Ticket</a>' in page.text
    assert "<span>**Ordered** [Ticket](https://example.org/1)</span>" in page.text


@both_ways
@hostile
def test_hostile_text_never_breaks_a_note(client, item, lead, headers, text):
    response = post(client, item, "item-note", note(item, text), headers)
    page = client.get(item.get_absolute_url())

    assert response.status_code in {200, 302, 422}
    assert "<script>alert" not in response.text + page.text
    assert "\u202e" not in page.text


def test_a_megabyte_is_refused_at_the_field_and_kept(client, item, lead):
    response = post(client, item, "item-note", note(item, "x" * 1_000_000))

    assert response.status_code == 422
    assert "at most 20000 characters" in response.text
    assert "x" * 1_000_000 in response.text


# Owner, day, team, authority


def assignment(item, **fields):
    names = ("owner", "due_on", "team", "authority")
    seen = fingerprint({name: getattr(item, name) for name in names})
    return dict.fromkeys(names, "") | {"seen": seen} | fields


@both_ways
def test_a_lead_assigns(client, item, lead, headers):
    team, authority = make_team(), make_authority()
    fields = {"owner": lead.pk, "due_on": "2026-12-24", "team": team.pk, "authority": authority.pk}

    post(client, item, "item-assign", assignment(item, **fields), headers)

    assert again(item).owner == lead
    assert (item.due_on, item.team, item.authority) == (date(2026, 12, 24), team, authority)


def test_a_member_does_not_assign(client, item):
    client.force_login(make_member(item.section))

    drawer = client.get(item.get_absolute_url(), headers=HTMX)

    assert item_url(item, "item-assign") not in drawer.text
    assert post(client, item, "item-assign", assignment(item)).status_code == 403


def test_only_those_who_work_here_can_own_it(client, item, lead):
    outsider = make_user()

    response = post(client, item, "item-assign", assignment(item, owner=outsider.pk))

    assert response.status_code == 422
    assert "Select a valid choice." in response.text


@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2101-01-01", "31.02.2026", "9" * 99])
def test_a_day_that_cannot_be_is_a_sentence_at_the_field(client, item, lead, day):
    response = post(client, item, "item-assign", assignment(item, due_on=day))

    assert response.status_code == 422
    assert "assign" in response.context["drawer"].forms
    assert response.context["drawer"].forms["assign"].errors["due_on"]


@pytest.mark.parametrize("value", ["x", "\x00", "9" * 99, "00000000-0000-0000-0000-000000000000"])
def test_an_unknown_owner_is_a_sentence(client, item, lead, value):
    response = post(client, item, "item-assign", assignment(item, owner=value, team=value))

    assert response.status_code == 422


def test_two_assignments_conflict(client, item, lead):
    data = assignment(item, owner=lead.pk)
    type(item).objects.filter(pk=item.pk).update(owner=manager_of(item.launch))

    response = post(client, item, "item-assign", data)

    assert response.status_code == 409
    assert "Somebody else changed this meanwhile." in response.text
    assert again(item).owner == manager_of(item.launch)


# Wording


def test_an_own_item_is_reworded_and_removed(client, item, lead):
    own = make_item(item.section, text="Ours", number="1.9")
    names = ("number", "text", "guidance", "evidence_demanded")
    seen = fingerprint({name: getattr(own, name) for name in names})

    post(client, own, "item-reword", {"number": "1.9", "text": "Better", "seen": seen})
    response = post(client, own, "item-remove", {"reason": "Twice here"})

    assert response.url == section_url(item.section)
    assert said(response)[-1] == "“1.9 Better” was removed."
    assert not item.section.items.filter(pk=own.pk).exists()


def test_removing_wants_a_reason(client, item, lead):
    own = make_item(item.section)

    response = post(client, own, "item-remove", {"reason": ""})

    assert response.status_code == 422
    assert "Say why." in response.text


@pytest.mark.parametrize("name", ["item-reword", "item-remove"])
def test_an_item_of_the_template_stays_as_it_is(client, item, lead, name):
    response = post(client, item, name, {"text": "Easier", "reason": "Hard"})

    assert response.status_code == 422
    assert item_url(item, name) not in client.get(item.get_absolute_url()).text


# Comments and questions


@both_ways
def test_whoever_sees_it_may_comment(client, item, headers):
    client.force_login(make_user())

    post(client, item, "item-comment", {"text": "**Ordered**"}, headers)

    assert [comment.text for comment in item.comments.all()] == ["**Ordered**"]
    assert "<strong>Ordered</strong>" in client.get(item.get_absolute_url()).text


def test_a_reader_cannot_put_a_question(client, item):
    client.force_login(make_user())

    response = post(client, item, "item-comment", {"text": "Really?", "is_question": "on"})

    assert response.status_code == 403


def test_a_holder_puts_a_question_and_resolves_it(client, item):
    client.force_login(make_holder(item.section.slots.get()))
    post(client, item, "item-comment", {"text": "Really?", "is_question": "on"})
    question = item.comments.get()

    response = post(client, item, "question-resolve", {"resolution": ""}, PLAIN, question.pk)

    assert response.url == item.get_absolute_url()
    assert not Comment.objects.get().is_open_question


def test_a_manager_resolves_with_a_reason(client, item):
    question = make_comment(item, "Really?", is_question=True, author=make_user())
    client.force_login(manager_of(item.launch))

    refused = post(client, item, "question-resolve", {}, PLAIN, question.pk)
    post(client, item, "question-resolve", {"resolution": "Asked twice"}, PLAIN, question.pk)

    assert refused.status_code == 422
    assert "Say why you close somebody else&#x27;s question." in refused.text
    assert Comment.objects.get().resolution == "Asked twice"


def test_a_lead_cannot_resolve_what_others_ask(client, item, lead):
    question = make_comment(item, "Really?", is_question=True)

    page = client.get(item.get_absolute_url())

    assert item_url(item, "question-resolve", question.pk) not in page.text
    assert post(client, item, "question-resolve", {}, PLAIN, question.pk).status_code == 403


def test_a_comment_of_another_item_is_not_found_here(client, item, lead):
    other = make_comment(item.section.items.last(), "Really?", is_question=True)

    assert post(client, item, "question-resolve", {}, PLAIN, other.pk).status_code == 404


@hostile
def test_hostile_text_never_breaks_a_comment(client, item, lead, text):
    response = post(client, item, "item-comment", {"text": text})
    page = client.get(item.get_absolute_url())

    assert response.status_code in {302, 422}
    assert "<script>alert" not in response.text + page.text


# History


def test_the_history_reads_newest_first_in_words(client, item, lead):
    post(client, item, "item-status", {"status": "done", "seen": "unset"})
    post(client, item, "item-status", {"status": "attention", "seen": "done"})

    page = client.get(item.get_absolute_url())

    lines = [line.text for line in page.context["drawer"].history]
    assert lines[:2] == ["done → attention, Miyu Ito", "not set → done, Miyu Ito"]
