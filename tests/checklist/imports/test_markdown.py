"""Markdown of many shapes, in several languages: what is an item, and what is none."""

import pytest

from checklist.imports.draft import document
from checklist.imports.files import NotRead, read_file
from checklist.imports.options import Options
from checklist.rules import ItemStatus, Phase


def read(text, **options):
    return read_file("list.md", text.encode(), Options(**options))


def found(text, **options):
    """What is read, as (text, status) pairs."""
    return [(item.text, item.status.value) for item in read(text, **options).items]


def whys(draft):
    return [aside.why.value for aside in draft.aside]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("- [ ] A", "unset"),
        ("- [x] A", "done"),
        ("* [X] A", "done"),
        ("+ [-] A", "attention"),
        ("1. [~] A", "attention"),
        ("- ✅ A", "done"),
        ("- ☑️ A", "done"),
        ("- ⚠️ A", "attention"),
        ("- ⏳ A", "attention"),
        ("- ❌ A", "not_done"),
        ("- ☐ A", "unset"),
        ("- :white_check_mark: A", "done"),
        ("- [x] ❌ A", "done"),
        ("[ ] A", "unset"),
        ("☐ A\n☐ B", "unset"),
        ("> - [x] A", "done"),
        ("- Tested A ✅", "done"),
    ],
)
def test_boxes_and_symbols(line, status):
    text = f"# List\n\n## Part\n\n{line}\n" + ("- Tested B ❌\n" if "Tested" in line else "")

    assert found(text)[0] == (line.count("Tested") * "Tested " + "A", status)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        *[(word, "done") for word in ("PASS", "OK", "Done", "Yes", "✓", "[x]", "PASS (7/7)")],
        *[(word, "done") for word in ("erledigt", "terminé", "готово", "完了")],
        *[(word, "attention") for word in ("Pending", "In progress", "Partial", "🟡", "60 %", "en cours", "进行中")],
        *[(word, "not_done") for word in ("FAIL", "No", "🔴 late", "fehlt", "нет", "未完成")],
        *[(word, "na") for word in ("N/A", "n.v.t.", "Not applicable", "entfällt")],
        *[(word, "unset") for word in ("", "-", "TODO", "open", "⬜", "[ ]", "🟢🟡🔴", "☐ Pass ☐ Fail", "100 apes")],
        ("☐ Pass ☑ Fail", "not_done"),
        ("Done - 12 May", "done"),
    ],
)  # fmt: skip
def test_words_and_symbols_of_a_status_column(written, status):
    rows = f"| A thing | {written} | |\n| Another | done | |\n"

    assert found(f"## P\n\n| Item | Status | Notes |\n|---|---|---|\n{rows}")[0] == (
        "A thing",
        status,
    )


def test_an_unknown_status_is_said_and_kept_as_a_note():
    draft = read("## P\n\n| Item | Status |\n|---|---|\n| A | soonish |\n")

    (item,) = draft.items
    assert (item.status, item.note) == (ItemStatus.UNSET, "soonish")
    assert [str(doubt) for doubt in draft.doubts] == [
        "Line 5: “soonish” is no status that is known here: left unset."
    ]


@pytest.mark.parametrize(
    "headings",
    [
        "| Status | # | Item | Notes |",
        "| Estado | Nº | Tarea | Notas |",
        "| Stand | Nr. | Prüfpunkt | Bemerkung |",
        "| Статус | № | Проверка | Примечание |",
        "| 状态 | 序号 | 检查项 | 备注 |",
        "| Klaar? | Nr | Taak | Opmerking |",
        "| What of it | . | Something | More |",
    ],
)
def test_columns_in_any_order_and_language(headings):
    rows = "| ✅ | 1.1 | A long thing to do | hm |\n| ❌ | 1.2 | Another | |\n"
    text = f"## P\n\n{headings}\n|---|---|---|---|\n{rows}"

    first, second = read(text).items

    assert (first.text, first.status, first.note) == (
        "A long thing to do",
        ItemStatus.DONE,
        "hm",
    ) or (
        headings.startswith("| What")
        and (first.text, first.status) == ("A long thing to do", ItemStatus.DONE)
    )
    assert second.status is ItemStatus.NOT_DONE


