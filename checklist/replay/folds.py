"""What each of this app's verbs did to the rows of a launch, as a fold; signoff adds its own. A table, to be read."""

from collections.abc import Callable

from audit.leaves import Leaf
from checklist.replay.life import LIFE
from checklist.replay.past import NOT_RETURNED, Fold, Past, merge, nothing, remove, slots_of
from checklist.verbs import Verb


def _launch_started(past: Past, leaf: Leaf) -> None:
    row = past.row("launch", leaf.id)
    row.update(leaf.new, created_at=leaf.at)
    past.row("participant", row["manager"]).update(is_manager=True)


def _item_changed(past: Past, leaf: Leaf) -> None:
    new = leaf.new
    past.row("item", leaf.id).update(new)
    if "status" in new:
        past.row("item", leaf.id).update(status_by=leaf.by, status_at=leaf.at)


def _item_accepted(past: Past, leaf: Leaf) -> None:
    """The promise binds to text and status as they were: the row has both."""
    row = past.row("item", leaf.id)
    row.update(
        acceptance=leaf.new["acceptance"],
        accepted_text=row["text"],
        accepted_status=leaf.new["accepted_status"],
    )


def _item_released(past: Past, leaf: Leaf) -> None:
    past.row("item", leaf.id).update(acceptance=None, accepted_text="", accepted_status="")


def _evidence_added(past: Past, leaf: Leaf) -> None:
    new = leaf.new
    past.row("evidence", new["evidence"]).update(new, item=leaf.id, added_at=leaf.at)


def _evidence_removed(past: Past, leaf: Leaf) -> None:
    del past.all("evidence")[leaf.old["evidence"]]


def _comment_added(past: Past, leaf: Leaf) -> None:
    row = past.row("comment", leaf.new["comment"])
    row.update(leaf.new, item=leaf.id, author=leaf.by, created_at=leaf.at)


def _question_resolved(past: Past, leaf: Leaf) -> None:
    row = past.row("comment", leaf.new["comment"])
    row.update(resolved_by=leaf.by, resolved_at=leaf.at, resolution=leaf.reason)


def _shared(past: Past, leaf: Leaf) -> None:
    past.row("participant", leaf.id).update(leaf.new)


def _unshared(past: Past, leaf: Leaf) -> None:
    del past.all("participant")[leaf.id]


def _signature_asked(past: Past, leaf: Leaf) -> None:
    """Asking again answers a return: what was returned is waited for once more."""
    merge(past, leaf)
    for slot in slots_of(past, leaf.id):
        if slot.get("returned_at"):
            slot.update(NOT_RETURNED)


def _risk_raised(past: Past, leaf: Leaf) -> None:
    past.row("risk", leaf.id).update(leaf.new, raised_by=leaf.by, raised_at=leaf.at)


def _risk_closed(past: Past, leaf: Leaf) -> None:
    row = past.row("risk", leaf.id)
    row.update(leaf.new, closed_by=leaf.by, close_reason=leaf.reason)


def _risk_reopened(past: Past, leaf: Leaf) -> None:
    past.row("risk", leaf.id).update(leaf.new, closed_by=None, close_reason="")


def _stale(past: Past, leaf: Leaf) -> None:
    past.row("slot", leaf.id)["stale_since"] = leaf.at


def _healed(past: Past, leaf: Leaf) -> None:
    past.row("slot", leaf.id)["stale_since"] = None


FOLDS: dict[str, Fold] = LIFE | {
    Verb.LAUNCH_STARTED: _launch_started,
    Verb.LAUNCH_CHANGED: merge,
    Verb.LAUNCH_SHARED: _shared,
    Verb.LAUNCH_UNSHARED: _unshared,
    Verb.SECTION_ADDED: merge,
    Verb.SECTION_CHANGED: merge,
    Verb.SLOT_ADDED: merge,
    Verb.SLOT_CHANGED: merge,
    Verb.SLOT_STALE: _stale,
    Verb.SLOT_HEALED: _healed,
    Verb.ITEM_ADDED: merge,
    Verb.ITEM_CHANGED: _item_changed,
    Verb.ITEM_REMOVED: remove,
    Verb.ITEM_ACCEPTED: _item_accepted,
    Verb.ITEM_RELEASED: _item_released,
    Verb.EVIDENCE_ADDED: _evidence_added,
    Verb.EVIDENCE_REMOVED: _evidence_removed,
    Verb.COMMENT_ADDED: _comment_added,
    Verb.QUESTION_RESOLVED: _question_resolved,
    Verb.RISK_RAISED: _risk_raised,
    Verb.RISK_CHANGED: merge,
    Verb.RISK_CLOSED: _risk_closed,
    Verb.RISK_REOPENED: _risk_reopened,
    Verb.SIGNATURE_ASKED: _signature_asked,
    Verb.SIGNATURE_NUDGED: merge,
    Verb.SIGNATURE_ESCALATED: merge,
    Verb.REQUEST_TAKEN_BACK: merge,
    Verb.REQUEST_VOIDED: merge,
    Verb.APPOINTMENT_MADE: nothing,  # its rows keep from when until when, and are never deleted
    Verb.APPOINTMENT_ENDED: nothing,
}

type Finish = Callable[[Past], None]

# What is derived from restored texts before the rows are made: digests, of whatever kinds other apps fold.
FINISHES: list[Finish] = []


def register(folds: dict[str, Fold], finish: Finish) -> None:
    """How another app's verbs fold, and what it derives once the texts are there; at start-up, once."""
    FOLDS.update(folds)
    if finish not in FINISHES:
        FINISHES.append(finish)
