"""Pages as they stood: what they say, what they no longer offer, and which moments there are none of."""

import re
from dataclasses import replace
from html import unescape

import pytest
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from audit.leaves import Leaf, leaves
from audit.models import Entry, Head, SaltedText
from checklist.actions.asking import ask_signature
from checklist.actions.comments import add_comment
from checklist.actions.evidence import add_link
from checklist.actions.items import add_item, edit_item, remove_item, set_status
from checklist.actions.launches import change_launch
from checklist.actions.risks import raise_risk
from checklist.models import Launch
from checklist.pages.links import receipt_url
from checklist.pages.stood import Scene, told
from checklist.replay.moments import moment_of, stood_at
from checklist.rules import ItemStatus
from signoff.actions import answer_questions, cancel_round
from signoff.rules import Answer, Question, Vote
from tests.checklist.pages import HTMX, item_url, launch_url, section_url
from tests.factories.launches import make_appointment, make_launch, manager_of
from tests.factories.people import make_admin, make_authority, make_user
from tests.factories.signatures import (
    make_acceptance,
    make_round,
    make_signature,
    make_vote,
)

pytestmark = pytest.mark.django_db
MAIN = re.compile(r"<main.*</main>", re.DOTALL)


def newest(launch):
    return Entry.objects.of_launch(launch.pk).newest_first().first().seq


def main(response):
    return MAIN.search(response.text)[0]


def done(item, status=ItemStatus.DONE):
    set_status(item, by=manager_of(item.launch), status=status)
    return newest(item.launch)


def signed_launch():
    """Ready to be decided, all of it by actions: factories that write rows leave nothing to replay."""
    launch = make_launch({"items": ["One"]}, executive=[[make_authority()]])
    done(launch.items.get())
    section = launch.sections.get()
    ask_signature(section, by=manager_of(launch))
    make_signature(section.slots.get())
    return Launch.objects.get(pk=launch.pk)


@pytest.fixture
def launch():
    return make_launch({"items": ["Audit completed"]}, executive=[[make_authority()]])


@pytest.fixture
def item(launch):
    return launch.items.get()


@pytest.fixture
def reader(client):
    client.force_login(make_user())
    return client


# What it shows


def test_the_launch_as_it_stood(reader, launch, item):
    at = done(item)
    done(item, ItemStatus.NOT_DONE)

    page = reader.get(launch_url(launch), {"at": at})

    assert "1 item outstanding" not in main(page)
    assert "1 item outstanding" in main(reader.get(launch_url(launch)))
    assert page.context["page"].at.told.startswith("1.1 Audit completed: ")
    assert "As it stood at" in main(page)


def test_a_signature_names_its_moment(reader):
    launch = signed_launch()
    signature = launch.signatures.get()
    done(launch.items.get(), ItemStatus.NOT_DONE)

    page = reader.get(launch_url(launch), {"at": signature.pk}).context["page"]

    assert page.phases[0].rows[0].state == "signed"
    assert page.at.seq == signature.log_size
    assert reader.get(launch_url(launch)).context["page"].phases[0].rows[0].state == "stale"


def test_an_acceptance_names_the_moment_when_its_items_were_accepted(reader, launch, item):
    signature = make_acceptance(item)
    done(item)

    page = reader.get(section_url(item.section), {"at": signature.pk}).context["page"]

    assert page.rows[0].is_accepted


def test_a_round_names_its_end(reader):
    launch = signed_launch()
    round_ = make_round(launch)
    make_vote(launch.slots.executive().get(), vote=Vote.NO_GO)
    round_.refresh_from_db()
    change_launch(launch, by=manager_of(launch), version="2")

    page = reader.get(launch_url(launch), {"at": round_.pk})

    assert page.context["page"].verdict.tone == "no-go"
    assert page.context["launch"].version == "1.0"


