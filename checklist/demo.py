"""The demo's story: people for every team and authority, and the launch of the seed, by actions alone.

What is there already is left as it is, so that the story can be told again.
"""

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import cycle
from typing import TypedDict
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import create_person, set_membership
from accounts.models import Authority, Membership, Team, User
from accounts.rules import Role, Standing
from checklist.actions.appointments import appoint
from checklist.actions.items import edit_item, set_status, set_statuses
from checklist.actions.launches import start_launch
from checklist.actions.life import open_review
from checklist.models import Launch, Section, TemplateVersion
from checklist.rules import ItemStatus
from sentinel.errors import Refused

DATA = settings.BASE_DIR / "fixtures" / "demo"
DOMAIN = "aureus.example"
TEMPLATE = "aureus-sentinel"
OWNER = "engineering"
NAME, VERSION = "Aureus Sentinel", "1.0"
ZONE = "Europe/Berlin"
AHEAD = timedelta(weeks=2)
AT = time(9)
WORDS = (
    "amber anchor autumn basil beacon birch bridge candle canyon cedar cobalt copper coral cotton "
    "ember falcon garnet ginger harbour hazel indigo island ivory jasper juniper lantern lemon "
    "linen lotus maple marble meadow nutmeg olive orchid pebble pepper quartz raven river saffron "
    "silver thistle timber topaz velvet violet walnut willow winter"
)


class PersonData(TypedDict):
    """Somebody of the demo, as its file has them."""

    name: str
    full_name: str
    title: str
    role: str
    time_zone: str
    leads: list[str]
    member_of: list[str]
    holds: list[str]


