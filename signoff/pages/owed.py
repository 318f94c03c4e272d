"""The conditions that one person owes, over all launches: a pile of My work."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from checklist.pages.conditions import day_words
from checklist.pages.work import MOST, Task, Worker
from signoff.models import Condition
from signoff.rules import ConditionState


def to_keep(worker: Worker) -> Iterable[Task]:
    """What this person has promised and not done yet, the earliest first. One query."""
    rows = (
        Condition.objects.filter(launch__in=worker.visible)
        .kept_by(worker.user)
        .owed()
        .select_related("launch", "round")
        .order_by("due_on", "-before_launch", "made_at", "pk")
    )
    for condition in rows[: MOST + 1]:
        is_late = condition.state(worker.now) is ConditionState.OVERDUE
        says = _("overdue since %(day)s") if is_late else _("due %(day)s")
        when = says % {"day": day_words(condition.due_on)}
        before, after = _("Before the launch"), _("After the launch")
        yield Task(
            str(condition),
            condition.get_absolute_url(),
            str(condition.launch),
            when,
            status="asked" if condition.before_launch else "open",
            label=before if condition.before_launch else after,
            is_urgent=is_late,
        )
