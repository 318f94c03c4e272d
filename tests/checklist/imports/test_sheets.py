"""Rows of cells: CSV as programs of several countries write it, and workbooks as people keep them."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from checklist.imports.files import NotRead, read_file
from checklist.rules import ItemStatus


def statuses(draft):
    return [(item.text, item.status.value) for item in draft.items]


def workbook(*rows, **sheets):
    """The bytes of a workbook: one sheet of rows, or several by name."""
    book = Workbook()
    for number, (name, content) in enumerate((sheets or {"Sheet1": rows}).items()):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = name
        for row in content:
            sheet.append(row)
    return book


def read(book, name="list.xlsx"):
    out = BytesIO()
    book.save(out)
    return read_file(name, out.getvalue())


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings(delimiter, encoding):
    words = f"Öl {delimiter} Gas"
    rows = [
        ["Bereich", "Prüfpunkt", "Status"],
        ["Küche", words, "erledigt"],
        ["Keller", "Tür", "offen"],
    ]
    text = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)

    draft = read_file("list.csv", text.encode(encoding))

    assert [section.title for section in draft.sections] == ["Küche", "Keller"]
    assert statuses(draft) == [(" ".join(words.split()), "done"), ("Tür", "unset")]
    assert [doubt.what for doubt in draft.doubts] == (["cp1252"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis"])
def test_what_is_in_another_alphabet_is_told_and_read(encoding):
    text = {
        "cp1251": "Задача,Статус\nПроверить резервные копии и восстановление,готово\nДоступ,нет\n",  # noqa: RUF001 - Russian
        "shift_jis": "タスク,状態\nバックアップの確認をする,完了\n監視の設定を確認する,未対応\n",
    }[encoding]

    draft = read_file("list.csv", text.encode(encoding))

    assert [item.status for item in draft.items] == [ItemStatus.DONE, ItemStatus.NOT_DONE]
    assert len(draft.doubts) == 1


def test_without_headings_the_cells_tell():
    draft = read_file("list.csv", b"Backups tested,done\nAlerts on,no\nDocs,\n")

    assert statuses(draft) == [
        ("Backups tested", "done"),
        ("Alerts on", "not_done"),
        ("Docs", "unset"),
    ]


def test_one_column_is_a_list():
    assert statuses(read_file("list.csv", b"Check DNS\nRotate keys\n")) == [
        *(("Check DNS", "unset"), ("Rotate keys", "unset")),
    ]


def test_commas_in_a_list_of_sentences_part_nothing():
    text = b"Check the sitemap\nCache pages, CSS, scripts\nRotate keys\nTell support\n"

    assert [item.text for item in read_file("list.csv", text).items][
        1
    ] == "Cache pages, CSS, scripts"


def test_lines_of_cells_with_breaks_in_them():
    draft = read_file("list.csv", b'Item,Note\n"A","one\ntwo"\nB,\n')

    assert [item.line for item in draft.items] == [2, 4]


def test_a_workbook_with_title_rows_merged_cells_dates_and_other_sheets():
    book = workbook(
        Checklist=[
            ["Launch of the shop"],
            [],
            ["Owner: Ann"],
            ["Category", "Check", "Done?", "Due", "Comments"],
            ["Security", "TLS", True, None, 1.0],
            [None, "MFA", False, None, None],
            ["Ops", "Backups", "Yes", None, None],
        ],
        Lists=[["Status"], ["Done"], ["Open"]],
    )
    book["Checklist"].merge_cells("A5:A6")
    hidden = book.create_sheet("Hidden")
    hidden.append(["Item", "Status"])
    hidden.append(["Secret", "done"])
    hidden.sheet_state = "hidden"

    draft = read(book)

    assert draft.title == "Launch of the shop"
    assert [(s.title, len(s.items)) for s in draft.sections] == [("Security", 2), ("Ops", 1)]
    assert statuses(draft) == [("TLS", "done"), ("MFA", "not_done"), ("Backups", "done")]
    assert next(draft.items).note == "1"
    assert [aside.why.value for aside in draft.aside] == ["hidden"]


def test_rows_that_hold_a_title_alone_make_sections():
    draft = read(
        workbook(
            ["#", "Item", "Status"],
            ["Security"],
            [1, "TLS", "done"],
            [2, "MFA", "open"],
            ["Operations", None, None],
            [3, "Backups", "done"],
            [4, "Alerts", "done"],
        )
    )

    assert [(s.title, [i.text for i in s.items]) for s in draft.sections] == [
        ("Security", ["TLS", "MFA"]),
        ("Operations", ["Backups", "Alerts"]),
    ]


def test_every_sheet_of_items_is_a_section_of_its_own():
    rows = [["Item", "Status"], ["A", "done"]]

    draft = read(workbook(Security=rows, Operations=rows))

    assert [section.title for section in draft.sections] == ["Security", "Operations"]


def test_what_a_formula_had_come_to_is_read_and_no_formula_is_run():
    book = workbook(
        ["Item", "Status"], ["A", '=HYPERLINK("http://evil.example","x")'], ["=1+1", "done"]
    )

    assert statuses(read(book)) == [("A", "unset")]


def test_a_cell_that_a_spreadsheet_would_run_is_text_here():
    draft = read_file(
        "list.csv", b"Item,Status\n=cmd|' /C calc'!A0,done\n+1+1,open\n@SUM(1),open\n"
    )

    assert [item.text for item in draft.items] == ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1)"]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 100, "foreign"),
        ("a.docx", b"PK\x03\x04" + b"\x00" * 100, "foreign"),
        ("a.pdf", b"%PDF-1.7", "foreign"),
        ("a.csv", b"", "nothing"),
        ("a.csv", b"Item,Status\n", "nothing"),
    ],
)
def test_what_is_no_table_is_said_with_what_to_do(name, content, code):
    with pytest.raises(NotRead) as refused:
        read_file(name, content)

    assert refused.value.code == code
    assert name in str(refused.value)