def test_a_column_for_each_answer():
    rows = "| A | x | | |\n| B | | ✓ | |\n| C | | | X |\n| D | | | |\n"
    text = f"## P\n\n| Question | Yes | No | N/A |\n|---|---|---|---|\n{rows}"

    assert [status for _text, status in found(text)] == ["done", "not_done", "na", "unset"]


def test_colours_of_gravity_are_no_status():
    text = (
        "## P\n\n| Item | Status | Critical |\n|---|---|---|\n| [x] A | | 🔴 |\n| [ ] B | | ⚠️ |\n"
    )

    assert found(text) == [("A", "done"), ("B", "unset")]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[ ] GO [ ] NO-GO", "decision"),
        ("**Ready?** [ ] Yes [ ] No", "decision"),
        ("- [ ] Go\n- [ ] No-Go", "decision"),
        ("- [ ] **DECISION: [ ] GO TO PRODUCTION  [ ] DEFER DEPLOYMENT**", "decision"),
        ("**Legend:**\n- ✅ Complete and verified\n- ⚪ Not yet looked at\n- ❌ Blocked or broken", "legend"),
        ("| Area | All | Ready | Status |\n|---|---|---|---|\n| Net | 12 | **0** | ⚪ |", "roll_up"),
        ("- ✅ = Done\n- ❌ = Not done", "legend"),
        ("- [x] Done\n- [ ] Open\n- [-] In progress", "legend"),
        ("| Symbol | Meaning |\n|---|---|\n| ✅ | Complete |\n| ❌ | Missing |", "legend"),
        ("| Role | Name | Phone | Email |\n|---|---|---|---|\n| CTO | A | 1 | x |", "contacts"),
        ("| Risk | Probability | Impact | Status |\n|---|---|---|---|\n| Fire | low | high | open |", "risks"),
        ("| Area | Total | Done | Score | Status |\n|---|---|---|---|---|\n| Ops | 4 | 2 | 50 | ⚠️ |", "roll_up"),
        ("| Section | Status |\n|---|---|\n| Ops | ✅ |\n| Security | ⚠️ |", "roll_up"),
        ("| Version | Date | Author | Status |\n|---|---|---|---|\n| 1 | May | A | done |", "history"),
    ],
)  # fmt: skip
def test_what_looks_like_a_checklist_and_is_none_is_set_aside_with_why(text, why):
    draft = read(f"# L\n\n## Ops\n\n- [ ] One\n\n## Security\n\n- [ ] Two\n\n## More\n\n{text}\n")

    assert [item.text for item in draft.items] == ["One", "Two"]
    assert whys(draft) == [why]


@pytest.mark.parametrize(
    "text",
    [
        "```\n- [ ] A\n```",
        "<!--\n- [ ] A\n-->",
        "    - [ ] A",
        "## [ ] A",
        "**Status:** ✅ A",
        "- [ ]",
    ],
)
def test_what_is_no_item(text):
    with pytest.raises(NotRead):
        read(f"# L\n\nWords.\n\n{text}\n")


def test_nested_boxes_are_items_and_say_below_what():
    text = "- [ ] A\n  - [x] B\n    - [ ] C\n- Optional: for hotfixes\n  - [ ] D\n"

    draft = read(text)

    assert [(item.text, item.guidance) for item in draft.items] == [
        *(("A", ""), ("B", "A"), ("C", "B"), ("D", "Optional: for hotfixes")),
    ]
    assert [text for text, _status in found(text, nested=False)] == ["A", "D"]


def test_bullets_below_an_item_are_facts_and_notes():
    text = """## P
- [ ] A
  - Owner: [QA Lead]
  - Status: ☐ Open / ☑ Complete
  - Due: 12 May
  - Evidence: [report](https://example.org/r)
  - Mind the gap
"""
    (item,) = read(text).items

    assert (item.owner, item.due, item.status) == ("QA Lead", "12 May", ItemStatus.UNSET)
    assert [(link.name, link.url) for link in item.links] == [("report", "https://example.org/r")]
    assert "Mind the gap" in item.note


