"""How the steps of a launch's life fold: what each sets besides the fields that its leaf names."""

from datetime import date, datetime, time

from audit.leaves import Leaf
from checklist.replay.past import NOT_SIGNED, Fold, Past, Row, merge
from checklist.rules import target_moment
from checklist.verbs import Verb


def _opened(past: Past, leaf: Leaf) -> None:
    merge(past, leaf)
    past.row("launch", leaf.id)["review_opened_at"] = leaf.at


def _moved(past: Past, leaf: Leaf) -> None:
    """A target that was there and is another now was moved; the first one is remembered."""
    row = past.row("launch", leaf.id)
    was, day = _target(row), row["target_on"]
    merge(past, leaf)
    if was and was != _target(row):
        row["times_moved"] = row.get("times_moved", 0) + 1
        row["first_target_on"] = row.get("first_target_on") or day


def _target(row: Row) -> datetime | None:
    day, clock = row["target_on"], row["target_time"]
    return target_moment(
        date.fromisoformat(day) if day else None,
        time.fromisoformat(clock) if clock else None,
        row["time_zone"],
    )


def _went_live(past: Past, leaf: Leaf) -> None:
    merge(past, leaf)
    past.row("launch", leaf.id)["live_by"] = leaf.by


def _went_live_unapproved(past: Past, leaf: Leaf) -> None:
    """That it was without approval stays for ever."""
    _went_live(past, leaf)
    row = past.row("launch", leaf.id)
    row["live_reason"] = leaf.reason
    row["unapproved_at"] = row.get("unapproved_at") or row["live_at"]


def _relaunched(past: Past, leaf: Leaf) -> None:
    """Readiness thaws: the GO is spent, and what was withdrawn meanwhile stands no longer."""
    merge(past, leaf)
    past.row("launch", leaf.id).update(RELAUNCHED, review_opened_at=leaf.at, decided_at=leaf.at)
    for slot in past.all("slot").values():
        if slot.get("withdrawn_at") or slot["section"] is None:
            slot.update(NOT_SIGNED)


RELAUNCHED: Row = {
    "live_by": None,
    "live_reason": "",
    "outcome": "",
    "answers_of": "",
    "answers_digest": "",
    "refused_because": "",
}
LIFE: dict[str, Fold] = {
    Verb.LAUNCH_OPENED: _opened,
    Verb.LAUNCH_POSTPONED: _moved,
    Verb.LAUNCH_RESUMED: _moved,
    Verb.LAUNCH_WENT_LIVE: _went_live,
    Verb.LAUNCH_WENT_LIVE_UNAPPROVED: _went_live_unapproved,
    Verb.LAUNCH_ROLLED_BACK: merge,
    Verb.LAUNCH_RELAUNCHED: _relaunched,
    Verb.LAUNCH_CLOSED: merge,
    Verb.LAUNCH_CANCELLED: merge,
}
