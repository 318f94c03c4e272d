"""The receipt of a signature: who, by which authority, what it means, over what, and what has become of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from checklist.models import Launch
from checklist.pages.links import decision_url, then_url
from checklist.permissions import Right
from checklist.reading import launch_rights
from signoff.capacity import capacity_words
from signoff.models import Signature
from signoff.pages.conditions import SignedCondition, signed_conditions
from signoff.pages.content import (
    AnswerLine,
    ItemLine,
    Remark,
    SectionLine,
    answer_lines,
    content_of,
    exceptions_at_signing,
    item_lines,
    listed_remarks,
    section_lines,
)
from signoff.pages.fate import Fate, fate
from signoff.pages.people import to_the_second
from signoff.pages.proof import ProofWords, proof_words
from signoff.rules import GOES, Act


@dataclass(frozen=True, slots=True)
class Named:
    """A thing and its page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """Everything the receipt shows."""

    signature: Signature
    launch: Launch
    act_state: str
    act_label: str
    subject: Named
    over: str
    capacity: str
    when: str
    when_utc: str
    fate: Fate
    exceptions: list[Remark]
    items: list[ItemLine]
    sections: list[SectionLine]
    answers: list[AnswerLine]
    listed: list[Remark]
    conditions: list[SignedCondition]
    content_digest: str
    content_bytes: int
    proof: ProofWords
    may_withdraw: bool
    may_set_aside: bool

    @property
    def digits(self) -> str:
        """The digits that the signer compared."""
        return self.proof.digits

    @property
    def then_url(self) -> str:
        return then_url(self.launch.slug, self.signature.pk)

    @property
    def is_good(self) -> bool:
        """A sign-off or a GO: the receipt says so by its colour."""
        return self.signature.act == Act.SIGN or self.signature.vote in GOES

    @property
    def title(self) -> str:
        if self.is_acceptance:
            return _("Receipt: accepted items of %(section)s") % {"section": self.subject.label}
        return _("Receipt: %(slot)s") % {"slot": self.signature.slot.title}

    @property
    def is_acceptance(self) -> bool:
        return self.signature.act == Act.ACCEPT

    @property
    def is_vote(self) -> bool:
        return self.signature.act == Act.VOTE


def receipt_page(signature: Signature, *, user: User, now: datetime) -> ReceiptPage:
    """A signature as it reads now."""
    content = content_of(signature.snapshot)
    state, label = _act(signature)
    standing = fate(signature, now)
    return ReceiptPage(
        signature=signature,
        launch=signature.launch,
        act_state=state,
        act_label=label,
        subject=_subject(signature),
        over=_over(content),
        capacity=capacity_words(
            signature.authority_name, signature.standing_in_for, signature.appointed_by
        ),
        when=to_the_second(signature.signed_at, signature.zone),
        when_utc=to_the_second(signature.signed_at, "UTC"),
        fate=standing,
        exceptions=exceptions_at_signing(content, signature.signed_at),
        items=item_lines(content),
        sections=section_lines(content),
        answers=answer_lines(content),
        listed=_listed(content),
        conditions=signed_conditions(content),
        content_digest=signature.snapshot_id,
        content_bytes=len(bytes(signature.snapshot.content)),
        proof=proof_words(signature),
        may_withdraw=standing.stands and signature.signer_id == user.pk,
        may_set_aside=standing.stands and _may_set_aside(signature, user, now),
    )


def _listed(content: dict[str, Any]) -> list[Remark]:
    """The waivers and risks that a vote's content lists."""
    if content["kind"] != "decision":
        return []
    return listed_remarks(content["acceptances"], content["risks"])


def _may_set_aside(signature: Signature, user: User, now: datetime) -> bool:
    """Its signer has left, and the reader manages the launch."""
    if signature.signer.is_active:
        return False
    return Right.MANAGE in launch_rights(user, signature.launch, now)


def _act(signature: Signature) -> tuple[str, str]:
    """The state whose colour and icon an act shares, and its word."""
    if signature.act == Act.VOTE:
        state = "approved" if signature.vote in GOES else "no-go"
        return state, signature.get_vote_display()
    state, label = {
        Act.SIGN: ("signed", _("Signed")),
        Act.RETURN: ("returned", _("Returned")),
        Act.ACCEPT: ("accepted", _("Accepted")),
        Act.WITHDRAW: ("returned", _("Withdrawn")),
        Act.SET_ASIDE: ("returned", _("Set aside")),
    }[Act(signature.act)]
    return state, label


def _subject(signature: Signature) -> Named:
    """What was signed, and its page."""
    launch, section = signature.launch, signature.section
    if section is not None:
        url = reverse("checklist:section", args=[launch.slug, section.number])
        return Named(str(section), url)
    label = _("Decision, %(round)s") % {"round": signature.round}
    return Named(label, decision_url(launch.slug))


def _over(content: dict[str, Any]) -> str:
    """What the content was, counted."""
    if content["kind"] == "withdrawal":
        return _("another signature")
    if content["kind"] == "decision":
        count = len(content["sections"])
        return ngettext("%(n)d section", "%(n)d sections", count) % {"n": count}
    items = len(content["items"])
    proofs = sum(len(item["evidence"]) for item in content["items"])
    text = ngettext("%(n)d item", "%(n)d items", items) % {"n": items}
    if not proofs:
        return text
    evidence = ngettext("%(n)d piece of evidence", "%(n)d pieces of evidence", proofs)
    return f"{text}, {evidence % {'n': proofs}}"
