"""A draft of a template from what was read: rows as the database wants them, names matched, few queries."""

import pytest

from accounts.models import Authority, Team
from audit.models import Entry
from checklist.actions.templates import bring_template, content_of, publish_template
from checklist.imports.files import read_file
from checklist.imports.template import Names, rows_of, version_of
from checklist.models import TemplateVersion
from tests.checklist.test_queries import ADVISORY_LOCK
from tests.factories.people import make_admin, make_authority, make_team

pytestmark = pytest.mark.django_db

TEXT = """# My checklist

## 1. Security

**Responsible:** Security Team
**Sign-Off Required:** CISO or Security Lead

| # | Item | Status | Notes |
|---|---|---|---|
| 1.1 | TLS | ✅ | since May |
| 1.2 | Backups | [ ] | every night |
| 1.2 | Keys | [ ] | |

## 1. Post-launch

- [ ] TLS
- [ ] See [the runbook](https://example.org/r)

## Sign-off

- [ ] CTO: ________
"""


def bring(text=TEXT, name="list.md"):
    draft = read_file(name, text.encode())
    names = Names.known()
    return bring_template(version_of(draft), by=make_admin(), rows=rows_of(draft, names)), names


def test_every_row_is_there_and_can_be_published():
    make_team(name="Security")
    for name in ("CISO", "Security Lead", "CTO"):
        make_authority(name=name)

    version, names = bring()

    assert not names.unknown
    content = content_of(version)
    first, second = content["sections"]
    assert (content["name"], content["slug"], content["number"]) == (
        "My checklist",
        "my-checklist",
        1,
    )
    assert [item["text"] for item in first["items"]] == ["TLS", "Backups", "Keys"]
    assert [item["key"] for item in second["items"]] == ["tls-2", "see-the-runbook"]
    assert first["teams"] == [Team.objects.get().slug]
    assert [slot["authorities"] for slot in first["slots"]] == [
        sorted(Authority.objects.exclude(name="CTO").values_list("slug", flat=True))
    ]
    assert [slot["title"] for slot in content["slots"]] == ["CTO"]
    assert publish_template(version, by=None)


def test_what_two_rows_cannot_share_is_given_anew():
    version, _names = bring()

    first, second = content_of(version)["sections"]
    assert [item["number"] for item in first["items"]] == ["1.1", "1.2", ""]
    assert [first["number"], second["number"]] == ["1", "2"]
    again, _names = bring()
    assert again.slug == "my-checklist-2"


def test_a_note_on_what_is_done_tells_of_that_time_and_stays_behind():
    version, _names = bring()

    guidance = {item.text: item.guidance for item in version.items.all()}
    assert (guidance["TLS"], guidance["Backups"]) == ("", "every night")
    assert guidance["See the runbook"] == "the runbook: https://example.org/r"
    assert {item.phase for item in version.sections.all()} == {"readiness", "post_launch"}


def test_names_that_nobody_has_are_told_and_left_out():
    version, names = bring()

    assert names.unknown == {"Security Team", "CISO", "Security Lead", "CTO"}
    assert all(not slot["authorities"] for slot in content_of(version)["sections"][0]["slots"])


def test_several_teams_between_slashes_are_several_teams():
    make_team(name="DevOps"), make_team(name="Site Reliability")

    version, names = bring(
        "# L\n\n## A\n\n**Responsible:** DevOps / Site Reliability Team\n\n- [ ] a\n\n"
        "## B\n\n**Responsible:** DevOps / Nobody\n\n- [ ] b\n"
    )

    first, second = version.sections.all()
    assert {team.name for team in first.teams.all()} == {"DevOps", "Site Reliability"}
    assert (second.teams.count(), names.unknown) == (0, {"DevOps / Nobody"})


def test_an_item_names_a_team_or_an_authority():
    team, authority = make_team(name="Support"), make_authority(name="Engineering Manager")

    version, names = bring(
        "Item,Status,Team\nA,,Support\nB,,Engineering Manager\nC,,Ghosts\n", "a.csv"
    )

    rows = [(item.team, item.authority) for item in version.items.order_by("position")]
    assert rows == [(team, None), (None, authority), (None, None)]
    assert names.unknown == {"Ghosts"}


def test_long_words_are_cut_and_kept_whole_beside():
    line = "long " * 200

    version, _names = bring(f"# {'t' * 300}\n\n## {'h' * 250}\n\n- [ ] {line}\n")

    (item,) = version.items.all()
    assert (len(item.text) <= 500, item.text[-1], item.guidance) == (True, "…", line.strip())
    assert len(version.name) == 200


def test_unseen_letters_are_taken_out():
    version, _names = bring("# L\u202e\n\n## P\u200b\n\n- [ ] A\u2066B\n")

    assert [item.text for item in version.items.all()] == ["AB"]
    assert version.name == "L"


def test_the_ledger_has_an_entry_for_each_row():
    version, _names = bring()

    entries = Entry.objects.filter(action__startswith="template")
    assert (
        entries.count()
        == 1 + version.sections.count() + version.items.count() + version.slots.count()
    )


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_is_brought(count, django_assert_num_queries):
    part = "## {n}\n\n**Responsible:** Security\n**Sign-off:** CTO\n\n" + "- [ ] Item\n" * 10
    make_team(name="Security"), make_authority(name="CTO")
    draft = read_file(
        "list.md", ("# L\n\n" + "".join(part.format(n=n) for n in range(count))).encode()
    )
    admin = make_admin()

    with django_assert_num_queries(19 + ADVISORY_LOCK):
        bring_template(version_of(draft), by=admin, rows=rows_of(draft, Names.known()))

    assert TemplateVersion.objects.get().items.count() == 10 * count
