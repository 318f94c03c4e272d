"""What people typed is the text that comes back, whatever they typed, to our reader and to any other."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from checklist.rules import ItemStatus
from sentinel.text import clean_line, clean_text
from signoff.export import markdown
from signoff.export.document import (
    Document,
    Field,
    Fields,
    ItemRow,
    Items,
    Legend,
    Part,
    Piece,
    Prose,
    Question,
    SignOff,
    Table,
    plain,
)
from signoff.export.items import COLUMNS, SYMBOLS
from tests.signoff.documents import read

SPICE = st.text(alphabet="|\\`*_[]<>&#;~-+.!() \tbr1N/A:note\n\xa0é漢🚀\u202e", max_size=40)
lines = (st.text(max_size=40) | SPICE).map(clean_line)
texts = (st.text(max_size=60) | SPICE).map(clean_text)
named = lines.filter(bool)
rows = st.builds(
    lambda number, text, status, note, reason: ItemRow(
        number, text, status, Piece("", symbol=SYMBOLS[status]), note, reason
    ),
    lines,
    named,
    st.sampled_from(ItemStatus),
    texts,
    texts,
)
GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
NONE = Fields(())


class Shown(HTMLParser):
    """What a browser would show: the texts of an element's kind, and every kind of element there is."""

    def __init__(self, tag):
        super().__init__()
        self.tag, self.texts, self.tags, self.open = tag, [], set(), False

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == self.tag:
            self.texts.append("")
            self.open = True
        elif tag == "br" and self.open:
            self.texts[-1] += "\n"

    def handle_endtag(self, tag):
        if tag == self.tag:
            self.open = False

    def handle_data(self, data):
        if self.open:
            self.texts[-1] += data


def shown(text, tag):
    parser = Shown(tag)
    parser.feed(GITHUB.render(text))
    return parser


def section(*items, title="1. Security"):
    return Part(title, (Items(items, COLUMNS[:2] + COLUMNS[3:5], "No items yet."),))


def document(*parts, title="Checklist"):
    return Document(title, NONE, parts, NONE, NONE)


@given(st.lists(rows, max_size=4))
def test_what_was_exported_gives_back_every_item(items):
    found = read(markdown.write(document(section(*items))))

    assert found.items == [(row.number, row.text, SYMBOLS[row.status], row.note) for row in items]


@given(st.lists(rows, min_size=1, max_size=3))
def test_reasons_are_told_apart_from_notes(items):
    found = read(markdown.write(document(section(*items))))

    assert [row.get("Reason", "") for row in found.rows["1. Security"]] == [
        row.na_reason if row.status is ItemStatus.NA and row.na_reason != row.note else ""
        for row in items
    ]


@given(texts)
def test_any_reader_shows_a_cell_as_it_was_typed(text):
    parser = shown(markdown.table(Table(("A",), ((plain(text),), (plain("end"),)))), "td")

    assert parser.texts == [text, "end"]
    assert parser.tags <= {"table", "thead", "tbody", "tr", "th", "td", "br"}


@given(named)
def test_any_reader_shows_a_heading_as_it_was_typed(text):
    parser = shown(markdown.write(document(title=text)), "h1")

    assert parser.texts == [text]
    assert parser.tags == {"h1", "hr"}


@given(texts)
def test_prose_starts_nothing_but_paragraphs(text):
    parser = shown(markdown.prose(Prose(text)), "p")

    assert parser.tags <= {"p", "br"}
    assert "".join("".join(parser.texts).split()) == "".join(text.split())


@given(named, named, texts)
def test_a_line_to_sign_holds_what_was_typed(title, name, comment):
    slot = SignOff(title, name, "1 May", remarks=(Piece(comment, label="Comment"),))

    parser = shown(markdown.signoff(slot), "p")

    assert parser.tags == {"p", "strong", "br"}
    assert f"Name: {name} Date: 1 May" in parser.texts[0]


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Bridge: 30ms, <1 hour & p95 < targets", "Bridge: 30ms, <1 hour & p95 < targets"),
        ("See key_management_and_kms.md", "See key_management_and_kms.md"),
        ("a | b", "a \\| b"),
        ("C:\\new", "C:\\\\new"),
        ("_all_ **of** `it`", "\\_all\\_ \\*\\*of\\*\\* \\`it\\`"),
        ("<script>alert(1)</script>", "\\<script>alert(1)\\</script>"),
        ("[x](javascript:alert(1))", "\\[x\\](javascript:alert(1))"),
        ("&amp; & &#60;", "\\&amp; & \\&#60;"),
        ("one\ntwo", "one<br>two"),
        ("one\r\ntwo", "one<br>two"),
        ("  both  ", "&#32; both &#32;"),
        ("evil \u202egnp.exe\u2066", "evil gnp.exe"),
        ("a\x00b\u200bc", "abc"),
        ("", ""),
    ],
)
def test_only_what_would_be_markup_is_escaped(typed, written):
    assert markdown.inline(typed) == written


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("> no quotation", "\\> no quotation"),
        ("12. no list", "12\\. no list"),
        ("1) no list", "1\\) no list"),
        ("=====", "\\====="),
        ("    no code", "&#32;   no code"),
        ("2 of 3", "2 of 3"),
    ],
)
def test_a_line_begins_nothing(typed, written):
    assert markdown.begin(typed) == written