def test_a_cancelled_round_names_its_end(reader, launch):
    round_ = make_round(launch)
    cancel_round(round_, by=manager_of(launch), reason="Called off.")

    page = reader.get(launch_url(launch), {"at": round_.pk}).context["page"]

    assert page.decision.label == "No round is open yet"


def test_an_act_is_shown_whole(reader):
    """Between two entries of one act the launch never stood: the vote's entry shows what it ended."""
    launch = signed_launch()
    make_round(launch)
    vote = make_vote(launch.slots.executive().get())

    assert (
        reader.get(launch_url(launch), {"at": vote.pk}).context["page"].verdict.tone == "approved"
    )


def test_the_section_as_it_stood(reader, launch, item):
    at = done(item)
    edit_item(item, by=manager_of(launch), fields={"note": "Later"})

    page = reader.get(section_url(item.section), {"at": at})

    assert [row.status for row in page.context["page"].rows] == ["done"]
    assert "Later" not in main(page)
    assert page.context["page"].rows[0].url.endswith(f"?at={at}")


def test_the_drawer_as_it_stood(reader, launch, item):
    manager = manager_of(launch)
    add_link(item, by=manager, name="The report", url="https://example.org/")
    add_comment(item, by=manager, text="Is it so?", is_question=True)
    edit_item(
        item, by=manager, fields={"note": "As of then", "owner": make_user(full_name="Noor Aziz")}
    )
    at = newest(launch)
    edit_item(item, by=manager, fields={"note": "Later", "owner": None})
    add_comment(item, by=manager, text="Nobody knows", is_question=True)

    for headers in ({}, HTMX):
        text = reader.get(item_url(item), {"at": at}, headers=headers).text
        for word in ("As of then", "Noor Aziz", "The report", "Is it so?", "Open question"):
            assert word in text
        assert "Later" not in text
        assert "Nobody knows" not in text


def test_an_item_that_was_removed_since(reader, launch, item):
    own = add_item(item.section, by=manager_of(launch), text="For a while")
    at = newest(launch)
    address = item_url(own)
    remove_item(own, by=manager_of(launch), reason="Not ours.")

    assert "For a while" in main(reader.get(address, {"at": at}))
    assert reader.get(address, {"at": newest(launch)}).status_code == 404
    assert reader.get(address).status_code == 404


def test_the_closed_drawer(reader, launch, item):
    address = section_url(item.section)
    page = reader.get(address, {"at": newest(launch)}, headers=HTMX | {"HX-Target": "drawer"})

    assert page.text.strip() == '<div id="drawer" hidden></div>'


def test_the_rows_that_a_number_counts(reader, launch, item):
    at = done(item)
    done(item, ItemStatus.ATTENTION)

    page = reader.get(section_url(item.section), {"at": at, "status": "done", "who": "mine"})

    assert len(page.context["page"].rows) == 1


# What it does not offer


@pytest.mark.parametrize("name", ["launch", "section", "item"])
def test_nothing_can_be_done_in_the_past(client, launch, item, name):
    client.force_login(manager_of(launch))
    address = {
        "launch": launch_url(launch),
        "section": section_url(item.section),
        "item": item_url(item),
    }[name]

    text = main(client.get(address, {"at": newest(launch)}))

    assert "<form" in main(client.get(address)) or name == "launch"
    for control in ("<form", "<button", "<input", "<textarea", "<select", "hx-post"):
        assert control not in text


@pytest.mark.parametrize("name", ["launch", "section", "item"])
def test_its_links_stay_in_the_past(client, launch, item, name):
    """All that leads to today is where it says so: at the top, and in the way back to all launches."""
    client.force_login(manager_of(launch))
    raise_risk(launch, by=manager_of(launch), fields={"title": "Loss"}, items=[item])
    make_acceptance(item)
    address = {
        "launch": launch_url(launch),
        "section": section_url(item.section),
        "item": item_url(item),
    }[name]
    at = newest(launch)

    text = main(client.get(address, {"at": at})).partition("</aside>")[2]

    links = {unescape(link) for link in re.findall(r'<a[^>]+href="([^"]+)"', text)}
    assert len(links) >= 3
    elsewhere = {link for link in links if f"at={at}" not in link and not link.startswith("#")}
    assert elsewhere <= {reverse("checklist:launches"), receipt_url(launch.signatures.get().pk)}


