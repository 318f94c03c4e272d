"""Conditions in words: as rows that people keep, and as a signed content has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from checklist.pages.conditions import day_words
from checklist.pages.turns import moment
from signoff.listed import promised
from signoff.models import Condition
from signoff.rules import ConditionState, Ending, Origin

BADGES: dict[ConditionState, str] = {
    ConditionState.OPEN: "open",
    ConditionState.OVERDUE: "not-ready",
    ConditionState.DONE: "complete",
    ConditionState.IDLE: "stale",
    ConditionState.ENDED: "unset",
}
ENDED: dict[Ending, Promise] = {
    Ending.REPLACED: lazy("Replaced"),
    Ending.WITHDRAWN: lazy("Withdrawn"),
    Ending.LIFTED: lazy("Lifted"),
    Ending.CARRIED: lazy("Carried on"),
    Ending.DROPPED: lazy("Dropped"),
}


@dataclass(frozen=True, slots=True)
class ConditionLine:
    """A condition as a line: what, who by when, how it stands and how it came to that."""

    text: str
    url: str
    state: str
    label: str
    when: str
    owner: str
    due: str
    asked: str
    handed: str = ""
    fate: str = ""
    reason: str = ""
    is_open: bool = False


def condition_lines(rows: Iterable[Condition], now: datetime) -> tuple[ConditionLine, ...]:
    """Some conditions in words, in the order of their rows."""
    return tuple(condition_line(row, now) for row in rows)


def condition_line(row: Condition, now: datetime) -> ConditionLine:
    """A condition in words."""
    state = row.state(now)
    fate, reason = _fate(row, state)
    return ConditionLine(
        text=row.text,
        url=row.get_absolute_url(),
        state=BADGES[state],
        label=str(ENDED.get(Ending(row.ended), state.label)),
        when=_("Before the launch") if row.before_launch else _("After the launch"),
        owner=row.keeper.full_name,
        due=day_words(row.due_on),
        asked=_asked(row),
        handed=_("handed over by %(who)s") % {"who": row.owner} if row.handed_to else "",
        fate=fate,
        reason=reason,
        is_open=state in {ConditionState.OPEN, ConditionState.OVERDUE},
    )


def _asked(row: Condition) -> str:
    parts = {"who": row.asked_by, "round": row.round or "", "when": moment(row.made_at)}
    texts = {
        Origin.VOTE: _("Asked for by %(who)s in %(round)s, %(when)s"),
        Origin.CARRIED: _("Asked for by %(who)s, carried into %(round)s, %(when)s"),
        Origin.CLOSING: _("Left by closing the launch, %(who)s, %(when)s"),
    }
    return texts[Origin(row.origin)] % parts


def _fate(row: Condition, state: ConditionState) -> tuple[str, str]:
    """What has become of it, by whom and when; and the note or reason they gave."""
    if state is ConditionState.ENDED:
        parts = {"who": row.ended_by, "when": moment(row.ended_at)}
        texts = {
            Ending.REPLACED: _("Replaced by a new vote of %(who)s, %(when)s"),
            Ending.WITHDRAWN: _("%(who)s withdrew the vote, %(when)s"),
            Ending.LIFTED: _("Lifted by %(who)s, %(when)s"),
            Ending.CARRIED: _("Carried into the next round by %(who)s, %(when)s"),
            Ending.DROPPED: _("Dropped by %(who)s when the next round was opened, %(when)s"),
        }
        return texts[Ending(row.ended)] % parts, row.ended_reason
    if state is ConditionState.DONE:
        parts = {"who": row.done_by, "when": moment(row.done_at)}
        return _("Done, says %(who)s, %(when)s") % parts, row.done_note
    if state is ConditionState.IDLE:
        return _("Its round is over: the next one carries or drops it."), ""
    return "", ""


@dataclass(frozen=True, slots=True)
class SignedCondition:
    """A condition as a vote's content has it."""

    text: str
    promised: str
    note: str


def signed_conditions(content: Mapping[str, Any]) -> list[SignedCondition]:
    """The conditions of a vote: the voter's own first, then what was listed beside them."""
    rows = sorted(content.get("conditions", []), key=lambda row: not row["own"])
    return [SignedCondition(row["text"], promised(row), _beside(row)) for row in rows]


def _beside(row: Mapping[str, Any]) -> str:
    """Whose it was, where it was not the voter's own."""
    if row["own"]:
        return ""
    text = _("asked for by %(who)s, done by then") if row["done"] else _("asked for by %(who)s")
    return text % {"who": row["asked_by"]}
