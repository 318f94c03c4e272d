"""Recording a signature: statement, snapshot and row, made alike for every act. A step: the action appends."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import get_language

from accounts.mail.outbox import Tell, tell
from audit import head
from audit.ledger import Change, Salted
from checklist import material
from checklist.actions import steps
from checklist.actions.common import clean_fields
from checklist.models import Appointment, Item, Launch, Risk, Section, Slot
from signoff import evidence, mails, reading
from signoff.actions import proving
from signoff.actions.proving import Draft, Unanswered
from signoff.capacity import Capacity, capacity_of
from signoff.models import Round, Signature, Snapshot
from signoff.presence import Presence
from signoff.rules import Act
from signoff.statements import Meaning, Statement, canonical, moment
from signoff.verbs import Verb

VERBS = {
    Act.SIGN: Verb.SIGNED,
    Act.RETURN: Verb.RETURNED,
    Act.ACCEPT: Verb.ACCEPTED,
    Act.VOTE: Verb.VOTED,
    Act.WITHDRAW: Verb.WITHDRAWN,
    Act.SET_ASIDE: Verb.SET_ASIDE,
}


@dataclass(frozen=True, slots=True)
class Signing:
    """One act of signing before it is recorded: who does what to which slot, over which content."""

    presence: Presence
    act: Act
    launch: Launch
    slot: Slot
    meaning: Meaning
    content: dict[str, Any]
    material: str
    at: datetime
    section: Section | None = None
    round: Round | None = None
    appointment: Appointment | None = None
    vote: str = ""
    comment: str = ""
    conditions: tuple[dict[str, Any], ...] = ()
    target: Signature | None = None
    supersedes: UUID | None = None
    until: datetime | None = None
    items: Sequence[Item] = ()
    risk: Risk | None = None

    @property
    def capacity(self) -> Capacity:
        """As what the signer signs; nothing where no authority is needed."""
        return capacity_of(self.appointment) if self.appointment else Capacity()


def whole_milliseconds(now: datetime) -> datetime:
    """A moment as statements write it, so that row and statement say the same."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


def record(signing: Signing) -> tuple[Signature, Change]:
    """Insert the signature with its statement and its proof; the ledger's lock is held from here on.

    The statement is over the log as it stands, or as it stood when it was shown to a signer whose key has answered.
    Where the key has not answered yet, `Unanswered` takes back all that was done so far.
    """
    snapshot, pk, now = _snapshot(signing), uuid4(), signing.at
    _tell(signing, pk)
    taken = proving.take(signing.presence, now)
    log = head.lock()
    draft = taken.draft if taken else Draft(now, secrets.token_hex(16), log.size, log.root.hex())
    signing = replace(signing, at=draft.at)
    statement = _statement(signing, bytes(snapshot.content), draft).encoded()
    if signing.presence.awaits_key:
        raise Unanswered(draft, statement)
    proof = proving.prove(statement, taken, now)
    user, appointment = signing.presence.user, signing.appointment
    signature = Signature(
        pk=pk,
        launch=signing.launch,
        section=signing.section,
        slot=signing.slot,
        round=signing.round,
        act=signing.act,
        vote=signing.vote,
        target=signing.target,
        signer=user,
        signer_name=user.full_name,
        signer_email=user.email,
        authority=appointment.authority if appointment else None,
        authority_name=signing.capacity.authority,
        standing_in_for=signing.capacity.principal,
        appointed_by=signing.capacity.appointed_by,
        meaning=signing.meaning.code,
        meaning_text=signing.meaning.text,
        comment=signing.comment,
        snapshot=snapshot,
        material=signing.material,
        statement=statement,
        sha256=sha256(statement).hexdigest(),
        nonce=draft.nonce,
        level=proof.level,
        signed_at=signing.at,
        zone=user.time_zone,
        log_size=draft.log_size,
        log_root=draft.log_root,
    )
    clean_fields(signature, ["act", "vote", "round", "target", "comment", "sha256", "nonce"])
    signature.save(force_insert=True)
    proof.keep(signature)
    steps.note_signature(signing.launch, signing.at)
    return signature, _leaf(signing, signature, proof.leaf)


