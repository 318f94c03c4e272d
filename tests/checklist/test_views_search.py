"""Search: what is found, where it leads, and that nothing shows of what one may not see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from checklist import search
from checklist.actions.evidence import remove_evidence
from checklist.actions.risks import close_risk
from checklist.models import Comment, Evidence, Item, Launch, Risk
from checklist.pages.search import EXCERPT, HITS, KINDS, excerpt
from checklist.rules import Classification
from tests.factories.launches import (
    make_comment,
    make_evidence,
    make_item,
    make_launch,
    make_member,
    make_participant,
    make_risk,
    manager_of,
    set_items,
)
from tests.factories.people import make_admin, make_auditor, make_user

pytestmark = pytest.mark.django_db

LOOKS_FIRST = connection.vendor == "postgresql"
SEARCH = reverse("checklist:search")


@pytest.fixture
def find(client):
    """The page of search, as somebody sees it."""

    def find(words, person=None, **query):
        client.force_login(person or make_user())
        return client.get(SEARCH, {"q": words} | query)

    return find


def told(response):
    """What was found: by kind, the launch, the place and the excerpt with its hits in brackets."""
    return {
        found.kind: [
            (group.label, hit.place, marked(hit.excerpt))
            for group in found.groups
            for hit in group.hits
        ]
        for found in response.context["page"].kinds
    }


def marked(pieces):
    return "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in pieces)


def filled(**fields):
    """A launch with the word zebra in every place."""
    launch = make_launch(
        {"title": "Stable", "items": ["Feed the zebra", "Sweep"]},
        name="Zebra",
        description="A zebra is a horse",
        **fields,
    )
    set_items(launch.sections.get(), note="The zebra ate", na_reason="No zebra")
    make_comment(launch.items.first(), "Is it a zebra?", author=make_user(full_name="Maya Ito"))
    make_evidence(launch.items.first(), name="Zebra count", url="https://zoo.example/zebra/7")
    make_risk(launch, title="The zebra bolts", mitigation="A fence")
    launch.refresh_from_db()
    return launch


def test_each_kind_is_found_in_its_place(find):
    launch = filled()

    response = find("zebra")

    called, section = str(launch), "1. Stable"
    assert told(response) == {
        "launches": [(called, "", "[Zebra] 1.0 A [zebra] is a horse")],
        "items": [(called, section, "1.1 Feed the [zebra]")],
        "notes": [
            (called, f"{section} · 1.1 Feed the zebra", "The [zebra] ate No [zebra]"),
            (called, f"{section} · 1.2 Sweep", "The [zebra] ate No [zebra]"),
        ],
        "evidence": [
            (
                called,
                f"{section} · 1.1 Feed the zebra",
                "[Zebra] count https://zoo.example/[zebra]/7",
            )
        ],
        "comments": [(called, f"{section} · 1.1 Feed the zebra · Maya Ito", "Is it a [zebra]?")],
        "risks": [(called, "Risk R1", "The [zebra] bolts A fence")],
    }
    assert f'href="{launch.risks.get().get_absolute_url()}"' in response.text
    assert f'href="{launch.items.first().get_absolute_url()}"' in response.text
    assert "<mark>zebra</mark>" in response.text


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("TLS/SSL certificates", 1),
        ("ssl", 1),
        ("SSL cert", 1),
        ("  certificates,  tls ", 1),
        ("1.3", 1),
        ("on-call", 1),
        ("café", 1),
        ("100%", 1),
        ("tls zebra", 0),
        ("'; DROP TABLE --", 0),
        ("a:* & !b", 0),
    ],
)
def test_words_are_found_by_their_beginnings_and_all_of_them_are_needed(find, words, count):
    launch = make_launch({"items": ()})
    section = launch.sections.get()
    make_item(section, number="1.3", text="TLS/SSL certificates installed on-call 100% at the Café")
    make_item(section, number="7.9", text="Something else")

    found = told(find(words)).get("items", [])

    assert len(found) == count


@pytest.mark.parametrize("words", ["", "   ", "*** --", "\x00"])
def test_without_a_word_it_asks_for_one(find, words):
    filled()

    response = find(words)

    assert told(response) == {}
    assert "What are you looking for?" in response.text


def test_nothing_found_is_said_kindly(find):
    assert "Nothing found" in find("unicorn").text


def test_what_is_found_is_shown_as_it_was_typed(find):
    section = make_launch({"items": ()}).sections.get()
    make_item(section, text="<b>zebra</b> & <script>alert(1)</script>")

    text = find('zebra "><script>').text

    assert "&lt;b&gt;<mark>zebra</mark>&lt;/b&gt; &amp; &lt;<mark>script</mark>&gt;" in text
    assert "<script>alert" not in text


@pytest.mark.parametrize("make_person", [make_user, make_admin])
def test_nothing_of_a_restricted_launch_shows_to_outsiders(find, make_person):
    hidden = filled(classification=Classification.RESTRICTED)
    person = make_person()

    response = find("zebra", person)
    pages = [find("zebra", person, kind=kind) for kind in KINDS]

    assert told(response) == {}
    assert "Nothing found" in response.text
    for page in (response, *pages):
        assert str(hidden) not in page.text
        assert hidden.slug not in page.text
        assert not any(
            words in page.text
            for words in ("Stable", "horse", "Feed", "Maya Ito", "bolts", "zoo.example")
        )


def test_its_hits_take_no_place_from_those_that_may_be_seen(find):
    filled(classification=Classification.RESTRICTED)
    section = make_launch({"items": [f"Zebra {n}" for n in range(HITS)]}).sections.get()
    hidden = make_launch(
        {"items": [f"Zebra {n}" for n in range(HITS)]}, classification=Classification.RESTRICTED
    )

    page = find("zebra", kind="items").context["page"]

    assert {group.label for group in page.kinds[0].groups} == {str(section.launch)}
    assert page.kinds[0].more == ""
    assert hidden.items.count() == HITS


def test_a_key_of_what_one_may_not_see_starts_from_the_beginning(find):
    hidden = filled(classification=Classification.RESTRICTED)
    launch = filled()

    page = find("zebra", kind="items", after=hidden.items.first().pk)

    assert [label for label, *_rest in told(page)["items"]] == [str(launch)]


def test_participants_and_auditors_find_what_they_may_see(find):
    hidden = filled(classification=Classification.RESTRICTED)
    people = [
        make_member(hidden.sections.get()),
        make_participant(hidden).user,
        manager_of(hidden),
        make_auditor(),
    ]

    assert [len(told(find("zebra", person))) for person in people] == [len(KINDS)] * 4


@pytest.mark.parametrize("kind", KINDS)
def test_more_than_fits_goes_on_by_key(find, kind):
    now = timezone.now()
    for number in range(HITS + 3):
        launch = make_launch({"items": ["zebra"]}, name=f"Zebra {number}")
        set_items(launch.sections.get(), note="zebra")
        make_comment(launch.items.get(), "zebra")
        make_evidence(launch.items.get(), name="zebra")
        make_risk(launch, title="zebra")
        # In threes of the same moment
        moment = now - timedelta(hours=number // 3)
        Launch.objects.filter(pk=launch.pk).update(created_at=moment)
    person = make_user()

    first = next(
        found for found in find("zebra", person).context["page"].kinds if found.kind == kind
    )
    seen = [group.label for group in first.groups]
    page = find("zebra", person).client.get(first.more)
    rest = told(page)

    assert len(seen) == HITS
    assert list(rest) == [kind]
    assert len(rest[kind]) == 3
    assert len({*seen, *(label for label, *_place in rest[kind])}) == HITS + 3
    assert page.context["page"].kinds[0].more == ""


def test_items_of_one_launch_go_on_too(find):
    make_launch({"items": [f"zebra {n}" for n in range(HITS + 2)]})
    person = make_user()

    first = find("zebra", person)
    rest = first.client.get(first.context["page"].kinds[0].more)

    names = [text for response in (first, rest) for *_place, text in told(response)["items"]]
    assert len(set(names)) == HITS + 2


def test_the_newest_launch_comes_first_and_its_items_in_their_order(find):
    old = make_launch({"items": ["zebra"]})
    Launch.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=9))
    new = make_launch({"items": ["zebra one", "zebra two", "zebra three"]})

    found = told(find("zebra"))["items"]

    assert [(label, text) for label, _place, text in found] == [
        (str(new), "1.1 [zebra] one"),
        (str(new), "1.2 [zebra] two"),
        (str(new), "1.3 [zebra] three"),
        (str(old), "1.1 [zebra]"),
    ]


@pytest.mark.parametrize(
    ("text", "words", "shown"),
    [
        ("Feed the zebra", ["zebra"], "Feed the [zebra]"),
        ("Zebra", ["zeb", "zebra"], "[Zebra]"),
        ("one\n two", ["two"], "one [two]"),
        ("no such word", ["zebra"], "no such word"),
        ("a.b", ["a", "b"], "[a].[b]"),
    ],
)
def test_an_excerpt_marks_its_hits(text, words, shown):
    assert marked(excerpt(text, words)) == shown


def test_an_excerpt_of_a_long_text_begins_before_its_first_hit():
    text = "word " * 500 + "zebra " + "tail " * 500

    shown = marked(excerpt(text, ["zebra"]))

    assert shown.startswith("…word word")
    assert "[zebra] tail" in shown
    assert shown.endswith("…")
    assert len(shown) < EXCERPT + 10


def test_words_are_letters_and_digits():
    assert search.words_in("TLS/SSL tls 1.3 snake_case 'quoted'") == [
        "tls",
        "ssl",
        "1",
        "3",
        "snake",
        "case",
        "quoted",
    ]
    assert len(search.words_in(" ".join(f"word{n}" for n in range(99)))) == search.WORDS_AT_MOST


def test_evidence_that_was_taken_back_is_not_found_and_a_closed_risk_is(find):
    launch = filled()
    proof, manager = Evidence.objects.get(), manager_of(launch)
    remove_evidence(proof, by=manager)
    close_risk(launch.risks.get(), by=manager, reason="It was sold.")

    found = told(find("zebra"))

    assert "evidence" not in found
    assert found["risks"] == [
        (str(launch), "Risk R1, closed", "The [zebra] bolts A fence It was sold.")
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_how_often_it_asks(client, django_assert_num_queries, count):
    for _ in range(count):
        filled()
    client.force_login(make_user())
    key = Item.objects.first().pk

    with django_assert_num_queries(8 + 6 * LOOKS_FIRST):
        client.get(SEARCH, {"q": "zebra"})
    with django_assert_num_queries(4 + LOOKS_FIRST):
        client.get(SEARCH, {"q": "zebra", "kind": "items", "after": key})


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("rows", "columns", "index"),
    [
        (Launch.objects.all(), search.LAUNCH, "launch_words"),
        (Item.objects.all(), search.ITEM, "item_words"),
        (Item.objects.filter(search.WRITTEN), search.NOTE, "note_words"),
        (Comment.objects.all(), search.COMMENT, "comment_words"),
        (Risk.objects.all(), search.RISK, "risk_words"),
        (Evidence.objects.filter(search.STANDING), search.EVIDENCE, "evidence_words"),
    ],
)
def test_the_planner_knows_the_index(rows, columns, index):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")

    plan = search.some(rows, columns, ["zebra", "horse"]).explain()

    assert f"Bitmap Index Scan on {index}" in plan


def test_many_hits_are_found_as_few_are(find, monkeypatch):
    """Where there are more than a few, they are looked for in their order."""
    filled()
    few = told(find("zebra"))
    monkeypatch.setattr(search, "FEW", 0)

    assert told(find("zebra")) == few


def test_many_hidden_hits_hide_none_that_may_be_seen(find, monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)
    for _ in range(3):
        filled(classification=Classification.RESTRICTED)
    launch = filled()

    found = told(find("zebra"))

    assert {label for hits in found.values() for label, *_rest in hits} == {str(launch)}
    assert len(found) == len(KINDS)
