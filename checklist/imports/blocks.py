"""Markdown as headings, lists, tables and paragraphs in reading order, each with its line. markdown-it-py parses."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from checklist.imports.columns import Row
from checklist.imports.draft import Link

FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?\r?\n)?---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"'`]+[^\s<>()\[\]\"'`.,;:!?*_]")
LONGEST_LINE = 5000
LONGEST_HEADING = 300
DEEPEST = 20  # lists within lists; what is deeper is read as text


@dataclass(slots=True)
class Heading:
    line: int
    level: int
    text: str


@dataclass(slots=True)
class Paragraph:
    line: int
    text: str

    @property
    def lines(self) -> Iterator[tuple[int, str]]:
        for at, text in enumerate(self.text.split("\n")):
            if text.strip():
                yield self.line + at, text.strip()


@dataclass(slots=True)
class Bullet:
    """A list's entry: its first line, further paragraphs, and the bullets below it."""

    line: int
    depth: int
    text: str = ""
    more: list[str] = field(default_factory=list)
    below: list["Bullet"] = field(default_factory=list)


@dataclass(slots=True)
class List:
    line: int
    bullets: list[Bullet] = field(default_factory=list)


@dataclass(slots=True)
class Grid:
    """A table: its headings and rows, raw."""

    line: int
    headings: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Rule:
    """A line across the page."""

    line: int


type Block = Heading | Paragraph | List | Grid | Rule

# Without its inline step, the slow half: only what turns out to be of use is read further.
BLOCKS = MarkdownIt("commonmark", {"maxNesting": 2 * DEEPEST}).enable("table")
BLOCKS.core.ruler.disable(["inline", "text_join"])
INLINE = MarkdownIt("commonmark").enable("strikethrough")


def front_matter(text: str) -> tuple[str, str, int]:
    """What stands between two lines of dashes at the head of a file, the rest, and how many lines that took."""
    found = FRONT_MATTER.match(text)
    if not found:
        return "", text, 0
    return found[1] or "", text[found.end() :], found[0].count("\n")


def blocks_of(text: str, skipped: int = 0) -> list[Block]:
    """The blocks of a text. `skipped`: lines of the file that are not in it."""
    return _Walk(BLOCKS.parse(text), skipped).blocks


class _Walk:
    """Tokens to blocks. Quotations count as if they were none."""

    def __init__(self, tokens: Sequence[Token], skipped: int) -> None:
        self.skipped = skipped
        self.blocks: list[Block] = []
        self.bullets: list[Bullet] = []  # those that are open
        self.lists = 0
        self.grid: Grid | None = None
        for at, token in enumerate(tokens):
            self._take(token, tokens[at - 1] if at else token)

    def _line(self, token: Token) -> int:
        return self.skipped + (token.map[0] if token.map else 0) + 1

    def _take(self, token: Token, before: Token) -> None:
        if token.type == "inline":
            self._text(token, before)
        elif step := STEPS.get(token.type):
            step(self, token)

    def close_list(self, _token: Token) -> None:
        self.lists -= 1

    def close_bullet(self, _token: Token) -> None:
        self.bullets.pop()

    def open_table(self, token: Token) -> None:
        self.grid = Grid(self._line(token))
        self.blocks.append(self.grid)

    def close_table(self, _token: Token) -> None:
        self.grid = None

    def open_row(self, token: Token) -> None:
        if self.grid:
            self.grid.rows.append(Row(self._line(token), []))

    def close_head(self, _token: Token) -> None:
        if self.grid:
            self.grid.headings = self.grid.rows.pop().cells

    def rule(self, token: Token) -> None:
        self.blocks.append(Rule(self._line(token)))

    def open_list(self, token: Token) -> None:
        if not self.lists:
            self.blocks.append(List(self._line(token)))
        self.lists += 1

    def open_bullet(self, token: Token) -> None:
        bullet = Bullet(self._line(token), len(self.bullets))
        if self.bullets:
            self.bullets[-1].below.append(bullet)
        elif isinstance(holder := self.blocks[-1], List):
            holder.bullets.append(bullet)
        else:  # a heading or a table inside of a list's first entry: the list goes on behind it
            self.blocks.append(List(bullet.line, [bullet]))
        self.bullets.append(bullet)

    def _text(self, token: Token, before: Token) -> None:
        text = COMMENT.sub("", token.content)
        if self.grid:
            self.grid.rows[-1].cells.append(text)
        elif before.type == "heading_open":
            title = text.strip()[:LONGEST_HEADING]
            self.blocks.append(Heading(self._line(before), int(before.tag[1:]), title))
        elif not self.bullets:
            self.blocks.append(Paragraph(self._line(token), text))
        elif not self.bullets[-1].text and not self.bullets[-1].below:
            self.bullets[-1].text = text
        else:
            self.bullets[-1].more.append(text)


STEPS: Mapping[str, Callable[[_Walk, Token], None]] = {
    "bullet_list_open": _Walk.open_list,
    "ordered_list_open": _Walk.open_list,
    "bullet_list_close": _Walk.close_list,
    "ordered_list_close": _Walk.close_list,
    "list_item_open": _Walk.open_bullet,
    "list_item_close": _Walk.close_bullet,
    "table_open": _Walk.open_table,
    "table_close": _Walk.close_table,
    "tr_open": _Walk.open_row,
    "thead_close": _Walk.close_head,
    "hr": _Walk.rule,
}


def plain(text: str) -> str:
    """Words without their markup."""
    return read(text)[0]


def read(text: str) -> tuple[str, list[Link]]:
    """Words without their markup, and the links among them. What is as long as no line is stays as it is written."""
    if len(text) > LONGEST_LINE:
        return " ".join(text.split()), []
    words, links = _Inline(BREAK.sub("\n", text)).result
    links += [Link("", url) for url in ADDRESS.findall(words) if url not in {x.url for x in links}]
    return words, links


class _Inline:
    def __init__(self, text: str) -> None:
        self.parts: list[str] = []
        self.links: list[Link] = []
        self.open: list[tuple[str, int]] = []
        for token in INLINE.parseInline(text):
            for child in token.children or []:
                self._take(child)

    @property
    def result(self) -> tuple[str, list[Link]]:
        lines = ("".join(self.parts)).split("\n")
        return "\n".join(" ".join(line.split()) for line in lines).strip(), self.links

    def _take(self, token: Any) -> None:
        match token.type:
            case "text" | "code_inline":
                self.parts.append(token.content)
            case "softbreak":
                self.parts.append(" ")
            case "hardbreak":
                self.parts.append("\n")
            case "image":
                self.parts.append(token.content)
            case "link_open":
                self.open.append((str(token.attrs.get("href", "")), len(self.parts)))
            case "link_close" if self.open:
                href, start = self.open.pop()
                if href.startswith(("http://", "https://")):
                    self.links.append(Link("".join(self.parts[start:]).strip(), href))