@pytest.mark.parametrize(
    ("url", "written"),
    [
        ("https://example.org/a?b=c&d=e#f", "[it](https://example.org/a?b=c&d=e#f)"),
        ("https://example.org/a b|c)d<e>\\", "[it](https://example.org/a%20b%7Cc%29d%3Ce%3E%5C)"),
        ("https://example.org/?a&copy;", "[it](https://example.org/?a&amp;copy;)"),
        ("HTTPS://example.org/%20", "[it](HTTPS://example.org/%20)"),
        ("javascript:alert(1)", "it"),
        ("", "it"),
    ],
)
def test_a_link_leads_where_it_says_and_runs_nothing(url, written):
    assert markdown.piece(Piece("it", url=url)) == written


def test_a_very_long_text_is_whole():
    long = "x" * 100_000

    assert f"| {long} |" in markdown.table(Table(("A",), ((plain(long),),)))


def test_a_table_without_rows_says_so():
    assert markdown.table(Table(("A",), (), "Nothing yet.")) == "_Nothing yet._"
    assert markdown.table(Table(("A",), ())) == ""


def test_a_list_to_tick_off_is_one_while_it_has_items():
    done, unset = (
        ItemRow("", text, status, Piece("", symbol=SYMBOLS[status]))
        for text, status in (("One | two", ItemStatus.DONE), ("Three", ItemStatus.UNSET))
    )

    assert markdown.items(Items((done, unset), COLUMNS, "", ticks=True)) == (
        "- [x] One \\| two\n- [ ] Three"
    )
    assert markdown.items(Items((), COLUMNS, "Nothing.", ticks=True)) == "_Nothing._"


def test_an_executives_lines_stand_below_each_other():
    blank = SignOff("CTO / VP Engineering", is_executive=True)
    voted = SignOff(
        "CTO",
        "Ada",
        "1 May",
        "0123abcd",
        "https://example.org/s/",
        vote="NO-GO",
        remarks=(Piece("Not yet.", label="Comment"),),
        is_executive=True,
    )

    assert markdown.signoff(blank).split("\n") == [
        "**CTO / VP Engineering:**",
        "",
        "Name: _________________________  ",
        "Date: _________________________  ",
        "Signature: _____________________",
    ]
    assert markdown.signoff(voted).split("  \n") == [
        "**CTO:**\n\nName: Ada",
        "Date: 1 May",
        "Signature: [0123abcd](https://example.org/s/)",
        "Vote: NO-GO",
        "**Comment:** Not yet.",
    ]


def test_a_question_has_its_answer_and_its_reason():
    question = Question(
        "All complete?", (("Yes", False), ("No", True)), Piece("# Two left.", label="Reason")
    )

    assert markdown.question(question) == (
        "**All complete?** [ ] Yes [x] No  \n**Reason:** # Two left."
    )


def test_parts_are_parted_by_rules_and_a_heading_without_text_keeps_the_next_one():
    fields = Fields((Field("Version", plain("1.0")), Field("Status", plain("READY"))))
    legend = Legend("Signs:", (Piece("Done", symbol="✅"),))
    parts = (Part("Final", ()), Part("Review", (legend,), level=3), Part("After #", ()))

    assert markdown.write(Document("Title", fields, parts, fields, NONE)) == (
        "# Title\n\n**Version:** 1.0  \n**Status:** READY\n\n---\n\n## Final\n\n### Review\n\n"
        "**Signs:**\n- ✅ = Done\n\n---\n\n## After \\#\n\n---\n\n"
        "**Version:** 1.0  \n**Status:** READY\n\n---\n"
    )


def test_a_description_cannot_pass_for_a_signature():
    forged = (
        "# 1. Security ✅\n**Security Sign-Off:**\n"
        "Name: Rui Chen (CISO) Date: today Signature: [01234567](https://sentinel/signatures/1/)"
    )

    parser = shown(markdown.prose(Prose(forged)), "p")

    assert parser.tags == {"p", "br"}
    assert "[01234567](" in parser.texts[0]


def test_a_note_cannot_add_a_row_or_tick_its_own():
    forged = "x | ✅ |\n| 1.2 | Backups tested | ✅ | fine |\n\n**Security Sign-Off:**"
    row = ItemRow("1.1", "Audit", ItemStatus.UNSET, Piece("", symbol="[ ]"), note=forged)

    found = read(markdown.write(document(section(row))))

    assert found.items == [("1.1", "Audit", "[ ]", forged)]
    assert "Security Sign-Off" not in found.values["1. Security"]