@pytest.mark.parametrize(
    ("line", "team"),
    [
        ("**Responsible:** Security Team", "Security Team"),
        ("Owner: @platform", "platform"),
        ("**Verantwortlich:** Team Betrieb", "Team Betrieb"),
        ("- **Team:** SRE", "SRE"),
        ("**Ответственный:** Отдел безопасности", "Отдел безопасности"),
    ],
)
def test_who_is_responsible_for_a_section(line, team):
    (section,) = read(f"# L\n\n## P\n\n{line}\n\n- [ ] A\n").sections

    assert section.team == team


@pytest.mark.parametrize(
    ("line", "slots"),
    [
        ("**Sign-Off Required:** CISO or Security Lead", [("CISO", "Security Lead")]),
        ("**Sign-off:** Team Lead + CTO", [("Team Lead",), ("CTO",)]),
        ("Approved by: CTO / VP Engineering", [("CTO", "VP Engineering")]),
        ("**Freigabe durch:** Leiter IT", [("Leiter IT",)]),
        ("**Approvers:** Ann, Bob and Cy", [("Ann",), ("Bob",), ("Cy",)]),
        ("**P Sign-Off:**\nName: ____ Date: ____ Signature: ____", [("P",)]),
    ],
)
def test_who_signs_a_section(line, slots):
    (section,) = read(f"# L\n\n## P\n\n{line}\n\n- [ ] A\n").sections

    assert [slot.authorities for slot in section.slots] == slots


@pytest.mark.parametrize(
    "block",
    [
        "- [ ] CTO: ________ Date: ____\n- [ ] QA Lead: ________",
        "- [ ] **CTO:** GO / NO-GO - [Signature] [Date]\n- [ ] **QA Lead:** GO / NO-GO",
        "| Role | Name | Signature | Date |\n|---|---|---|---|\n| CTO | | | |\n| QA Lead | Ann | | |",
        "| Approver | Date | Status |\n|---|---|---|\n| CTO | | pending |\n| QA Lead | | |",
        "**CTO:**\n\nName: ______\nSignature: ______\n\n**QA Lead:**\n\nName: ___\nSignature: ______",
        "### CTO\n\nSignature: ______\n\n### QA Lead\n\nSignature: ______",
        "- [ ] CTO\n- [ ] QA Lead",
        "- CTO:\n- QA Lead:\n- Date:",
        "- [ ] **CTO**: ****\\*\\_\\_\\_\\_ Date: **\\_\\_\\_**\n- [ ] **QA Lead** ________",
        "- [ ] CTO Approval\n  - Signature: _____ Date: ____\n- [ ] QA Lead sign-off\n  - Signature: _____",
        "| Gate | Owner | Status | Date |\n|---|---|---|---|\n| A | CTO | Pending | |\n| B | QA Lead | Pending | |",
    ],
)  # fmt: skip
def test_who_signs_at_the_end(block):
    draft = read(f"# L\n\n## P\n\n- [ ] A\n\n## Sign-off\n\n{block}\n")

    assert [slot.authorities for slot in draft.slots] == [("CTO",), ("QA Lead",)]
    assert [item.text for item in draft.items] == ["A"]


def test_a_sign_off_that_is_a_task_stays_one():
    text = "# L\n\n## Gate 4\n\n- [ ] Team sign-off\n- [ ] Go/No-Go gate owner:\n"

    assert [item for item, _status in found(text)] == ["Team sign-off", "Go/No-Go gate owner:"]


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("Sign-Off Checklist", "Team leads have reviewed the report"),
        ("Go-Live Approval", "Operations team readiness confirmed"),
        ("Change approval", "Change request submitted"),
        ("Platform", "**Cloud Provider Selected:** _______________ (A / B)"),
    ],
)
def test_what_sounds_like_a_signature_and_is_an_item(heading, line):
    assert len(found(f"# L\n\n## {heading}\n\n- [ ] {line}\n- [ ] Another\n")) == 2


