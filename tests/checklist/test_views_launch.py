"""The launch page, its items, its activity, and opening its review."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from accounts.rules import Role
from checklist.models import Launch
from checklist.pages.conditions import after_launch_words, owed_words
from checklist.reading import standing_of
from checklist.rules import ItemStatus, LaunchState, Outcome
from checklist.verdict_words import countdown, target_for, target_words, verdict_words
from tests.checklist.pages import click, launch_url, said, section_url
from tests.factories.launches import (
    make_evidence,
    make_holder,
    make_launch,
    make_lead,
    make_member,
    manager_of,
    recount,
    set_items,
)
from tests.factories.people import make_authority, make_user

pytestmark = pytest.mark.django_db


def sign(section, *, by=None):
    """Let a signature stand over the section as it is, as signoff's steps would."""
    slot = section.slots.get()
    slot.signature = slot.pk
    slot.signed_material = slot.section_material(section.material)
    slot.signed_at, slot.signed_by = timezone.now(), by or make_user(full_name="R. Chen")
    slot.save()
    recount(section)


def ready(launch):
    for section in launch.sections.all():
        set_items(section, status=ItemStatus.DONE)
        section.refresh_from_db()
        sign(section)
    return Launch.objects.get(pk=launch.pk)


def words(launch, now=None):
    launch = Launch.objects.get(pk=launch.pk)
    return verdict_words(standing_of(launch, now or timezone.now()), now or timezone.now())


# The verdict


def test_not_ready_says_what_is_outstanding_and_unsigned():
    launch = make_launch({}, {"items": ["One"]})

    said_so = words(launch)

    assert str(said_so) == "NOT READY: 3 items outstanding, 2 sections unsigned"
    assert [detail.url for detail in said_so.details] == [
        f"{launch_url(launch, 'items')}?status=outstanding",
        f"{launch_url(launch)}?show=unsigned#sections",
    ]


def test_one_of_each_reads_in_the_singular():
    assert str(words(make_launch({"items": ["One"]}))) == (
        "NOT READY: 1 item outstanding, 1 section unsigned"
    )


def test_a_stale_signature_is_named():
    launch = make_launch({}, {})
    ready(launch)
    section = launch.sections.first()

    set_items(section, status=ItemStatus.NA, na_reason="Not ours")

    assert str(words(launch)) == "NOT READY: 1 section changed since signed"


def test_a_returned_section_is_named():
    launch = make_launch()
    set_items(launch.sections.get(), status=ItemStatus.DONE)
    launch.slots.update(returned_at=timezone.now(), returned_by=make_user())

    assert str(words(launch)) == "NOT READY: 1 section returned"


def test_expired_evidence_is_named_from_its_hour_on():
    launch = make_launch({"items": ["Scan"]})
    section = launch.sections.get()
    section.items.update(evidence_demanded=True, status=ItemStatus.DONE)
    make_evidence(section.items.get(), expires_on=timezone.now().date() + timedelta(days=1))
    section.refresh_from_db()
    sign(section)

    later = timezone.now() + timedelta(days=3)
    assert words(launch).word == "READY TO DECIDE"
    assert str(words(launch, later)) == "NOT READY: evidence of 1 item expired"


def test_a_launch_without_items_is_not_ready():
    assert "no item to weigh yet" in str(words(make_launch({"items": []})))


def test_ready_to_decide_says_that_no_round_is_open():
    said_so = words(ready(make_launch()))

    assert str(said_so) == "READY TO DECIDE: 2 items settled, 1 section signed"
    assert said_so.waits == "No decision round is open yet."


def test_an_open_round_waits_on_votes():
    launch = ready(make_launch(executive=[[], []]))
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.OPEN)

    assert words(launch).waits == "Waiting on 2 executive votes."


def test_go_without_executive_slots_is_approved():
    launch = ready(make_launch())
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.GO)

    assert words(launch).word == "APPROVED"


def test_go_over_changed_content_is_to_be_affirmed_again():
    launch = ready(make_launch(executive=[[]]))
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.GO)

    said_so = words(launch)

    assert said_so.word == "READY TO DECIDE"
    assert said_so.waits.startswith("GO was given, and something has changed under it since")


def test_no_go_says_what_to_do():
    launch = make_launch()
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.NO_GO)

    assert str(words(launch)) == "NO-GO: the last round ended with NO-GO"

    Launch.objects.filter(pk=launch.pk).update(refused_because="Support is 100% on leave.")

    said = "NO-GO: the last round ended with NO-GO: “Support is 100% on leave.”"
    assert str(words(launch)) == said


