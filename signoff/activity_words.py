"""How the ledger's lines about signatures and rounds read. What a slot is called, checklist says."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from audit import words
from audit.words import Described, Label
from checklist.pages.links import decision_url
from signoff.models import Round
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
}
TOLD: dict[str, Sequence[str]] = {
    Verb.SIGNED: ["authority"],
    Verb.RETURNED: ["authority"],
    Verb.ACCEPTED: ["authority", "items", "until"],
    Verb.VOTED: ["vote", "authority"],
    Verb.ROUND_OPENED: ["answers"],
}
TOPICS: dict[str, Label] = {"signature": _("Signatures"), "round": _("Decision rounds")}
FIELDS: dict[str, Label | None] = {
    "slot.vote": "",
    "slot.authority": _("as"),
    "slot.items": "",
    "slot.until": _("until"),
    "slot.risk": None,
    "round.state": "",
    "round.answers": "",
    "round.complete": _("all complete:"),
    "round.acceptable": _("outstanding acceptable:"),
    "round.assessed": _("risks assessed:"),
    "round.given": "",
    "round.reason": None,
}


def register() -> None:
    """Tell the ledger our words; at start-up, once."""
    words.register_subjects("round", _rounds, _("round"))
    words.register_phrases(PHRASES, TOLD)
    words.register_topics(TOPICS)
    words.register_fields(FIELDS)
    words.register_links({"slot.authority": "authority", "slot.items": "item"})
    words.register_values("slot.vote", lambda code: Vote(code).label)
    words.register_values("round.state", lambda code: RoundState(code).label)


def _rounds(ids: set[UUID]) -> Mapping[UUID, Described]:
    rows = Round.objects.filter(pk__in=ids).values_list("pk", "number", "launch__slug")
    return {
        pk: Described(say("Decision, round %(number)d") % {"number": number}, decision_url(slug))
        for pk, number, slug in rows
    }