def mark_of(signature: Signature, ballot: steps.Ballot = steps.NO_BALLOT) -> steps.Mark:
    """What a signature leaves in its slot."""
    return steps.Mark(
        signature=signature.pk,
        material=signature.material,
        by=signature.signer,
        at=signature.signed_at,
        standing_in_for=signature.standing_in_for,
        ballot=ballot,
    )


def _tell(signing: Signing, signature: UUID) -> None:
    """The signer is sent what to keep; whoever was away, what was signed in their place."""
    user, subject, launch = signing.presence.user, f"signature:{signature}", signing.launch.pk
    told = [Tell(evidence.SIGNED, subject, "", launch, whom=user)]
    principal = signing.appointment.stands_in_for if signing.appointment else None
    if principal:
        told.append(Tell(mails.DEPUTY_SIGNED, subject, "", launch, whom=principal))
    tell(told, by=user, now=signing.at)


def _snapshot(signing: Signing) -> Snapshot:
    content = canonical(signing.content)
    digest = sha256(content).hexdigest()
    snapshot, _made = Snapshot.objects.get_or_create(
        sha256=digest, defaults={"content": content, "created_at": signing.at}
    )
    return snapshot


def _scope(signing: Signing) -> str:
    if signing.section is not None:
        return f"section:{signing.section.number}"
    return f"decision:{signing.round.number}" if signing.round else "decision"


def _statement(signing: Signing, snapshot: bytes, draft: Draft) -> Statement:
    user, appointment = signing.presence.user, signing.appointment
    return Statement(
        instance=reading.instance_id(),
        launch={"id": str(signing.launch.pk), "version": signing.launch.version},
        act=signing.act,
        slot={"id": str(signing.slot.pk), "title": signing.slot.title},
        scope=_scope(signing),
        snapshot=snapshot,
        kind=signing.content["kind"],
        material=signing.material,
        meaning=signing.meaning,
        language=get_language() or "",
        comment=signing.comment,
        signer={
            "id": str(user.pk),
            "name": user.full_name,
            "email": user.email,
            "authority": signing.capacity.authority,
            **signing.capacity.stated,
        },
        appointment=reading.log_index(appointment) if appointment else None,
        at=draft.at,
        zone=user.time_zone,
        nonce=draft.nonce,
        log_size=draft.log_size,
        log_root=draft.log_root,
        conditions=signing.conditions,
        vote=signing.vote,
        target=signing.target.sha256 if signing.target else "",
        supersedes=str(signing.supersedes or ""),
        until=moment(signing.until) if signing.until else "",
        items=[
            {"id": str(item.pk), "number": item.number, "text": item.text} for item in signing.items
        ],
    )


def _leaf(signing: Signing, signature: Signature, proof: Mapping[str, Any]) -> Change:
    new = {
        "signature": signature.pk,
        "act": signature.act,
        "vote": signature.vote,
        "slot": signature.slot_id,
        "round": signature.round_id,
        "signer": signature.signer_id,
        "name": Salted(signature.signer_name),
        "authority": signature.authority_id,
        "meaning": signature.meaning,
        "presence": signing.presence.method,
        "level": signature.level,
        "statement": signature.sha256,
        "snapshot": signature.snapshot_id,
        "material": signature.material,
        "target": signature.target_id,
        **proof,
    }
    if signing.appointment and signing.appointment.stands_in_for_id:
        new["standing_in_for"] = signing.appointment.stands_in_for_id
        new["standing_in_for_name"] = Salted(signature.standing_in_for)
    if signing.conditions:
        new["conditions_digest"] = material.of_conditions(signing.conditions)
    if signing.until:
        new |= {
            "until": signing.until,
            "items": [item.pk for item in signing.items],
            "risk": signing.risk.pk if signing.risk else None,
        }
    subject = f"slot:{signature.slot_id}"
    return Change(
        VERBS[signing.act],
        subject,
        signing.launch.pk,
        new=new,
        reason=signing.comment,
        seals=True,
    )
