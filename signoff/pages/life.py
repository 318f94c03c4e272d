"""The small pages of going live, relaunching, cancelling and closing: what each does, said beforehand."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership, User
from checklist.forms.life import CloseForm
from checklist.models import Item, Launch, Participant, Section
from checklist.pages.life import StepPage, step_page
from checklist.pages.names import names_of
from checklist.reading import standing_of
from checklist.rules import Step, Tone, quarter_after
from signoff.actions.life import unsettled
from signoff.models import Condition
from signoff.pages.blockers import blocker_lines


def is_approved(launch: Launch, now: datetime) -> bool:
    return standing_of(launch, now).verdict.tone is Tone.APPROVED


def live_page(launch: Launch, *, now: datetime, approved: bool) -> StepPage:
    """Going live, as it is now: by approval, or without it and what that means."""
    frozen = _(
        "Readiness then stays as it stood: nothing in it is edited, signed or voted any more. "
        "The tasks of the day and the week after are counted from that moment."
    )
    if approved:
        says = [_("It is approved now. Record the moment at which it went live."), frozen]
        return step_page(launch, Step.GO_LIVE, says)
    standing = standing_of(launch, now)
    page = step_page(
        launch,
        Step.GO_LIVE,
        [_("Only if it went live all the same: record when, and why."), frozen],
        button=_("Record that it went live without approval"),
    )
    return replace(
        page,
        is_grave=True,
        warning=_(
            "It is not approved now. It will say “went live without approval” in red for ever, also after a roll back "
            "and after it is closed. Your name and your reason stay on record."
        ),
        facts=tuple(blocker_lines(standing, names_of(launch, standing.slots, now))),
    )


def relaunch_page(launch: Launch) -> StepPage:
    """Back into review after a roll back."""
    says = [
        _(
            "It goes back into review, and readiness can be worked on again. Signatures of sections still count, as "
            "far as nothing has changed and nobody has withdrawn; the decision is spent, so a new round is needed."
        ),
        _("The tasks of the day and the week after start anew."),
    ]
    return step_page(launch, Step.RELAUNCH, says)


def cancel_page(launch: Launch) -> StepPage:
    """The end of a launch."""
    page = step_page(
        launch, Step.CANCEL, [_("It stays on record, with everything that was said in it.")]
    )
    warning = _(
        "This is final. Nobody can take it up again, and a round that is open is cancelled with it."
    )
    return replace(page, warning=warning)


@dataclass(frozen=True, slots=True)
class ClosePage:
    """Closing a launch: the step, its form, the conditions that stay open."""

    step: StepPage
    form: CloseForm
    conditions: list[str]


def close_form(launch: Launch, data: Any, now: datetime) -> CloseForm:
    """The form with a part for each item that is unsettled."""
    return CloseForm(
        data,
        items=unsettled(launch),
        people=people_of(launch),
        default=quarter_after(timezone.localdate(now, launch.zone)),
    )


def people_of(launch: Launch) -> QuerySet[User]:
    """Who may be given what is left: the launch's teams, its participants, whoever has such an item now."""
    teams = Section.teams.through.objects.filter(section__launch=launch).values("team")
    working = Membership.objects.filter(
        Q(team__in=teams) | Q(team=launch.owner_team_id), user=OuterRef("pk")
    )
    sharing = Participant.objects.filter(launch=launch, user=OuterRef("pk"))
    owning = Item.objects.filter(launch=launch, owner=OuterRef("pk"))
    there = Exists(working) | Exists(sharing) | Exists(owning)
    people: QuerySet[User] = User.objects.active().filter(there)
    return people


def close_page(launch: Launch, form: CloseForm) -> ClosePage:
    """What closing does, what is left, what stays."""
    count = len(form.leftovers)
    text = ngettext(
        "%(n)d item is not settled. It lives on as a condition: say what becomes of it.",
        "%(n)d items are not settled. Each lives on as a condition: say what becomes of it.",
        count,
    )
    says = [
        text % {"n": count} if count else _("Everything after the launch is settled."),
        _("Afterwards only comments, conditions and withdrawals are possible."),
    ]
    rows = Condition.objects.filter(launch=launch).owed().select_related("owner", "handed_to")
    lines = [
        _("%(text)s (%(owner)s, by %(day)s)")
        % {"text": row.text, "owner": row.keeper, "day": date_format(row.due_on, "D j M Y")}
        for row in rows
    ]
    return ClosePage(step_page(launch, Step.CLOSE, says), form, lines)
