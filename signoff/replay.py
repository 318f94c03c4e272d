"""How signatures and rounds fold into a launch's past; and which entries they are."""

from typing import Any
from uuid import UUID

from audit.leaves import Leaf
from audit.models import Entry
from audit.reading import Redacted
from checklist import material
from checklist.models import Launch
from checklist.replay import folds, moments
from checklist.replay.past import (
    NOT_RETURNED,
    NOT_SIGNED,
    Fold,
    Past,
    Row,
    is_erased,
    merge,
    slots_of,
    the_launch,
)
from signoff.models import Signature
from signoff.rules import COUNTS, TAKES_VOTES, Answer, Question, RoundState, Vote
from signoff.statements import answers_value
from signoff.verbs import Verb

EXECUTIVE = None


def _signed(past: Past, leaf: Leaf) -> None:
    """It stands from here on, and what was there before, a return included, is over."""
    new = leaf.new
    _note(past, leaf)
    past.row("slot", leaf.id).update(
        NOT_SIGNED
        | NOT_RETURNED
        | {
            "signature": new["signature"],
            "signed_material": new["material"],
            "signed_by": new["signer"],
            "signed_for": new.get("standing_in_for_name", ""),
            "signed_at": leaf.at,
            "vote": new["vote"],
            "conditions_digest": new.get("conditions_digest", ""),
        }
    )
    if new["vote"] == Vote.NO_GO:
        past.row("round", new["round"])["refused_because"] = leaf.reason


def _returned(past: Past, leaf: Leaf) -> None:
    _note(past, leaf)
    slot = past.row("slot", leaf.id)
    slot.update(NOT_SIGNED)
    slot.update(returned_by=leaf.new["signer"], returned_at=leaf.at, return_reason=leaf.reason)
    past.row("section", slot["section"]).update(asked_at=None, asked_by=None)


def _accepted(past: Past, leaf: Leaf) -> None:
    """The promise itself; which items it binds, their own leaves say."""
    new = leaf.new
    _note(past, leaf)
    past.row("acceptance", new["signature"]).update(
        signature=new["signature"],
        statement=new["statement"],
        until=new["until"],
        reason=leaf.reason,
        by=new["signer"],
        by_name=new["name"],
        risk=new.get("risk"),
        at=leaf.at,
    )


def _taken_back(past: Past, leaf: Leaf) -> None:
    """Nothing stands in the slot any more. Of an acceptance, the items' own leaves say that they are released.

    Where the launch went live with it, it stays where it stood, and says when it was withdrawn.
    """
    _note(past, leaf)
    slot = past.row("slot", leaf.id)
    if slot.get("signature") == leaf.new["target"]:
        is_frozen = the_launch(past).get("live_at")
        slot.update({"withdrawn_at": leaf.at} if is_frozen else NOT_SIGNED)


def _note(past: Past, leaf: Leaf) -> None:
    the_launch(past).setdefault("first_signed_at", leaf.at)


def _opened(past: Past, leaf: Leaf) -> None:
    merge(past, leaf)
    past.row("round", leaf.id).update(state=RoundState.OPEN, opened_at=leaf.at)
    _clear_votes(past)
    _tell(past, leaf)


def _answered(past: Past, leaf: Leaf) -> None:
    merge(past, leaf)
    _tell(past, leaf)


def _ended(past: Past, leaf: Leaf) -> None:
    merge(past, leaf)
    _tell(past, leaf)


def _cancelled(past: Past, leaf: Leaf) -> None:
    _ended(past, leaf)
    _clear_votes(past)


def _clear_votes(past: Past) -> None:
    for slot in slots_of(past, EXECUTIVE):
        slot.update(NOT_SIGNED)


def _tell(past: Past, leaf: Leaf) -> None:
    """What the newest round that counts has come to, and whose answers hold: this one's."""
    launch = the_launch(past)
    counting = [row for row in past.all("round").values() if row["state"] != RoundState.CANCELLED]
    newest = max(counting, key=lambda row: row["number"], default={"state": ""})
    outcome = str(newest["state"])
    if outcome == RoundState.LAUNCHED and not launch.get("live_at"):
        outcome = ""  # it was relaunched: what it went live by counts no more
    why = newest.get("refused_because", "") if outcome == RoundState.NO_GO else ""
    told = past.row("round", leaf.id)
    launch.update(
        outcome=outcome,
        decided_at=leaf.at,
        answers_of=leaf.id,
        refused_because=why,
        round_opened_at=told["opened_at"] if told["state"] in TAKES_VOTES else None,
    )


