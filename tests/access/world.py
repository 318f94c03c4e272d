"""One restricted launch with something in every place, an internal twin, and one of each kind of visitor."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import User
from checklist.actions.asking import ask_signature
from checklist.actions.evidence import add_file, add_link
from checklist.actions.risks import close_risk
from checklist.rules import Classification, ItemStatus
from tests.factories.appointments import make_deputy
from tests.factories.bringing import make_brought, make_upload
from tests.factories.conditions import make_condition
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    make_risk,
    set_items,
)
from tests.factories.passkeys import make_key
from tests.factories.people import (
    make_admin,
    make_auditor,
    make_authority,
    make_invitation,
    make_manager,
    make_team,
    make_token,
    make_user,
)
from tests.signoff.acting import make_round, reread, sign

VISITORS = (
    "anonymous",
    "stranger",
    "reader",
    "member",
    "lead",
    "holder",
    "manager",
    "auditor",
    "admin",
    "deputy",
    "participant",
    "outsider",
)


@dataclass(frozen=True)
class World:
    """The people by kind, and the launch that each of them visits: `reader` is a stranger to an internal one."""

    people: dict
    launches: dict

    def launch_for(self, visitor):
        return self.launches["internal" if visitor == "reader" else "restricted"]

    def token_of(self, bearer):
        """A launch to ask for, and the secret of a token that `BY_TOKEN` describes."""
        internal = self.launches["internal"].launch
        launch = self.launches["restricted"].launch
        slug, member = launch.slug, self.people["member"]
        if bearer in self.people:
            make_token(owner=self.people[bearer])
            return self.launch_for(bearer).launch, "its-secret"
        where, fields = {
            "a service": (launch, {}),
            "a service, at an internal launch": (internal, {}),
            "a service of this launch, made by an outsider": (
                launch,
                {"launch_slug": slug, "made_by": self.people["admin"]},
            ),
            "a service of this launch, made by somebody who takes part": (
                launch,
                {"launch_slug": slug, "made_by": self.people["manager"]},
            ),
            "a service of this internal launch": (internal, {"launch_slug": internal.slug}),
            "a service of another launch": (internal, {"launch_slug": slug}),
            "a member's, expired": (launch, {"owner": member, "expires_at": timezone.now()}),
            "a member's, revoked": (launch, {"owner": member, "revoked_at": timezone.now()}),
            "a member's, for something else": (launch, {"owner": member, "scopes": "other:read"}),
            "a member's who has left": (
                internal,
                {"owner": make_user(is_active=False)},
            ),
            "nobody's": (internal, {"owner": member}),
        }[bearer]
        make_token(**fields)
        return where, "another-secret" if bearer == "nobody's" else "its-secret"


def make_world():
    make_invitation("its-token")
    manager = make_manager()
    team, authority = make_team(), make_authority()
    restricted, internal = (
        make_place(manager, team, authority, kind)
        for kind in (Classification.RESTRICTED, Classification.INTERNAL)
    )
    stranger = make_user()
    people = {
        "anonymous": None,
        "stranger": stranger,
        "reader": stranger,
        "member": make_member(restricted.section),
        "lead": make_lead(restricted.section),
        "holder": restricted.holder,
        "manager": manager,
        "auditor": make_auditor(),
        "admin": make_admin(),
        "deputy": make_deputy(restricted.held).holder,
        "participant": restricted.participant.user,
        "outsider": restricted.outsider,
    }
    return World(people, {"restricted": restricted, "internal": internal})


def make_place(manager, team, authority, classification):
    """A launch in review: sections in work, ready, asked for, signed, signed by somebody who has left, and one that
    nobody may sign; a round; an authority that is held, also for this launch alone.
    """
    section, vacant = {"teams": [team], "authorities": [authority]}, make_authority()
    launch = make_launch(
        *[section] * 5,
        {"teams": [team], "authorities": [vacant]},
        executive=[[authority]],
        by=manager,
        classification=classification,
    )
    holder = make_user()
    held = make_appointment(authority, holder)
    work, ready, asked, signed, inherited, unheld = launch.sections.all()
    own, spare = (make_item(work, text=text) for text in ("An item of its own", "Another"))
    for section in (work, ready, asked, signed, inherited, unheld):
        set_items(section, status=ItemStatus.DONE)
    for section in (asked, signed, inherited):
        ask_signature(section, by=manager)
    signature = sign(signed.slots.get(), holder)
    leaver = make_user()
    make_appointment(authority, leaver)
    left_behind = sign(inherited.slots.get(), leaver)
    User.objects.filter(pk=leaver.pk).update(is_active=False)
    make_round(reread(launch))
    risk, closed_risk = (make_risk(launch, items=[own]) for _ in range(2))
    close_risk(closed_risk, by=manager, reason="Gone.")
    unsettled = make_item(work, text="A third")
    outsider = make_user(full_name="Olga Outside")
    make_item(work, text="A fifth", owner=outsider)
    make_comment(own, "@Olga Outside, can you look at this?", author=manager)
    return SimpleNamespace(
        launch=reread(launch),
        section=reread(work),
        ready=reread(ready),
        asked=reread(asked),
        holder=holder,
        item=work.items.first(),
        own=reread(own),
        spare=reread(spare),
        file=add_file(own, by=manager, file=ContentFile(b"proof", "proof.txt")),
        link=add_link(own, by=manager, name="Report", url="https://example.org/report"),
        question=make_comment(own, is_question=True, author=manager),
        participant=make_participant(launch),
        signature=signature,
        left_behind=left_behind,
        vacant=vacant,
        held=held,
        held_here=make_appointment(
            authority, launch=launch, reason="Nobody else.", made_by=manager
        ),
        unsettled=unsettled,
        outsider=outsider,
        handed=make_item(work, text="A fourth", owner=holder),
        risk=risk,
        closed_risk=closed_risk,
        key=make_key(holder)[0],
        token=make_token(f"of {launch.slug}", owner=manager),
        service=make_token(f"for {launch.slug}"),
        upload=make_upload(manager, b"# Mine\n\n- [x] Doors\n- [ ] Windows\n"),
        brought=make_brought(manager),
        seat=launch.slots.executive().get(),
        condition=make_condition(launch, owner=holder, asked_by=holder),
        kept=make_condition(
            launch,
            owner=holder,
            asked_by=holder,
            done_by=holder,
            done_at=timezone.now(),
            done_note="Rotated.",
        ),
    )
