"""The sentences for this app's reasons; checklist's are its own."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from checklist.words import sentence as checklist_sentence
from sentinel.errors import Refused
from sentinel.reasons import Reason

NOT_FOR_THIS = _(
    "This key's answer is not for what is signed here. Nothing was signed: start again."
)

SENTENCES = {
    "not_holder": _("You hold none of the authorities that may sign here."),
    "signed_already": _("This is signed already, and nothing has changed since."),
    "not_asked": _("The section's lead has not asked for the signature yet."),
    "four_eyes": _(
        "Four eyes: you set a status or added evidence in this section, so another holder signs."
    ),
    "nothing_to_return": _("Nothing was asked of you here that could be returned."),
    "signed_by_another": _(
        "Another holder has signed this, and it stands: only they take it back."
    ),
    "nothing_outstanding": _("Nothing is outstanding in this section."),
    "nothing_chosen": _("Choose the items that you accept."),
    "ends_in_past": _("Choose a day that has not passed yet: an acceptance ends with it."),
    "risk_unconcerned": _(
        "The risk that you name does not concern all of these items: name none, or choose others."
    ),
    "not_outstanding": _("%(number)s %(text)s is settled: there is nothing to accept."),
    "own_item": _(
        "%(number)s %(text)s is yours, or was until you gave it away: another holder accepts it."
    ),
    "own_key_demanded": _(
        "This launch asks executives to vote GO with a key of their own: make a passkey first, then vote with it. "
        "NO-GO counts with the password too."
    ),
    "no_round": _("No round is open. A launch manager opens one."),
    "one_slot_a_person": _("You have voted in another executive slot of this round."),
    "round_open": _("A round is open already."),
    "round_is_go": _("The last round ended GO: what went stale is re-affirmed in it."),
    "no_executive_slot": _("This launch has no executive slots, so nobody could decide."),
    "say_what_changed": _("Say what has changed since the last round ended NO-GO."),
    "differs_without_reason": _(
        "“%(question)s”: your answer differs from what the items say. Give a reason."
    ),
    "not_yours": _("Only whoever signed withdraws a signature."),
    "signer_is_here": _("%(signer)s is still here, and withdraws it if need be."),
    "not_standing": _("This signature stands no longer."),
    "round_over": _("This round is over."),
    "not_approved": _("It is not approved now: say why it went live all the same."),
    "conditions_missing": _("Say what has to be done: GO with conditions needs at least one."),
    "conditions_without_word": _(
        "You have written conditions. Vote GO with conditions, or leave them out."
    ),
    "conditions_too_many": _("At most %(most)s conditions can be asked for in one vote."),
    "condition_due_past": _("This day is over already."),
    "condition_owner_outside": _("%(owner)s takes no part in this launch, so could not do it."),
    "condition_ended": _("This condition has ended: nobody owes it any more."),
    "condition_done": _("This condition is done already."),
    "condition_not_done": _("This condition is not done."),
    "dropped_without_reason": _("Say why this condition is dropped."),
    "condition_not_left": _("This condition is not one that an earlier round left open."),
    "keys_missing": _(
        "This server's keys have not been made: an operator runs “manage.py keys init”."
    ),
    "approval_missing": _("It is not approved now (%(verdict)s)."),
    "artefact_missing": _(
        "This launch names no artefact: a manager gives its SHA-256, and the votes are given anew."
    ),
    "artefact_not_sha256": _("This launch names its artefact by another digest than SHA-256."),
    "checkpoint_missing": _(
        "The ledger has no checkpoint over these votes yet: an operator runs “manage.py checkpoint push”."
    ),
    "check_too_much": _(
        "This file needs more time or memory than a check on this page is given: run verify.py on a computer of yours."
    ),
    "no_own_trust": _(
        "This server has no keys or no ledger yet, so cannot say whose keys count: give a trust file."
    ),
    "nothing_sealed": _(
        "The ledger has signed no checkpoint of itself yet. It does so within the hour: try again then."
    ),
    "nothing_signed": _("Nothing was signed in this launch yet: there is no evidence to hand out."),
    "seal_missing": _(
        "The keys that seal certificates have not been made: an operator runs “manage.py keys init”."
    ),
    "seal_exists": _("There are keys that seal certificates already."),
    "seal_expired": _(
        "The certificate that seals has expired: an operator runs “manage.py keys rotate seal”."
    ),
    "seal_root_away": _("The root's private key, %(file)s, is not here: put it back to rotate."),
    "tsa_silent": _("The timestamp authority, %(url)s, gave no timestamp. Try again later."),
    "signing_over": _(
        "This was signed already, or not within five minutes. Nothing was signed now: start again."
    ),
    "key_unknown": _(
        "This key is none of yours that signs here, or it was revoked. Nothing was signed."
    ),
    "answer_unreadable": _("This key's answer could not be read. Try again."),
    "answer_unverified": _(
        "Your key did not make sure that it is you: it has to ask for your finger, your face or a PIN."
    ),
    "answer_counter": _(
        "This key has signed less often than before, so it may be a copy. Revoke it, and use another."
    ),
    "answer_type": NOT_FOR_THIS,
    "answer_challenge": NOT_FOR_THIS,
    "answer_origin": NOT_FOR_THIS,
    "answer_embedded": NOT_FOR_THIS,
    "answer_host": NOT_FOR_THIS,
    "answer_signature": NOT_FOR_THIS,
    "changed_meanwhile": _(
        "This has changed while you were signing. Look at what changed, then sign again."
    ),
}


def sentence(reason: Reason) -> str:
    """What a reason says, as one sentence."""
    if reason.code in SENTENCES:
        return str(SENTENCES[reason.code]) % reason.params
    return checklist_sentence(reason)


def refusal(reasons: list[Reason]) -> Refused:
    """All reasons as one refusal, each with its code and its sentence."""
    return Refused([_error(reason) for reason in reasons])


def _error(reason: Reason) -> ValidationError:
    """Django formats an error with its params once more, so a % that is in the sentence by then is doubled."""
    message = sentence(reason).replace("%", "%%") if reason.params else sentence(reason)
    return ValidationError(message, code=reason.code, params=reason.params)


def refuse(reasons: list[Reason]) -> None:
    """Raise the reasons as one refusal; nothing where there are none."""
    if reasons:
        raise refusal(reasons)
