"""The ledger in the admin: to read, of the whole organisation, and not one launch's entry."""

from uuid import uuid4

import pytest
from django.urls import reverse

from audit import words
from audit.admin import NEWEST, NewestPaginator
from audit.models import Entry
from tests.audit.making import make_change, make_entries
from tests.factories.people import make_admin

pytestmark = pytest.mark.django_db

LIST = "admin:audit_entry_changelist"
ROW = "admin:audit_entry_change"


@pytest.fixture
def admin(client):
    client.force_login(make_admin())
    return client


@pytest.fixture(autouse=True)
def registered():
    words.register_subjects("thing", lambda ids: dict.fromkeys(ids, words.Described("A pump")))
    words.register_subjects("secret", lambda ids: dict.fromkeys(ids, words.Described("A plan")))


def test_the_list_tells_what_concerns_the_organisation(admin):
    make_entries(make_change(old={"size": 1}, new={"size": 2}))

    response = admin.get(reverse(LIST))

    assert "A pump: size 1 → 2, Sentinel" in response.text


@pytest.mark.parametrize("query", ["", "?launch__isnull=False", "?o=-1", "?all="])
def test_no_entry_of_a_launch_is_listed(admin, query):
    make_entries(make_change(), make_change(f"secret:{uuid4()}", launch=uuid4()))

    response = admin.get(reverse(LIST) + query)

    assert "A plan" not in response.text


@pytest.mark.parametrize("name", ["change", "history", "delete"])
def test_no_entry_of_a_launch_is_opened(admin, name):
    make_entries(make_change(f"secret:{uuid4()}", launch=uuid4()))

    response = admin.get(reverse(f"admin:audit_entry_{name}", args=[0]), follow=True)

    assert "A plan" not in response.text
    assert "secret" not in response.text


def test_an_entry_is_shown_in_words_with_its_hash_and_no_way_to_save(admin):
    [entry] = make_entries(make_change(old={"size": 1}, new={"size": 2}))

    response = admin.get(reverse(ROW, args=[0]))

    assert "A pump: size 1 → 2, Sentinel" in response.text
    assert bytes(entry.leaf_hash).hex() in response.text
    assert 'name="_save"' not in response.text


@pytest.mark.parametrize(
    ("name", "args"),
    [("add", []), ("change", [0]), ("delete", [0])],
)
def test_nobody_adds_changes_or_deletes_an_entry(admin, name, args):
    make_entries()
    before = list(Entry.objects.values())

    response = admin.post(reverse(f"admin:audit_entry_{name}", args=args), {"post": "yes"})

    assert response.status_code == 403
    assert list(Entry.objects.values()) == before


def test_the_list_offers_no_bulk_delete(admin):
    make_entries()

    answer = admin.post(reverse(LIST), {"action": "delete_selected", "_selected_action": ["0"]})

    assert (answer.status_code, Entry.objects.count()) == (200, 1)
    assert "delete_selected" not in admin.get(reverse(LIST)).text


@pytest.mark.parametrize("name", [LIST, ROW])
def test_the_pages_have_no_inline_code(admin, name):
    make_entries()

    text = admin.get(reverse(name, args=[0] if name == ROW else [])).text

    assert "<script>" not in text
    assert "<style" not in text
    assert " style=" not in text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_for_many_as_for_one(
    admin, django_assert_num_queries, count
):
    make_entries(*[make_change(reason="why") for _ in range(count)])

    with django_assert_num_queries(5):
        admin.get(reverse(LIST))


def test_counting_stops_at_the_newest(django_assert_num_queries):
    make_entries(*[make_change() for _ in range(NEWEST + 1)])

    assert NewestPaginator(Entry.objects.newest_first(), 50).count == NEWEST