class ItemData(TypedDict):
    """How an item stands in the seed document."""

    status: str
    note: str
    na_reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the list of accounts: how to sign in, as whom, and what for."""

    email: str
    name: str
    part: str


@dataclass(frozen=True, slots=True)
class Story:
    """What the demo made or found. No password where everybody keeps the one they have."""

    launch: Launch
    accounts: tuple[Account, ...]
    password: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """Teams and authorities by their short names."""

    teams: Mapping[str, Team]
    authorities: Mapping[str, Authority]


@transaction.atomic
def tell(*, password: str = "") -> Story:
    """Make what is missing of the demo.

    `password` becomes everybody's. Without one, new accounts get a made-up one.
    """
    template, organisation, data = read_template(), read_organisation(), read_people()
    people, new = make_people(data, organisation)
    password = give_password(people, new, password)
    launch = Launch.objects.filter(name=NAME, version=VERSION).first() or make_launch(
        template, by=next(person for person in people if person.role == Role.MANAGER)
    )
    return Story(launch, tuple(account(row, organisation) for row in data), password)


def read_template() -> TemplateVersion:
    template = TemplateVersion.objects.published().filter(slug=TEMPLATE, number=1).first()
    if template is None:
        raise Refused(_("The demo's checklist template is not published yet."), code="unprepared")
    return template


def read_organisation() -> Organisation:
    return Organisation(
        {team.slug: team for team in Team.objects.all()},
        {authority.slug: authority for authority in Authority.objects.all()},
    )


def read_people() -> list[PersonData]:
    """The people of the demo, whoever makes the others first."""
    people: list[PersonData] = json.loads((DATA / "people.json").read_text())
    return people


def read_items() -> dict[str, ItemData]:
    """The seed document's statuses and notes, by the items' keys."""
    items: dict[str, ItemData] = json.loads((DATA / "aureus_sentinel.json").read_text())
    return items


def account(data: PersonData, organisation: Organisation) -> Account:
    parts = [
        *(_("leads %(team)s") % {"team": organisation.teams[slug]} for slug in data["leads"]),
        *(str(organisation.teams[slug]) for slug in data["member_of"]),
        *(str(organisation.authorities[slug]) for slug in data["holds"]),
    ]
    part = ", ".join(parts) or str(Role(data["role"]).label)
    return Account(email_of(data), data["full_name"], part)


def email_of(data: PersonData) -> str:
    return f"{data['name']}@{DOMAIN}"


def make_people(
    data: Sequence[PersonData], organisation: Organisation
) -> tuple[list[User], list[User]]:
    """Everybody of the demo, and those among them who are new."""
    first, *others = data
    known = {user.email: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    admin = known.get(email_of(first)) or make_person(first, by=None)
    people = [
        admin,
        *(known.get(email_of(row)) or make_member(row, organisation, by=admin) for row in others),
    ]
    return people, [person for person in people if person.email not in known]


def make_person(data: PersonData, *, by: User | None) -> User:
    return create_person(
        email=email_of(data),
        role=Role(data["role"]),
        by=by,
        full_name=data["full_name"],
        title=data["title"],
        time_zone=data["time_zone"],
    )


def make_member(data: PersonData, organisation: Organisation, *, by: User) -> User:
    """One person with their teams, appointed to what they hold."""
    person = make_person(data, by=by)
    for standing, slugs in ((Standing.LEAD, data["leads"]), (Standing.MEMBER, data["member_of"])):
        for slug in slugs:
            set_membership(organisation.teams[slug], user=person, standing=standing, by=by)
    for slug in data["holds"]:
        appoint(organisation.authorities[slug], person, by=by)
    return person


def give_password(people: Collection[User], new: Collection[User], asked: str) -> str:
    """Let these people sign in, with the asked password or a made-up one; empty where nobody needs one.

    One hash serves all of them: a hash takes half a second by design, and there are 33 people.
    """
    password = asked or (made_up() if new else "")
    if not password:
        return ""
    hashes = {person.password for person in people if person.has_usable_password()}
    fresh = {value for value in hashes if asked and check_password(password, value)}
    stale = [person for person in (people if asked else new) if person.password not in fresh]
    for person in stale:
        validate_password(password, person)
    encoded = make_password(password) if stale else ""
    User.objects.filter(pk__in=[person.pk for person in stale]).update(password=encoded)
    return password


def made_up() -> str:
    """A password that can be remembered, and guessed by nobody."""
    words = [secrets.choice(WORDS.split()) for _word in range(4)]
    return "-".join([*words, str(secrets.randbelow(90) + 10)])


def make_launch(template: TemplateVersion, *, by: User) -> Launch:
    """The launch of the seed document, with all that its 121 lines say."""
    launch = start_launch(
        template,
        by=by,
        name=NAME,
        version=VERSION,
        environment="production",
        owner_team=Team.objects.get(slug=OWNER),
        classification=template.classification,
        target_on=timezone.localdate(timezone.now() + AHEAD, ZoneInfo(ZONE)),
        target_time=AT,
        time_zone=ZONE,
    )
    launch = open_review(launch, by=by)
    data = read_items()
    for section in launch.sections.prefetch_related("teams"):
        work(section, leads_of(section) or [by], data)
    launch.refresh_from_db()
    return launch


def leads_of(section: Section) -> list[User]:
    leading = Membership.objects.filter(team__in=section.teams.all(), standing=Standing.LEAD)
    rows = leading.filter(user__email__endswith=f"@{DOMAIN}").select_related("user")
    return [row.user for row in rows]


def work(section: Section, leads: list[User], data: Mapping[str, ItemData]) -> None:
    """What the section's leads did: statuses, most of them at once, and a note on every item."""
    items = list(section.items.select_related("launch", "section"))
    done = [item.pk for item in items if data[item.key]["status"] == ItemStatus.DONE]
    if done:
        set_statuses(section, done, by=leads[0], status=ItemStatus.DONE)
    for item, lead in zip(items, cycle(leads), strict=False):
        said = data[item.key]
        if said["status"] == ItemStatus.NA:
            set_status(item, by=lead, status=ItemStatus.NA, na_reason=said["na_reason"])
        if said["note"]:
            edit_item(item, by=lead, fields={"note": said["note"]})
