"""How signatures and rounds fold into a launch's past; and which entries they are."""

from typing import Any
from uuid import UUID

from audit.leaves import Leaf
from audit.models import Entry
from audit.reading import Redacted
from checklist import material
from checklist.models import Launch
from checklist.replay import folds, moments
from checklist.replay.folds import NOT_RETURNED, NOT_SIGNED, slots_of, the_launch
from checklist.replay.past import Fold, Past, Row, is_erased, merge
from signoff.models import Signature
from signoff.rules import Answer, Question, RoundState
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
            "signed_at": leaf.at,
            "vote": new["vote"],
        }
    )


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
    """Nothing stands in the slot any more. Of an acceptance, the items' own leaves say that they are released."""
    _note(past, leaf)
    slot = past.row("slot", leaf.id)
    if slot.get("signature") == leaf.new["target"]:
        slot.update(NOT_SIGNED)


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
    counting = [row for row in past.all("round").values() if row["state"] != RoundState.CANCELLED]
    newest = max(counting, key=lambda row: row["number"], default=None)
    outcome = str(newest["state"]) if newest else ""
    the_launch(past).update(outcome=outcome, decided_at=leaf.at, answers_of=leaf.id)


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
}
ENDS = (Verb.ROUND_ENDED, Verb.ROUND_CANCELLED)


def finish(past: Past) -> None:
    """The digest of the answers that hold; where a reason was erased there is none to be had."""
    for launch in past.all("launch").values():
        if round_ := past.all("round").get(launch.get("answers_of", "")):
            launch["answers_digest"] = material.digest(answers_value(_answers(round_)))
            launch["answers_erased"] = is_erased(round_, ["answers"])


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
