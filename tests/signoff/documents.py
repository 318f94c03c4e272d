"""Reads a checklist in Markdown, as plainly as a person would: what the seed says, and what was exported."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

CELLS = re.compile(r"(?<=\|) ((?:[^|\\]|\\.)*?) ?(?=\|)")
NOT_APPLICABLE = re.compile(r"\*\*N/A:\*\* (.*?)(?:<br>\*\*Note:\*\* (.*))?$")
TOKEN = re.compile(r"\\([!-/:-@\[-`{-~])|&#(\d+);|(<br>)")
DONE = {" ": "[ ]", "x": "✅"}


SHAPES = {
    "heading": re.compile(r"(#+) (.*)"),
    "tick": re.compile(r"- \[([ x])\] (.*)"),
    "dashes": re.compile(r"\|---"),
    "line": re.compile(r"\|"),
    "value": re.compile(r"\*\*((?:[^*\\]|\\.)+?):\*\*(?: (.*?))?(?: {2})?$"),
    "signed": re.compile(r"Name: (.+?) Date: (.+?) Signature: (.+?)(?: {2})?$"),
    "question": re.compile(r"\*\*(.+?\?)\*\* (.*)"),
}


@dataclass
class Read:
    """Headings with their level, rows and values by the heading they stand under, sign-off lines by their titles."""

    headings: list = field(default_factory=list)
    rows: dict = field(default_factory=lambda: defaultdict(list))
    values: dict = field(default_factory=lambda: defaultdict(dict))
    signoffs: dict = field(default_factory=dict)
    questions: dict = field(default_factory=dict)
    heading: str = ""
    title: str = ""
    columns: list = field(default_factory=list)

    @property
    def items(self):
        """Number, text, status and note of every row, in order."""
        return [
            (row.get("#", ""), row["Item"], row["Status"], row.get("Notes", ""))
            for rows in self.rows.values()
            for row in rows
        ]

    def take_heading(self, match):
        self.heading, self.columns = plain(match[2]), []
        self.headings.append((len(match[1]), self.heading))

    def take_tick(self, match):
        self.rows[self.heading].append({"Item": plain(match[2]), "Status": DONE[match[1]]})

    def take_dashes(self, match):
        """What parts a table's columns from its rows says nothing."""

    def take_line(self, match):
        cells = CELLS.findall(match.string)
        if self.columns:
            self.rows[self.heading].append(row_of(dict(zip(self.columns, cells, strict=True))))
        else:
            self.columns = [plain(cell) for cell in cells]

    def take_value(self, match):
        self.title = plain(match[1])
        self.values[self.heading][self.title] = plain(match[2] or "")

    def take_signed(self, match):
        self.signoffs[self.title] = match.groups()

    def take_question(self, match):
        self.questions[match[1]] = match[2]


def read(text):
    found = Read()
    for line in text.split("\n"):
        kind = next((kind for kind, shape in SHAPES.items() if shape.match(line)), None)
        if kind:
            getattr(found, f"take_{kind}")(SHAPES[kind].match(line))
    return found


def row_of(cells):
    """A row as it was typed; of an N/A item the reason and the note, each for itself."""
    row = {column: plain(cell) for column, cell in cells.items()}
    if row["Status"] == "N/A" and (match := NOT_APPLICABLE.match(cells["Notes"])):
        row |= {"Reason": plain(match[1]), "Notes": plain(match[2] or "")}
    return row


def plain(markdown):
    """The text that was typed."""

    def typed(match):
        escaped, number, _break = match.groups()
        return escaped or (chr(int(number)) if number else "\n")

    return TOKEN.sub(typed, markdown)
