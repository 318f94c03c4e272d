"""What somebody holds in launches and another may take: its kinds, who may give it, who may take it.

Read once for all launches at hand. Writing is with the actions; another app registers a kind of its own.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from accounts.models import Membership, User
from accounts.permissions import Permission, allows, roles_allowed
from audit.ledger import Change
from checklist.models import Appointment, Launch, Participant, Section, Slot
from checklist.models.launches import LaunchQuerySet
from checklist.permissions import Ground, Viewer, may_see_hands
from checklist.reading import viewers_of
from checklist.rules import Classification, Doing
from checklist.tokens import token_of

MOST = 200  # of a kind at once: what is left shows once these are given

type Ids = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Holding:
    """One thing in somebody's hands. `row` is the kind's own; `section` where it belongs to one."""

    kind: str
    id: UUID
    launch: Launch
    row: Any
    doing: Doing
    section: UUID | None = None

    @property
    def token(self) -> str:
        return f"{self.kind}:{token_of(self.id)}"


@dataclass(frozen=True, slots=True)
class Circle:
    """Who takes part in some launches, by what: read at once, so that no row costs a query.

    `people` are those who are here and whose role takes part; all other ids are of them alone.
    """

    people: Mapping[UUID, User]
    teams: Mapping[UUID, Ids]
    members: Mapping[UUID, Ids]
    holders: Mapping[UUID, Ids]
    guests: Mapping[UUID, Ids]
    section_teams: Mapping[UUID, Ids]
    authorities: Mapping[UUID, Ids]
    section_authorities: Mapping[UUID, Ids]

    def in_teams(self, teams: Iterable[UUID | None]) -> Ids:
        none: Ids = frozenset()
        return none.union(*(self.members.get(team, none) for team in teams if team))

    def insiders(self, launch: Launch) -> Ids:
        """Who takes part in a launch: its teams, those let in, holders of its authorities (DESIGN 3.19)."""
        none: Ids = frozenset()
        held = (self.holders.get(pk, none) for pk in self.authorities.get(launch.pk, none))
        working = self.in_teams([launch.owner_team_id, *self.teams.get(launch.pk, none)])
        return working.union(self.guests.get(launch.pk, none), *held)

    def workers(self, launch: Launch, section: UUID, team: UUID | None) -> Ids:
        """Who may be given an item: its teams' members and those let in; of a restricted launch, who may see it."""
        teams = [team, launch.owner_team_id, *self.section_teams.get(section, ())]
        found = self.in_teams(teams) | self.guests.get(launch.pk, frozenset())
        is_open = launch.classification == Classification.INTERNAL
        return found if is_open else found & self.insiders(launch)

    def ground(self, launch: Launch) -> Ground:
        """Who answers for anything in a launch."""
        none: Ids = frozenset()
        return Ground(
            teams=self.teams.get(launch.pk, none) | {launch.owner_team_id},
            authorities=self.authorities.get(launch.pk, none),
        )

    def section_ground(self, launch: Launch, section: UUID) -> Ground:
        """Who answers for a section."""
        none: Ids = frozenset()
        return Ground(
            teams=self.section_teams.get(section, none) or frozenset({launch.owner_team_id}),
            authorities=self.section_authorities.get(section, none),
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is handed over.

    `find` reads what somebody holds in some launches; `may` says whether a viewer gives it away, `who_may` in words
    who does; `takers` who may take it, `for_whom` in words. `give` writes one row and returns its entry; `finish`
    brings a launch's read model up to date after all of this kind in it were given.
    """

    key: str
    title: Promise
    one: Promise
    who_may: Promise
    for_whom: Promise
    find: Callable[[User, LaunchQuerySet], Iterable[Holding]]
    name: Callable[[Holding], str]
    url: Callable[[Holding], str]
    may: Callable[[Holding, Viewer, Circle], bool]
    takers: Callable[[Holding, Circle], Ids]
    give: Callable[[Holding, User, User, datetime, str], Change]
    finish: Callable[[Launch, Sequence[Holding], datetime], list[Change]]


KINDS: dict[str, Kind] = {}


def register_kind(kind: Kind) -> None:
    """What is handed over besides what is known; once, at start-up."""
    KINDS[kind.key] = kind


@dataclass(frozen=True, slots=True)
class Hands:
    """What is in somebody's hands, as far as a reader sees it, and what that reader may do about it."""

    person: User
    holdings: tuple[Holding, ...]
    viewers: Mapping[UUID, Viewer]
    circle: Circle

    def may_give(self, holding: Holding) -> bool:
        viewer = self.viewers[holding.launch.pk]
        return KINDS[holding.kind].may(holding, viewer, self.circle)

    def takers(self, holding: Holding) -> Ids:
        return KINDS[holding.kind].takers(holding, self.circle) - {self.person.pk}


def may_look(reader: User, person: User) -> bool:
    """May this reader see what somebody holds? Two queries at most."""
    is_self = reader.pk == person.pk
    leading = Membership.objects.filter(user=reader).leads()
    managing = Participant.objects.filter(user=reader, is_manager=True)
    return may_see_hands(
        is_self=is_self,
        takes_part=allows(reader, Permission.TAKE_PART),
        operates=allows(reader, Permission.OPERATE),
        manages=allows(reader, Permission.START_LAUNCH) or managing.exists(),
        leads=leading.exists(),
    )


def hands_of(person: User, *, reader: User, now: datetime) -> Hands:
    """What somebody holds in the launches that the reader may see. A constant number of queries."""
    visible = Launch.objects.visible_to(reader, now)
    holdings = tuple(held for kind in KINDS.values() for held in kind.find(person, visible))
    launches = {held.launch.pk: held.launch for held in holdings}
    teams = {team for held in holdings if (team := getattr(held.row, "team_id", None))}
    return Hands(
        person,
        holdings,
        viewers_of(reader, list(launches.values()), now),
        circle_of(list(launches.values()), teams, now),
    )


def circle_of(launches: Sequence[Launch], more_teams: Iterable[UUID], now: datetime) -> Circle:
    """Who takes part in these launches, and who is in some more teams. Six queries."""
    pks = [launch.pk for launch in launches]
    worked = Section.teams.through.objects.filter(section__launch__in=pks)
    teams = list(worked.values_list("section__launch_id", "section_id", "team_id"))
    asked = Slot.authorities.through.objects.filter(slot__launch__in=pks)
    authorities = list(asked.values_list("slot__launch_id", "slot__section_id", "authority_id"))
    all_teams = {*(row[2] for row in teams), *(row.owner_team_id for row in launches), *more_teams}
    here = {"is_active": True, "role__in": roles_allowed(Permission.TAKE_PART)}
    there = {f"user__{name}": value for name, value in here.items()}
    members = Membership.objects.filter(team__in=all_teams, **there)
    guests = Participant.objects.filter(launch__in=pks, **there)
    held = Appointment.objects.current(now).filter(authority__in={row[2] for row in authorities})
    by_team = _grouped(members.values_list("team_id", "user_id"))
    by_launch = _grouped(guests.values_list("launch_id", "user_id"))
    by_authority = _grouped(held.values_list("authority_id", "holder_id"))
    found = {
        pk for group in (by_team, by_launch, by_authority) for ids in group.values() for pk in ids
    }
    return Circle(
        people={user.pk: user for user in User.objects.filter(pk__in=found, **here)},
        teams=_grouped((launch, team) for launch, _section, team in teams),
        members=by_team,
        holders=by_authority,
        guests=by_launch,
        section_teams=_grouped((section, team) for _launch, section, team in teams),
        authorities=_grouped((launch, authority) for launch, _section, authority in authorities),
        section_authorities=_grouped((section, pk) for _launch, section, pk in authorities),
    )


def _grouped(pairs: Iterable[tuple[Any, UUID]]) -> dict[UUID, Ids]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}
