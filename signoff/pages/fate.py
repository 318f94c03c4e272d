"""What has become of a signature: whether it stands, and over what; else who or what ended it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checklist import reading as checklist_reading
from checklist.models import Item, Section, Slot
from checklist.pages.links import sign_url
from checklist.pages.turns import moment
from checklist.reading import decision_material, slot_facts, standing_of
from checklist.rules import SlotFacts
from signoff import reading
from signoff.models import Signature, Standing
from signoff.pages.beneath import Compared, changes_beneath
from signoff.pages.changes import Changes, since_signature
from signoff.pages.content import as_kept, content_of
from signoff.rules import TAKES_BACK, Act, RoundState
from signoff.statements import Listed


class Lot(StrEnum):
    """What may have become of a signature. The values are the states whose colour and icon they share."""

    STANDS = "signed"
    STALE = "stale"
    WITHDRAWN = "returned"
    OVER = "open"
    EXPIRED = "warning"


@dataclass(frozen=True, slots=True)
class Fate:
    """A signature's present standing: a word, a sentence, an address to go on to, and what changed beneath it."""

    lot: Lot
    label: str
    text: str
    url: str = ""
    changes: Changes | None = None

    @property
    def stands(self) -> bool:
        return self.lot in {Lot.STANDS, Lot.STALE, Lot.EXPIRED}


def fate(signature: Signature, now: datetime) -> Fate:
    """What has become of a signature by now."""
    tell = {
        Act.SIGN: _of_sign_off,
        Act.RETURN: _of_return,
        Act.ACCEPT: _of_acceptance,
        Act.VOTE: _of_vote,
        Act.WITHDRAW: _of_withdrawal,
        Act.SET_ASIDE: _of_withdrawal,
    }
    return tell[Act(signature.act)](signature, now)


def _of_sign_off(signature: Signature, now: datetime) -> Fate:
    slot, section = signature.slot, signature.section
    if section is None or not Standing.objects.filter(signature=signature).exists():
        return _ended(signature)
    if withdrawn := _withdrawn_while_live(signature):
        return withdrawn
    section.launch = signature.launch
    if slot_facts(slot, section).stands:
        return Fate(Lot.STANDS, _("Stands"), _("It covers the section as it is now."))
    return Fate(
        Lot.STALE,
        _("Changed since"),
        _(
            "The section has changed since, so this signature counts as missing until it is signed again."
        ),
        f"{sign_url(signature.launch.slug, section.number)}?slot={slot.pk}",
        _since_sign_off(signature, slot, section),
    )


def _since_sign_off(signature: Signature, slot: Slot, section: Section) -> Changes | None:
    launch = signature.launch
    items, facts = reading.section_content(launch, section)
    content = as_kept(reading.section_snapshot(launch, section, slot, items, facts))
    return since_signature(signature, content, launch, section)


def _ended(signature: Signature) -> Fate:
    """It stands no longer: withdrawn, or another act took its place."""
    if withdrawal := signature.withdrawals.first():
        parts = {"who": withdrawal.signer_name, "when": moment(withdrawal.signed_at)}
        label, text = {
            Act.WITHDRAW: (_("Withdrawn"), _("%(who)s withdrew it, %(when)s.")),
            Act.SET_ASIDE: (_("Set aside"), _("%(who)s set it aside, %(when)s.")),
        }[Act(withdrawal.act)]
        return Fate(Lot.WITHDRAWN, label, text % parts, withdrawal.get_absolute_url())
    return _followed(signature) or Fate(Lot.OVER, _("Over"), _("It stands no longer."))


def _followed(signature: Signature) -> Fate | None:
    """The act that came next in the same slot, and round."""
    later = Signature.objects.filter(
        slot=signature.slot_id, round=signature.round_id, signed_at__gte=signature.signed_at
    )
    following = (
        later.exclude(pk=signature.pk)
        .exclude(act__in=[Act.ACCEPT, *TAKES_BACK])
        .newest_first()
        .last()
    )
    if following is None:
        return None
    parts = {"who": following.signer_name, "when": moment(following.signed_at)}
    url = following.get_absolute_url()
    if following.act == Act.RETURN:
        text = _("%(who)s returned the section, %(when)s.") % parts
        return Fate(Lot.WITHDRAWN, _("Returned since"), text, url)
    text = _("The signature of %(who)s, %(when)s, took its place.") % parts
    return Fate(Lot.OVER, _("Superseded"), text, url)


def _of_return(signature: Signature, now: datetime) -> Fate:
    if signature.slot.returned_at == signature.signed_at:
        return Fate(
            Lot.WITHDRAWN,
            _("With the team"),
            _("The section is with its team, to be mended and asked again."),
        )
    return _followed(signature) or Fate(
        Lot.OVER, _("Answered"), _("The section's lead has asked for the signature again.")
    )


