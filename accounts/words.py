"""The sentences of this app for what its rules say."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.rules import InvitationState
from sentinel.errors import Refused
from sentinel.reasons import Reason

REASONS = {
    "own_role": _("Nobody changes their own role. Ask another admin."),
    "last_admin": _("This is the last active admin. Make another person an admin first."),
    "inactive": _("This person has left already."),
    "oneself": _("Nobody deactivates themselves. Ask another admin."),
    "token_without_scope": _("Say what the token may do."),
    "token_never_lasts": _("The token has to last for a while."),
    "token_lasts_too_long": _("A token lasts a year at most."),
    "too_many_tokens": _("There are 25 tokens in use already. Revoke one that is not needed."),
    "token_made_already": _(
        "This token was made already. Its secret was shown once; make another."
    ),
    "token_revoked": _("This token was revoked already."),
    "key_algorithm": _(
        "This key uses an algorithm that cannot sign here. Use another; most phones and computers have one."
    ),
    "key_revoked": _("This key is revoked already."),
    "key_endorsed": _("Somebody has made sure already whose key this is."),
    "key_own": _(
        "Nobody vouches for their own key. Ask another admin, or use an older key of yours."
    ),
    "endorsing_over": _("This took longer than five minutes, or was done already. Start again."),
    "endorsing_answer": _("Your older key's answer does not vouch for this one. Start again."),
    "answer_unreadable": _("This key's answer could not be read. Try again."),
    "never_silent": _("Signatures and votes asked of you reach you: at once or in the digest."),
    "digest_without_hour": _("Choose an hour for the daily digest, or nothing that goes into it."),
}

INVITATIONS = {
    InvitationState.USED: _(
        "This invitation has been used. Sign in with your e-mail and password."
    ),
    InvitationState.REVOKED: _("This invitation was withdrawn. Ask an admin for a new one."),
    InvitationState.EXPIRED: _("This invitation has expired. Ask an admin to send it again."),
}
UNKNOWN_INVITATION = _(
    "This link leads to no invitation. It may be incomplete, or a newer one was sent to you."
)


def refusal(reasons: Iterable[Reason]) -> Refused:
    """All reasons as one refusal, each with its code and sentence."""
    return Refused([ValidationError(REASONS[reason.code], code=reason.code) for reason in reasons])
