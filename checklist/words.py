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
    "launch_in_review": _("The launch is in review."),
    "launch_is_postponed": _(
        "The launch is postponed and stands still: a launch manager resumes its review first."
    ),
    "launch_is_live": _(
        "The launch is live: its readiness stays as it stood at that moment, and nothing is decided any more."
    ),
    "launch_is_rolled_back": _("The launch was rolled back: a launch manager relaunches it first."),
    "launch_is_closed": _("The launch is closed. Comments can still be made."),
    "launch_is_cancelled": _("The launch was cancelled, for good. Comments can still be made."),
    "not_live_yet": _("This is for afterwards: it can be set once the launch is live."),
    "cannot_open": _("Its review was opened already."),
    "cannot_postpone": _("Only a launch in review is postponed."),
    "cannot_resume": _("Only a postponed launch is resumed."),
    "cannot_go_live": _("Only a launch in review goes live."),
    "cannot_roll_back": _("Only a live launch is rolled back."),
    "cannot_relaunch": _("Only a launch that was rolled back is relaunched."),
    "cannot_close": _("Only a live launch is closed."),
    "cannot_cancel": _("A launch that is live is rolled back first; a closed one stays closed."),
    "moment_to_come": _("This moment is still to come. Record what has happened already."),
    "before_review": _("The review was opened after that moment."),
    "before_last_vote": _(
        "The last vote was cast after that moment: by then, nobody had approved it."
    ),
    "before_live": _("It went live after that moment."),
    "same_target": _("This is the date that it has already. Give another one."),
    "target_is_over": _("This date is over already. Give one that is still to come."),
    "postpone_instead": _(
        "In review, the target is moved by postponing, with a reason. The old date stays on record."
    ),
    "review_date_over": _("The next review is still to come: give a day after today."),
    "leftovers_changed": _(
        "What is unsettled has changed meanwhile. Look at the list again, then close."
    ),
    "leftover_incomplete": _(
        "%(number)s %(text)s is not settled: say why, who sees to it, and by when."
    ),
    "from_template": _(
        "%(number)s %(text)s came from the template: set it to N/A with a reason instead."
    ),
    "has_a_past": _(
        "%(number)s %(text)s has evidence or comments or was accepted: set it to N/A with a reason instead."
    ),
    "item_gone": _("One of these items was removed meanwhile. Nothing was changed: look again."),
    "brought_published": _("It is published: what launches may rest on stays."),
    "brought_touched": _("Somebody has changed it since it was made: it is not taken away."),
    "risk_is_closed": _("This risk is closed: open it again first."),
    "risk_is_open": _("This risk is open already."),
    "item_elsewhere": _("A risk concerns items of its own launch."),
    "nothing_picked": _("Tick what is handed over."),
    "handed_meanwhile": _(
        "One of these is settled, or in other hands by now. Nothing was handed over: look again."
    ),
    "cannot_be_given": _("%(what)s (%(launch)s) cannot be handed over now. %(why)s"),
    "cannot_take": _("%(who)s cannot take %(what)s (%(launch)s): it goes to %(whom)s."),
    "takes_over_from_self": _("%(who)s already has %(what)s (%(launch)s)."),
    "not_a_question": _("This comment is not an open question."),
    "holds_already": _("%(holder)s holds this authority already."),
    "takes_no_part": _(
        "%(holder)s has left, or may only read: an authority is for somebody who takes part."
    ),
    "nobody_to_stand_in_for": _(
        "%(principal)s does not hold %(authority)s then, so nobody can stand in for them."
    ),
    "not_asked_for": _("No signature of this launch asks for %(authority)s."),
    "not_vacant": _(
        "%(authority)s is not vacant. Who may sign: %(holders)s. An admin appoints somebody else."
    ),
    "others_may_sign": _(
        "Wherever %(authority)s is asked for, somebody else may sign: %(holders)s. An admin appoints to it."
    ),
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