@pytest.mark.parametrize(
    ("counted", "text"),
    [
        ({"open_conditions": 1, "open_before_launch": 1}, "waiting on 1 condition before launch"),
        ({"open_conditions": 3, "open_before_launch": 2}, "waiting on 2 conditions before launch"),
    ],
)
def test_go_waits_for_what_is_to_be_done_before_the_launch(counted, text):
    launch = ready(make_launch(executive=[[]]))
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.GO_CONDITIONAL, **counted)

    assert text in str(words(launch))


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (1, "1 condition after launch by Sat 12 Dec 2099"),
        (2, "2 conditions after launch, the next by Sat 12 Dec 2099"),
    ],
)
def test_what_is_promised_for_afterwards_is_told_with_the_approval(count, text):
    launch = make_launch()
    launch.open_conditions, launch.next_condition_due = count, date(2099, 12, 12)

    assert after_launch_words(launch) == text
    launch.open_before_launch = count
    assert after_launch_words(launch) == ""


@pytest.mark.parametrize(
    ("count", "day", "text"),
    [
        (0, None, ""),
        (1, date(2099, 12, 12), "1 condition open, due Sat 12 Dec 2099"),
        (2, date(2099, 12, 12), "2 conditions open, the next due Sat 12 Dec 2099"),
        (1, date(2025, 12, 12), "1 condition open, overdue since Fri 12 Dec 2025"),
        (2, date(2025, 12, 12), "2 conditions open, the next overdue since Fri 12 Dec 2025"),
    ],
)
def test_the_launch_says_how_many_conditions_are_owed(count, day, text):
    launch = make_launch()
    launch.open_conditions, launch.next_condition_due = count, day

    assert owed_words(launch, timezone.now()) == text


def test_a_condition_is_overdue_from_24_00_in_the_launch_s_zone():
    launch = make_launch(time_zone="Asia/Tokyo")
    launch.open_conditions, launch.next_condition_due = 1, date(2025, 12, 12)
    end = datetime(2025, 12, 12, 15, tzinfo=UTC)

    assert "due" in owed_words(launch, end - timedelta(seconds=1))
    assert "overdue" not in owed_words(launch, end - timedelta(seconds=1))
    assert "overdue" in owed_words(launch, end)


# The clock


@pytest.mark.parametrize(
    ("days", "clock", "text"),
    [
        (13, None, "T-minus 13 days"),
        (1, None, "T-minus 1 day"),
        (0, None, "due today"),
        (0, time(23, 59), "due today 23:59"),
        (0, time(0, 0), "due since 00:00 today"),
        (-1, None, "1 day past its target"),
        (-3, time(9), "3 days past its target"),
    ],
)
def test_the_countdown_counts_days_of_the_launchs_calendar(days, clock, text):
    now = timezone.now().replace(hour=12)
    day = now.date() + timedelta(days=days)
    launch = make_launch(target_on=day, target_time=clock, time_zone="UTC")

    assert countdown(launch, now) == text


def test_without_a_target_there_is_no_clock():
    launch = make_launch()

    assert (countdown(launch, timezone.now()), target_words(launch)) == ("", "no target date yet")


def test_the_target_reads_in_both_zones():
    launch = make_launch(
        target_on=date(2026, 12, 11), target_time=time(14), time_zone="Europe/Berlin"
    )

    assert target_words(launch) == "Fri 11 Dec 2026, 14:00 CET"
    with timezone.override("Asia/Tokyo"):
        assert target_for(launch) == "Fri 11 Dec 2026, 22:00 JST"
    with timezone.override("Europe/Paris"):
        assert target_for(launch) == ""


# The page


def test_the_page_has_a_row_a_section_with_blocker_and_whom_it_waits_for(client):
    launch = make_launch({"title": "Security"}, {"title": "Testing"})
    client.force_login(make_user())

    page = client.get(launch_url(launch))

    (phase,) = page.context["page"].phases
    assert [row.title for row in phase.rows] == ["Security", "Testing"]
    assert [row.blocker for row in phase.rows] == [
        "1.1 Audit completed",
        "2.1 Audit completed",
    ]
    assert page.text.count("<h1>") == 1
    assert "NOT READY" in page.text
    assert f"Waiting on {phase.rows[0].team}" in page.text


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("unsigned", ["Testing"]),
        ("signed", ["Security"]),
        ("stale", []),
        ("returned", []),
        ("expired", []),
        ("gone", ["Security", "Testing"]),
        ("\x00", ["Security", "Testing"]),
    ],
)
def test_a_number_of_the_verdict_shows_its_sections(client, show, titles):
    launch = make_launch({"title": "Security"}, {"title": "Testing"})
    section = launch.sections.first()
    set_items(section, status=ItemStatus.DONE)
    sign(section)
    client.force_login(make_user())

    page = client.get(launch_url(launch), {"show": show})

    assert [row.title for row in page.context["page"].phases[0].rows] == titles