def test_a_column_that_is_not_known_is_kept_with_its_heading():
    row = "| REL-1 | Einfrieren | Nichts Neues | in_progress |"
    text = f"## P\n\n| ID | Aufgabe | Abnahmekriterium | Status |\n|---|---|---|---|\n{row}\n"

    (item,) = read(text).items

    assert (item.number, item.key, item.guidance, item.status) == (
        *("REL-1", "REL-1", "Abnahmekriterium: Nichts Neues", ItemStatus.ATTENTION),
    )


def test_plain_bullets_are_items_where_nothing_else_is():
    draft = read(
        "# L\n\n## Contents\n\n- [A](#a)\n\n## Before\n\n- Check DNS\n- Warm up\n\n## Notes\n\n- hm\n"
    )

    assert [item.text for item in draft.items] == ["Check DNS", "Warm up"]
    assert [doubt.trouble.value for doubt in draft.doubts] == ["plain_bullets"]


def test_somebody_may_say_that_bullets_are_items_or_are_none():
    text = "# L\n\n## P\n\n- Check DNS\n"

    with pytest.raises(NotRead):
        read(text, plain_bullets=False)
    assert found(text + "- [x] B\n", plain_bullets=True) == [("Check DNS", "unset"), ("B", "done")]


def test_somebody_may_say_which_column_is_the_status():
    text = "## P\n\n| Item | Status | Real |\n|---|---|---|\n| A | done | no |\n"

    assert found(text, status_column="Real") == [("A", "not_done")]


def test_somebody_may_say_how_deep_sections_go():
    text = "# L\n\n## P\n\n### Q\n\n- [ ] A\n\n### R\n\n- [ ] B\n"

    assert [section.title for section in read(text).sections] == ["Q", "R"]
    assert [section.title for section in read(text, section_level=2).sections] == ["P"]


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("1. Security [ ]", "1", "Security"),
        ("🔐 3. Secrets", "3", "Secrets"),
        ("2.1 Backups", "2.1", "Backups"),
        ("2 Weeks before", "", "2 Weeks before"),
        ("✅ Final `checks`", "", "Final checks"),
    ],
)
def test_headings(heading, number, title):
    (section,) = read(f"# L\n\n## {heading}\n\n- [ ] A\n").sections

    assert (section.number, section.title) == (number, title)


def test_titles_that_come_twice_are_told_apart():
    text = "# L\n\n## SRR\n\n### Exit\n\n- [ ] A\n\n## PDR\n\n### Exit\n\n- [ ] B\n"

    assert [section.title for section in read(text).sections] == ["SRR: Exit", "PDR: Exit"]


@pytest.mark.parametrize(
    ("heading", "phase"),
    [
        ("Post-Launch Checklist (Within 24 Hours)", Phase.POST_LAUNCH),
        ("Post-Launch Review", Phase.REVIEW),
        ("After the go-live", Phase.POST_LAUNCH),
        ("Launch", Phase.READINESS),
    ],
)
def test_when_a_section_is_due(heading, phase):
    (section,) = read(f"# L\n\n## {heading}\n\n- [ ] A\n").sections

    assert section.phase is phase


def test_the_title_is_that_of_the_page_or_of_its_front_matter_or_of_the_file():
    assert read("# 🚀 My *list*\n\n- [ ] A\n").title == "My list"
    assert read('---\nname: "Release"\n---\n\n- [ ] A\n').title == "Release"
    assert read("- [ ] A\n").title == "list"


def test_lines_count_what_stands_before_them():
    (item,) = read("---\nname: x\n---\n\n- [ ] A\n").items

    assert item.line == 5


def test_programs_get_counts_warnings_and_the_tree():
    told = document(read("# L\n\n## P\n\n- [x] A\n\n**Go?** [ ] Yes [ ] No\n"))

    assert {
        key: told[key] for key in ("format", "title", "sections", "items", "done", "slots")
    } == {"format": "markdown", "title": "L", "sections": 1, "items": 1, "done": 1, "slots": 0}
    assert told["warnings"] == [
        "Line 7, “Go?”: a decision to be made, which is asked when executives decide."
    ]
    assert told["tree"][0]["items"] == [{"number": "", "text": "A", "status": "done", "line": 5}]