def _of_acceptance(signature: Signature, now: datetime) -> Fate:
    """Whether anything is accepted by it still: another one may have taken its place, or its day has passed."""
    items = list(Item.objects.filter(acceptance__signature=signature.pk).with_acceptance())
    if not items:
        if signature.withdrawals.exists():
            return _ended(signature)
        return Fate(Lot.OVER, _("Superseded"), _("Its items have been accepted anew since."))
    facts = checklist_reading.weighed(signature.launch, items, {})
    if count := sum(fact.accepted(now) for fact in facts):
        text = ngettext("%(n)d item is accepted by it.", "%(n)d items are accepted by it.", count)
        return Fate(Lot.STANDS, _("In force"), text % {"n": count})
    if any(fact.lapsed(now) for fact in facts):
        return Fate(Lot.EXPIRED, _("Ended"), _("Its day has passed: the items need another one."))
    return Fate(Lot.STALE, _("Suspended"), _("Its items have another status now."))


def _of_vote(signature: Signature, now: datetime) -> Fate:
    round_ = signature.round
    if round_ is None or not Standing.objects.filter(signature=signature).exists():
        return _ended(signature)
    if withdrawn := _withdrawn_while_live(signature):
        return withdrawn
    named = {"round": round_}
    state = RoundState(round_.state)
    if state is RoundState.CANCELLED:
        text = _("%(round)s was cancelled: its votes stand for nothing.")
        return Fate(Lot.OVER, _("Round cancelled"), text % named)
    if state is RoundState.NO_GO:
        text = _("%(round)s ended with NO-GO. The vote is on record in it.")
        return Fate(Lot.OVER, _("Round over"), text % named)
    if state is RoundState.LAUNCHED:
        return _of_launched(signature)
    return _over_content(signature, now)


def _withdrawn_while_live(signature: Signature) -> Fate | None:
    """The launch went live with it, and stays so: the withdrawal is on record beside it (DESIGN 3.15)."""
    withdrawal = signature.withdrawals.first() if signature.launch.is_frozen else None
    if withdrawal is None:
        return None
    parts = {"who": withdrawal.signer_name, "when": moment(withdrawal.signed_at)}
    text = _(
        "%(who)s withdrew it after the launch went live, %(when)s. What it was stays as it was."
    )
    url = withdrawal.get_absolute_url()
    return Fate(Lot.WITHDRAWN, _("Withdrawn after going live"), text % parts, url)


def _of_launched(signature: Signature) -> Fate:
    """A vote of the round that ended when the launch went live."""
    launch = signature.launch
    if launch.live_round == signature.round_id:
        return Fate(Lot.STANDS, _("Stands"), _("The launch went live by it."))
    text = _("%(round)s ended when the launch went live.") % {"round": signature.round}
    return Fate(Lot.OVER, _("Round over"), text)


def _over_content(signature: Signature, now: datetime) -> Fate:
    """A vote of a round that is not over, weighed against today's content."""
    slot, round_ = signature.slot, signature.round
    standing = standing_of(signature.launch, now)
    material = decision_material(signature.launch, standing.sections, slot)
    if SlotFacts(str(slot.pk), slot.title, material, signature.material).stands:
        return Fate(Lot.STANDS, _("Stands"), _("It covers the launch as it is now."))
    signed = Standing.objects.filter(slot__launch=signature.launch, round=None)
    rows = list(signed.select_related("signature"))
    parts = {"when": moment(signature.signed_at)}
    changes = round_ and changes_beneath(
        standing,
        {
            signature.pk: Compared(
                _("Changed since this vote, %(when)s") % parts,
                "",
                content_of(signature.snapshot),
                as_kept(
                    reading.decision_snapshot(
                        standing, round_, slot, rows, Listed(_listed(signature))
                    )
                ),
            )
        },
    )
    return Fate(
        Lot.STALE,
        _("Changed since"),
        _(
            "The launch has changed since, so this vote counts as missing until it is affirmed again."
        ),
        changes=changes[signature.pk] if changes else None,
    )


def _listed(signature: Signature) -> list[dict[str, Any]]:
    """The conditions that count now, this vote's own among them."""
    return [
        reading.condition_value(row) | {"own": row.signature_id == signature.pk}
        for row in reading.standing_conditions(signature.launch)
    ]


def _of_withdrawal(signature: Signature, now: datetime) -> Fate:
    target = signature.target
    if target is None:
        return Fate(Lot.OVER, _("On record"), "")
    parts = {"who": target.signer_name, "when": moment(target.signed_at)}
    label, text = {
        Act.WITHDRAW: (_("Withdrawal"), _("It took the signature of %(who)s, %(when)s, back.")),
        Act.SET_ASIDE: (_("Set aside"), _("It set the signature of %(who)s, %(when)s, aside.")),
    }[Act(signature.act)]
    return Fate(Lot.WITHDRAWN, label, text % parts, target.get_absolute_url())
