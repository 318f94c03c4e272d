"""The fixtures bring the seed document's checklist whole, and the organisation that works on it."""

from collections import Counter
from pathlib import Path

import pytest
from django.core.management import call_command

from accounts.models import Authority, Team
from checklist.actions.templates import content_of, publish_template
from checklist.models import TemplateItem, TemplateSection, TemplateSlot, TemplateVersion

pytestmark = pytest.mark.django_db

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
MODELS = [
    Team,
    Authority,
    TemplateVersion,
    TemplateSection,
    TemplateItem,
    TemplateSlot,
    TemplateSection.teams.through,
    TemplateSlot.authorities.through,
]


def load():
    names = ("organisation.json", "aureus_sentinel_template.json")
    call_command("loaddata", *(str(FIXTURES / name) for name in names), verbosity=0)


def rows():
    return [list(model.objects.order_by("pk").values_list()) for model in MODELS]


@pytest.fixture
def version():
    load()
    return TemplateVersion.objects.get()


def test_fixtures_bring_every_row():
    load()

    assert [model.objects.count() for model in MODELS] == [13, 14, 1, 12, 121, 13, 14, 19]


def test_fixtures_loaded_twice_are_the_same_rows(version):
    before = rows()

    load()

    assert rows() == before


def test_fixtures_loaded_again_after_publication_are_the_same_rows(version):
    publish_template(version, by=None)
    before = rows()

    load()

    assert rows() == before


def test_every_section_has_its_items_teams_and_authorities(version):
    content = content_of(version)

    assert [
        (
            section["number"],
            section["title"],
            len(section["items"]),
            section["teams"],
            [(slot["title"], slot["authorities"]) for slot in section["slots"]],
        )
        for section in content["sections"]
    ] == [
        ("1", "Security", 15, ["security"], [("Security Sign-Off", ["ciso", "security-lead"])]),
        (
            "2",
            "Performance",
            10,
            ["engineering"],
            [("Performance Sign-Off", ["engineering-manager"])],
        ),
        (
            "3",
            "Monitoring & Observability",
            12,
            ["devops", "sre"],
            [("Monitoring Sign-Off", ["devops-lead"])],
        ),
        (
            "4",
            "High Availability & Disaster Recovery",
            10,
            ["devops", "infrastructure"],
            [("HA/DR Sign-Off", ["infrastructure-lead"])],
        ),
        (
            "5",
            "Documentation",
            10,
            ["engineering", "technical-writing"],
            [("Documentation Sign-Off", ["engineering-manager"])],
        ),
        (
            "6",
            "Compliance & Legal",
            10,
            ["compliance", "legal"],
            [("Compliance Sign-Off", ["compliance-officer", "general-counsel"])],
        ),
        (
            "7",
            "Operational Procedures",
            10,
            ["operations"],
            [("Operations Sign-Off", ["operations-manager"])],
        ),
        (
            "8",
            "Infrastructure",
            10,
            ["infrastructure"],
            [("Infrastructure Sign-Off", ["infrastructure-lead"])],
        ),
        ("9", "Testing", 10, ["qa"], [("Testing Sign-Off", ["qa-lead"])]),
        (
            "10",
            "Business Continuity",
            10,
            ["business-operations"],
            [("Business Continuity Sign-Off", ["business-lead", "coo"])],
        ),
        ("11", "Post-Launch Checklist (Within 24 Hours)", 8, [], []),
        ("12", "Post-Launch Review (Within 1 Week)", 6, [], []),
    ]


def test_the_executive_slots_name_two_authorities_each(version):
    assert [(slot["title"], slot["authorities"]) for slot in content_of(version)["slots"]] == [
        ("CTO / VP Engineering", ["cto", "vp-engineering"]),
        ("CISO / Security Lead", ["ciso", "security-lead"]),
        ("COO / Operations Lead", ["coo", "operations-lead"]),
    ]


def test_items_are_counted_by_phase(version):
    phases = version.items.values_list("section__phase", flat=True)

    assert Counter(phases) == {"readiness": 107, "post_launch": 8, "review": 6}


def test_post_launch_items_name_a_team_or_an_authority(version):
    rows = version.items.filter(section__phase="post_launch").order_by("position")

    assert [(row.number, str(row.team or row.authority)) for row in rows] == [
        ("1", "DevOps Team"),
        ("2", "DevOps Team"),
        ("3", "Engineering Team"),
        ("4", "Infrastructure Team"),
        ("5", "Engineering Team"),
        ("6", "Support Team"),
        ("7", "Marketing Team"),
        ("8", "Engineering Manager"),
    ]


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("tls-ssl-certificates-installed", "1.3 TLS/SSL certificates installed"),
        ("p95-latency-below-targets", "2.2 p95 latency < targets"),
        ("escalation-contacts-defined", "10.10 Escalation contacts defined"),
        ("check-error-rates-below-1", "3 Check error rates < 1%"),
        ("review-metrics-vs-baseline", "Review metrics vs. baseline"),
    ],
)
def test_an_item_keeps_its_words_behind_a_stable_key(version, key, line):
    assert str(version.items.get(key=key)) == line


def test_the_version_carries_the_documents_own_words(version):
    assert (str(version), version.edition, version.next_review, str(version.owner_team)) == (
        "Aureus Sentinel - Production Readiness Checklist v1",
        "Week 14",
        "Quarterly or before major releases",
        "Engineering Team",
    )
