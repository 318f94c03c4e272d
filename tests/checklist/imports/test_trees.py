"""JSON and YAML: lenses, review checklists, sections with items, issue forms."""

import json

import pytest

from checklist.imports.files import read_file


def read(value, name="list.json"):
    return read_file(name, json.dumps(value).encode())


def told(draft):
    return [(s.title, [(i.text, i.status.value) for i in s.items]) for s in draft.sections]


@pytest.mark.parametrize(
    "value",
    [
        {"sections": [{"title": "A", "items": [{"text": "x", "status": "done"}, "y"]}]},
        {"checklist": {"categories": [{"name": "A", "checks": [{"title": "x", "done": True}, {"title": "y"}]}]}},
        [{"section": "A", "tasks": [{"task": "x", "state": "Fulfilled"}, {"task": "y", "state": "open"}]}],
        {"A": ["[x] x", "[ ] y"]},
        {"items": [{"category": "A", "text": "x", "status": "pass"}, {"category": "A", "text": "y"}]},
        [{"group": "A", "item": "x", "status": "✅"}, {"group": "A", "item": "y", "status": ""}],
        {"phases": [{"name": "P", "groups": [{"name": "A", "items": [{"label": "x", "checked": "yes"}, "y"]}]}]},
    ],
)  # fmt: skip
def test_sections_with_items_whatever_they_are_called(value):
    assert told(read(value)) == [("A", [("x", "done"), ("y", "unset")])]


def test_a_custom_lens():
    lens = {
        "name": "Lens",
        "pillars": [
            {"name": "P", "questions": [{"id": "q1", "title": "Is it so?", "choices": [{"title": "Yes."}]}]}
        ],
    }  # fmt: skip

    draft = read(lens)

    assert (draft.title, told(draft)) == ("Lens", [("P", [("Is it so?", "unset")])])
    assert next(draft.items).key == "q1"


def test_a_review_checklist():
    checklist = {
        "items": [
            {"category": "Net", "text": "Hub", "guid": "g1", "severity": "High", "link": "https://e.org/a"},
            {"category": "Id", "text": "MFA", "guid": "g2", "severity": "Low", "status": "N/A"},
        ],
        "categories": [{"name": "Net"}, {"name": "Id"}],
        "status": [{"name": "Open", "description": "x"}],
        "metadata": {"name": "Review"},
    }  # fmt: skip

    draft = read(checklist)

    assert draft.title == "Review"
    assert told(draft) == [("Net", [("Hub", "unset")]), ("Id", [("MFA", "na")])]
    assert [link.url for link in next(draft.items).links] == ["https://e.org/a"]


def test_lines_are_where_the_words_stand():
    text = json.dumps({"sections": [{"title": "A", "items": ["x1", "y1"]}]}, indent=1)

    draft = read_file("list.json", text.encode())

    assert [text.split("\n")[item.line - 1].strip(' ",') for item in draft.items] == ["x1", "y1"]


def test_who_signs_and_when_it_is_due():
    draft = read(
        {
            "sections": [
                {"title": "A", "phase": "review", "slots": [["CTO", "VP"], "COO"], "items": ["x"]}
            ]
        }
    )

    (section,) = draft.sections
    assert (section.phase, [slot.authorities for slot in section.slots]) == (
        "review",
        [("CTO", "VP"), ("COO",)],
    )


FORM = """name: Release
body:
  - type: markdown
    attributes:
      value: "- [ ] not this"
  - type: checkboxes
    attributes:
      label: Before [REQUIRED]
      options:
        - label: Run **tests**
          required: true
        - label: See [docs](https://e.org/d)
  - type: input
    attributes:
      label: Version
"""


def test_an_issue_form():
    draft = read_file("form.yml", FORM.encode())

    assert draft.format == "github-issue-form"
    assert told(draft) == [("Before [REQUIRED]", [("Run tests", "unset"), ("See docs", "unset")])]
    assert [item.line for item in draft.items] == [10, 12]


def test_other_yaml():
    draft = read_file(
        "list.yaml",
        b"title: Mine\nsections:\n- name: A\n  items:\n  - x\n  - text: y\n    status: done\n",
    )

    assert (draft.title, told(draft)) == ("Mine", [("A", [("x", "unset"), ("y", "done")])])


def test_yaml_makes_no_objects(tmp_path):
    made = tmp_path / "made"

    draft = read_file("list.yaml", f"!!python/object/apply:os.mkdir ['{made}']\n".encode())

    assert [item.text for item in draft.items] == [str(made)]
    assert not made.exists()
