"""The demo launch's export is the document that the demo was made from, with its blanks filled as people sign."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from checklist import demo
from checklist.models import Appointment
from signoff.export.formats import export
from tests.factories.signatures import ask, make_signature
from tests.signoff.documents import read

TESTS = Path(__file__).resolve().parents[1]
FIXTURES = TESTS.parent / "fixtures"
SEED = (TESTS / "samples" / "aureus-sentinel-checklist.md").read_text()


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    """The story told once for all tests here: each of them undoes only what it does itself."""
    with django_db_blocker.unblock(), transaction.atomic():
        for name in ("organisation", "aureus_sentinel_template"):
            call_command("loaddata", str(FIXTURES / f"{name}.json"), verbosity=0)
        call_command("publish_template", "aureus-sentinel", verbosity=0)
        yield demo.tell(password="copper-amber-olive-linen-14").launch
        transaction.set_rollback(True)


@pytest.fixture
def launch(told, db):
    return told


def exported(launch):
    return export(launch, "md", now=timezone.now()).content.decode()


def unordered(value):
    """Teams and authorities without their order, which the product does not keep."""
    words = re.split(r" / | or ", value.removesuffix(" Team"))
    return sorted(word.removesuffix(" Team") for word in words)


def test_every_row_comes_back(launch):
    seed, ours = read(SEED), read(exported(launch))

    assert len(seed.items) == 107 + 8 + 6
    assert ours.rows == seed.rows


def test_every_heading_comes_back(launch):
    assert read(exported(launch)).headings == read(SEED).headings


def test_every_responsible_team_and_authority_comes_back(launch):
    seed, ours = read(SEED).values, read(exported(launch)).values

    for heading in (title for _level, title in read(SEED).headings[2:12]):
        for label in ("Responsible", "Sign-Off Required"):
            assert unordered(ours[heading][label]) == unordered(seed[heading][label])


def test_blank_lines_to_sign_and_questions_come_back(launch):
    seed, ours = read(SEED), read(exported(launch))

    assert len(seed.signoffs) == 10
    assert ours.signoffs == seed.signoffs
    assert len(seed.questions) == 3
    assert ours.questions == seed.questions
    assert ours.values["Pre-Launch Review"] == {"Launch go/no-go decision": "[ ] GO [ ] NO-GO"}
    assert ours.values["Pre-Launch Review"] == seed.values["Pre-Launch Review"]


def test_the_executives_lines_come_back(launch):
    seed, ours = (text.partition("### Executive Approval")[2] for text in (SEED, exported(launch)))
    lines = seed.partition("---")[0]

    assert lines.count("Signature: ___") == 3
    assert ours.startswith(lines)


def test_the_foot_comes_back(launch):
    seed, ours = (text.split("\n---\n") for text in (SEED, exported(launch)))
    foot = "**Document Version:**"

    assert [part.strip() for part in ours if foot in part] == [
        part.strip() for part in seed if foot in part
    ]


def test_all_that_differs_is_told_here(launch):
    """Line by line: what the product knows better than the paper, and what it does not know."""
    ours = exported(launch).split("\n")

    missing = [line for line in SEED.rstrip().split("\n") if line not in ours]

    assert [line.partition(":**")[0] for line in missing] == [
        "**Last Updated",
        "**Status",
        "**Responsible",
        "**Responsible",
        "**Responsible",
        "**Sign-Off Required",
        "**Sign-Off Required",
    ]


def test_a_signature_fills_its_blanks_and_nothing_else(launch):
    slot = ask(launch.sections.get(title="Documentation"))
    holder = Appointment.objects.get(authority__slug="engineering-manager").holder
    launch.refresh_from_db()
    signature = make_signature(slot, holder)

    before, after = read(SEED), read(exported(launch))

    name, date, reference = after.signoffs.pop("Documentation Sign-Off")
    before.signoffs.pop("Documentation Sign-Off")
    assert name == f"{holder.full_name} (Engineering Manager)"
    assert re.fullmatch(r"\w{3} \d+ \w{3} \d{4}, \d\d:\d\d CES?T", date)
    assert reference == (
        f"[{signature.sha256[:8]}](http://localhost:8000/signatures/{signature.pk}/)"
    )
    assert after.signoffs == before.signoffs
    assert after.headings == [
        (level, "5. Documentation ✅" if "Documentation" in title else title)
        for level, title in before.headings
    ]
    assert after.rows.pop("5. Documentation ✅") == before.rows.pop("5. Documentation [ ]")
    assert after.rows == before.rows
