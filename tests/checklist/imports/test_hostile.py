"""Files that mean harm, or are none: each is refused with a sentence, soon, and without filling the memory."""

import json
import os
import tracemalloc
import zipfile
from functools import partial
from io import BytesIO
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checklist.imports.files import MOST_BYTES, MOST_ITEMS, MOST_TEXT, NotRead, read_file

MOST_MEMORY = 200_000_000
ALIASES = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def zipped(**files):
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


FULL = MOST_TEXT - 100
HOSTILE = {
    "10mb.md": lambda: b"- [ ] x\n" * (MOST_BYTES // 8),
    "more-than-10mb.md": lambda: b"x" * (MOST_BYTES + 1),
    "items.md": lambda: b"- [ ] x\n" * (MOST_ITEMS + 1),
    "prose.md": lambda: b"lorem ipsum dolor sit amet\n" * (FULL // 27),
    "line.md": lambda: b"x" * FULL,
    "stars.md": lambda: b"*a " * (FULL // 3),
    "brackets.md": lambda: b"[" * FULL,
    "boxes.md": lambda: b"[ ]" * (FULL // 3),
    "symbols.md": ("- " + "✅" * 300_000).encode,
    "underlines.md": lambda: b"_" * FULL,
    "pipes.md": lambda: b"|" * (FULL // 2) + b"\n" + b"|-" * (FULL // 4),
    "quote.md": lambda: b">" * FULL,
    "quotes.md": lambda: (b">" * 500 + b" a\n") * 1900,
    "heading.md": lambda: b"# " + b"levels " * (FULL // 7),
    "rules.md": lambda: b"---\n" * (FULL // 4),
    "backticks.md": lambda: b"```a" * (FULL // 4),
    "rows.csv": lambda: b"Item,Status\n" + b"a,done\n" * 50_000,
    "wide.csv": lambda: b"a," * (FULL // 2),
    "quotes.csv": lambda: b'"' * FULL,
    "aliases.yaml": lambda: ALIASES.encode() + b"items: *i\n",
    "deep.yaml": lambda: b"[" * 100_000,
    "deeper.yaml": lambda: b"a:\n" + b"".join(b" " * n + b"- a:\n" for n in range(1, 1200)),
    "long.yaml": lambda: b"items:\n" + b"- a\n" * (FULL // 4),
    "deep.json": lambda: b"[" * 500_000,
    "deeper.json": lambda: b'{"items":' * 90 + b"[]" + b"}" * 90,
    "long.json": lambda: b'{"items":[' + b'"a",' * (FULL // 4 - 20) + b'"a"]}',
    "numbers.json": lambda: b'{"items":[NaN,1e999,' + b"9" * 5000 + b"]}",
    "bytes.md": lambda: bytes(range(256)) * 3000,
    "no-utf-16.md": lambda: b"\xff\xfe\xfa" * 100_000,
    "zeros.txt": lambda: b"\x00" * 1000,
    "bomb.xlsx": lambda: zipped(**{"xl/worksheets/sheet1.xml": b"0" * 200_000_000}),
    "no.xlsx": partial(zipped, a=b"b"),
    "entities.xlsx": lambda: zipped(
        **{
            "[Content_Types].xml": b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">'
            b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;">]><a>&c;&c;&c;&c;</a>',
            "xl/workbook.xml": b"<workbook/>",
        }
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence(name):
    content = HOSTILE[name]()

    with pytest.raises(NotRead) as refused:
        read_file(name, content)

    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    "name", ["bomb.xlsx", "aliases.yaml", "10mb.md", "deeper.json", "wide.csv"]
)
def test_a_file_that_unfolds_does_not_fill_the_memory(name):
    content = HOSTILE[name]()
    tracemalloc.start()
    try:
        with pytest.raises(NotRead):
            read_file(name, content)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < MOST_MEMORY


def test_a_list_in_a_list_in_a_list_is_read_as_deep_as_lists_go():
    text = "\n".join("  " * depth + "- [ ] x" for depth in range(700))

    assert sum(1 for _item in read_file("deep.md", text.encode()).items) < 50


CHECKLIST = """---
name: x
---
# L

## 1. A [ ]

**Responsible:** Team
**Sign-off:** CTO or COO

| # | Item | Status | Notes |
|---|------|--------|-------|
| 1 | One | ✅ | n |
| 2 | Two \\| three | [ ] | |

- [x] Four [l](https://e.org)
  - Owner: Ann
- [ ] GO
- [ ] NO-GO
"""
WHOLE = {
    "a.md": CHECKLIST.encode(),
    "a.csv": b'Section,Item,Status\nA,"One, two",done\nB,Three,"open"\n',
    "a.json": json.dumps({"sections": [{"title": "A", "items": [{"text": "x", "status": "done"}]}]}).encode(),
    "a.yaml": b"body:\n- type: checkboxes\n  attributes:\n    label: A\n    options:\n    - label: x\n",
}  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_damaged_file_is_read_or_refused(name, seed):
    chance = Random(seed)  # noqa: S311 - no secret
    content = bytearray(WHOLE[name])
    for _turn in range(chance.randint(1, 8)):
        place = chance.randrange(len(content))
        content[place : place + chance.randint(0, 9)] = chance.choice(
            [
                b"",
                b"|",
                b"[ ]",
                b"\n",
                b"- ",
                b"\xff",
                b"\x00",
                "✅".encode(),
                chance.randbytes(3),
                b'"',
                b"{",
                b"*",
            ]
        )

    try:
        draft = read_file(name, bytes(content))
    except NotRead:
        return
    assert all(item.text for item in draft.items)


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=400),
    name=st.sampled_from(["a.md", "a.csv", "a.json", "a.yaml", "a.txt", "a"]),
)
def test_any_text_is_read_or_refused(text, name):
    try:
        read_file(name, text.encode("utf-8", "surrogatepass"))
    except NotRead as refused:
        said = str(refused)
    else:
        said = "read"
    assert said


def test_any_bytes_in_a_workbook_are_read_or_refused():
    from openpyxl import Workbook  # noqa: PLC0415 - slow to import

    book = Workbook()
    book.active.append(["Item", "Status"])
    book.active.append(["A", "done"])
    out = BytesIO()
    book.save(out)
    chance = Random(7)  # noqa: S311 - no secret
    for _turn in range(150):
        content = bytearray(out.getvalue())
        for _byte in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            read_file("a.xlsx", bytes(content))
        except NotRead as refused:
            said = str(refused)
        else:
            said = "read"
        assert said


def test_random_bytes_are_no_checklist():
    with pytest.raises(NotRead):
        read_file("a.md", os.urandom(100_000))