def test_to_other_moments(reader, launch, item):
    first = Entry.objects.of_launch(launch.pk).oldest_first().first().seq
    opened, at = newest(launch), done(item)
    at_last = done(item, ItemStatus.ATTENTION)

    middle = reader.get(launch_url(launch), {"at": at}).context["page"].at
    assert (middle.before, middle.after) == (opened, at_last)
    beginning = reader.get(launch_url(launch), {"at": first}).context["page"].at
    assert (beginning.before, beginning.after) == (None, opened)
    end = reader.get(launch_url(launch), {"at": at_last}).context["page"].at
    assert (end.before, end.after) == (at, None)


# Moments that there are none of


@pytest.mark.parametrize(
    "at",
    [
        "",
        "0x1",
        "-1",
        "1.5",
        "9" * 18,
        "9" * 400,
        "١٢",
        "yesterday",
        "00000000-0000-0000-0000-000000000001",
        "a" * 36,
        "\x00",
    ],
)
def test_no_such_moment(reader, launch, item, at):
    for address in (launch_url(launch), section_url(item.section), item_url(item)):
        assert reader.get(address, {"at": at}).status_code == 404


def test_the_moments_of_others(reader, launch, item):
    """An entry of another launch, or of none, is no moment of this one; nor are their signatures and rounds."""
    other = signed_launch()
    round_ = make_round(other)
    make_vote(other.slots.executive().get(), vote=Vote.NO_GO)
    make_appointment()
    signature = other.signatures.first()

    nobodys = Entry.objects.filter(launch=None).first()
    found = [newest(other), signature.pk, round_.pk, *([nobodys.seq] if nobodys else [])]
    for at in found:
        assert reader.get(launch_url(launch), {"at": at}).status_code == 404
        assert (nobodys is not None and at == nobodys.seq) or reader.get(
            launch_url(other), {"at": at}
        ).status_code == 200


def test_the_future(reader, launch):
    assert reader.get(launch_url(launch), {"at": newest(launch) + 1}).status_code == 404


def test_an_open_round_has_no_end_yet(reader, launch):
    round_ = make_round(launch)

    assert reader.get(launch_url(launch), {"at": round_.pk}).status_code == 404


# Who sees it


def test_outsiders_see_no_past_either(client, item):
    launch = make_launch({"items": ["Secret"]}, classification="restricted")
    at = newest(launch)
    item = launch.items.get()

    for person in (make_user(), make_admin()):
        client.force_login(person)
        for address in (launch_url(launch), section_url(item.section), item_url(item)):
            assert client.get(address, {"at": at}).status_code == 404
    client.force_login(manager_of(launch))
    assert client.get(launch_url(launch), {"at": at}).status_code == 200


def test_a_launch_that_is_restricted_now_is_so_for_its_past(client, launch):
    at = newest(launch)
    change_launch(launch, by=manager_of(launch), classification="restricted")

    client.force_login(make_user())
    assert client.get(launch_url(launch), {"at": at}).status_code == 404


# Texts that were erased


def erase(launch, text):
    rows = SaltedText.objects.filter(text=text, entry__launch=launch.pk)
    assert rows.exists()
    rows.delete()


def test_an_erased_text_reads_so(reader, launch, item):
    edit_item(item, by=manager_of(launch), fields={"note": "A private matter"})
    erase(launch, "A private matter")

    text = main(reader.get(item_url(item), {"at": newest(launch)}))

    assert "[text erased]" in text
    assert "A private matter" not in text


