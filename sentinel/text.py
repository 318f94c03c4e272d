"""Text that people type: made safe to keep and to show, once, before any rule or database sees it.

What is typed is put in NFC. What nobody can see and nobody meant is taken out: NUL and other
controls, bidirectional overrides and isolates, zero-width spaces, lone surrogates. Joiners,
variation selectors and flags stay: emoji and several scripts need them.
"""

import re
import unicodedata
from typing import Any

from django import forms

LINE_LENGTH = 200
TEXT_LENGTH = 20_000

LINE_BREAKS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
SUBDIVISION_FLAG = "\U0001f3f4[\U000e0020-\U000e007e]{1,7}\U000e007f"
HARMFUL = (
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # controls, without the white space
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides, isolates
    "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb"  # invisible
    "\ud800-\udfff\U000e0000-\U000e007f"  # surrogates, tags
    "\ufdd0-\ufdef\ufffe\uffff"  # no characters
)
UNWANTED = re.compile(f"({SUBDIVISION_FLAG})|[{HARMFUL}]")
BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_line(text: str) -> str:
    """One line: safe, in NFC, white space made single spaces; empty if nothing can be seen."""
    return _visible(" ".join(safe(text).split()))


def clean_text(text: str) -> str:
    """Several lines: safe, in NFC, line breaks as \\n; empty if nothing can be seen."""
    return _visible(safe(text).rstrip().lstrip("\n"))


def clean_email(text: str) -> str:
    """An e-mail address as it is kept and compared: a clean line in lower case."""
    return unicodedata.normalize("NFC", clean_line(text).lower())


def safe(text: str) -> str:
    """Text without what nobody can see and nobody meant, in NFC, line breaks as \\n; white space as it is."""
    with_breaks = LINE_BREAKS.sub("\n", text)
    return unicodedata.normalize("NFC", UNWANTED.sub(r"\1", with_breaks))


def _visible(text: str) -> str:
    return text if any(map(_is_visible, text)) else ""


def _is_visible(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CZM" and character not in BLANK_LETTERS


class TypedField(forms.CharField):
    """Text that is too long comes back whole, with a sentence: by `maxlength` a browser would cut it unsaid."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class LineField(TypedField):
    """One line of text in a form; longer than `max_length` is a sentence beside the field."""

    def __init__(self, *, max_length: int = LINE_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        return clean_line(super().to_python(value) or "")


class TextField(TypedField):
    """Several lines of text in a form; longer than `max_length` is a sentence beside the field."""

    widget = forms.Textarea

    def __init__(self, *, max_length: int = TEXT_LENGTH, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> Any:
        return clean_text(super().to_python(value) or "")


class EmailField(forms.EmailField):
    """An e-mail address in a form, as it is kept."""

    def to_python(self, value: Any) -> Any:
        return clean_email(super().to_python(value) or "")
