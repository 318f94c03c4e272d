"""Who holds which authority, who stands in for whom, and what is vacant: for the organisation and for one launch."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.forms import Form
from django.utils.translation import gettext as _

from accounts.models import Authority, User
from accounts.permissions import Permission, allows, roles_allowed
from checklist.models import Appointment, Launch
from checklist.models.appointments import AppointmentQuerySet
from checklist.pages.names import any_of
from checklist.permissions import Right
from checklist.reading import launch_rights
from checklist.until import until_words


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Somebody's appointment in words, with those who stand in for them. `remark`: why it does not count now."""

    id: str
    name: str
    term: str
    why: str
    remark: str = ""
    deputies: tuple["HolderRow", ...] = ()
    may_end: bool = False
    may_be_away: bool = False


@dataclass(frozen=True, slots=True)
class AuthorityRow:
    """An authority and who holds it; `vacant` is the sentence where nobody does."""

    slug: str
    name: str
    holders: tuple[HolderRow, ...]
    vacant: str
    may_appoint: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """The one form that lies open on the page: of an authority, or of the holder who is away."""

    subject: str
    form: Form


@dataclass(frozen=True, slots=True)
class AuthoritiesPage:
    """Everything the page of the organisation's authorities shows."""

    rows: list[AuthorityRow]
    operates: bool
    opened: Opened | None


@dataclass(frozen=True, slots=True)
class LaunchAuthoritiesPage:
    """Everything the page of a launch's authorities shows."""

    launch: Launch
    rows: list[AuthorityRow]
    manages: bool


def authorities_page(*, user: User, now: datetime, opened: Opened | None = None) -> AuthoritiesPage:
    """Each authority of the organisation with its holders, those to come included. Four queries."""
    operates = allows(user, Permission.OPERATE)
    rows = Appointment.objects.filter(launch=None).overlapping(now, None)
    counting = frozenset(rows.current(now).values_list("pk", flat=True))
    authorities = list(Authority.objects.all())
    fills = frozenset(row.slug for row in authorities) if operates else frozenset()
    found = _rows(authorities, rows, Reader(now, counting, operates, fills))
    shown = [row for row, is_active in found if is_active or row.holders]
    return AuthoritiesPage(shown, operates, opened)


