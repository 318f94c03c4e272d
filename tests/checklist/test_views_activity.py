"""How what happens in launches reads in the ledger: sentences, names and links; never codes or ids."""

import re
from datetime import UTC, date, datetime, time

import pytest

from audit import words
from audit.models import Entry
from audit.reading import read
from checklist.actions.appointments import (
    appoint,
    appoint_deputy,
    appoint_for_launch,
    end_appointment,
)
from checklist.actions.asking import ask_signature, take_back_request
from checklist.actions.comments import add_comment, resolve_question
from checklist.actions.evidence import add_link, remove_evidence
from checklist.actions.items import add_item, edit_item, remove_item, set_status
from checklist.actions.launches import change_launch, share_launch, unshare_launch
from checklist.models import Launch
from checklist.rules import ItemStatus
from checklist.verbs import TemplateVerb, Verb
from tests.checklist.test_views_launch import sign
from tests.factories.launches import make_launch, manager_of, set_items
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user

pytestmark = pytest.mark.django_db
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def launch():
    manager = make_manager(full_name="M. Ito")
    fields = {"name": "Aureus", "owner_team": make_team("Engineering")}
    return make_launch({"title": "Security"}, by=manager, **fields)


@pytest.fixture
def item(launch):
    return launch.items.select_related("section__launch", "launch").first()


def told(count=1):
    """The last sentences of the ledger, newest first."""
    entries = Entry.objects.newest_first()[:count]
    return [sentence.text for sentence in words.sentences(read(entries))]


@pytest.mark.parametrize("verb", [*Verb, *TemplateVerb])
def test_every_act_has_a_phrase_and_a_topic(verb):
    assert verb in words.vocabulary.phrases
    assert verb.partition(".")[0] in words.vocabulary.topics


def test_an_items_changes(launch, item):
    manager = manager_of(launch)

    set_status(item, by=manager, status=ItemStatus.DONE)
    set_status(item, by=manager, status=ItemStatus.ATTENTION)
    set_status(item, by=manager, status=ItemStatus.NA, na_reason="Not ours")
    edit_item(item, by=manager, fields={"note": "Ordered"})
    fields = {"owner": make_user(full_name="K. Mensah"), "due_on": date(2026, 12, 24)}
    edit_item(item, by=manager, fields=fields | {"team": make_team("QA")})

    assert told(5) == [
        ("1.1 Audit completed: owner K. Mensah; due 24 Dec 2026; team QA, M. Ito"),
        "1.1 Audit completed: note “Ordered”, M. Ito",
        "1.1 Audit completed: attention → N/A; reason “Not ours”, M. Ito",
        "1.1 Audit completed: done → attention, M. Ito",
        "1.1 Audit completed: not set → done, M. Ito",
    ]


def test_an_item_that_is_gone_keeps_its_name(launch, item):
    manager = manager_of(launch)
    own = add_item(item.section, by=manager, text="Watch the logs", number="1.9")

    remove_item(own, by=manager, reason="Twice here")

    assert told(2) == [
        "1.9 Watch the logs: removed “Twice here”, M. Ito",
        "1.9 Watch the logs: added, M. Ito",
    ]


def test_evidence_and_comments(launch, item):
    manager = manager_of(launch)

    proof = add_link(item, by=manager, name="Ticket", url="https://example.org/")
    remove_evidence(proof, by=manager)
    question = add_comment(item, by=manager, text="Really?", is_question=True)
    resolve_question(question, by=manager)

    assert told(4) == [
        "1.1 Audit completed: question resolved, M. Ito",
        "1.1 Audit completed: commented; “Really?”, M. Ito",
        "1.1 Audit completed: evidence taken back; “Ticket”, M. Ito",
        "1.1 Audit completed: evidence added; “Ticket”, M. Ito",
    ]


