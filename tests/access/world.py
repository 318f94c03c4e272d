"""One restricted launch with something in every place, an internal twin, and one of each kind of visitor."""

from dataclasses import dataclass
from types import SimpleNamespace

from django.core.files.base import ContentFile

from accounts.models import User
from checklist.actions.asking import ask_signature
from checklist.actions.evidence import add_file, add_link
from checklist.rules import Classification, ItemStatus
from tests.factories.launches import (
    make_appointment,
    make_comment,
    make_item,
    make_launch,
    make_lead,
    make_member,
    make_participant,
    set_items,
)
from tests.factories.people import (
    make_admin,
    make_auditor,
    make_authority,
    make_invitation,
    make_manager,
    make_team,
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
)


@dataclass(frozen=True)
class World:
    """The people by kind, and the launch that each of them visits: `reader` is a stranger to an internal one."""

    people: dict
    launches: dict

    def launch_for(self, visitor):
        return self.launches["internal" if visitor == "reader" else "restricted"]


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
    unsettled = make_item(work, text="A third")
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
        seat=launch.slots.executive().get(),
    )