def launch_authorities_page(launch: Launch, *, user: User, now: datetime) -> LaunchAuthoritiesPage:
    """Each authority that a slot of the launch asks for, with who holds it here. Six queries."""
    manages = Right.MANAGE in launch_rights(user, launch, now)
    slots = list(launch.slots.all())
    asked = {slug for slot in slots for slug in slot.authority_slugs}
    authorities = Authority.objects.filter(slug__in=asked)
    rows = Appointment.objects.current(now, launch).filter(authority__slug__in=asked)
    held = set(rows.values_list("authority__slug", flat=True))
    unheld = [slot.authority_slugs for slot in slots if held.isdisjoint(slot.authority_slugs)]
    fills = frozenset(chain(*unheld)) if manages else frozenset()
    reader = Reader(now, None, allows(user, Permission.OPERATE), fills, manages=manages)
    found = _rows(authorities, rows, reader, on_launch=True)
    return LaunchAuthoritiesPage(launch, [row for row, _active in found], manages)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom the rows are made: what counts at this moment (None: all of it), and what they may do.

    `fills` are the authorities to which they may appoint.
    """

    now: datetime
    counting: frozenset[UUID] | None
    operates: bool
    fills: frozenset[str]
    manages: bool = False

    def remark(self, row: Appointment) -> str:
        """Why an appointment does not count now; "" where it does, or is still to come."""
        if self.counting is None or row.pk in self.counting or row.starts_at > self.now:
            return ""
        if row.stands_in_for and allows(row.holder, Permission.TAKE_PART):
            words = {"principal": row.stands_in_for}
            return _("does not count: %(principal)s holds it no longer") % words
        return _("does not count: has left, or may only read")


def _rows(
    authorities: Iterable[Authority],
    appointments: AppointmentQuerySet,
    reader: Reader,
    *,
    on_launch: bool = False,
) -> list[tuple[AuthorityRow, bool]]:
    """Each authority as a row, and whether it is in use."""
    related = ("authority", "holder", "stands_in_for", "made_by")
    held: dict[UUID, list[Appointment]] = defaultdict(list)
    for row in appointments.select_related(*related).order_by("starts_at", "holder__full_name"):
        held[row.authority_id].append(row)
    vacancy = _("Nobody holds it.") if reader.operates else _whom_to_ask()
    found = []
    for authority in authorities:
        rows = held[authority.pk]
        is_held = any(row.starts_at <= reader.now and not reader.remark(row) for row in rows)
        vacant = "" if is_held else vacancy
        may_appoint = authority.slug in reader.fills
        holders = tuple(_holders(rows, reader, on_launch=on_launch))
        found.append(
            (
                AuthorityRow(authority.slug, authority.name, holders, vacant, may_appoint),
                authority.is_active,
            )
        )
    return found


def _holders(
    rows: Sequence[Appointment], reader: Reader, *, on_launch: bool
) -> Iterable[HolderRow]:
    """An authority's holders, each once with their deputies; then deputies whose principal is gone."""
    deputies: dict[UUID, list[Appointment]] = defaultdict(list)
    for row in rows:
        if row.stands_in_for_id:
            deputies[row.stands_in_for_id].append(row)
    may_end = reader.operates and not on_launch
    for row in rows:
        if not row.stands_in_for_id:
            standing_in = [
                _holder(deputy, str(deputy.holder), reader, may_end=may_end)
                for deputy in deputies.pop(row.holder_id, [])
            ]
            ends = reader.manages or reader.operates if row.launch_id else may_end
            yield _holder(row, str(row.holder), reader, may_end=ends, deputies=standing_in)
    for left in deputies.values():
        for row in left:
            words = {"deputy": row.holder, "principal": row.stands_in_for}
            name = _("%(deputy)s, standing in for %(principal)s") % words
            yield _holder(row, name, reader, may_end=may_end)


def _holder(
    row: Appointment,
    name: str,
    reader: Reader,
    *,
    may_end: bool,
    deputies: Sequence[HolderRow] = (),
) -> HolderRow:
    is_own = row.launch_id is None and row.stands_in_for_id is None
    return HolderRow(
        id=str(row.pk),
        name=name,
        term=_term(row, reader.now),
        why=_why(row),
        remark=reader.remark(row),
        deputies=tuple(deputies),
        may_end=may_end,
        may_be_away=is_own and may_end,
    )


def _term(row: Appointment, now: datetime) -> str:
    """From when, where that lies ahead, and until when."""
    starts = until_words(row.starts_at, "D j M Y") if row.starts_at > now else ""
    words = {"from": starts, "until": until_words(row.ends_at) if row.ends_at else ""}
    if row.launch_id and not row.ends_at:
        return _("for this launch only")
    if row.launch_id:
        return _("for this launch only, until %(until)s") % words
    if starts and row.ends_at:
        return _("from %(from)s until %(until)s") % words
    if starts:
        return _("from %(from)s") % words
    return _("until %(until)s") % words if row.ends_at else ""


def _why(row: Appointment) -> str:
    """The reason and who gave it; nothing where none was asked for."""
    words = {"reason": row.reason, "by": row.made_by}
    return _("“%(reason)s”, arranged by %(by)s") % words if row.reason else ""


def _whom_to_ask() -> str:
    """The sentence where nobody holds an authority: whom to ask."""
    operators = User.objects.active().filter(role__in=roles_allowed(Permission.OPERATE))
    names = any_of(operators.order_by("full_name", "pk"))
    if not names:
        return _("Nobody holds it: ask an admin to appoint somebody.")
    return _("Nobody holds it: ask an admin (%(admins)s) to appoint somebody.") % {"admins": names}
