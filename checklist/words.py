"""The sentences for this app's reasons, made where they are shown, in the reader's language."""

from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from sentinel.reasons import Reason

SENTENCES: dict[str, str | Promise] = {
    "outstanding": _("%(number)s %(text)s is not settled."),
    "acceptance_ended": _("The acceptance of %(number)s %(text)s has ended."),
    "na_without_reason": _("%(number)s %(text)s is N/A without a reason."),
    "evidence_missing": _("%(number)s %(text)s is done without the evidence it demands."),
    "open_question": _("%(number)s %(text)s has an open question."),
    "no_owner": _("%(number)s %(text)s has no owner."),
    "to_be_determined": _("The note of %(number)s %(text)s says “TBD”."),
    "overdue": _("%(number)s %(text)s is overdue."),
    "na_needs_reason": _("Say why %(number)s %(text)s does not apply."),
    "done_needs_evidence": _(
        "%(number)s %(text)s demands evidence: add it first, then set it to done."
    ),
    "section_empty": _("This section has no items yet."),
    "no_sections": _("This launch has no readiness sections."),
    "slot_waiting": _(
        "%(number)s. %(title)s is not signed: its signature has not been asked for yet."
    ),
    "slot_asked": _("%(number)s. %(title)s is not signed yet."),
    "slot_stale": _("%(number)s. %(title)s has changed since it was signed."),
    "slot_returned": _("%(number)s. %(title)s was returned."),
    "already_asked": _("The signature has been asked for already."),
    "already_signed": _("This section is signed, and nothing has changed since."),
    "not_waiting": _("Nobody's signature or vote is waited for here."),
    "nobody_to_remind": _("Nobody but you may sign here: there is nobody to remind."),
    "not_asked": _("Nobody has asked for the signature."),
    "no_slot": _("This section asks for no signature."),
    "not_in_review": _("The launch is not in review yet: a launch manager opens the review first."),
    "from_template": _(
        "%(number)s %(text)s came from the template: set it to N/A with a reason instead."
    ),
    "has_a_past": _(
        "%(number)s %(text)s has evidence or comments or was accepted: set it to N/A with a reason instead."
    ),
    "item_gone": _("One of these items was removed meanwhile. Nothing was changed: look again."),
    "not_a_question": _("This comment is not an open question."),
    "holds_already": _("%(holder)s holds this authority already."),
    "has_ended": _("This appointment has ended already."),
}


def sentence(reason: Reason) -> str:
    """What a reason says, as one sentence."""
    if reason.code in COUNTED:
        return COUNTED[reason.code](reason.params)
    return (str(SENTENCES[reason.code]) % reason.params).strip()


def _items_outstanding(params: dict[str, Any]) -> str:
    return (
        ngettext(
            "%(number)s. %(title)s: %(count)d item is not settled.",
            "%(number)s. %(title)s: %(count)d items are not settled.",
            params["count"],
        )
        % params
    )


def _evidence_expired(params: dict[str, Any]) -> str:
    if "count" not in params:
        return str(_("The evidence of %(number)s %(text)s has expired.")) % params
    return (
        ngettext(
            "%(number)s. %(title)s: the evidence of %(count)d item has expired.",
            "%(number)s. %(title)s: the evidence of %(count)d items has expired.",
            params["count"],
        )
        % params
    )


def _nudged_lately(params: dict[str, Any]) -> str:
    text = _("Reminded within the last 24 hours. Again from %(when)s on.")
    return str(text) % {"when": date_format(localtime(params["again"]), "D j M H:i")}


COUNTED = {
    "items_outstanding": _items_outstanding,
    "evidence_expired": _evidence_expired,
    "nudged_lately": _nudged_lately,
}
