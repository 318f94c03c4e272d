"""Files that people bring: kept for an hour, made into a template, and that undone."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Authority, Team
from audit.models import Entry
from checklist.actions import bringing
from checklist.actions.bringing import (
    bring_checklist,
    forget_uploads,
    keep_upload,
    undo_bringing,
    undo_refusals,
)
from checklist.actions.templates import (
    DraftEdit,
    DraftRow,
    content_of,
    publish_template,
    save_template_draft,
)
from checklist.imports.files import read_file
from checklist.imports.template import Names
from checklist.material import digest
from checklist.models import Origin, TemplateItem, TemplateSection, TemplateVersion, Upload
from sentinel.errors import Refused
from tests.checklist.test_queries import ADVISORY_LOCK
from tests.factories.bringing import FILE, make_brought, make_upload
from tests.factories.people import make_admin, make_authority, make_manager, make_team, make_user

pytestmark = pytest.mark.django_db
BRINGING, UNDOING = 27 + ADVISORY_LOCK, 35 + ADVISORY_LOCK


def actions_since(size):
    return list(
        Entry.objects.filter(seq__gte=size).order_by("seq").values_list("action", flat=True)
    )


def size():
    return Entry.objects.count()


# Keeping a file


def test_a_file_is_kept_for_an_hour_and_nothing_is_said_of_it():
    manager, before = make_manager(), size()

    upload = make_upload(manager)

    assert upload.expires_at - upload.created_at == timedelta(hours=1)
    assert bytes(Upload.objects.get().content) == FILE
    assert list(Upload.objects.waiting_for(manager, timezone.now())) == [upload]
    assert not Upload.objects.waiting_for(make_manager(), timezone.now()).exists()
    assert (size(), TemplateVersion.objects.exists()) == (before, False)


def test_only_so_many_wait_for_one_person():
    manager, other = make_manager(), make_upload(make_admin())

    kept = [make_upload(manager) for _turn in range(7)]

    assert set(Upload.objects.all()) == {other, *kept[-bringing.MOST_KEPT :]}


def test_the_clock_deletes_what_nobody_went_on_with():
    upload = make_upload(make_manager())

    forget_uploads(upload.expires_at - timedelta(seconds=1))
    assert Upload.objects.exists()
    forget_uploads(upload.expires_at)

    assert not Upload.objects.exists()


def test_who_may_not_bring_keeps_nothing():
    with pytest.raises(PermissionDenied):
        keep_upload("a.md", FILE, by=make_user())


# Making a template of it


def test_a_template_is_made_with_its_origin_and_its_entries():
    manager = make_manager()
    upload, before = make_upload(manager), size()

    version = bring_checklist(upload, read_file("mine.md", FILE), by=manager, names=Names.known())

    origin = Origin.objects.get()
    assert (origin.version, origin.brought_by, origin.name) == (version, manager, "mine.md")
    assert origin.file_sha256 == upload.sha256
    assert origin.content_sha256 == digest(content_of(version))
    assert not Upload.objects.exists()
    assert actions_since(before) == [
        "template.created",
        "template_section.added",
        "template_item.added",
        "template_item.added",
        "template_slot.added",
        "template.brought",
    ]


def test_the_same_file_makes_one_template():
    manager = make_manager()
    upload, draft = make_upload(manager), read_file("mine.md", FILE)
    bring_checklist(upload, draft, by=manager, names=Names.known())

    with pytest.raises(Refused):
        bring_checklist(Upload(pk=Origin.objects.get().pk), draft, by=manager, names=Names.known())

    assert TemplateVersion.objects.count() == 1


def taught(team=None, authority=None):
    names = Names.known()
    names.teams["night-watch"] = team or Team(name="Night Watch", slug="night-watch")
    names.authorities["gatekeeper"] = authority or Authority(name="Gatekeeper", slug="gatekeeper")
    return names


def test_names_stand_for_what_was_chosen():
    manager, team, authority = make_manager(), make_team(), make_authority()

    version = bring_checklist(
        make_upload(manager), read_file("mine.md", FILE), by=manager, names=taught(team, authority)
    )

    assert list(version.sections.get().teams.all()) == [team]
    assert list(version.slots.get().authorities.all()) == [authority]


def test_who_operates_makes_teams_and_authorities_along_with_it():
    admin = make_admin()
    upload, before = make_upload(admin), size()

    version = bring_checklist(upload, read_file("mine.md", FILE), by=admin, names=taught())

    assert version.sections.get().teams.get().name == "Night Watch"
    assert version.slots.get().authorities.get().name == "Gatekeeper"
    assert actions_since(before)[:3] == ["team.created", "authority.created", "template.created"]


def test_nobody_else_makes_teams_and_authorities():
    manager = make_manager()
    upload = make_upload(manager)

    with pytest.raises(PermissionDenied):
        bring_checklist(upload, read_file("mine.md", FILE), by=manager, names=taught())

    assert not TemplateVersion.objects.exists()
    assert Upload.objects.exists()


def test_who_may_not_bring_makes_nothing():
    upload = make_upload(make_manager())

    with pytest.raises(PermissionDenied):
        bring_checklist(upload, read_file("mine.md", FILE), by=make_user(), names=Names.known())


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_what_is_brought_and_undone(count, django_assert_num_queries):
    part = "## {n}\n\n**Responsible:** Security\n**Sign-off:** CTO\n\n" + "- [ ] Item\n" * 10
    make_team(name="Security"), make_authority(name="CTO")
    manager = make_manager()
    text = "# L\n\n" + "".join(part.format(n=n) for n in range(count))
    draft, upload = read_file("list.md", text.encode()), make_upload(manager)
    names = Names.known()

    with django_assert_num_queries(BRINGING):
        bring_checklist(upload, draft, by=manager, names=names)
    origin = Origin.objects.get()
    with django_assert_num_queries(UNDOING):
        undo_bringing(origin, by=manager)

    assert not TemplateItem.objects.exists()


# Undoing it


@pytest.mark.parametrize("who", ["whoever brought it", "an operator"])
def test_what_nobody_touched_is_taken_away_and_the_ledger_keeps_that_it_was(who):
    manager = make_manager()
    origin = make_brought(manager)
    pk, before = origin.pk, size()

    undo_bringing(origin, by=manager if who == "whoever brought it" else make_admin())

    assert not TemplateVersion.objects.exists()
    assert not Origin.objects.exists()
    assert actions_since(before) == [
        "template_slot.removed",
        "template_item.removed",
        "template_item.removed",
        "template_section.removed",
        "template.removed",
    ]
    removed = Entry.objects.get(action="template.removed")
    assert removed.subject == f"template:{pk}"


def test_nobody_else_takes_it_away():
    origin = make_brought(make_manager())

    with pytest.raises(PermissionDenied):
        undo_bringing(origin, by=make_manager())


def reworded(version):
    item = version.items.first()
    item.text = "Gates"
    return DraftEdit([DraftRow(item)])


def added(version):
    section = TemplateSection(number="9", title="More", phase="readiness")
    return DraftEdit([DraftRow(section)])


def taken_out(version):
    return DraftEdit(removed=[version.items.first()])


def handed(version):
    return DraftEdit([DraftRow(version.sections.get(), [make_team()])])


@pytest.mark.parametrize("touch", [reworded, added, taken_out, handed])
def test_what_somebody_touched_stays(touch):
    manager = make_manager()
    origin = make_brought(manager)
    save_template_draft(origin.version, by=make_admin(), edit=touch(origin.version))
    before = size()

    with pytest.raises(Refused) as refused:
        undo_bringing(origin, by=manager)

    assert [error.code for error in refused.value.error_list] == ["brought_touched"]
    assert (size(), TemplateVersion.objects.count()) == (before, 1)


def test_what_was_changed_back_may_go_again():
    origin = make_brought(make_manager())
    version = origin.version
    save_template_draft(version, by=None, edit=reworded(version))
    item = version.items.get(text="Gates")
    item.text = "Doors"
    save_template_draft(version, by=None, edit=DraftEdit([DraftRow(item)]))

    assert undo_refusals(Origin.objects.get()) == []


def test_what_is_published_stays():
    manager = make_manager()
    make_team(name="Night Watch"), make_authority(name="Gatekeeper")
    origin = make_brought(manager)
    publish_template(origin.version, by=None)

    with pytest.raises(Refused) as refused:
        undo_bringing(Origin.objects.get(), by=manager)

    assert [error.code for error in refused.value.error_list] == ["brought_published"]


def test_what_is_gone_is_gone():
    manager = make_manager()
    origin = make_brought(manager)
    pk = origin.pk
    undo_bringing(origin, by=manager)

    with pytest.raises(Refused) as refused:
        undo_bringing(Origin(pk=pk, brought_by=manager), by=manager)

    assert refused.value.code == "gone"
