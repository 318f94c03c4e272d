"""What every action on a launch begins with: the lock, and the question whether this person may."""

from collections.abc import Collection
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model

from accounts.models import User
from checklist.models import Item, Launch, Section
from checklist.permissions import Ground, Right, Viewer, rights
from checklist.reading import ground_of, viewer_of
from checklist.rules import Doing, LaunchState, doing_refusals
from checklist.words import sentence
from sentinel.errors import Refused
from sentinel.reasons import Reason


def lock_launch(launch: Launch) -> Launch:
    """Read the launch again behind its row's lock: whoever comes next waits and then sees what this one did.

    `no_key`, here and wherever a row is locked: a plain lock would hold up whoever commits a row that refers to this
    one while holding the ledger's lock, for which this one waits in the end.
    """
    return Launch.objects.select_for_update(of=("self",), no_key=True).get(pk=launch.pk)


def demand(
    right: Right,
    *,
    by: User,
    launch: Launch,
    now: datetime,
    section: Section | None = None,
    item: Item | None = None,
) -> Viewer:
    """Refuse with 403 unless this person has the right, here and now; give who they are to the launch."""
    viewer = viewer_of(by, launch, now)
    ground = ground_of(launch, section, item) if section else Ground(frozenset())
    if right not in rights(viewer, ground):
        raise PermissionDenied(f"You may not {right} here.")
    return viewer


def allow(doing: Doing, launch: Launch) -> None:
    """Refuse what the launch's state does not allow: the one table for all actions is `rules.ALLOWED`."""
    refuse(doing_refusals(LaunchState(launch.state), doing))


def clean_fields(row: Model, names: Collection[str]) -> None:
    """`full_clean` for some fields, and for the constraints that touch no others."""
    row.full_clean(exclude={field.name for field in row._meta.fields} - set(names))


def refuse(reasons: list[Reason]) -> None:
    """Raise all reasons as one refusal, each with its code and its sentence; nothing where there are none."""
    if reasons:
        raise Refused([ValidationError(sentence(r), code=r.code) for r in reasons])
