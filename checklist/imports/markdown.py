"""Markdown that is a checklist: which of its lines are items, of which section, in which status, signed by whom."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from checklist.imports import signing
from checklist.imports.blocks import (
    Block,
    Bullet,
    Grid,
    Heading,
    List,
    Paragraph,
    Rule,
    blocks_of,
    front_matter,
    plain,
    read,
)
from checklist.imports.columns import Kind, Row, Table, kind_of
from checklist.imports.draft import (
    Doubt,
    Draft,
    DraftItem,
    DraftSection,
    DraftSlot,
    Link,
    SetAside,
    Trouble,
    Why,
)
from checklist.imports.facts import add, phase_of, take_fact
from checklist.imports.options import AS_IS, Options
from checklist.imports.statuses import BOX, SYMBOL, leading, readable, trailing, word_status
from checklist.imports.tables import TABLE_WHY, items_of, signers_of
from checklist.rules import ItemStatus

NUMBER = re.compile(
    r"^((?:\d{1,3}|[A-Z])(?:\.\d{1,3})+|\d{1,3}(?=[.):]\s|\s+[-–—]\s))(?:[.):]?\s+|\s+[-–—]\s+)(?=\S)"
)
SHORT = 80
# Sections in which bullets without a box are no items: they tell about the document.
ABOUT = re.compile(
    r"^\W*(?:\d+\W+)?(?:table of )?(?:contents?|overview|introduction|intro|about|background|purpose|scope|legend|"
    r"notes?|"
    r"references?|resources?|links|further reading|see also|glossary|definitions?|terminology|conventions?\b.*|"
    r"usage|how to.*|contributing|licen[sc]e|changelog|change log|history|.*\blevels?|related.*|contacts?.*|"
    r"authors?|credits|summary|disclaimer|inhalt|einleitung|überblick|sommaire|índice|содержание|目录|目次)\W*$",
    re.IGNORECASE,
)
EXPLAINS = re.compile(r"\s*(?:=|:|->|→|-|–|—|means\b|is\b|indicates\b)")
TO_ANOTHER_PAGE = re.compile(r"^\[[^\]]+\]\((?!https?:)[^)]*\)")


def read_markdown(text: str, name: str, options: Options = AS_IS) -> Draft:
    """The checklist in a Markdown text; `name` is its title where it has none."""
    matter, body, skipped = front_matter(text)
    reader = _Reader(options)
    for block in blocks_of(body, skipped):
        reader.take(block)
    draft = reader.finish()
    draft.title = reader.title or _named_in(matter) or name
    return draft


def _named_in(matter: str) -> str:
    found = re.search(r"^name:[ \t]*(.+)$", matter, re.MULTILINE)
    return found[1].strip().strip("\"'") if found else ""


@dataclass(slots=True)
class _Part:
    """A heading with what was found right below it, whether it turns out to be a section or not."""

    section: DraftSection
    level: int
    path: list[str]
    bullets: list[Bullet]
    is_sign_off: bool = False
    is_over: bool = False  # a line across the page: what is said below it is said of the document
    is_legend: bool = False


class _Reader:
    def __init__(self, options: Options) -> None:
        self.options = options
        self.draft = Draft("markdown", "")
        self.title = ""
        self.parts = [_Part(DraftSection("", 1), 0, [], [])]
        self.grids: list[tuple[_Part, Grid]] = []
        self.signer: tuple[str, int] | None = None  # a name above a line to sign on
        self.lead = ""  # the line above a list

    @property
    def part(self) -> _Part:
        return self.parts[-1]

    def take(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                self._paragraph(block)
            case List():
                self._list(block.bullets)
            case Grid():
                self.grids.append((self.part, block))
            case Rule():
                self.part.is_over = self._has_content(self.part)

    def _has_content(self, part: _Part) -> bool:
        held = any(owner is part for owner, _grid in self.grids)
        return bool(held or part.section.items or part.bullets)

    # Headings

    def _heading(self, heading: Heading) -> None:
        self.signer, self.lead = None, ""
        words = _without_box(plain(heading.text))
        if heading.level == 1 and not self.title:
            self.title = words
        path = [one for one in self.part.path if one]
        above = [part for part in self.parts if part.level < heading.level]
        last = above[-1] if above else self.parts[0]
        section_level = self.options.section_level
        if section_level and heading.level > section_level:
            return
        number, title = _numbered(words)
        path = [*last.path, title]
        part = _Part(DraftSection(title or words, heading.line, number), heading.level, path, [])
        is_title = heading.level == 1
        part.is_sign_off = last.is_sign_off or (not is_title and _is_sign_off(title))
        part.is_legend = not is_title and bool(signing.LEGEND_HEADING.search(title))
        part.section.phase = phase_of(title) or last.section.phase
        self.parts.append(part)

    # Paragraphs

    def _paragraph(self, paragraph: Paragraph) -> None:
        told = []
        marked = [text for _line, text in paragraph.lines if leading(text)]
        listed = (
            [Bullet(line, 0, text) for line, text in paragraph.lines] if len(marked) > 1 else []
        )
        if listed and self._is_legend(listed):
            return
        for line, text in paragraph.lines:
            self.lead = text[:SHORT]
            if asked := signing.question_in(text):
                self._aside(line, asked, Why.DECISION)
            elif leading(text) and not signing.BLANK.search(text) and (listed or _has_box(text)):
                self._box(Bullet(line, 0, text))
            elif not self._labelled(line, text):
                told.append(plain(text))
        section = self.part.section
        if told and not section.items and self.part.level > 1 and not self.part.is_sign_off:
            section.guidance = "\n".join(filter(None, [section.guidance, " ".join(told)]))

    def _labelled(self, line: int, text: str) -> bool:
        """Take a line that says who is responsible or who signs; False where it is a line of prose."""
        if signing.FORM_FIELD.match(readable(text)):
            self._to_sign(line, text)
            return True
        found = signing.label_in(plain(text))
        if found is None:
            return False
        label, value = found
        blank = not signing.BLANK.sub("", value).strip(" |/-–—") or bool(
            signing.FORM_FIELD.match(value)
        )
        if signing.SIGN_LABEL.fullmatch(label) and not blank:
            self._sign(signing.authorities_in(value), line)
        elif signing.TEAM_LABEL.fullmatch(label) and not blank and not self.part.is_over:
            self.part.section.team = self.part.section.team or signing.tidy(value)
        elif blank and self._signs(label):
            self.signer = (signing.tidy(label), line)
            if signing.BLANK.search(text):
                self._to_sign(line, text)
        else:
            return signing.BLANK.search(text) is not None
        return True

    def _signs(self, label: str) -> bool:
        """Whether a label with nothing behind it names somebody who is to sign."""
        is_role = len(label.split()) <= signing.FEW_WORDS and signing.ROLE.search(label)
        return bool(signing.OWN_SIGN_OFF.search(label) or (self.part.is_sign_off and is_role))

    def _to_sign(self, line: int, text: str) -> None:
        """A line to sign on: of whoever was named above it, or of the section's own signature."""
        if not signing.SIGN_HERE.search(readable(text)):
            return
        signer, at = self.signer or ("", line)
        if not signer and self.part.is_sign_off and signing.ROLE.search(self.part.section.title):
            signer = self.part.section.title
        self.signer = None
        name = signing.OWN_SIGN_OFF.sub("", signer).strip(" -–—") or signer
        of_section = bool(signing.OWN_SIGN_OFF.search(signer)) and bool(self.part.section.slots)
        if not name or of_section:
            self._aside(line, plain(text), Why.SIGN_OFF)
        else:
            self._sign([_either(name)], at)

    def _sign(self, slots: Sequence[tuple[str, ...]], line: int) -> None:
        known = {slot.authorities for slot in self.part.section.slots}
        self.part.section.slots += [DraftSlot(s, line) for s in slots if s and s not in known]

    # Lists

    def _list(self, bullets: Sequence[Bullet]) -> None:
        if self._is_question(bullets) or self._is_legend(bullets):
            return
        for bullet in bullets:
            self._bullet(bullet, "")

    def _bullet(self, bullet: Bullet, below: str) -> None:
        if signing.question_in(bullet.text):
            self._aside(bullet.line, signing.question_in(bullet.text), Why.DECISION)
        elif self.part.is_legend and _mark(bullet.text):
            self._aside(bullet.line, plain(bullet.text), Why.LEGEND)
        elif leading(bullet.text):
            self._box(bullet, below)
            return
        elif bullet.depth == 0 and not self._bullet_signs(bullet):
            self.part.bullets.append(bullet)
        if bullet.below and not self._is_question(bullet.below):
            for one in bullet.below:
                self._bullet(one, plain(bullet.text))

    def _bullet_signs(self, bullet: Bullet) -> bool:
        """A bullet without a box that is there to be signed, or says who does."""
        text = plain(bullet.text)
        found = signing.label_in(text)
        is_blank = bool(signing.BLANK.search(bullet.text)) or (found is not None and not found[1])
        if self.part.is_sign_off and is_blank:
            if not signing.FORM_FIELD.match(text) and (name := signing.signer_in(text)):
                self._sign([_either(name)], bullet.line)
            return True
        return bool(
            found
            and (signing.SIGN_LABEL.fullmatch(found[0]) or signing.TEAM_LABEL.fullmatch(found[0]))
            and self._labelled(bullet.line, bullet.text)
        )

    def _box(self, bullet: Bullet, below: str = "") -> None:
        """A bullet that begins with a box or a symbol."""
        status, words = leading(bullet.text) or (ItemStatus.UNSET, bullet.text)
        deeper = [one for one in bullet.below if not leading(one.text) and not one.below]
        text, links = read(words)
        to_sign = any(signing.is_line_to_sign(one.text) for one in deeper)
        told = not to_sign and any(signing.label_in(plain(one.text)) for one in deeper)
        if not re.search(r"\w", text):
            self._aside(bullet.line, "[ ]", Why.EMPTY)
        elif to_sign or self._is_to_sign(words, told=told):
            if name := signing.signer_in(text):
                self._sign([_either(name)], bullet.line)
        else:
            item = _item(text, bullet.line, status, links)
            item.guidance = below
            _tell(item, deeper, bullet.more)
            self.part.section.items.append(item)
        self._below(bullet, deeper, text)

    def _is_to_sign(self, words: str, *, told: bool) -> bool:
        beneath = self.part.is_sign_off
        return signing.is_sign_off_line(words, beneath_sign_off=beneath, told=told) or bool(
            beneath and signing.GO_OR_NOT.search(words[: signing.LONGEST_LINE])
        )

    def _below(self, bullet: Bullet, deeper: Sequence[Bullet], text: str) -> None:
        if self._is_question([one for one in bullet.below if leading(one.text)]):
            return
        for one in bullet.below:
            if one not in deeper and self.options.nested:
                self._bullet(one, text)

    def _is_question(self, bullets: Sequence[Bullet]) -> bool:
        """A list of boxes that are the answers to one question."""
        marked = [found[1] for one in bullets if (found := leading(one.text))]
        if len(marked) != len(bullets) or not signing.are_choices([plain(text) for text in marked]):
            return False
        asked = self.part.section.title or " / ".join(plain(text) for text in marked)
        self._aside(bullets[0].line, asked, Why.DECISION)
        return True

    def _is_legend(self, bullets: Sequence[Bullet]) -> bool:
        """A list in which each symbol stands once, and what it means."""
        marks = [_mark(one.text) for one in bullets]
        known = [mark for mark in marks if mark]
        if len(known) != len(bullets) or len(bullets) < 2:
            return False
        if len({symbol for symbol, _rest in known}) != len(known):
            return False
        rests = [rest for _symbol, rest in known]
        said = self.part.is_legend or bool(signing.LEGEND_HEADING.search(self.lead))
        if not (said or all(map(EXPLAINS.match, rests)) or all(map(_is_word, rests))):
            return False
        self._aside(bullets[0].line, plain(bullets[0].text), Why.LEGEND)
        return True

    # Tables

    def _table(self, part: _Part, grid: Grid, titles: Sequence[str]) -> None:
        rows = [Row(row.line, [plain_cell(cell) for cell in row.cells]) for row in grid.rows]
        if not rows:
            return
        raw = Table([plain(text) for text in grid.headings], rows, self.options.status_column)
        kind = kind_of(raw, titles, beneath_sign_off=part.is_sign_off)
        heads = " | ".join(text for text in raw.headings if text) or "|"
        if kind is Kind.CHECKLIST:
            cells = {row.line: row.cells for row in grid.rows}
            for item in items_of(raw, self.draft, raw.rows, cells):
                part.section.items.append(item)
        elif kind is Kind.SIGN_OFF:
            for line, name in signers_of(raw):
                known = {slot.authorities for slot in part.section.slots}
                if (either := _either(name)) not in known:
                    part.section.slots.append(DraftSlot(either, line))
        elif kind in TABLE_WHY:
            self.draft.aside.append(SetAside(grid.line, heads[:SHORT], TABLE_WHY[kind]))

    # The end

    def finish(self) -> Draft:
        titles = [part.section.title for part in self.parts if part.level > 1]
        for part, grid in self.grids:
            self._table(part, grid, titles)
        if self.options.plain_bullets or not self._any():
            self._without_boxes()
        draft = self.draft
        for part in self.parts:
            section = part.section
            section.items.sort(key=lambda item: item.line)
            if section.items:
                draft.sections.append(section)
            else:
                draft.slots += section.slots
        self._name_sections()
        draft.aside.sort(key=lambda aside: aside.line)
        return draft

    def _any(self) -> bool:
        return any(part.section.items for part in self.parts)

    def _without_boxes(self) -> None:
        """No line begins with a box or a status: those that end with one are items, or else every bullet is."""
        ending = self._bullets(lambda text: trailing(text) is not None)
        if self.options.plain_bullets is None and len(ending) > 1:
            chosen = ending
        elif self.options.plain_bullets is False:
            return
        else:
            chosen = [
                (part, bullet)
                for part, bullet in self._bullets(lambda text: not TO_ANOTHER_PAGE.match(text))
                if not (ABOUT.match(part.section.title) or part.is_sign_off or part.is_legend)
            ]
            if chosen:
                self.draft.doubts.append(Doubt(Trouble.PLAIN_BULLETS))
        for part, bullet in chosen:
            status, words = trailing(bullet.text) or (ItemStatus.UNSET, bullet.text)
            text, links = read(words)
            if re.search(r"\w", text):
                item = _item(text, bullet.line, status, links)
                _tell(item, bullet.below, bullet.more)
                part.section.items.append(item)

    def _bullets(self, fits: Callable[[str], object]) -> list[tuple[_Part, Bullet]]:
        return [(part, one) for part in self.parts for one in part.bullets if fits(one.text)]

    def _name_sections(self) -> None:
        """Titles that come twice are told apart by what they are below."""
        titles = [section.title for section in self.draft.sections]
        for part in self.parts:
            section = part.section
            if section.items and titles.count(section.title) > 1 and len(part.path) > 1:
                section.title = f"{part.path[-2]}: {section.title}"
        for section in self.draft.sections:
            section.title = section.title or self.title

    def _aside(self, line: int, text: str, why: Why) -> None:
        self.draft.aside.append(SetAside(line, text[:SHORT], why))


