"""Real checklists of other people: each is read as a careful reader counts it."""

import json
from pathlib import Path

import pytest

from checklist.imports.draft import document
from checklist.imports.files import NotRead, read_file

SAMPLES = Path(__file__).parents[4] / "shared/samples"
COUNTED = ("sections", "items", "done", "attention", "not_done", "na", "unset")
SEED = "../seed/aureus-sentinel-checklist.md"
NAMES = (
    *("task-list-under-h2-all-done.md", "issue-template-front-matter-go-no-go.md"),
    *("table-item-status-pass-fail.md", "many-small-tables-with-legend.md"),
    *("nested-task-list-no-headings.md", "task-list-and-emoji-bullets-mixed.md"),
    *("task-list-with-owner-and-status-sub-bullets.md", "flat.csv", SEED),
    *("spanish-boxes-inside-table-cells-escaped-pipe.md", "github-issue-form-checkboxes.yaml"),
    *("title-rows-then-header-on-row-7.xlsx", "aws-well-architected-custom-lens.json"),
)


def read(name):
    if not SAMPLES.is_dir():
        pytest.skip("The samples are not beside the project.")
    return read_file(name, (SAMPLES / name).read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_read_as_a_careful_reader_counts_it(name):
    found = document(read(name))

    expected = json.loads((SAMPLES / "expected.json").read_text())[name]
    assert {key: found[key] for key in COUNTED} == {key: expected[key] for key in COUNTED}


def test_every_sample_that_is_expected_is_read_here():
    if not SAMPLES.is_dir():
        pytest.skip("The samples are not beside the project.")
    expected = json.loads((SAMPLES / "expected.json").read_text())

    assert {*NAMES, "negative-no-checklist-inside.md"} == set(expected)


def test_a_page_about_checklists_is_none():
    with pytest.raises(NotRead, match="no checklist was recognised") as refused:
        read("negative-no-checklist-inside.md")

    assert refused.value.code == "nothing"


def test_the_seed_has_its_slots_teams_phases_and_questions():
    draft = read(SEED)

    sections = {section.title: section for section in draft.sections}
    assert sections["Security"].team == "Security Team"
    assert sections["Security"].number == "1"
    assert [slot.authorities for slot in sections["Security"].slots] == [("CISO", "Security Lead")]
    assert [len(section.slots) for section in draft.sections] == [1] * 10 + [0, 0]
    assert [slot.authorities for slot in draft.slots] == [
        ("CTO", "VP Engineering"),
        ("CISO", "Security Lead"),
        ("COO", "Operations Lead"),
    ]
    assert [section.phase for section in draft.sections[-2:]] == ["post_launch", "review"]
    assert [aside.text for aside in draft.aside if aside.why == "decision"] == [
        "All checklists complete?",
        "Outstanding items acceptable for launch?",
        "Risk assessment completed?",
        "Launch go/no-go decision",
    ]
    first = next(draft.items)
    assert (first.number, first.text, first.note) == (
        "1.1",
        "Security audit completed",
        "Week 8 red team audit passed",
    )


def test_the_lines_are_those_of_the_file():
    draft = read(SEED)

    lines = (SAMPLES / SEED).read_text().split("\n")
    assert all(item.text in lines[item.line - 1] for item in draft.items)


def test_those_who_sign_gates_are_told_apart():
    draft = read("task-list-and-emoji-bullets-mixed.md")

    gates = [section for section in draft.sections if section.title.startswith("Gate")]
    assert [[slot.authorities for slot in gate.slots] for gate in gates] == [
        [("Team Lead",), ("Tech Lead",)],
        [("Team Lead",), ("Management",)],
        [("DevOps Lead",)],
        [("CTO",), ("Team Lead",)],
    ]


def test_sign_off_boxes_are_slots_and_sub_bullets_are_facts():
    draft = read("task-list-with-owner-and-status-sub-bullets.md")

    assert [slot.title for slot in draft.slots] == [
        *("Business Owner", "Technical Lead", "Project Manager", "Executive Sponsor"),
    ]
    first = next(draft.items)
    assert (first.text, first.owner) == ("All acceptance criteria met", "QA Lead")
    assert "UAT sign-off document" in first.note


def test_links_are_evidence():
    draft = read("github-issue-form-checkboxes.yaml")

    item = draft.sections[1].items[0]
    assert item.text.startswith("Check the CI status in epinio/epinio")
    assert {link.url for link in item.links} == {
        "https://github.com/epinio/epinio/actions/workflows/main.yml?query=branch%3Amain"
    }
