"""How the ledger's lines about signatures, rounds and conditions read. What a slot is called, checklist says."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from audit import words
from audit.values import shortened
from audit.words import Described, Label
from checklist.pages.links import decision_url
from signoff.models import Condition, Round
from signoff.rules import RoundState, Vote
from signoff.verbs import Verb

PHRASES: dict[str, Label] = {
    Verb.SIGNED: _("signed"),
    Verb.RETURNED: _("returned"),
    Verb.ACCEPTED: _("outstanding items accepted"),
    Verb.VOTED: _("voted"),
    Verb.WITHDRAWN: _("signature withdrawn"),
    Verb.SET_ASIDE: _("signature set aside: its signer has left"),
    Verb.ROUND_OPENED: _("opened"),
    Verb.ROUND_ANSWERED: _("answers changed"),
    # Said by the state that it came to
    Verb.ROUND_ENDED: "",
    Verb.ROUND_CANCELLED: "",
    Verb.CONDITION_MADE: _("asked for"),
    Verb.CONDITION_DONE: _("done"),
    Verb.CONDITION_REOPENED: _("open again"),
    Verb.CONDITION_REPLACED: _("replaced by a new vote"),
    Verb.CONDITION_WITHDRAWN: _("ended with its vote, which was withdrawn"),
    Verb.CONDITION_LIFTED: _("lifted"),
    Verb.CONDITION_CARRIED: _("carried into the next round"),
    Verb.CONDITION_DROPPED: _("dropped when the next round was opened"),
}
TOLD: dict[str, Sequence[str]] = {
    Verb.SIGNED: ["authority", "standing_in_for"],
    Verb.RETURNED: ["authority", "standing_in_for"],
    Verb.ACCEPTED: ["authority", "standing_in_for", "items", "until"],
    Verb.VOTED: ["vote", "authority", "standing_in_for"],
    Verb.ROUND_OPENED: ["answers"],
    Verb.CONDITION_MADE: ["owner", "due_on", "before_launch"],
}
TOPICS: dict[str, Label] = {
    "signature": _("Signatures"),
    "round": _("Decision rounds"),
    "condition": _("Conditions"),
}
FIELDS: dict[str, Label | None] = {
    "slot.vote": "",
    "slot.authority": _("as"),
    "slot.standing_in_for": _("standing in for"),
    "slot.items": "",
    "slot.until": _("until"),
    "round.state": "",
    "round.answers": "",
    "round.complete": _("all complete:"),
    "round.acceptable": _("outstanding acceptable:"),
    "round.assessed": _("risks assessed:"),
    "round.given": "",
    "round.reason": None,
    "condition.text": "",
    "condition.owner": _("owner"),
    "condition.due_on": _("due"),
    "condition.before_launch": "",
    # Said by the phrase already
    "condition.done_at": None,
    "condition.done_by": None,
    "condition.ended": None,
}


def register() -> None:
    """Tell the ledger our words; at start-up, once."""
    words.register_subjects("round", _rounds, _("round"))
    words.register_subjects("condition", _conditions, _("condition"))
    words.register_phrases(PHRASES, TOLD)
    words.register_topics(TOPICS)
    words.register_fields(FIELDS)
    words.register_links(
        {
            "slot.authority": "authority",
            "slot.standing_in_for": "user",
            "slot.items": "item",
            "condition.owner": "user",
        }
    )
    words.register_values("slot.vote", lambda code: Vote(code).label)
    words.register_values("round.state", lambda code: RoundState(code).label)
    words.register_values(
        "condition.before_launch",
        lambda yes: _("before the launch") if yes else _("after the launch"),
    )


def _rounds(ids: set[UUID]) -> Mapping[UUID, Described]:
    rows = Round.objects.filter(pk__in=ids).values_list("pk", "number", "launch__slug")
    return {
        pk: Described(say("Decision, round %(number)d") % {"number": number}, decision_url(slug))
        for pk, number, slug in rows
    }


def _conditions(ids: set[UUID]) -> Mapping[UUID, Described]:
    rows = Condition.objects.filter(pk__in=ids).select_related("launch")
    return {
        row.pk: Described(
            say("Condition “%(text)s”") % {"text": shortened(row.text)}, row.get_absolute_url()
        )
        for row in rows
    }
