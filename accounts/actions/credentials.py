"""Writing passkeys: made, named, revoked. Each is a leaf, so that signatures can be tied to them later."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Credential, User
from accounts.passkeys import BadAnswer, Registered, base64url, read_registration
from accounts.permissions import Permission, allows
from accounts.rules import Identity
from accounts.verbs import Verb
from accounts.words import refusal
from audit import head
from audit.ledger import Change, Salted, append
from sentinel.errors import Refused
from sentinel.reasons import Reason
from sentinel.text import clean_line

LABEL_LENGTH = 100


@transaction.atomic
def enrol_key(authenticator: Authenticator, *, rp_id: str) -> Credential:
    """A passkey that allauth has just added, of somebody who proved anew who they are: from now on it signs."""
    registered = registered_in(authenticator)
    return _enrol(authenticator, registered, rp_id=rp_id, how=Identity.REAUTHENTICATED)


def registered_in(authenticator: Authenticator) -> Registered:
    """What allauth keeps of a key; refused where it is of a kind that cannot sign here."""
    try:
        return read_registration(authenticator.data["credential"])
    except BadAnswer as unfit:
        raise refusal([Reason(unfit.code)]) from unfit


def _enrol(
    authenticator: Authenticator, registered: Registered, *, rp_id: str, how: Identity
) -> Credential:
    now, user = timezone.now(), authenticator.user
    credential = Credential(
        user=user,
        authenticator=authenticator,
        label=clean_line(authenticator.wrap().name)[:LABEL_LENGTH] or _("Passkey"),
        credential_id=registered.credential_id,
        public_key=registered.public_key,
        algorithm=registered.algorithm,
        aaguid=registered.aaguid,
        backup_eligible=registered.backup_eligible,
        backed_up=registered.backed_up,
        sign_count=registered.sign_count,
        rp_id=rp_id,
        enrolled_at=now,
        enrolment=head.lock().size,
    )
    credential.full_clean()
    credential.save(force_insert=True)
    new = {
        **key_facts(credential),
        "user": user.pk,
        "label": Salted(credential.label),
        "credential_id": base64url(registered.credential_id),
        "algorithm": credential.algorithm,
        "aaguid": credential.aaguid,
        "backup_eligible": credential.backup_eligible,
        "backed_up": credential.backed_up,
        "rp_id": rp_id,
        "identity_checked_by": None,
        "identity_checked": how,
    }
    append([Change(Verb.KEY_ENROLLED, subject_of(credential), new=new)], actor=user.pk, now=now)
    return credential


def key_facts(credential: Credential) -> dict[str, str]:
    """The public key, and what leaves call it by."""
    spki = bytes(credential.public_key)
    return {"public_key": b64encode(spki).decode(), "public_key_sha256": sha256(spki).hexdigest()}


def subject_of(credential: Credential) -> str:
    return f"credential:{credential.pk}"


def adopt_keys(_now: datetime) -> None:
    """Enter the keys that were there before people signed with them: found by tick, each once."""
    rows = Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN, credential=None)
    for authenticator in rows.select_related("user").order_by("pk"):
        adopt_key(authenticator)


def adopt_key(authenticator: Authenticator) -> None:
    """One of them; what cannot sign here, or was made for another site, goes on signing in alone."""
    hosts = {sha256(host.encode()).digest(): host for host in settings.ALLOWED_HOSTS}
    try:
        registered = read_registration(authenticator.data["credential"])
    except (KeyError, TypeError, ValueError):
        return
    if rp_id := hosts.get(registered.rp_id_hash):
        with transaction.atomic():
            head.lock()
            if not Credential.objects.filter(authenticator=authenticator).exists():
                _enrol(authenticator, registered, rp_id=rp_id, how=Identity.ADOPTED)


@transaction.atomic
def rename_key(credential: Credential, *, label: str, by: User) -> Credential:
    """Another name for one's own key."""
    now, credential = timezone.now(), locked(credential)
    if credential.user_id != by.pk:
        raise PermissionDenied("This key is not yours to name.")
    old, credential.label = credential.label, clean_line(label)
    credential.full_clean()
    credential.save(update_fields=["label"])
    if old != credential.label:
        change = Change(
            Verb.KEY_RENAMED,
            subject_of(credential),
            old={"label": Salted(old)},
            new={"label": Salted(credential.label)},
        )
        append([change], actor=by.pk, now=now)
    return credential


def locked(credential: Credential) -> Credential:
    """The row, locked and read anew."""
    rows = Credential.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("user", "authenticator").get(pk=credential.pk)


@transaction.atomic
def revoke_key(credential: Credential, *, by: User, reason: str) -> Credential:
    """End a key: one's own, or as an admin a lost one of somebody else. It signs in no more; what it signed stays."""
    now, credential = timezone.now(), locked(credential)
    if credential.user_id != by.pk and not allows(by, Permission.OPERATE):
        raise PermissionDenied("This key is not yours to revoke.")
    if not credential.is_live:
        raise refusal([Reason("key_revoked")])
    if not reason:
        raise Refused({"reason": ValidationError(_("Say why."), code="reason_required")})
    authenticator = credential.authenticator
    credential.revoked_at, credential.revoked_by = now, by
    credential.revoke_reason, credential.authenticator = reason, None
    credential.full_clean()
    credential.save(update_fields=["revoked_at", "revoked_by", "revoke_reason", "authenticator"])
    if authenticator:
        authenticator.delete()
        delete_dangling_recovery_codes(credential.user)
    change = Change(
        Verb.KEY_REVOKED,
        subject_of(credential),
        old={"user": credential.user_id, "revoked_at": None},
        new={"user": credential.user_id, "revoked_at": now},
        reason=reason,
    )
    append([change], actor=by.pk, now=now)
    return credential


def note_key_use(credential: Credential, *, sign_count: int, now: datetime) -> None:
    """A step: remember that a key signed, and how often its authenticator says it has."""
    Credential.objects.filter(pk=credential.pk).update(sign_count=sign_count, last_used_at=now)
