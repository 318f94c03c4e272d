"""A signature as a check found it, in words: who, in which capacity, what act, when, and how it is proved."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.verifier.verify import KEY, RECORDED, SERVER, Signature
from signoff.rules import GOES, Act, Vote

PROVED = {
    KEY: lazy("own key"),
    SERVER: lazy("the installation's key, on the person's password"),
    RECORDED: lazy("recorded only"),
}
ACTS = {
    Act.SIGN: ("signed", lazy("Signed")),
    Act.RETURN: ("returned", lazy("Returned")),
    Act.ACCEPT: ("accepted", lazy("Accepted")),
    Act.WITHDRAW: ("cancelled", lazy("Withdrew a signature")),
    Act.SET_ASIDE: ("cancelled", lazy("Set a signature aside")),
}


@dataclass(frozen=True, slots=True)
class SignatureWords:
    """Words for one signature. `state`: the class and icon of its act; `fate`: that it was taken back, or ""."""

    name: str
    capacity: str
    state: str
    act: str
    slot: str
    when: str
    proof: str
    log: str
    fate: str


def signature_words(one: Signature) -> SignatureWords:
    state, act = act_words(one)
    return SignatureWords(
        name=one.name or _("Signer not known: the statement was altered or is gone"),
        capacity=_capacity(one),
        state=state,
        act=act,
        slot=one.slot,
        when=when(one.at),
        proof=_proof(one),
        log="" if one.log_size is None else str(one.log_size),
        fate=_("Taken back %(when)s") % {"when": when(one.taken_back)} if one.taken_back else "",
    )


def act_words(one: Signature) -> tuple[str, str]:
    """The state whose colour and icon an act shares, and its word. The act may be anything: a file says it."""
    with suppress(ValueError):
        if one.act == Act.VOTE:
            vote = Vote(one.vote)
            return ("approved" if vote in GOES else "no-go"), str(vote.label)
        state, label = ACTS[Act(one.act)]
        return state, str(label)
    return "question", _("Something else")


def _capacity(one: Signature) -> str:
    if one.stands_in_for:
        parts = {"authority": one.authority, "principal": one.stands_in_for}
        return _("%(authority)s, standing in for %(principal)s") % parts
    return one.authority


def _proof(one: Signature) -> str:
    if one.kind not in PROVED:
        return _("no proof found")
    if one.whose is False:
        return _("own key; nobody had made sure yet whose it is")
    return str(PROVED[one.kind])


def read(text: str) -> datetime | None:
    """A moment as statements have it; nothing where it is none."""
    with suppress(ValueError):
        found = datetime.fromisoformat(text)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def when(text: str) -> str:
    """A moment in the reader's zone, to the second; the text itself where it is none."""
    at = read(text)
    with suppress(OverflowError):
        return date_format(localtime(at), "j M Y, H:i:s") if at else text
    return text
