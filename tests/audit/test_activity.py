"""The activity page: its filter, its pages, its days, and its words on the screen."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from audit import words
from audit.activity import PAGE_SIZE, activity_page
from audit.ledger import Salted
from audit.models import Entry, SaltedText
from tests.audit.making import Act, make_change, make_entries
from tests.factories.people import make_user

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ITO, CHEN = uuid4(), uuid4()


@pytest.fixture(autouse=True)
def registered():
    words.register_phrases({Act.CHANGED: "", Act.ADDED: "added", Act.SIGNED: "signed"})
    words.register_people(lambda text: {"ito": [ITO], "both": [ITO, CHEN]}.get(text.lower(), []))


def page_of(query="", zone=UTC, entries=None):
    entries = Entry.objects.all() if entries is None else entries
    return activity_page(entries, params=QueryDict(query), zone=zone)


def seqs(page):
    return [sentence.seq for sentence in page.sentences]


def follow(address):
    return page_of(address.removeprefix("?"))


def test_the_newest_comes_first():
    make_entries(make_change(), make_change(), make_change())

    page = page_of()

    assert (seqs(page), page.older, page.newer, page.filtered) == ([2, 1, 0], "", "", False)


def test_only_the_entries_given_are_shown():
    launch = uuid4()
    make_entries(make_change(), make_change(launch=launch))

    assert seqs(page_of(entries=Entry.objects.of_launch(launch))) == [1]
    assert seqs(page_of(entries=Entry.objects.of_organisation())) == [0]


def test_who_narrows_to_the_people_found():
    for actor in (ITO, CHEN, None, ITO):
        make_entries(actor=actor)

    assert seqs(page_of("who=ITO")) == [3, 0]
    assert seqs(page_of("who=both")) == [3, 1, 0]
    assert page_of("who=ito").filtered


def test_what_narrows_to_a_kind_of_change():
    for action in (Act.CHANGED, Act.SIGNED, Act.RENAMED, Act.ADDED):
        make_entries(make_change(action=action))

    assert seqs(page_of("what=thing")) == [3, 0]
    assert seqs(page_of("what=paper")) == [1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("since=2026-03-03", [3, 2]),
        ("until=2026-03-02", [1, 0]),
        ("since=2026-03-02&until=2026-03-02", [1]),
        ("since=2026-03-05", []),
        ("until=2026-02-01", []),
        ("since=0001-01-01", [3, 2, 1, 0]),
        ("until=0001-01-01", []),
        ("since=9999-12-31", []),
        ("until=9999-12-31", [3, 2, 1, 0]),
        ("since=&until=&who=&what=", [3, 2, 1, 0]),
    ],
)
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_days_are_the_readers(query, found, zone):
    for day in (1, 2, 3, 4):
        make_entries(now=datetime(2026, 3, day, 0, 30, tzinfo=ZoneInfo(zone)))

    assert seqs(page_of(query, zone=ZoneInfo(zone))) == found


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("who=nobody-here", "who", "nobody"),
        ("who=%00", "who", "null_characters_not_allowed"),
        ("who=" + "x" * 151, "who", "max_length"),
        ("what=nonsense", "what", "invalid_choice"),
        ("since=yesterday", "since", "invalid"),
        ("until=2026-02-30", "until", "invalid"),
        ("since=0000-01-01", "since", "invalid"),
        ("until=10000-01-01", "until", "invalid"),
        ("since=2026-03-02&until=2026-03-01", "until", "order"),
    ],
)
def test_a_bad_filter_gets_a_sentence_and_no_entries(query, field, code):
    make_entries()

    page = page_of(query)

    assert seqs(page) == []
    assert list(page.form.errors) == [field]
    assert page.form.has_error(field, code)


def test_pages_lead_through_the_whole_ledger_and_back():
    total = PAGE_SIZE * 2 + 20
    make_entries(*[make_change() for _ in range(total)])

    first = page_of("what=thing")
    second = follow(first.older)
    third = follow(second.older)

    assert seqs(first) + seqs(second) + seqs(third) == list(range(total - 1, -1, -1))
    assert (first.newer, third.older) == ("", "")
    assert seqs(follow(third.newer)) == seqs(second)
    assert seqs(follow(second.newer)) == seqs(first)
    assert follow(second.newer).newer == ""


def test_pages_keep_the_filter():
    make_entries(*[make_change() for _ in range(PAGE_SIZE + 1)])

    page = page_of("what=thing&who=&before=40000&after=")

    assert QueryDict(page.older[1:]).dict() == {"what": "thing", "who": "", "before": "1"}


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=-1",
        "before=" + "9" * 400,
        "before=%00",
        "before=1.5",
        "before=%D9%A3",
        "after=x",
        "after=999999999999999999",
        "before=0",
        "after=0",
        "before=&after=",
    ],
)
def test_a_bad_key_shows_the_newest(query):
    make_entries(make_change(), make_change())

    assert seqs(page_of(query)) == [1, 0]


def test_sentences_are_grouped_by_the_readers_days():
    for moment in (NOON, NOON + timedelta(hours=1), NOON + timedelta(hours=13)):
        make_entries(now=moment)

    days = page_of(zone=ZoneInfo("Europe/Zurich")).days

    assert [(day.on, [s.seq for s in day.sentences]) for day in days] == [
        (date(2026, 3, 3), [2]),
        (date(2026, 3, 2), [1, 0]),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_of_many_takes_as_many_queries_as_of_one(django_assert_num_queries, count):
    make_entries(*[make_change(reason="why") for _ in range(count)])

    with django_assert_num_queries(2):
        page_of("what=thing&since=2020-01-01&until=2099-01-01")


@pytest.mark.parametrize("query", ["since=2026-03-02", "until=2026-03-02", "what=paper"])
@pytest.mark.postgresql
def test_a_filter_uses_an_index(query):
    make_entries()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    page = page_of(query)
    plan = page.form.narrow(Entry.objects.all(), UTC).newest_first()[:51].explain()

    assert "Seq Scan" not in plan


@pytest.fixture
def reader(client, settings):
    settings.ROOT_URLCONF = "tests.audit.urls"
    client.force_login(make_user(full_name="Reader", time_zone="Europe/Zurich"))
    return client


def text_of(response):
    main = response.text.split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", main))


def test_the_screen_shows_sentences_and_neither_codes_nor_ids(reader):
    words.register_subjects("thing", lambda ids: dict.fromkeys(ids, words.Described("Pump", "/p/")))
    make_entries(
        make_change(
            old={"state": "not_done", "owner": str(ITO)},
            new={"state": "half_done", "owner": str(CHEN)},
            reason="It <b>leaks</b>",
        ),
        actor=ITO,
        now=NOON,
    )

    response = reader.get(reverse("ledger"))

    assert "Monday 2 March 2026" in text_of(response)
    assert "13:00 Pump: owner" in text_of(response)
    assert "state not done →became half done “It &lt;b&gt;leaks&lt;/b&gt;”" in text_of(response)
    assert '<a href="/p/"><bdi>Pump</bdi></a>' in response.text
    for hidden in (str(ITO), str(CHEN), "not_done", "thing.changed", "{", "someone unknown,"):
        assert hidden not in text_of(response)


def test_the_screen_keeps_long_texts_and_shows_erased_and_broken_ones(reader):
    make_entries(
        make_change(old={"note": Salted("")}, new={"note": Salted("\u202eword\n" * 99)}),
        make_change(reason="private"),
    )
    SaltedText.objects.filter(path="reason").delete()
    Entry.objects.create(seq=2, leaf=b"{", leaf_hash=b"", at=timezone.now(), action="", subject="")

    response = reader.get(reverse("ledger"))

    assert response.text.count("<details>") == 1
    assert "\u202eword<br>\u202eword<br>" in response.text
    assert "[text erased]" in text_of(response)
    assert "Entry 2: this entry cannot be read" in text_of(response)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Nothing has happened yet"),
        ("?what=paper", "Nothing matches"),
        ("?who=stranger", "Mend the filter"),
    ],
)
def test_an_empty_screen_says_why(reader, query, told):
    assert told in text_of(reader.get(reverse("ledger") + query))


def test_the_screen_marks_a_bad_field(reader):
    response = reader.get(reverse("ledger") + "?since=x&who=%22%3E%3Cscript%3E")

    assert response.text.count('aria-invalid="true"') == 2
    assert "<script>" not in response.text
    assert "Nobody here has this name or address." in text_of(response)


def test_the_screen_leads_to_older_pages(reader):
    make_entries(*[make_change() for _ in range(PAGE_SIZE + 1)])

    response = reader.get(reverse("ledger") + "?what=thing")

    assert 'href="?what=thing&amp;before=1"' in response.text
    assert response.text.count("<time ") == PAGE_SIZE
