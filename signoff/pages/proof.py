"""What a signature proves, in words: by whose key, whose identity nobody made sure of, and what it does not prove."""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Credential
from signoff.models import Proof, Signature
from signoff.pages.confirm import grouped
from signoff.rules import Level


@dataclass(frozen=True, slots=True)
class ProofWords:
    """How much a signature proves: in brief, and in sentences."""

    level: str
    key: str
    identity: str
    is_verified: bool
    digits: str
    proves: str
    does_not: str

    @property
    def brief(self) -> str:
        """One line, for beside a name: whose key, that nobody knows whose it is, the digits to compare."""
        key = f"“{self.key}”" if self.key else ""
        unknown = "" if self.is_verified else _("identity not verified")
        return ", ".join(filter(None, [self.level, key, unknown, self.digits]))


def proof_of(signature: Signature) -> Proof | None:
    """Signatures made before keys existed, or without the server's, have none."""
    found: Proof | None = getattr(signature, "proof", None)
    return found


def proof_words(signature: Signature) -> ProofWords:
    level, proof = Level(signature.level), proof_of(signature)
    key = proof.credential if proof else None
    name = {"name": signature.signer_name}
    return ProofWords(
        level=str(LEVELS_IN_BRIEF[level]),
        key=str(key or ""),
        identity=_identity(key, signature) if key else "",
        is_verified=key is None or _was_endorsed(key, signature),
        digits=grouped(signature.sha256),
        proves=str(PROVES[level]) % name,
        does_not=str(DOES_NOT[level]) % name,
    )


LEVELS_IN_BRIEF = {
    Level.PERSONAL_KEY: lazy("signed with a key of their own"),
    Level.SERVER_ATTESTED: lazy("vouched for by this server"),
    Level.RECORDED: lazy("recorded by this server"),
}
PROVES = {
    Level.PERSONAL_KEY: lazy(
        "A passkey of %(name)s signed the statement, after it had recognised its owner by finger, face or PIN. The "
        "statement names its content and the ledger names the statement, each by its digest. Whoever has the statement "
        "and the key's public half can check that without this server."
    ),
    Level.SERVER_ATTESTED: lazy(
        "This server vouches for it: its own key signed the statement after the password of %(name)s was given in that "
        "very form, with a one-time code where they have a second factor. The statement names its content and the "
        "ledger names the statement, each by its digest: a change to one of them since would show."
    ),
    Level.RECORDED: lazy(
        "This server recorded it after the password of %(name)s was given in that very form, with a one-time code "
        "where they have a second factor; no key signed it. The statement names its content and the ledger names the "
        "statement, each by its digest: a change to one of them since would show."
    ),
}
DOES_NOT = {
    Level.PERSONAL_KEY: lazy(
        "It does not prove the time to somebody who trusts neither this server nor the people who run it: the clock is "
        "this server's. That the key is the one of %(name)s rests on whoever made sure of it."
    ),
    Level.SERVER_ATTESTED: lazy(
        "It does not prove, to somebody who trusts neither this server nor the people who run it, that %(name)s was at "
        "the keyboard: no key of their own signed it. Nor does it prove the time to them: the clock is this server's."
    ),
}
DOES_NOT[Level.RECORDED] = DOES_NOT[Level.SERVER_ATTESTED]


def _was_endorsed(key: Credential, signature: Signature) -> bool:
    return key.endorsed_at is not None and key.endorsed_at <= signature.signed_at


def _identity(key: Credential, signature: Signature) -> str:
    """Who had made sure whose key it is when it signed; later is later."""
    if key.endorsed_at is None:
        return _("Identity not verified: nobody has made sure whose key it is.")
    parts = {
        "who": key.endorsed_by,
        "when": date_format(localtime(key.endorsed_at), "j M Y"),
        "how": key.endorsed_how,
    }
    if _was_endorsed(key, signature):
        return _("Identity verified by %(who)s, %(when)s: %(how)s") % parts
    return (
        _("Identity not verified when it signed; since then by %(who)s, %(when)s: %(how)s") % parts
    )
