"""Vouching for passkeys: an admin other than their owner, or an older key of the owner that somebody vouched for."""

import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import rfc8785
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actions.credentials import key_facts, locked, note_key_use, subject_of
from accounts.models import Credential, User
from accounts.passkeys import Answer, BadAnswer, Expected, check_answer
from accounts.permissions import Permission, allows
from accounts.verbs import Verb
from accounts.words import refusal
from audit.ledger import Change, Salted, append, canonical_time
from sentinel.errors import Refused
from sentinel.reasons import Reason

# What a key signs for another key is no signature of a decision, and no sign-in.
ENDORSED_AS = b"sentinel-endorsement-v1\n"
WAITS = timedelta(minutes=5)


@transaction.atomic
def endorse_key(credential: Credential, *, by: User, how: str) -> Credential:
    """An admin other than the person says whose key it is, and how they made sure."""
    credential = locked(credential)
    if not allows(by, Permission.OPERATE):
        raise PermissionDenied(f"Your role may not {Permission.OPERATE}.")
    if reasons := rules.endorsing_refusals(
        is_live=credential.is_live,
        is_endorsed=credential.is_endorsed,
        is_own=credential.user_id == by.pk,
    ):
        raise refusal(reasons)
    if not how:
        raise Refused({"how": ValidationError(_("Say how you made sure."), code="reason_required")})
    return _endorse(credential, by=by, how=how, proof={})


@dataclass(frozen=True, slots=True)
class Endorsement:
    """That an older key vouches for a newer one: when it was asked, and a nonce."""

    at: datetime
    nonce: str

    @classmethod
    def asked(cls, now: datetime) -> "Endorsement":
        return cls(now, secrets.token_hex(16))

    def statement(self, credential: Credential) -> bytes:
        """The bytes that the older key signs, as a challenge of their own kind."""
        value = {
            "type": "sentinel/endorsement/v1",
            "credential": str(credential.pk),
            "public_key_sha256": key_facts(credential)["public_key_sha256"],
            "user": str(credential.user_id),
            "time": canonical_time(self.at),
            "nonce": self.nonce,
        }
        return rfc8785.dumps(value)

    def challenge(self, credential: Credential) -> bytes:
        return sha256(ENDORSED_AS + self.statement(credential)).digest()


def endorsers(credential: Credential) -> list[Credential]:
    """The older keys of its owner that may vouch for it: live, at the same site, vouched for themselves."""
    rows = Credential.objects.filter(user=credential.user_id).usable_at(credential.rp_id)
    return list(rows.exclude(pk=credential.pk).exclude(endorsed_at=None))


@transaction.atomic
def endorse_own_key(
    credential: Credential, *, by: User, asked: Endorsement, answer: Answer, origin: str
) -> Credential:
    """Somebody's older key says that a newer one is theirs. `asked` is what it answers to, within five minutes."""
    now, credential = timezone.now(), locked(credential)
    if credential.user_id != by.pk:
        raise PermissionDenied("This key is not yours.")
    endorser = next(
        (key for key in endorsers(credential) if bytes(key.credential_id) == answer.credential_id),
        None,
    )
    reasons = rules.endorsing_refusals(
        is_live=credential.is_live, is_endorsed=credential.is_endorsed, is_own=endorser is None
    )
    if now > asked.at + WAITS:
        reasons.append(Reason("endorsing_over"))
    if reasons or endorser is None:
        raise refusal(reasons)
    expected = Expected(asked.challenge(credential), endorser.rp_id, origin)
    try:
        count = check_answer(answer, endorser.answering, expected)
    except BadAnswer as bad:
        raise refusal([Reason("endorsing_answer")]) from bad
    note_key_use(endorser, sign_count=count, now=now)
    proof = {
        "statement": asked.statement(credential).decode(),
        "authenticator_data": b64encode(answer.authenticator_data).decode(),
        "client_data_json": b64encode(answer.client_data_json).decode(),
        "signature": b64encode(answer.signature).decode(),
    }
    return _endorse(credential, by=by, how=_("an older key"), proof=proof, endorser=endorser)


def _endorse(
    credential: Credential,
    *,
    by: User,
    how: str,
    proof: Mapping[str, Any],
    endorser: Credential | None = None,
) -> Credential:
    now = timezone.now()
    credential.endorsed_by, credential.endorsed_with = by, endorser
    credential.endorsed_at, credential.endorsed_how = now, how
    credential.full_clean()
    credential.save(update_fields=["endorsed_by", "endorsed_with", "endorsed_at", "endorsed_how"])
    new = {
        "user": credential.user_id,
        "public_key_sha256": key_facts(credential)["public_key_sha256"],
        "endorsed_by": by.pk,
        "endorsed_with": endorser.pk if endorser else None,
        "identity_checked": Salted(how),
        **proof,
    }
    append([Change(Verb.KEY_ENDORSED, subject_of(credential), new=new)], actor=by.pk, now=now)
    return credential
