"""Taking a signature back: the sentence, and beforehand what it voids."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from checklist.models import Launch
from checklist.pages.turns import moment
from checklist.rules import LaunchState, Tone
from sentinel.reasons import Reason
from signoff.actions.withdrawal import still_stands
from signoff.models import Signature
from signoff.pages.people import in_zone
from signoff.rules import Act, RoundState, withdrawing_refusals
from signoff.statements import meaning_of_withdrawal
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """Everything the withdrawal's page shows."""

    signature: Signature
    launch: Launch
    sentence: str
    about: str
    when: str
    voids: list[str]
    refusals: list[str]

    @property
    def can_act(self) -> bool:
        return not self.refusals


def withdrawal_refusals(signature: Signature) -> list[Reason]:
    """Why a signature cannot be taken back now: it stands no longer, or its round is over."""
    return withdrawing_refusals(
        LaunchState(signature.launch.state),
        stands=still_stands(signature),
        round_state=RoundState(signature.round.state) if signature.round else None,
    )


def withdraw_page(signature: Signature, *, now: datetime) -> WithdrawPage:
    """A signature that its signer thinks of taking back."""
    refusals = withdrawal_refusals(signature)
    meaning = meaning_of_withdrawal(slot=signature.slot.title, signed_at=signature.signed_at)
    return WithdrawPage(
        signature=signature,
        launch=signature.launch,
        sentence=meaning.text,
        about=_about(signature),
        when=in_zone(now, signature.signer.time_zone),
        voids=[] if refusals else _voids(signature),
        refusals=[sentence(reason) for reason in refusals],
    )


def _about(signature: Signature) -> str:
    parts = {"slot": signature.slot.title, "when": moment(signature.signed_at)}
    if signature.act == Act.VOTE:
        return _("%(vote)s in %(slot)s, %(when)s") % {**parts, "vote": signature.get_vote_display()}
    return _("%(slot)s, %(when)s") % parts


def _voids(signature: Signature) -> list[str]:
    """What taking it back leaves missing, said beforehand."""
    if signature.launch.is_frozen:
        return [
            _("The launch went live with it: that stays on record, and so does your withdrawal.")
        ]
    if signature.act == Act.VOTE:
        voids = [
            _("Your vote in this round stands no longer: the round waits for this slot again.")
        ]
    else:
        words = {"section": signature.section}
        voids = [_("%(section)s counts as not signed, and the launch as not ready.") % words]
    if signature.launch.tone == Tone.APPROVED:
        voids.append(_("The launch is approved no longer."))
    return voids
