"""What a document has beside the checklist itself: the register of risks, and what was asked for with a GO."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from checklist import reading
from checklist.models import Risk
from checklist.pages.conditions import day_words
from checklist.rules import Impact, Likelihood
from signoff.export.document import Cell, Part, Table, plain
from signoff.export.source import Source
from signoff.models import Condition


def risks(source: Source) -> Iterable[Part]:
    """The register, closed risks with why they are closed; no part where nothing was ever recorded."""
    if not source.risks:
        return
    columns = (_("Number"), _("Risk"), _("Level"), _("Mitigation"), _("Owner"), _("Closed"))
    rows = tuple(tuple(map(plain, _risk(risk))) for risk in source.risks)
    yield Part(_("Risks"), (Table(columns, rows),))


def _risk(risk: Risk) -> tuple[str, ...]:
    level = str(reading.risk_facts(risk).level.label)
    if risk.likelihood and risk.impact:
        scales = Likelihood(risk.likelihood).label, Impact(risk.impact).label
        level = _("%(level)s (likelihood %(likelihood)s, impact %(impact)s)") % {
            "level": level,
            "likelihood": scales[0],
            "impact": scales[1],
        }
    title = f"{risk.title}\n{risk.description}" if risk.description else risk.title
    owner = str(risk.owner) if risk.owner else ""
    return risk.name, title, level, risk.mitigation, owner, risk.close_reason


def conditions(source: Source) -> Iterable[Part]:
    """What was asked for and has not ended, in the order of the list; no part where there is none."""
    if not source.conditions:
        return
    columns = (_("Condition"), _("Owner"), _("Due"), _("When"), _("Done"))
    rows = tuple(_condition(condition) for condition in source.conditions)
    yield Part(_("Conditions"), (Table(columns, rows),))


def _condition(condition: Condition) -> tuple[Cell, ...]:
    when = _("before the launch") if condition.before_launch else _("after the launch")
    done = ""
    if condition.done_at:
        parts = {"who": condition.done_by, "how": condition.done_note}
        done = _("%(who)s: %(how)s") % parts
    texts = (condition.text, condition.keeper, day_words(condition.due_on), when, done)
    return tuple(map(plain, texts))
