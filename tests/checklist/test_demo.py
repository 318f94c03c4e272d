"""The demo tells the seed's story by the same actions as any launch, and telling it again changes nothing."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Authority, Membership, Team, User
from accounts.rules import Role, Standing
from audit.models import Entry
from checklist import demo
from checklist.models import Appointment, Item, Launch
from checklist.replay.comparing import check_rows
from checklist.rules import LaunchState, Phase, Tone
from sentinel.errors import Refused

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
PASSWORD = "copper-amber-olive-linen-14"


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The story told once for all tests here: each of them undoes only what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("organisation", "aureus_sentinel_template"):
            call_command("loaddata", str(FIXTURES / f"{name}.json"), verbosity=0)
        call_command("publish_template", "aureus-sentinel", verbosity=0)
        yield demo.tell(password=PASSWORD)
        transaction.set_rollback(True)


@pytest.fixture
def story(told, db):
    return told


def test_every_team_has_a_lead_and_every_authority_one_holder(story):
    leads = Membership.objects.filter(standing=Standing.LEAD)
    held = Appointment.objects.current(timezone.now())

    assert Counter(lead.team for lead in leads) == Counter(Team.objects.all())
    assert Counter(row.authority for row in held) == Counter(Authority.objects.all())


def test_every_role_has_an_account(story):
    assert Counter(User.objects.values_list("role", flat=True)) == {
        Role.MEMBER: 30,
        Role.MANAGER: 1,
        Role.AUDITOR: 1,
        Role.ADMIN: 1,
    }


def test_all_that_it_holds_is_what_the_ledger_says(story):
    assert [str(finding) for finding in check_rows()] == []


def test_everybody_signs_in_with_the_one_password(story):
    people = User.objects.all()

    assert story.password == PASSWORD
    assert {person.check_password(PASSWORD) for person in people} == {True}
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(people)


def test_accounts_are_listed_with_what_they_are_for(story):
    lines = {row.email: (row.name, row.part) for row in story.accounts}

    assert len(lines) == User.objects.count()
    assert lines["rui@aureus.example"] == ("Rui Chen", "CISO")
    assert lines["miyu@aureus.example"] == ("Miyu Ito", "leads Security Team")
    assert lines["mateo@aureus.example"] == ("Mateo Álvarez", "launch manager")


def test_every_line_of_the_document_has_its_status_and_note(story):
    data = demo.read_items()

    items = {item.key: item for item in story.launch.items.all()}

    assert {
        key: {"status": item.status, "note": item.note, "na_reason": item.na_reason}
        for key, item in items.items()
    } == data


def test_the_launch_counts_the_documents_marks(story):
    launch = story.launch
    sections = launch.sections.filter(phase=Phase.READINESS)

    assert [(row.number, row.done, row.unset, row.na) for row in sections] == [
        ("1", 8, 7, 0),
        ("2", 7, 2, 1),
        ("3", 9, 3, 0),
        ("4", 3, 7, 0),
        ("5", 10, 0, 0),
        ("6", 3, 7, 0),
        ("7", 5, 5, 0),
        ("8", 1, 9, 0),
        ("9", 7, 2, 1),
        ("10", 2, 8, 0),
    ]
    assert (launch.outstanding, launch.unsigned, launch.slot_count) == (50, 10, 10)


def test_the_launch_is_in_review_and_not_ready(story):
    assert str(story.launch) == "Aureus Sentinel 1.0"
    assert (story.launch.state, story.launch.tone) == (LaunchState.IN_REVIEW, Tone.NOT_READY)


def test_the_launch_is_due_at_nine_in_two_weeks(story):
    zone = ZoneInfo("Europe/Berlin")
    launch = Launch.objects.get()

    due = launch.target_at.astimezone(zone)

    assert due.date() == timezone.localdate(launch.created_at, zone) + timedelta(weeks=2)
    assert (due.hour, due.minute) == (9, 0)


def test_only_leads_of_a_sections_teams_have_worked_on_it(story):
    for item in Item.objects.exclude(status="unset").select_related("section", "status_by"):
        teams = item.section.teams.filter(
            memberships__user=item.status_by, memberships__standing=Standing.LEAD
        )
        assert teams.exists(), item


def test_the_ledger_has_the_whole_story(story):
    actions = Counter(Entry.objects.values_list("action", flat=True))

    assert actions == {
        "template.published": 1,
        "person.joined": 33,
        "membership.set": 16,
        "appointment.made": 14,
        "launch.started": 1,
        "launch.opened": 1,
        "section.added": 12,
        "slot.added": 13,
        "item.added": 121,
        "item.changed": 57 + 107,
    }


def test_telling_it_again_changes_nothing(story):
    before = (Entry.objects.count(), list(User.objects.values()), list(Launch.objects.values()))

    again = demo.tell()

    after = (Entry.objects.count(), list(User.objects.values()), list(Launch.objects.values()))
    assert after == before
    assert (again.launch, again.accounts, again.password) == (story.launch, story.accounts, "")


def test_asking_for_the_same_password_again_changes_nothing(story):
    before = list(User.objects.values())

    demo.tell(password=PASSWORD)

    assert list(User.objects.values()) == before


def test_another_password_becomes_everybodys(story):
    demo.tell(password="velvet-thistle-river-77")

    people = User.objects.all()
    assert {person.check_password("velvet-thistle-river-77") for person in people} == {True}


def test_a_weak_password_is_refused(story):
    with pytest.raises(ValidationError) as refused:
        demo.tell(password="aureus")

    assert "password_too_short" in {error.code for error in refused.value.error_list}


def test_new_accounts_get_a_made_up_password_and_the_others_keep_theirs(story):
    for model in (User, EmailAddress):
        model.objects.filter(email="zoe@aureus.example").update(email="gone@example.org")

    again = demo.tell()

    assert User.objects.get(email="zoe@aureus.example").check_password(again.password)
    assert User.objects.get(email="rui@aureus.example").check_password(PASSWORD)


def test_a_made_up_password_is_accepted():
    assert demo.validate_password(demo.made_up()) is None


@pytest.mark.django_db
def test_the_demo_waits_for_its_template(monkeypatch):
    monkeypatch.setattr(demo, "TEMPLATE", "not-there-yet")

    with pytest.raises(Refused) as refused:
        demo.tell()

    assert refused.value.code == "unprepared"


def test_the_command_prints_the_accounts_and_the_password(story, settings, capsys):
    settings.DEMO_PASSWORD = PASSWORD

    call_command("demo", force=True)

    first, *accounts, password, another = capsys.readouterr().out.splitlines()
    assert first == "The demo launch is Aureus Sentinel 1.0. Its accounts:"
    assert accounts[0].split() == ["astrid@aureus.example", "Astrid", "Lindqvist:", "admin"]
    assert password == f"Their password: {PASSWORD}"
    assert "SENTINEL_DEMO_PASSWORD" in another


def test_the_command_says_where_a_kept_password_was_printed(story, settings, capsys):
    settings.DEBUG, settings.DEMO_PASSWORD = True, ""

    call_command("demo")

    assert "Their password: the one printed when they were made" in capsys.readouterr().out


def test_the_command_refuses_a_weak_password_with_a_sentence(story, settings):
    settings.DEMO_PASSWORD = "aureus"

    with pytest.raises(CommandError, match="This password is too short"):
        call_command("demo", force=True)


def test_the_command_is_refused_in_production():
    with pytest.raises(CommandError, match="refused where DEBUG is off"):
        call_command("demo")
