"""Signing and returning a section."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.mail.outbox import Tell, tell
from accounts.models import User
from audit.ledger import append
from checklist import rules
from checklist.actions import steps
from checklist.actions.common import lock_launch
from checklist.models import Appointment, Item, Launch, Section, Slot
from checklist.reading import standing_of
from sentinel.reasons import Reason
from signoff import mails, reading
from signoff.actions.record import Signing, mark_of, record, whole_milliseconds
from signoff.capacity import capacity_of
from signoff.models import Signature, Standing
from signoff.presence import Presence
from signoff.rules import Act, SignerFacts, SigningFacts, returning_refusals, signing_refusals
from signoff.statements import meaning_of_section
from signoff.words import refuse


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything that signing or returning a slot looks at, read behind the launch's lock."""

    launch: Launch
    section: Section
    slot: Slot
    items: list[Item]
    item_facts: list[rules.ItemFacts]
    held: list[Appointment]
    facts: SigningFacts
    signer: SignerFacts


def read_scene(slot: Slot, by: User, now: datetime) -> Scene:
    launch = lock_launch(slot.launch)
    slot = Slot.objects.get(pk=slot.pk)
    section = launch.sections.get(slots=slot)
    items, item_facts = reading.section_content(launch, section)
    held = reading.holdings(by, slot, now)
    return Scene(
        launch=launch,
        section=section,
        slot=slot,
        items=items,
        item_facts=item_facts,
        held=held,
        facts=reading.signing_facts(launch, section, slot, item_facts, now),
        signer=reading.signer_facts(by, held, slot, section=section),
    )


@transaction.atomic
def sign_section(slot: Slot, *, presence: Presence, seen: str, comment: str = "") -> Signature:
    """Sign a section slot over its content as it is now; refused where that is not what was `seen`.

    `seen` is the material digest that the signer's page showed. Holder, request, pre-check and four eyes are
    checked again here, behind the lock.
    """
    now = whole_milliseconds(timezone.now())
    scene = read_scene(slot, presence.user, now)
    reasons = signing_refusals(scene.facts, scene.signer)
    if scene.facts.slot.material != seen:
        reasons.append(Reason("changed_meanwhile"))
    refuse(reasons)
    before = standing_of(scene.launch, now)
    earlier = Standing.objects.filter(slot=scene.slot, round=None).first()
    signature, change = record(_signing(scene, presence, Act.SIGN, comment, now, earlier))
    _replace(earlier, scene.slot, signature)
    target = next(row for row in before.slots if row.pk == scene.slot.pk)
    steps.let_stand(target, mark_of(signature))
    append([change, *steps.refresh_launch(before, now=now)], actor=presence.user.pk, now=now)
    return signature


@transaction.atomic
def return_section(slot: Slot, *, presence: Presence, comment: str) -> Signature:
    """Return a section to its lead with a reason: what stood in the slot stands no longer, the request is over."""
    now = whole_milliseconds(timezone.now())
    scene = read_scene(slot, presence.user, now)
    refuse(returning_refusals(scene.facts, scene.signer))
    before = standing_of(scene.launch, now)
    earlier = Standing.objects.filter(slot=scene.slot, round=None).first()
    signature, change = record(_signing(scene, presence, Act.RETURN, comment, now, earlier))
    if earlier:
        earlier.delete()
    target = next(row for row in before.slots if row.pk == scene.slot.pk)
    section = next(row for row in before.sections if row.pk == scene.section.pk)
    _tell_returned(target, section, by=presence.user, now=signature.signed_at)
    steps.send_back(target, section, by=presence.user, at=signature.signed_at, reason=comment)
    append([change, *steps.refresh_launch(before, now=now)], actor=presence.user.pk, now=now)
    return signature


def _tell_returned(slot: Slot, section: Section, *, by: User, now: datetime) -> None:
    """Whoever asked is told as well as those who lead."""
    returned = Tell(mails.RETURNED, f"slot:{slot.pk}", now, slot.launch_id, whom=section.asked_by)
    tell([returned], by=by, now=now)


def _signing(
    scene: Scene,
    presence: Presence,
    act: Act,
    comment: str,
    now: datetime,
    earlier: Standing | None,
) -> Signing:
    appointment = scene.held[0]
    return Signing(
        presence=presence,
        act=act,
        launch=scene.launch,
        section=scene.section,
        slot=scene.slot,
        meaning=meaning_of_section(
            act,
            number=scene.section.number,
            title=scene.section.title,
            authority=capacity_of(appointment).clause,
        ),
        content=reading.section_snapshot(
            scene.launch, scene.section, scene.slot, scene.items, scene.item_facts
        ),
        material=scene.facts.slot.material,
        at=now,
        appointment=appointment,
        comment=comment,
        supersedes=earlier.signature_id if earlier else None,
    )


def _replace(earlier: Standing | None, slot: Slot, signature: Signature) -> None:
    if earlier:
        earlier.delete()
    Standing.objects.create(slot=slot, signer=signature.signer, signature=signature)
