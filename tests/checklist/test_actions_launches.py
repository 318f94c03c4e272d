"""Starting a launch, changing it, opening its review, letting people in: rows, entries, refusals."""

from datetime import UTC, date, datetime, time

import pytest

from audit.ledger import Salted
from audit.models import Entry
from checklist.actions.launches import change_launch, start_launch
from checklist.actions.life import open_review
from checklist.models import Launch
from checklist.rules import Tone
from tests.checklist.aftermath import acts, appended, forbidden, refused, said
from tests.factories.launches import (
    make_evidence,
    make_launch,
    make_template,
    manager_of,
)
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user
from tests.signoff.acting import make_asked_launch, make_go_launch, reread, sign, withdraw

pytestmark = pytest.mark.django_db


def start(template=None, *, by=None, **fields):
    about = {"name": "Aureus", "version": "1.0", "environment": "production"}
    about["owner_team"] = make_team()
    template = template or make_template()
    return start_launch(template, by=by or make_manager(), **about | fields)


# Starting


def test_a_launch_starts_as_a_draft_with_all_that_its_template_names():
    team, authority = make_team(), make_authority()
    template = make_template({"teams": [team], "authorities": [authority]}, executive=[[authority]])
    manager = make_manager()

    launch = start(template, by=manager, target_on=date(2026, 6, 1), time_zone="Asia/Tokyo")

    launch = reread(launch)
    section = launch.sections.get()
    assert (launch.state, launch.slug, launch.created_by) == ("draft", "aureus-10", manager)
    assert launch.target_at == datetime(2026, 6, 1, 15, tzinfo=UTC)
    assert (launch.outstanding, launch.blockers, launch.unsigned, launch.slot_count) == (2, 2, 1, 1)
    assert (launch.tone, launch.next_blocker) == (Tone.NOT_READY, "1.1 Audit completed")
    assert [(p.user, p.is_manager) for p in launch.participants.all()] == [(manager, True)]
    assert list(section.teams.all()) == [team]
    assert [(i.number, i.text, i.status, i.from_template) for i in launch.items.all()] == [
        ("1.1", "Audit completed", "unset", True),
        ("1.2", "Certificates installed", "unset", True),
    ]
    assert [(s.section, list(s.authorities.all())) for s in launch.slots.all()] == [
        (section, [authority]),
        (None, [authority]),
    ]
    assert {slot.authority_slugs[0] for slot in launch.slots.all()} == {authority.slug}


def test_starting_says_everything_in_the_ledger_so_that_it_can_be_replayed():
    manager = make_manager()

    with appended() as entries:
        launch = start(
            by=manager, description="What it is", target_time=time(9), target_on=date.max
        )

    started, section, slot, first, second = entries
    assert started == said(
        "launch.started",
        f"launch:{launch.pk}",
        new={
            "name": Salted("Aureus"),
            "version": Salted("1.0"),
            "environment": Salted("production"),
            "artefact_digest": "",
            "description": Salted("What it is"),
            "classification": "internal",
            "owner_team": str(launch.owner_team_id),
            "next_review": Salted(""),
            "four_eyes": False,
            "executive_keys": False,
            "target_on": "9999-12-31",
            "escalate_after_hours": None,
            "target_time": "09:00:00",
            "time_zone": "UTC",
            "slug": "aureus-10",
            "template": str(launch.template_id),
            "state": "draft",
            "manager": str(manager.pk),
        },
    )
    assert section[:2] == ("section.added", f"section:{launch.sections.get().pk}")
    assert section[3] == {
        "key": "section-1",
        "position": 1,
        "number": "1",
        "title": Salted("Section 1"),
        "phase": "readiness",
        "guidance": Salted(""),
        "teams": [str(launch.sections.get().teams.get().pk)],
    }
    (own,) = launch.slots.all()
    assert slot[3] == {
        "key": "slot-1",
        "position": 1,
        "section": str(own.section_id),
        "title": Salted("Section 1 Sign-Off"),
        "authorities": [own.authorities.get().slug],
    }
    items = launch.items.order_by("position")
    assert acts([first, second]) == [("item.added", f"item:{item.pk}") for item in items]
    assert first[3]["text"] == Salted("Audit completed")
    assert {(e.actor, e.launch) for e in Entry.objects.all()} == {(manager.pk, launch.pk)}


def test_a_launch_takes_description_and_next_review_from_its_template_unless_told():
    template = make_template(description="Of the template", next_review="Quarterly")

    first, second = start(template), start(template, description="Own", next_review="Monthly")

    assert (first.description, first.next_review) == ("Of the template", "Quarterly")
    assert (second.description, second.next_review) == ("Own", "Monthly")


def test_launches_of_one_name_have_addresses_of_their_own():
    template = make_template()

    launches = [start(template, name=name) for name in ("Größe", "Größe", "GROSSE", "発売", "発売")]

    assert [launch.slug for launch in launches] == [
        "groe-10",
        "groe-10-2",
        "grosse-10",
        "10",
        "10-2",
    ]


def test_a_name_of_two_hundred_letters_has_a_short_address():
    template = make_template()

    slugs = [start(template, name="x" * 200).slug for _ in range(2)]

    assert slugs == ["x" * 70, "x" * 70 + "-2"]


def test_only_a_published_template_starts_a_launch():
    draft = make_template(published=False)

    with refused("unpublished"):
        start(draft)


