"""One condition: what was promised, how it stands, and what the reader can do about it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from checklist.models import Launch
from checklist.reading import viewer_of
from checklist.rules import Tone
from signoff.models import Condition
from signoff.pages.conditions import ConditionLine, condition_line
from signoff.rules import keeping_refusals, may_keep, may_lift, reopening_refusals
from signoff.words import sentence


@dataclass(frozen=True, slots=True)
class ConditionPage:
    """Everything that a condition's pages show. `may_*`: the reader's to do; `can_*`: and possible now."""

    launch: Launch
    condition: Condition
    line: ConditionLine
    may_keep: bool
    may_lift: bool
    can_keep: bool
    can_reopen: bool
    can_lift: bool
    why_not: str
    voids: str

    @property
    def receipt(self) -> str:
        """The vote in which it was asked for."""
        signature = self.condition.signature
        return signature.get_absolute_url() if signature else ""


def condition_page(row: Condition, *, user: User, now: datetime) -> ConditionPage:
    """A condition as one person sees it now."""
    viewer, facts = viewer_of(user, row.launch, now), row.facts
    keeps = may_keep(viewer, facts)
    lifts = may_lift(viewer, facts, asker_has_left=not row.asked_by.is_active)
    return ConditionPage(
        launch=row.launch,
        condition=row,
        line=condition_line(row, now),
        may_keep=keeps,
        may_lift=lifts,
        can_keep=keeps and not keeping_refusals(facts),
        can_reopen=keeps and not reopening_refusals(facts),
        can_lift=lifts and not keeping_refusals(facts),
        why_not=_why_not(row, keeps=keeps),
        voids=_voids(row),
    )


def _why_not(row: Condition, *, keeps: bool) -> str:
    """Why the reader cannot say that it is done, and whom it waits for; nothing where they can, or it is."""
    refusals = keeping_refusals(row.facts)
    if row.done_at is not None or (keeps and not refusals):
        return ""
    if refusals:
        return sentence(refusals[0])
    return _("%(owner)s or a launch manager says that it is done.") % {"owner": row.keeper}


def _voids(row: Condition) -> str:
    """What taking back that it is done would undo, said beforehand."""
    if row.before_launch and row.counts and row.launch.tone == Tone.APPROVED:
        return _("The launch is then approved no longer.")
    return ""