def _item(text: str, line: int, status: ItemStatus, links: list[Link]) -> DraftItem:
    number, words = _numbered(" ".join(text.split()), items=True)
    return DraftItem(words, line, status, number, links=links)


def _tell(item: DraftItem, below: Sequence[Bullet], more: Sequence[str]) -> None:
    """What lines below an item say of it."""
    for bullet in below:
        take_fact(item, bullet.text)
    for paragraph in more:
        add(item, "note", plain(paragraph))


def plain_cell(cell: str) -> str:
    return plain(cell).strip()


def _has_box(text: str) -> bool:
    return BOX.match(readable(text).lstrip()) is not None


def _without_box(words: str) -> str:
    """A heading without the boxes and symbols around it."""
    words = BOX.sub("", readable(words))
    return re.sub(r"\s+", " ", SYMBOL.sub("", re.sub(r"^[^\w(\"'“«]+", "", words))).strip()


def _numbered(words: str, *, items: bool = False) -> tuple[str, str]:
    """A leading number and the rest: "1.2 TLS". Of an item a single figure is a part of its text."""
    found = NUMBER.match(words)
    if not found or (items and "." not in found[1]):
        return "", words
    return found[1], words[found.end() :].strip()


def _is_sign_off(title: str) -> bool:
    few = len(title.split()) <= signing.MOST_HEADING_WORDS
    return few and signing.SIGN_OFF_HEADING.search(title) is not None


def _either(name: str) -> tuple[str, ...]:
    return tuple(part for one in signing.EITHER.split(name) if (part := signing.tidy(one)))


def _is_word(text: str) -> bool:
    return word_status(plain(text)) is not None


def _mark(text: str) -> tuple[str, str] | None:
    """The symbol or box that a line begins with, as it is written, and the rest."""
    text = readable(text).lstrip("*`_ ")
    if found := BOX.match(text) or SYMBOL.match(text):
        return found[0], text[found.end() :].lstrip("`*_")
    first, _space, rest = text.partition(" ")
    known = word_status(first) is not None and EXPLAINS.match(rest)
    return (first, rest) if known else None
