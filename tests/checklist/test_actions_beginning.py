"""A launch that is started from what somebody brought stands as their file says."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from audit.models import Entry
from checklist.actions.bringing import start_brought
from checklist.imports.files import read_file
from checklist.imports.template import Names
from checklist.models import Evidence, Launch, Publication, TemplateVersion, Upload
from checklist.rules import ItemStatus
from sentinel.errors import Refused
from tests.checklist.recounting import assert_the_read_model_is_right
from tests.checklist.replaying import assert_it_stands_as, replayed
from tests.checklist.test_queries import ADVISORY_LOCK
from tests.factories.bringing import make_upload
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user

pytestmark = pytest.mark.django_db
STARTING = 65 + 2 * ADVISORY_LOCK  # for the launch's address, for the entries
TEXT = """# Gate

## 1. Security

**Sign-off:** CISO

| # | Item | Status | Owner | Due | Notes | Evidence |
|---|---|---|---|---|---|---|
| 1.1 | Doors | done | Ann Able | 2030-05-01 | since May | [log](https://e.org/log) |
| 1.2 | Windows | N/A | | | there are none | |
| 1.3 | Cellar | N/A | | | | |
| 1.4 | Roof | attention | Somebody Else | soon | leaks | |
| 1.5 | Attic | | ANN@example.org | | | |

## 2. Post-launch

- [x] Keys [list](https://e.org/keys)
- [ ] Lights
"""


@pytest.fixture
def manager():
    return make_manager()


def start(manager, text=TEXT, **names):
    upload = make_upload(manager, text.encode(), "gate.md")
    known = Names.known()
    known.unasked |= set(names.get("unasked", ()))
    return start_brought(
        upload,
        read_file("gate.md", text.encode()),
        by=manager,
        names=known,
        name="Gate",
        version="1",
        environment="production",
        owner_team=make_team(),
    )


def prepared(manager):
    make_authority(name="CISO")
    ann = make_user(full_name="Ann Able", email="ann@example.org")
    return start(manager), ann


def test_items_stand_as_the_file_says(manager):
    launch, ann = prepared(manager)

    found = {item.text: item for item in launch.items.all()}
    assert {text: item.status for text, item in found.items()} == {
        "Doors": ItemStatus.DONE,
        "Windows": ItemStatus.NA,
        "Cellar": ItemStatus.NA,
        "Roof": ItemStatus.ATTENTION,
        "Attic": ItemStatus.UNSET,
        "Keys list": ItemStatus.UNSET,
        "Lights": ItemStatus.UNSET,
    }
    assert [found["Doors"].owner, found["Attic"].owner, found["Roof"].owner] == [ann, ann, None]
    assert found["Doors"].due_on == date(2030, 5, 1)
    assert (found["Doors"].note, found["Doors"].guidance) == ("since May", "")
    assert (found["Windows"].na_reason, found["Windows"].note) == ("there are none", "")
    assert found["Cellar"].na_reason == "As brought from gate.md"


def test_what_an_item_has_no_place_for_becomes_its_note(manager):
    launch, _ann = prepared(manager)

    notes = dict(launch.items.values_list("text", "note"))
    assert notes["Roof"].splitlines() == ["leaks", "Owner: Somebody Else", "Due: soon"]
    assert notes["Keys list"].splitlines() == ["In the file: Done", "list: https://e.org/keys"]


def test_links_are_evidence_of_what_is_asked_before_the_launch(manager):
    prepared(manager)

    proof = Evidence.objects.get()
    assert (proof.item.text, proof.name, proof.url, proof.added_by) == (
        "Doors",
        "log",
        "https://e.org/log",
        manager,
    )
    assert proof.item.evidence_count == 1


def test_a_link_that_evidence_may_not_have_stays_a_note(manager):
    address = f"https://e.org/{'x' * 1000}"

    launch = start(manager, f"# L\n\n- [x] Doors [log]({address})\n")

    assert launch.items.get().note == f"log: {address}"
    assert not Evidence.objects.exists()


def test_whoever_brings_a_status_has_set_it(manager):
    launch, _ann = prepared(manager)

    who = dict(launch.items.values_list("text", "status_by"))
    assert (who["Doors"], who["Attic"]) == (manager.pk, None)


def test_two_people_of_one_name_are_nobody(manager):
    make_authority(name="CISO")
    make_user(full_name="Ann Able"), make_user(full_name="Ann Able")

    launch = start(manager)

    doors = launch.items.get(text="Doors")
    assert (doors.owner, doors.note) == (None, "since May\nOwner: Ann Able")


def test_the_template_is_published_with_it_and_the_ledger_says_all_in_order(manager):
    before = Entry.objects.count()

    launch, _ann = prepared(manager)

    version = TemplateVersion.objects.get()
    assert (launch.template, version.name) == (version, "Gate")
    assert Publication.objects.get().version == version
    assert not Upload.objects.exists()
    actions = list(
        Entry.objects.filter(seq__gte=before).order_by("seq").values_list("action", flat=True)
    )
    assert [actions.count(verb) for verb in ("template.brought", "template.published")] == [1, 1]
    assert actions.index("template.published") < actions.index("launch.started")
    assert (actions.count("item.added"), actions.count("item.changed")) == (7, 6)
    assert actions[-1] == "item.changed"


def test_what_pages_need_is_stored_as_it_is(manager):
    launch, _ann = prepared(manager)

    section = launch.sections.get(number="1")
    assert (section.done, section.na, section.attention, section.unset) == (1, 2, 1, 1)
    assert_the_read_model_is_right(launch, timezone.now())


def test_it_is_replayed_as_it_is(manager):
    launch, _ann = prepared(manager)

    assert_it_stands_as(launch, replayed(launch))


def test_who_signs_nothing_here_is_asked_for_unless_said_otherwise(manager):
    with pytest.raises(Refused) as refused:
        start(manager)

    assert [error.code for error in refused.value.error_list] == ["slot_without_authorities"]
    assert not Launch.objects.exists()
    assert not TemplateVersion.objects.exists()
    assert Upload.objects.exists()


def test_a_signature_that_is_not_asked_for_is_none(manager):
    launch = start(manager, unasked=["ciso"])

    assert not launch.slots.exists()


def test_only_who_may_start_a_launch_does():
    make_authority(name="CISO")

    with pytest.raises(PermissionDenied):
        start(make_admin())

    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_is_brought(manager, count, django_assert_num_queries):
    make_authority(name="CISO")
    part = "## {n}\n\n**Sign-off:** CISO\n\n" + "- [x] Item [log](https://e.org/)\n- [ ] B\n" * 5
    text = "# L\n\n" + "".join(part.format(n=n) for n in range(count))
    upload, draft = make_upload(manager, text.encode()), read_file("a.md", text.encode())
    names, team = Names.known(), make_team()

    with django_assert_num_queries(STARTING):
        start_brought(
            upload,
            draft,
            by=manager,
            names=names,
            name="L",
            version="1",
            environment="production",
            owner_team=team,
        )
