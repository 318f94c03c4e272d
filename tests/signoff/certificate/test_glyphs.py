"""Text on the certificate: every script that the fonts have, code points for the rest, and never a missing glyph."""

import json

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.certificate.glyphs import FAMILIES, FOLDER, printable
from tests.signoff.certificate.making import SCRIPTS

SOURCE = """
#set document(date: auto)
#set text(font: json(bytes(sys.inputs.families)), fallback: false)
#for text in json(bytes(sys.inputs.texts)) [#text #strong(text) #parbreak()]
"""


def compile_texts(*texts):
    """Fails where a glyph is missing: PDF/A forbids that."""
    return typst.compile(
        SOURCE.encode(),
        font_paths=[str(FOLDER)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="a-3a",
        timestamp=0,
        sys_inputs={"families": json.dumps(FAMILIES), "texts": json.dumps(texts)},
    )


@pytest.mark.parametrize("text", SCRIPTS)
def test_what_the_fonts_have_stands_as_it_is(text):
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("𠀀", "[U+20000]"),
        ("a\x00b", "a[U+0000]b"),
        ("a\x1fß", "a[U+001F]ß"),
        ("\ue000", "[U+E000]"),
        ("中\u0659", "中[U+0659]"),
        ("e\u0301", "é"),
        ("a\tb\nc", "a\tb\nc"),
        ("\ufeffä", "[U+FEFF]ä"),
        ("\ue000\u0301", "[U+E000][U+0301]"),
    ],
)
def test_what_they_lack_stands_as_its_code_point(text, printed):
    assert printable(text) == printed


def test_without_that_a_rare_character_would_be_refused():
    with pytest.raises(typst.TypstError, match="could not be displayed"):
        compile_texts("𠀀")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=20))
def test_whatever_is_typed_can_be_printed(texts):
    compile_texts(*map(printable, texts))


def test_the_fonts_fit_into_fifteen_megabytes_with_their_licences():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 15_000_000
    assert sorted(path.name for path in FOLDER.glob("LICENSE*")) == [
        "LICENSE-Apache-2.0.txt",
        "LICENSE-OFL-1.1.txt",
    ]
