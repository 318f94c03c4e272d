"""Taking a signature back, one's own or that of somebody who has left: the sentence, and what it voids."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import User
from checklist.models import Launch
from checklist.pages.turns import moment
from checklist.rules import Tone
from signoff import reading
from signoff.models import Signature
from signoff.pages.people import in_zone
from signoff.rules import Act
from signoff.statements import meaning_of_taking_back
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class WithdrawPage:
    """Everything the withdrawal's page shows."""

    signature: Signature
    launch: Launch
    title: str
    button: str
    name: str
    sentence: str
    about: str
    when: str
    voids: list[str]
    refusals: list[str]

    @property
    def can_act(self) -> bool:
        return not self.refusals


TITLES = {
    Act.WITHDRAW: (lazy("Withdraw your signature"), lazy("Withdraw")),
    Act.SET_ASIDE: (lazy("Set a signature aside"), lazy("Set aside")),
}
REFUSALS = {
    Act.WITHDRAW: reading.withdrawal_refusals,
    Act.SET_ASIDE: reading.setting_aside_refusals,
}


def withdraw_page(act: Act, signature: Signature, *, user: User, now: datetime) -> WithdrawPage:
    """A signature that its signer thinks of withdrawing, or a manager of setting aside."""
    refusals = REFUSALS[act](signature, signature.launch)
    title, button = TITLES[act]
    meaning = meaning_of_taking_back(
        act,
        signer=signature.signer_name,
        slot=signature.slot.title,
        signed_at=signature.signed_at,
    )
    return WithdrawPage(
        signature=signature,
        launch=signature.launch,
        title=str(title),
        button=str(button),
        name=user.full_name,
        sentence=meaning.text,
        about=_about(signature),
        when=in_zone(now, user.time_zone),
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
        voids = [_("The vote in this round stands no longer: the round waits for this slot again.")]
    elif signature.act == Act.ACCEPT:
        words = {"section": signature.section}
        voids = [
            _("The items count as accepted no longer. A signature of %(section)s is stale then.")
            % words
        ]
    else:
        words = {"section": signature.section}
        voids = [_("%(section)s counts as not signed, and the launch as not ready.") % words]
    if signature.launch.tone == Tone.APPROVED:
        voids.append(_("The launch is approved no longer."))
    return voids
