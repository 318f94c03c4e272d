"""What people type is made safe once: sentinel/text.py."""

import pytest
from django import forms

from sentinel.text import EmailField, LineField, TextField, clean_email, clean_line, clean_text

FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Maya Ito", "Maya Ito"),
        ("  Maya \t\n Ito ", "Maya Ito"),
        ("Ma\x00ya\x07", "Maya"),
        ("Ju\u0308rgen", "J\u00fcrgen"),
        ("\u202etxt.exe\u202c", "txt.exe"),
        ("\u2066Ito\u2069", "Ito"),
        ("I\u200bt\ufeffo", "Ito"),
        ("\ud800Ito", "Ito"),
        ("Ito\U000e0041", "Ito"),
        (FAMILY, FAMILY),
        (ENGLAND, ENGLAND),
        ("\u05de\u05d0\u05d9\u05d4", "\u05de\u05d0\u05d9\u05d4"),
        ("\u3164\u200d\u2800", ""),
        ("", ""),
    ],
)
def test_a_line_keeps_what_can_be_seen(typed, kept):
    assert clean_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("\n\n    code  \n\n", "    code"),
        ("a\x00\u202eb", "ab"),
        (" \n\u200d\n ", ""),
    ],
)
def test_a_text_keeps_its_lines(typed, kept):
    assert clean_text(typed) == kept


def test_an_address_is_kept_in_lower_case():
    assert clean_email(" Maya@Example.ORG\u200b ") == "maya@example.org"


class Form(forms.Form):
    name = LineField(max_length=10)
    note = TextField(max_length=10, required=False)
    email = EmailField(required=False)


def test_a_form_hands_on_clean_text():
    form = Form({"name": " Ma\x00ya ", "note": "a\r\nb", "email": "Maya@Example.org"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Maya", "note": "a\nb", "email": "maya@example.org"}


def test_a_field_left_out_is_empty():
    form = Form({"name": "Maya"})

    assert form.is_valid()
    assert form.cleaned_data == {"name": "Maya", "note": "", "email": ""}


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [
        ("name", "\u200b\u202e", "required"),
        ("name", "x" * 1_000_000, "max_length"),
        ("note", "x" * 1_000_000, "max_length"),
        ("email", "not an address", "invalid"),
    ],
)
def test_what_cannot_be_kept_is_a_sentence_at_its_field(field, typed, code):
    form = Form({"name": "Maya", field: typed})

    assert form.has_error(field, code)


def test_no_browser_cuts_what_is_typed():
    form = Form()

    assert "maxlength" not in f"{form['name']}{form['note']}"