def test_asking_and_what_voids_it(launch, item):
    manager, section = manager_of(launch), item.section
    set_items(section, status=ItemStatus.DONE)

    ask_signature(section, by=manager)
    take_back_request(section, by=manager)
    ask_signature(section, by=manager)
    set_status(item, by=manager, status=ItemStatus.ATTENTION)

    assert told(5) == [
        "1. Security: request for the signature void: an error came up, M. Ito",
        "1.1 Audit completed: done → attention, M. Ito",
        "1. Security: signature asked, M. Ito",
        "1. Security: request for the signature taken back, M. Ito",
        "1. Security: signature asked, M. Ito",
    ]


def test_a_signature_that_goes_stale_and_heals(launch, item):
    manager = manager_of(launch)
    set_items(item.section, status=ItemStatus.DONE)
    item.section.refresh_from_db()
    sign(item.section)

    set_status(item, by=manager, status=ItemStatus.ATTENTION)
    set_status(item, by=manager, status=ItemStatus.DONE)

    title = item.section.slots.get().title
    assert told(3)[::2] == [
        (
            f"Section 1. Security, {title}: covered by its signature again: the change was undone, "
            "M. Ito"
        ),
        (
            f"Section 1. Security, {title}: no longer covered by its signature: "
            "something changed beneath it, M. Ito"
        ),
    ]


def test_a_launchs_changes_and_its_people(launch):
    Launch.objects.filter(pk=launch.pk).update(state="draft")
    manager, guest = manager_of(launch), make_user(full_name="A. Guest")

    change_launch(
        launch,
        by=manager,
        target_on=date(2026, 12, 11),
        target_time=time(14),
        owner_team=make_team("Platform"),
        classification="restricted",
        four_eyes=True,
    )
    unshare_launch(share_launch(launch, by=manager, user=guest, is_manager=True), by=manager)

    assert told(3) == [
        "A. Guest: taken out of the launch, M. Ito",
        "A. Guest: let into the launch; as manager, M. Ito",
        (
            "Aureus 1.0: classification internal → restricted; owner team Engineering → Platform; "
            "four eyes no → yes; target date 11 Dec 2026; target time 14:00, M. Ito"
        ),
    ]


def test_appointments():
    admin = make_admin(full_name="A. Lindqvist")
    holder, authority = make_user(full_name="R. Chen"), make_authority("CISO")

    end_appointment(appoint(authority, holder, by=admin), by=admin)

    ended, made = told(2)
    assert ended.startswith("R. Chen, CISO: appointment ended; until ")
    assert made.startswith("R. Chen, CISO: appointed; from ")


def test_deputies_and_appointments_for_one_launch(launch):
    admin, manager = make_admin(full_name="A. Berg"), manager_of(launch)
    authority, vacant = make_authority("CISO"), launch.slots.get().authorities.get()
    held = appoint(authority, make_user(full_name="R. Chen"), by=admin)
    until = datetime(2030, 11, 30, tzinfo=UTC)

    deputy = make_user(full_name="B. Ray")
    appoint_deputy(held, deputy, by=admin, ends_at=until, reason="On leave.")
    osei = make_user(full_name="K. Osei")
    made = appoint_for_launch(launch, vacant, osei, by=manager, reason="Nobody holds it.")

    here, of_all = told(2)
    assert here.startswith(f"K. Osei, {vacant}, for one launch only: appointed; from ")
    assert here.endswith(" “Nobody holds it.”, M. Ito")
    assert of_all.startswith("B. Ray, CISO, standing in for R. Chen: appointed; from ")
    assert of_all.endswith("; until 30 Nov 2030, 00:00 “On leave.”, A. Berg")
    [line] = words.sentences(read(Entry.objects.of_launch(launch.pk).newest_first()[:1]))
    assert (line.text, line.url) == (here, made.get_absolute_url())
    assert UUID.search(here + of_all) is None


def test_no_sentence_of_a_launchs_whole_life_has_an_id_in_it(launch, item):
    texts = told(Entry.objects.count())

    assert len(texts) > 5
    assert not [text for text in texts if UUID.search(text)]


def test_every_line_leads_to_its_page(launch, item, client):
    client.force_login(manager_of(launch))

    for sentence in words.sentences(read(Entry.objects.of_launch(launch.pk))):
        assert client.get(sentence.url).status_code == 200