@pytest.mark.parametrize("is_stale", [False, True])
def test_a_signature_over_an_erased_text_stands_as_the_ledger_says(reader, is_stale):
    launch = signed_launch()
    item = launch.items.first()
    make_round(launch)
    make_vote(launch.slots.executive().get())
    if is_stale:
        done(item, ItemStatus.ATTENTION)
        done(item, ItemStatus.DONE)
        set_status(item, by=manager_of(launch), status=ItemStatus.NA, na_reason="Not here")
    erase(launch, item.text)

    page = reader.get(launch_url(launch), {"at": newest(launch)}).context["page"]

    assert page.phases[0].rows[0].state == ("stale" if is_stale else "signed")
    assert page.verdict.tone == ("not-ready" if is_stale else "approved")


def test_the_reason_of_an_answer_was_erased(reader):
    launch = signed_launch()
    round_ = make_round(launch)
    answers = [Answer(q, given=True, reason="Between us") for q in Question]
    answer_questions(round_, by=manager_of(launch), answers=answers)
    make_vote(launch.slots.executive().get())
    erase(launch, "Between us")

    page = reader.get(launch_url(launch), {"at": newest(launch)}).context["page"]

    assert page.verdict.tone == "approved"


# Entries that cannot be read


def test_what_cannot_be_read_is_counted_and_said(launch, item):
    done(item)
    moment = moment_of(launch, str(done(item, ItemStatus.ATTENTION)))
    before = [*moment.leaves[:-2], Leaf(moment.leaves[-2].seq, None), moment.leaves[-1]]

    stood = stood_at(replace(moment, leaves=before), telling=[moment.leaf])

    assert stood.unread == 1
    assert stood.items[0].status == "attention"
    said = Scene(moment, stood, told([moment.leaf], stood)).at("/")
    assert said.missing == "1 entry before it cannot be read: what it changed is missing here."


def test_an_entry_that_cannot_be_read_is_no_moment(reader, launch):
    seq = Head.objects.get().size
    Entry.objects.create(
        seq=seq,
        leaf=b"{}",
        leaf_hash=b"",
        at=timezone.now(),
        action="",
        subject="",
        launch=launch.pk,
    )

    assert reader.get(launch_url(launch), {"at": seq}).status_code == 404


def test_a_leaf_of_another_launch_is_not_believed(launch):
    """A row that names this launch, and whose leaf, though whole, is about another."""
    other = make_launch()

    found = leaves(Entry.objects.of_launch(other.pk), launch.pk)

    assert {leaf.data for leaf in found} == {None}


def test_the_beginning_cannot_be_read(launch):
    moment = moment_of(launch, str(newest(launch)))

    with pytest.raises(Http404):
        stood_at(replace(moment, leaves=moment.leaves[1:]))


def test_what_began_unread_is_left_out(launch):
    """Of a section, a slot or an item whose first leaf is missing there is nothing to show."""
    moment = moment_of(launch, str(newest(launch)))
    kept = [leaf for leaf in moment.leaves if leaf.kind == "launch"]

    stood = stood_at(replace(moment, leaves=kept))

    assert (stood.sections, stood.slots, stood.items) == ([], [], [])
    assert stood.standing.verdict.tone == "not-ready"


# The ways to it


def test_the_receipt_leads_there(reader):
    launch = signed_launch()
    signature = launch.signatures.get()

    assert f'href="{launch_url(launch)}?at={signature.pk}"' in main(
        reader.get(signature.get_absolute_url())
    )


def test_each_line_of_the_activity_leads_there(reader, launch, item):
    at = done(item)

    text = main(reader.get(launch_url(launch, "activity")))

    assert f'href="{launch_url(launch)}?at={at}"' in text


def test_each_round_that_is_over_leads_there(reader):
    launch = signed_launch()
    first = make_round(launch)
    make_vote(launch.slots.executive().get(), vote=Vote.NO_GO)
    second = make_round(launch, what_changed="Much.")

    text = main(reader.get(f"{launch_url(launch)}decision/"))

    assert f"?at={first.pk}" in text
    assert f"?at={second.pk}" not in text
