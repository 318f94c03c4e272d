"""Notes in Markdown: what is rendered, and what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklist.markdown import excerpt, has_markup, render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("", ""),
        ("plain", "<p>plain</p>\n"),
        ("**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("- one\n- two", "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"),
        (
            "[a](https://example.org/)",
            '<p><a href="https://example.org/" rel="nofollow noopener">a</a></p>\n',
        ),
        (
            "[a](mailto:a@example.org)",
            '<p><a href="mailto:a@example.org" rel="nofollow noopener">a</a></p>\n',
        ),
        ("# no heading", "<p># no heading</p>\n"),
    ],
)
def test_what_is_rendered(text, html):
    assert render(text) == html


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://example.org/x.png)",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//example.org)",
    "[x](/account/logout/)",
    "<javascript:alert(1)>",
    '[x](https://example.org/"onmouseover="alert(1))',
    '<a href="https://example.org" onclick="alert(1)">x</a>',
    "<svg/onload=alert(1)>",
    "<style>*{display:none}</style>",
    "<iframe src=https://example.org></iframe>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[x](http://[)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_never_is(text):
    html = render(text)

    for bad in ("<script", "<img", "<svg", "<style", "<iframe", "<a onclick", 'href="j', 'href="d'):
        assert bad not in html.lower()
    assert 'onmouseover="' not in html
    assert 'href="/' not in html


@given(st.text(max_size=300))
def test_no_text_makes_a_tag_that_is_not_ours(text):
    html = render(text)

    assert "<script" not in html.lower()
    assert " on" not in "".join(part.partition(">")[0] for part in html.split("<")[1:])


@pytest.mark.parametrize(
    ("text", "has"),
    [("plain & simple", False), ("**bold**", True), ("two\nlines", True), ("", True)],
)
def test_whether_rendering_adds_anything(text, has):
    assert has_markup(text) is has


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("", ""),
        ("one\n\n two", "one two"),
        ("x" * 100, "x" * 100),
        ("x" * 101, "x" * 99 + "…"),
        ("y" * 1_000_000, "y" * 99 + "…"),
    ],
)
def test_an_excerpt_is_one_short_line(text, short):
    assert excerpt(text) == short
