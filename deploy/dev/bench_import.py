"""How quickly a checklist of a thousand items is read and made a template: deploy/dev/bench --import."""

import json
import os
import platform
import sys
import time
from argparse import ArgumentParser
from io import BytesIO

import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from checklist.actions.templates import bring_template
from checklist.imports.draft import document
from checklist.imports.files import read_file
from checklist.imports.template import Names, rows_of, version_of
from deploy.dev.bench_start import make_demo

SECTIONS, ITEMS = 20, 50
say = sys.stdout.write


def lines() -> list[tuple[str, str]]:
    return [
        (f"Part {part}", f"Item {item} of part {part}")
        for part in range(SECTIONS)
        for item in range(ITEMS)
    ]


def markdown() -> bytes:
    parts = [
        f"## Part {part}\n\n**Sign-off:** CTO\n\n| Item | Status | Notes |\n|---|---|---|\n"
        for part in range(SECTIONS)
    ]
    rows = [
        [
            f"| {text} | \u2705 | **bold** [link](https://example.org) |\n"
            for name, text in lines()
            if name == f"Part {part}"
        ]
        for part in range(SECTIONS)
    ]
    return (
        "# L\n\n" + "\n".join(head + "".join(body) for head, body in zip(parts, rows, strict=True))
    ).encode()


def delimited() -> bytes:
    return (
        "Section,Item,Status\n" + "".join(f"{part},{text},done\n" for part, text in lines())
    ).encode()


def workbook() -> bytes:
    book, out = Workbook(), BytesIO()
    book.active.append(["Section", "Item", "Status"])
    for part, text in lines():
        book.active.append([part, text, "done"])
    book.save(out)
    return out.getvalue()


def tree() -> bytes:
    sections = [
        {"title": f"Part {n}", "items": [text for part, text in lines() if part == f"Part {n}"]}
        for n in range(SECTIONS)
    ]
    return json.dumps({"sections": sections}).encode()


def main() -> None:
    parser = ArgumentParser(prog="deploy/dev/bench --import", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="on SQLite instead of PostgreSQL")
    parser.parse_args()
    say(f"Python {platform.python_version()}, {connection.vendor}, {os.cpu_count()} cores, ")
    say(f"load before {os.getloadavg()[0]:.1f}\n")
    make_demo()
    for name, content in (
        ("l.md", markdown()),
        ("l.csv", delimited()),
        ("l.xlsx", workbook()),
        ("l.json", tree()),
    ):
        started = time.perf_counter()
        draft = read_file(name, content)
        read = time.perf_counter()
        with CaptureQueriesContext(connection) as asked:
            bring_template(version_of(draft), by=None, rows=rows_of(draft, Names.known()))
        made = time.perf_counter()
        say(f"{name}: {document(draft)['items']:,} items read in {read - started:.2f} s, ")
        say(f"made a template in {made - read:.2f} s, {len(asked)} queries\n")


if __name__ == "__main__":
    main()