@pytest.mark.parametrize("make", [make_user, make_admin, lambda: make_manager(is_active=False)])
def test_only_launch_managers_start_launches(make):
    person, template, team = make(), make_template(), make_team()

    with forbidden():
        start(template, by=person, owner_team=team)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, {"name": ["blank"]}),
        ({"name": "x" * 201}, {"name": ["max_length"]}),
        ({"time_zone": "Mars/Olympus"}, {"time_zone": ["zone"]}),
        ({"classification": "secret"}, {"classification": ["invalid_choice"]}),
        ({"owner_team": None}, {"owner_team": ["null"]}),
        ({"target_time": time(9)}, {"__all__": ["time_without_date"]}),
    ],
)
def test_a_launch_that_does_not_fit_is_refused(fields, refusal):
    template, manager = make_template(), make_manager()
    fields = {"owner_team": make_team()} | fields

    with refused(**refusal):
        start(template, by=manager, **fields)


# Changing


def test_a_manager_changes_what_a_launch_is_about():
    launch, team = make_launch(name="Old", version="1.0", in_review=False), make_team()

    with appended() as entries:
        change_launch(
            launch,
            by=manager_of(launch),
            name="New",
            owner_team=team,
            target_on=date(2026, 6, 1),
            target_time=time(9, 30),
        )

    old = {
        "name": Salted("Old"),
        "owner_team": str(launch.owner_team_id),
        "target_on": None,
        "target_time": None,
    }
    new = {
        "name": Salted("New"),
        "owner_team": str(team.pk),
        "target_on": "2026-06-01",
        "target_time": "09:30:00",
    }
    assert entries == [said("launch.changed", f"launch:{launch.pk}", old, new)]
    assert reread(launch).target_at == datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def test_changing_nothing_says_nothing():
    launch = make_launch(name="Same")

    with appended() as entries:
        change_launch(launch, by=manager_of(launch), name="Same")

    assert entries == []


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"name": ""}, {"name": ["blank"]}),
        ({"target_on": None, "target_time": time(9)}, {"__all__": ["time_without_date"]}),
    ],
)
def test_a_change_that_does_not_fit_is_refused(fields, refusal):
    launch = make_launch(in_review=False)

    with refused(**refusal):
        change_launch(launch, by=manager_of(launch), **fields)


@pytest.mark.parametrize("name", ["name", "version", "environment", "artefact_digest"])
def test_changing_what_executives_signed_makes_their_votes_stale_and_undoing_heals(name):
    launch = make_go_launch()
    manager, slot, before = (
        manager_of(launch),
        launch.slots.executive().get(),
        getattr(launch, name),
    )

    with appended() as entries:
        change_launch(launch, by=manager, **{name: "another"})
    stale = reread(launch).tone
    with appended() as undone:
        change_launch(launch, by=manager, **{name: before})

    subjects = [f"launch:{launch.pk}", f"slot:{slot.pk}"]
    assert acts(entries) == list(zip(["launch.changed", "slot.stale"], subjects, strict=True))
    assert acts(undone) == list(zip(["launch.changed", "slot.healed"], subjects, strict=True))
    assert (stale, reread(launch).tone) == (Tone.READY, Tone.APPROVED)


@pytest.mark.parametrize(
    "fields", [{"description": "Other"}, {"time_zone": "Asia/Tokyo"}, {"next_review": "Never"}]
)
def test_changing_anything_else_leaves_the_votes_alone(fields):
    launch = make_go_launch()

    with appended() as entries:
        change_launch(launch, by=manager_of(launch), **fields)

    assert acts(entries) == [("launch.changed", f"launch:{launch.pk}")]
    assert reread(launch).tone == Tone.APPROVED


def test_a_new_time_zone_ends_days_at_another_moment():
    launch = make_launch()
    item = launch.items.first()
    item.evidence_demanded = True
    item.save()
    make_evidence(item, expires_on=date(2100, 1, 1))

    change_launch(launch, by=manager_of(launch), time_zone="Asia/Tokyo")

    assert reread(launch).next_expiry == datetime(2100, 1, 1, 15, tzinfo=UTC)
    assert launch.sections.get().next_expiry == datetime(2100, 1, 1, 15, tzinfo=UTC)


def test_four_eyes_are_switched_off_before_the_first_signature_only():
    launch = make_asked_launch(four_eyes=True)
    manager = manager_of(launch)

    change_launch(launch, by=manager, four_eyes=False, reason="One of us is ill.")
    change_launch(launch, by=manager, four_eyes=True)
    signature = sign(launch.slots.get())

    with refused(four_eyes=["signed_already"]):
        change_launch(launch, by=manager, four_eyes=False, reason="Still ill.")
    withdraw(signature)
    with refused(four_eyes=["signed_already"]):
        change_launch(launch, by=manager, four_eyes=False, reason="Nothing stands.")


def test_four_eyes_are_switched_off_with_a_reason():
    launch = make_launch(four_eyes=True)

    with refused(reason=["reason_required"]):
        change_launch(launch, by=manager_of(launch), four_eyes=False)
    with appended() as entries:
        change_launch(launch, by=manager_of(launch), four_eyes=False, reason="We are two.")

    assert [entry[-1] for entry in entries] == ["We are two."]


def test_four_eyes_are_switched_on_at_any_time():
    launch = make_asked_launch()
    sign(launch.slots.get())

    change_launch(launch, by=manager_of(launch), four_eyes=True)

    assert reread(launch).four_eyes


# Review


def test_a_draft_moves_into_review_once():
    launch = make_launch(in_review=False)

    with appended() as entries:
        open_review(launch, by=manager_of(launch))

    states = {"state": "draft"}, {"state": "in_review"}
    assert entries == [said("launch.opened", f"launch:{launch.pk}", *states)]
    assert reread(launch).state == "in_review"
    with refused("in_review"):
        open_review(launch, by=manager_of(launch))


def test_the_launch_s_address_stays_when_its_name_changes():
    launch = make_launch(name="Old")

    change_launch(launch, by=manager_of(launch), name="New")

    assert Launch.objects.get(slug=launch.slug).name == "New"