def test_a_signed_section_says_by_whom(client):
    launch = ready(make_launch())
    client.force_login(make_user())

    page = client.get(launch_url(launch))

    assert "Signed by R. Chen, " in page.text
    assert "READY TO DECIDE" in page.text


def turns(client, launch):
    return [turn.text for turn in client.get(launch_url(launch)).context["page"].turns]


def test_a_member_settles_a_lead_asks_a_holder_signs(client):
    launch = make_launch({"title": "Security"})
    section = launch.sections.get()
    client.force_login(make_member(section))
    assert turns(client, launch) == ["Settle 2 items of 1 Security"]

    lead = make_lead(section)
    set_items(section, status=ItemStatus.DONE)
    client.force_login(lead)
    assert turns(client, launch) == ["Ask for the signature of 1 Security"]

    client.post(section_url(section, "section-ask"))
    client.force_login(make_holder(section.slots.get()))
    assert turns(client, launch) == ["Sign or return 1 Security"]
    assert "Waiting on you since" in client.get(launch_url(launch)).text


def test_an_auditor_has_no_turn(client):
    launch = make_launch()
    client.force_login(make_user(role=Role.AUDITOR))

    assert turns(client, launch) == []


def test_an_executive_votes_while_a_round_is_open(client):
    launch = make_launch(executive=[[make_authority()]])
    Launch.objects.filter(pk=launch.pk).update(outcome=Outcome.OPEN)
    slot = launch.slots.executive().get()
    client.force_login(make_holder(slot))

    assert turns(client, launch) == [f"Vote as {slot.authorities.get().name}"]


def test_what_happened_lately_reads_as_sentences(client):
    launch = make_launch()
    section = launch.sections.get()
    member = make_member(section, full_name="M. Ito")
    client.force_login(member)
    client.post(section_url(section, "section-status"), click(section.items.first(), "done"))

    page = client.get(launch_url(launch))

    assert page.context["page"].recent[0].text == "1.1 Audit completed: not set → done, M. Ito"


def test_a_stranger_does_not_find_a_restricted_launch(client):
    launch = make_launch(classification="restricted")
    client.force_login(make_user())

    for name in ("launch", "items", "activity", "launch-edit", "participants"):
        assert client.get(launch_url(launch, name)).status_code == 404


# Opening the review


def test_a_manager_opens_the_review(client):
    launch = make_launch(in_review=False)
    client.force_login(manager_of(launch))
    page = client.get(launch_url(launch))

    response = client.post(launch_url(launch, "launch-open"))

    assert "Open the review" in page.text
    assert response.url == launch_url(launch)
    assert Launch.objects.get().state == LaunchState.IN_REVIEW


def test_a_review_is_opened_once(client):
    launch = make_launch()
    client.force_login(manager_of(launch))

    response = client.post(launch_url(launch, "launch-open"))

    assert said(response) == ["This launch is in review already."]


def test_nobody_else_opens_it(client):
    launch = make_launch(in_review=False)
    client.force_login(make_lead(launch.sections.get()))

    assert client.post(launch_url(launch, "launch-open")).status_code == 403


# Its items


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["Certificates installed"]),
        ("?status=settled", ["Audit completed"]),
        ("?status=done", ["Audit completed"]),
        ("?status=all", ["Audit completed", "Certificates installed"]),
        ("?status=expired", []),
        ("?status=gone", ["Certificates installed"]),
        ("?status=all&who=mine", ["Audit completed"]),
    ],
)
def test_the_items_behind_a_number(client, query, texts):
    launch = make_launch()
    reader = make_user()
    first = launch.items.first()
    launch.items.filter(pk=first.pk).update(status=ItemStatus.DONE, owner=reader)
    client.force_login(reader)

    page = client.get(launch_url(launch, "items") + query)

    rows = [row.text for group in page.context["page"].groups for row in group.rows]
    assert rows == texts


# Its activity


def test_the_activity_reads_what_happened(client):
    launch = make_launch(name="Aureus", version="1.0")
    section = launch.sections.get()
    client.force_login(make_member(section, full_name="M. Ito"))
    client.post(section_url(section, "section-status"), click(section.items.first(), "done"))

    page = client.get(launch_url(launch, "activity"))

    texts = [sentence.text for sentence in page.context["page"].sentences]
    assert texts[0] == "1.1 Audit completed: not set → done, M. Ito"
    assert any(text.startswith("Aureus 1.0: started") for text in texts)
