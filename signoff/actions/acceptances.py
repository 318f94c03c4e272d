"""Accepting outstanding items: the waiver, signed (DESIGN 3.6)."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.ledger import append
from checklist.actions import steps
from checklist.actions.accepting import let_accept
from checklist.models import Acceptance, Slot
from sentinel.errors import Refused
from signoff import reading
from signoff.actions.record import Signing, record, whole_milliseconds
from signoff.actions.sections import Scene, read_scene
from signoff.capacity import capacity_of
from signoff.models import Signature
from signoff.offer import Offer, Wish
from signoff.presence import Presence
from signoff.rules import Act
from signoff.statements import meaning_of_acceptance
from signoff.words import refuse


@transaction.atomic
def accept_items(slot: Slot, wish: Wish, *, presence: Presence, reason: str) -> Signature:
    """Accept some outstanding items of the slot's section until a day's end in the launch's zone.

    By whoever holds one of the slot's authorities, of items that are not their own. The items stay outstanding;
    they count as accepted, and what was signed over them goes stale.
    """
    now = whole_milliseconds(timezone.now())
    scene = read_scene(slot, presence.user, now)
    risks = reading.risks_named(scene.section)
    offer = Offer(
        scene.launch,
        scene.section,
        scene.items,
        scene.item_facts,
        presence.user,
        scene.signer,
        risks,
        reading.handed_on(scene.launch, [*scene.items, *risks], presence.user),
        now,
    )
    refuse(offer.refusals(wish))
    if not reason:
        message = _("Say why it can be lived with.")
        raise Refused({"comment": ValidationError(message, code="reason_required")})
    signature, change = record(_signing(scene, offer, wish, presence, reason))
    promise = Acceptance(
        launch=scene.launch,
        signature=signature.pk,
        statement=signature.sha256,
        until=offer.until(wish),
        reason=reason,
        risk=offer.risk(wish),
        by=signature.signer,
        by_name=signature.signer_name,
        at=signature.signed_at,
    )
    changes = [change, *let_accept([item for item, _fact in offer.chosen(wish)], promise)]
    changes += steps.refresh(scene.section, launch=scene.launch, now=now)
    append(changes, actor=presence.user.pk, now=now)
    return signature


def _signing(scene: Scene, offer: Offer, wish: Wish, presence: Presence, reason: str) -> Signing:
    chosen, until = offer.chosen(wish), offer.until(wish)
    appointment = scene.held[0]
    return Signing(
        presence=presence,
        act=Act.ACCEPT,
        launch=scene.launch,
        section=scene.section,
        slot=scene.slot,
        meaning=meaning_of_acceptance(
            number=scene.section.number,
            title=scene.section.title,
            authority=capacity_of(appointment).clause,
            count=len(chosen),
            until=until,
            zone=scene.launch.time_zone,
        ),
        content=reading.acceptance_snapshot(
            scene.launch, scene.section, scene.slot, chosen, until, offer.risk(wish)
        ),
        material=offer.digest_of(fact for _item, fact in chosen),
        at=offer.now,
        appointment=appointment,
        comment=reason,
        until=until,
        items=[item for item, _fact in chosen],
        risk=offer.risk(wish),
    )
