"""Proving a statement: by the signer's own key, which has answered to it, or by this server's. Steps of `record`.

Why in this order: the waiting statement and the key are locked before the ledger, as everywhere else.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.utils import timezone

from accounts.actions import note_key_use
from accounts.models import Credential, User
from accounts.passkeys import BadAnswer, Expected, check_answer
from audit import keys
from sentinel.reasons import Reason
from signoff.models import Pending, Proof, Signature
from signoff.presence import PASSKEY, KeyAnswer, Presence
from signoff.rules import WAITS_FOR_KEY, Level, ProofKind
from signoff.statements import SIGNED_AS, challenge_of
from signoff.words import refusal

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a statement says that could not be found again: its moment, its nonce, how the log stood."""

    at: datetime
    nonce: str
    log_size: int
    log_root: str


class Unanswered(Exception):
    """The statement is made, and its signer's key has not answered yet: all that was done so far is undone."""

    def __init__(self, draft: Draft, statement: bytes) -> None:
        super().__init__("A statement waits for its signer's key.")
        self.draft = draft
        self.statement = statement


def prepare(act: Callable[[Presence], Signature], *, user: User, session: str) -> Pending:
    """Do an act as far as its statement, undo it, and keep the statement for the signer's key to answer."""
    try:
        with transaction.atomic():
            act(Presence(user, PASSKEY))
    except Unanswered as waiting:
        draft, statement = waiting.draft, waiting.statement
    return Pending.objects.create(
        user=user,
        session=session,
        statement=statement,
        sha256=sha256(statement).hexdigest(),
        at=draft.at,
        nonce=draft.nonce,
        log_size=draft.log_size,
        log_root=draft.log_root,
        expires_at=timezone.now() + WAITS_FOR_KEY,
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """A waiting statement that nobody else can take any more, and the key that answered to it."""

    statement: bytes
    draft: Draft
    credential: Credential
    answer: KeyAnswer


def take(presence: Presence, now: datetime) -> Taken | None:
    """What the signer's key has answered to; None where they gave their password."""
    answer = presence.answer
    if answer is None:
        return None
    waiting = Pending.objects.filter(
        pk=answer.pending, user=presence.user, session=answer.session, expires_at__gt=now
    )
    pending = waiting.first()
    taken, _rows = waiting.delete()
    if pending is None or not taken:
        raise refusal([Reason("signing_over")])
    mine = Credential.objects.select_for_update(no_key=True).filter(user=presence.user)
    credential = (
        mine.usable_at(answer.site.rp_id).filter(credential_id=answer.answer.credential_id).first()
    )
    if credential is None:
        raise refusal([Reason("key_unknown")])
    draft = Draft(pending.at, pending.nonce, pending.log_size, pending.log_root)
    return Taken(bytes(pending.statement), draft, credential, answer)


@dataclass(frozen=True, slots=True)
class Proven:
    """How a statement is proved: what of it is kept, and what the leaf says of it."""

    level: Level
    leaf: Mapping[str, Any]
    row: Proof | None = None

    def keep(self, signature: Signature) -> None:
        if self.row:
            self.row.record = signature
            self.row.save(force_insert=True)


def prove(statement: bytes, taken: Taken | None, now: datetime) -> Proven:
    """Check the key's answer, which is to this very statement, or have this server's key sign it."""
    if taken is None:
        return _by_server(statement)
    if statement != taken.statement:
        raise refusal([Reason("changed_meanwhile")])
    credential, answer, site = taken.credential, taken.answer.answer, taken.answer.site
    expected = Expected(challenge_of(statement), site.rp_id, site.origin)
    try:
        count = check_answer(answer, credential.answering, expected)
    except BadAnswer as bad:
        logger.warning("A key's answer was refused: %s, of %s", bad.code, credential.user_id)
        raise refusal([Reason(bad.code)]) from bad
    note_key_use(credential, sign_count=count, now=now)
    row = Proof(
        kind=ProofKind.PASSKEY,
        public_key=bytes(credential.public_key),
        signature=answer.signature,
        credential=credential,
        aaguid=credential.aaguid,
        backup_eligible=credential.backup_eligible,
        backed_up=credential.backed_up,
        authenticator_data=answer.authenticator_data,
        client_data_json=answer.client_data_json,
        rp_id=site.rp_id,
        origin=site.origin,
        enrolment=credential.enrolment,
    )
    leaf = _leaf(row) | {
        "credential": credential.pk,
        "identity_verified": credential.is_endorsed,
    }
    return Proven(Level.PERSONAL_KEY, leaf, row)


def _by_server(statement: bytes) -> Proven:
    try:
        key = _server_key()
    except keys.KeyProblem as problem:
        logger.error("A signature is only recorded. %s", problem)  # noqa: TRY400 - the sentence says all
        return Proven(Level.RECORDED, {"proof": None})
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    signed = key.sign(SIGNED_AS + statement)
    row = Proof(kind=ProofKind.SERVER, public_key=public, signature=signed)
    return Proven(Level.SERVER_ATTESTED, _leaf(row), row)


def _server_key() -> Ed25519PrivateKey:
    key = keys.load(keys.Purpose.SERVER)
    if not isinstance(key, Ed25519PrivateKey):
        path = keys.path_of(keys.Purpose.SERVER)
        raise keys.KeyProblem(f"{path} holds a key of another kind.")
    return key


def _leaf(row: Proof) -> dict[str, Any]:
    return {"proof": row.kind, "public_key_sha256": sha256(bytes(row.public_key)).hexdigest()}
