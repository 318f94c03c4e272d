"""What is listed beside a vote and is no part of it: others' conditions, and how they differ. Values in, values out."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from checklist.pages.conditions import day_words
from signoff.diff import Aspect, Difference

type Content = Mapping[str, Any]


def conditions_changed(old: Content, new: Content) -> Iterator[Difference]:
    """Which conditions came, went, were done or opened again, from one content of a decision to the other."""
    before = {_key(row): row for row in old["conditions"]}
    for row in new["conditions"]:
        earlier = before.pop(_key(row), None)
        if earlier is None:
            yield Difference(Aspect.CONDITION_ADDED, promised(row), new=row["text"])
        elif earlier["done"] != row["done"]:
            aspect = Aspect.CONDITION_DONE if row["done"] else Aspect.CONDITION_REOPENED
            yield Difference(aspect, promised(row), new=row["text"])
    for row in before.values():
        yield Difference(Aspect.CONDITION_GONE, promised(row), old=row["text"])


def _key(row: Content) -> tuple[str, ...]:
    return row["text"], row["owner"]["id"], row["due"], str(row["before_launch"])


def promised(row: Content) -> str:
    """Who does a condition by when: "Kofi Mensah by Fri 12 Dec 2026, before the launch"."""
    text = _("%(owner)s by %(day)s, before the launch")
    if not row["before_launch"]:
        text = _("%(owner)s by %(day)s, after the launch")
    owner = row["owner"]["name"]
    if "keeper" in row:
        owner = _("%(keeper)s, for %(owner)s") % {"keeper": row["keeper"]["name"], "owner": owner}
    return text % {"owner": owner, "day": day_words(date.fromisoformat(row["due"]))}
