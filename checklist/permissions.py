"""Rights on one launch: who may comment, edit, lead, manage (DESIGN 3.2). From who somebody is to what they may."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Right(StrEnum):
    """A kind of thing that somebody may do in one section of one launch."""

    COMMENT = "comment"
    EDIT = "edit items"
    LEAD = "lead the section"
    MANAGE = "manage the launch"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who somebody is to one launch at one moment."""

    id: UUID
    takes_part: bool
    manages: bool = False
    teams: frozenset[UUID] = frozenset()
    leads: frozenset[UUID] = frozenset()
    authorities: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Ground:
    """Who answers for a section or one of its items. A section that names no team is its launch's owner team's."""

    teams: frozenset[UUID]
    item_team: UUID | None = None
    item_authority: UUID | None = None
    authorities: frozenset[UUID] = frozenset()


def rights(viewer: Viewer, ground: Ground) -> frozenset[Right]:
    """All rights of a viewer. An item's own team or authority widens who edits it, and never narrows."""
    if not viewer.takes_part:
        return frozenset()
    if viewer.manages:
        return frozenset(Right)
    granted = {Right.COMMENT}
    if _meets(viewer.teams, ground.teams) or _owns_item(viewer, ground):
        granted.add(Right.EDIT)
    if _meets(viewer.leads, ground.teams):
        granted |= {Right.EDIT, Right.LEAD}
    return frozenset(granted)


def may_flag_question(viewer: Viewer, ground: Ground) -> bool:
    """An open question keeps a section from being signed: its teams, authorities and managers may put one."""
    return Right.EDIT in rights(viewer, ground) or may_accept(viewer, ground)


def may_accept(viewer: Viewer, ground: Ground) -> bool:
    """Outstanding items are accepted by whoever holds one of their section's authorities (DESIGN 3.6)."""
    return viewer.takes_part and _meets(viewer.authorities, ground.authorities)


def may_edit_risk(viewer: Viewer, ground: Ground, owner: UUID | None = None) -> bool:
    """Whoever works on a launch, answers for one of its slots or manages it keeps its risks; an owner their own.

    `ground` is the whole launch's: all its teams and authorities.
    """
    return viewer.takes_part and (may_flag_question(viewer, ground) or viewer.id == owner)


def may_hand_over_item(viewer: Viewer, ground: Ground, owner: UUID | None) -> bool:
    """Who leads a section assigns its items anew; an owner passes their own on, with a reason.

    Not an owner who may accept it: nobody accepts their own item, and giving it away first would get round that.
    """
    if Right.LEAD in rights(viewer, ground):
        return True
    return viewer.takes_part and viewer.id == owner and not may_accept(viewer, ground)


def may_see_hands(
    *, is_self: bool, takes_part: bool, operates: bool, manages: bool, leads: bool
) -> bool:
    """Who looks at what somebody holds: themselves, admins, who manages launches or leads a team."""
    return is_self or (takes_part and (operates or manages or leads))


def _owns_item(viewer: Viewer, ground: Ground) -> bool:
    return ground.item_team in viewer.teams or ground.item_authority in viewer.authorities


def _meets(some: Collection[UUID], others: frozenset[UUID]) -> bool:
    return not others.isdisjoint(some)
