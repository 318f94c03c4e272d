"""The document in Markdown, as GitHub and most others read it: what people typed stays the text that they typed.

Nothing typed becomes markup: what could is escaped, and no more than that, so that plain text stays plain to read.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

from sentinel.text import safe
from signoff.export.document import (
    Cell,
    Document,
    Field,
    Fields,
    Items,
    Legend,
    Part,
    Piece,
    Prose,
    Question,
    SignOff,
    Table,
)

BREAK = "<br>"
RULE = "---"
LONG, SHORT, SIGNED = "_" * 25, "_" * 9, "_" * 21
# A blank that ends a line is a line break in Markdown; the lines of one paragraph stay lines.
END = "  \n"

MARKUP = re.compile(
    r"[\\`*\[\]|~]"  # always
    r"|(?<![^\W_])_|_(?![^\W_])"  # an underscore, but within a word
    r"|<(?=[A-Za-z/!?])"  # a tag or an address
    r"|&(?=#?\w+;)"  # an entity
)
ENTITY = re.compile(r"&(?=#?\w+;)")
EDGE = re.compile(r"^[^\S\n]|[^\S\n]$|(?<=\n)[^\S\n]|[^\S\n](?=\n)")
BEGINS = re.compile(r"^(?:[#>+=:-]|\d+(?=[.)]))")


def write(document: Document) -> str:
    """A whole document."""
    blocks = [f"# {heading(document.title)}", fields(document.head)]
    before: Part | None = None
    for part in document.parts:
        if before is None or before.blocks:
            blocks.append(RULE)
        blocks += part_blocks(part)
        before = part
    blocks += [RULE, fields(document.foot), RULE, fields(document.made)]
    return "\n\n".join(filter(None, blocks)) + "\n"


def part_blocks(part: Part) -> list[str]:
    mark = f" {part.mark.symbol}" if part.mark else ""
    head = f"{'#' * part.level} {heading(part.heading)}{mark}"
    return [head, *(WRITERS[block.kind](block) for block in part.blocks)]


def fields(block: Fields) -> str:
    return END.join(field(row) for row in block.rows)


def field(row: Field) -> str:
    return f"**{inline(row.label)}:** {cell(row.value)}"


def prose(block: Prose) -> str:
    """Each line as its own; an empty one ends a paragraph."""
    paragraphs = re.split(r"\n\s*\n", safe(block.text).strip("\n"))
    return "\n\n".join(END.join(map(begin, text.split("\n"))) for text in paragraphs)


def legend(block: Legend) -> str:
    marks = (f"- {mark.symbol} = {inline(mark.text)}" for mark in block.marks)
    return "\n".join([f"**{inline(block.title)}**", *marks])


def items(block: Items) -> str:
    if block.ticks and block.rows:
        boxes = ("[ ]" if row.mark.symbol == "[ ]" else "[x]" for row in block.rows)
        rows = zip(boxes, block.rows, strict=True)
        return "\n".join(f"- {box} {inline(row.text)}" for box, row in rows)
    return table(block.table)


def table(block: Table) -> str:
    if not block.rows:
        return f"_{inline(block.empty)}_" if block.empty else ""
    lines = [
        _line(map(inline, block.columns)),
        "|" + "|".join("-" * (len(column) + 2) for column in block.columns) + "|",
        *(_line(map(cell, row)) for row in block.rows),
    ]
    return "\n".join(lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def signoff(block: SignOff) -> str:
    """As the paper has it: the line to sign on, filled in where somebody has."""
    reference = f"[{block.reference}]({address(block.url)})" if block.reference else ""
    lines = [
        f"Name: {inline(block.name) or LONG}",
        f"Date: {inline(block.date) or (LONG if block.is_executive else SHORT)}",
        f"Signature: {reference or SIGNED}",
    ]
    if not block.is_executive:
        lines = [" ".join(lines)]
    vote = [f"Vote: {inline(block.vote)}"] if block.vote else []
    head = f"**{inline(block.title)}:**"
    body = END.join([*lines, *vote, *map(piece, block.remarks)])
    return f"{head}\n\n{body}" if block.is_executive else f"{head}{END}{body}"


def question(block: Question) -> str:
    boxes = (f"{'[x]' if given else '[ ]'} {inline(text)}" for text, given in block.options)
    line = f"**{inline(block.text)}** {' '.join(boxes)}"
    return f"{line}{END}{piece(block.remark)}" if block.remark else line


WRITERS: dict[str, Callable[[Any], str]] = {
    "fields": fields,
    "prose": prose,
    "legend": legend,
    "items": items,
    "table": table,
    "signoff": signoff,
    "question": question,
}


def cell(value: Cell) -> str:
    return BREAK.join(map(piece, value))


def piece(part: Piece) -> str:
    """A bit of text with its label and its link; a state as its symbol."""
    text = part.symbol or inline(part.text)
    if part.link:
        text = f"[{text}]({address(part.link)})"
    return f"**{inline(part.label)}:** {text}" if part.label else text


def inline(text: str) -> str:
    """Text within a line: its own line breaks as <br>, and the blanks at a line's ends kept."""
    escaped = MARKUP.sub(r"\\\g<0>", safe(text))
    return EDGE.sub(lambda blank: f"&#{ord(blank[0])};", escaped).replace("\n", BREAK)


def begin(text: str) -> str:
    """Text at the beginning of a line, where a few more characters would be markup."""
    return BEGINS.sub(_tame, inline(text))


def _tame(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0][0].isdigit() else f"\\{found[0]}"


def heading(text: str) -> str:
    """Text in a heading, whose trailing hashes would be lost."""
    return re.sub(r"#(?=#*$)", r"\\#", inline(text))


def address(url: str) -> str:
    """An address that ends where it ends, in a link and in a table."""
    return ENTITY.sub("&amp;", quote(safe(url), safe="%/:?#[]@!$&'*+,;=~-._"))
