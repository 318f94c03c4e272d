"""Whom a comment speaks to, and who of them may know."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, News
from checklist.actions.comments import add_comment
from checklist.mentions import MOST_MENTIONS, mentions_in, spoken_to
from checklist.pages.work import work_of
from tests.accounts.letters import spread_all
from tests.checklist.aftermath import appended
from tests.factories.launches import make_comment, make_launch, make_member, manager_of
from tests.factories.people import make_auditor, make_user


@pytest.mark.parametrize(
    ("text", "first_words"),
    [
        ("Look, @rui", ["rui"]),
        ("@rui, @kofi: please", ["rui", "kofi"]),
        ("(@rui)", ["rui"]),
        ("mail rui@aureus.example", []),
        ("an @ alone, @@, @", []),
        ("@rui.alves+ops-1 knows", ["rui.alves+ops-1"]),
        ("@rui\n@kofi", ["rui", "kofi"]),
        ("**@rui**", ["rui"]),
        ("@Ōta", ["Ōta"]),
    ],
)
def test_what_is_a_mention(text, first_words):
    assert [readings[-1] for readings in spoken_to(text)] == first_words


def test_a_name_of_several_words_is_read_before_a_single_word():
    (readings,) = spoken_to("@Rui Alves, can you?")

    assert readings.index("Rui Alves") < readings.index("Rui")


def test_a_text_speaks_to_some_and_not_to_everybody():
    assert len(spoken_to("@a " * 1000)) == MOST_MENTIONS


@pytest.fixture
def rui(db):
    return make_user(full_name="Rui Alves", email="rui@aureus.example")


@pytest.mark.parametrize(
    "text",
    [
        "@rui look",
        "@RUI",
        "@Rui Alves, look",
        "@rui alves",
        "Ask @rui.",
        "@Rui Alves @rui twice",
    ],
)
def test_people_are_called_by_name_or_address(rui, text):
    found = mentions_in(text, make_launch())

    assert (found.told, found.outsiders, found.unknown) == ([rui], [], [])


def test_of_two_with_one_name_neither_is_meant(rui):
    make_user(full_name="Rui Alves")

    found = mentions_in("@Rui Alves @rui", make_launch())

    assert (found.told, found.unknown) == ([rui], ["Rui"])


def test_who_has_left_or_is_unknown_is_named_to_the_author(rui):
    make_user(full_name="Left Long Ago", email="left@aureus.example", is_active=False)

    found = mentions_in("@left @nobody @rui", make_launch())

    assert (found.told, found.unknown) == ([rui], ["left", "nobody"])


@pytest.mark.django_db
def test_outsiders_of_a_restricted_launch_are_told_nothing(rui):
    launch = make_launch(classification="restricted")
    item, manager = launch.items.first(), manager_of(launch)
    member = make_member(item.section)

    comment = add_comment(item, by=manager, text=f"@rui and @{member.email.split('@')[0]}")
    spread_all()

    assert list(comment.mentioned.all()) == [member]
    assert [mail.recipient for mail in Mail.objects.select_related("recipient")] == [member]
    assert not launch.is_visible_to(rui)
    assert not News.objects.filter(whom=rui).exists()


def test_the_author_learns_whom_it_reaches(client, rui):
    launch = make_launch(classification="restricted")
    item, manager = launch.items.select_related("section").first(), manager_of(launch)
    client.force_login(manager)
    member = make_member(item.section, full_name="Kofi Mensah")
    address = reverse("checklist:item-comment", args=[launch.slug, item.section.number, item.pk])

    page = client.post(address, {"text": "@Kofi Mensah @rui @nobody"}, follow=True)

    (message,) = page.context["messages"]
    assert str(message).split(". ") == [
        "The comment is there",
        "It is told to Kofi Mensah",
        "May not see this launch and is told nothing: Rui Alves",
        "A manager can let them in",
        "Nobody is found under this name, or several are: @nobody.",
    ]
    assert member.full_name in page.text


def test_the_ledger_knows_who_was_mentioned(rui):
    launch = make_launch()
    item, manager = launch.items.first(), manager_of(launch)

    with appended() as entries:
        add_comment(item, by=manager, text="@rui")
        add_comment(item, by=manager, text="Alone")

    assert [entry[3].get("mentioned") for entry in entries] == [[str(rui.pk)], None]


def test_a_comment_that_speaks_to_nobody_asks_nothing_more(rui, django_assert_num_queries):
    launch = make_launch()

    with django_assert_num_queries(0):
        mentions_in("Write to rui@aureus.example", launch)


def test_mentions_wait_in_my_work_until_they_are_answered(rui):
    launch = make_launch()
    item, manager = launch.items.first(), manager_of(launch)
    add_comment(item, by=manager, text="@rui?")

    (pile,) = work_of(rui, timezone.now()).piles
    assert (pile.key, [task.text for task in pile.tasks]) == ("mentions", [str(item)])
    assert pile.tasks[0].when.startswith(f"by {manager}, ")

    make_comment(item, "Yes.", author=rui)
    assert work_of(rui, timezone.now()).piles == []


def test_an_auditor_may_be_spoken_to_of_any_launch(db):
    auditor = make_auditor(email="ingrid@aureus.example")
    launch = make_launch(classification="restricted")

    assert mentions_in("@ingrid", launch).told == [auditor]