def _made(past: Past, leaf: Leaf) -> None:
    past.row("condition", leaf.id).update(leaf.new, made_by=leaf.by, made_at=leaf.at)


def _ended_otherwise(past: Past, leaf: Leaf) -> None:
    """It is owed no longer: replaced, withdrawn, lifted, carried over or dropped."""
    row = past.row("condition", leaf.id)
    row.update(leaf.new, ended_by=leaf.by, ended_at=leaf.at, ended_reason=leaf.reason)


FOLDS: dict[str, Fold] = {
    Verb.SIGNED: _signed,
    Verb.RETURNED: _returned,
    Verb.ACCEPTED: _accepted,
    Verb.VOTED: _signed,
    Verb.WITHDRAWN: _taken_back,
    Verb.SET_ASIDE: _taken_back,
    Verb.ROUND_OPENED: _opened,
    Verb.ROUND_ANSWERED: _answered,
    Verb.ROUND_ENDED: _ended,
    Verb.ROUND_CANCELLED: _cancelled,
    Verb.CONDITION_MADE: _made,
    Verb.CONDITION_DONE: merge,
    Verb.CONDITION_REOPENED: merge,
    Verb.CONDITION_HANDED_OVER: merge,
    Verb.CONDITION_REPLACED: _ended_otherwise,
    Verb.CONDITION_WITHDRAWN: _ended_otherwise,
    Verb.CONDITION_LIFTED: _ended_otherwise,
    Verb.CONDITION_CARRIED: _ended_otherwise,
    Verb.CONDITION_DROPPED: _ended_otherwise,
}
ENDS = (Verb.ROUND_ENDED, Verb.ROUND_CANCELLED)


def finish(past: Past) -> None:
    """What the launch's row knows of its rounds: the digest of the answers that hold, and what is owed.

    Where a reason was erased there is no digest to be had.
    """
    for launch in past.all("launch").values():
        owed = [row for row in past.all("condition").values() if _is_owed(past, row)]
        launch["open_conditions"] = len(owed)
        launch["open_before_launch"] = sum(row["before_launch"] for row in owed)
        launch["next_condition_due"] = min((row["due_on"] for row in owed), default=None)
        if round_ := past.all("round").get(launch.get("answers_of", "")):
            launch["answers_digest"] = material.digest(answers_value(_answers(round_)))
            launch["answers_erased"] = is_erased(round_, ["answers"])


def _is_owed(past: Past, row: Row) -> bool:
    """As `ConditionQuerySet.owed` has it: neither done nor ended, of no round or of one that is not over."""
    round_ = past.all("round").get(row["round"] or "")
    is_of_now = round_ is None or round_["state"] in COUNTS
    return is_of_now and not row.get("done_at") and not row.get("ended")


def _answers(round_: Row) -> list[Answer]:
    given: dict[str, Any] = round_["answers"]
    return [
        Answer(question, given[question.value]["given"], _plain(given[question.value]["reason"]))
        for question in Question
    ]


def _plain(text: str | Redacted) -> str:
    return "" if isinstance(text, Redacted) else str(text)


def signature_entry(launch: Launch, pk: UUID) -> int | None:
    """A signature's entry: the log had as many leaves as its statement says, and the next one is its own."""
    rows = Signature.objects.filter(launch=launch, pk=pk)
    return rows.values_list("log_size", flat=True).first()


def round_entry(launch: Launch, pk: UUID) -> int | None:
    """A round's end, the last one that it had; None while it is open."""
    ends = Entry.objects.of_launch(launch.pk).about(f"round:{pk}").doing(ENDS)
    return ends.newest_first().values_list("seq", flat=True).first()


def register() -> None:
    """Tell the replay our verbs, and which entries our ids mean; at start-up, once."""
    folds.register(FOLDS, finish)
    moments.register(signature_entry, round_entry)
