"""Drafts are saved with every change in the ledger, published once, and copied."""

import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from audit.models import Entry
from checklist.actions.templates import (
    DraftEdit,
    DraftRow,
    content_of,
    new_template_version,
    publish_template,
    save_template_draft,
)
from checklist.material import digest
from checklist.models import (
    Publication,
    TemplateItem,
    TemplateSection,
    TemplateSlot,
    TemplateVersion,
)
from checklist.rules import Phase
from sentinel.errors import Refused
from tests.factories.launches import (
    make_template,
    make_template_item,
    make_template_slot,
)
from tests.factories.people import make_admin, make_authority, make_team

pytestmark = pytest.mark.django_db


def entries():
    """Each entry's word, what kind of row it is about, and the names of its new values."""
    rows = [(row.action, json.loads(bytes(row.leaf))["data"]) for row in Entry.objects.all()]
    return [(action, sorted(data["new"])) for action, data in rows]


def codes(refused):
    return [error.code for error in refused.value.error_list]


def draft_of(*sections, **fields):
    return make_template(*sections, published=False, **fields)


# Publishing


def test_publish_freezes_a_version_under_the_digest_of_all_it_asks():
    version, admin = draft_of(), make_admin()

    publication = publish_template(version, by=admin)

    assert (publication.version, publication.published_by) == (version, admin)
    assert publication.sha256 == digest(content_of(version))


def test_publish_leaves_one_entry_with_the_digest():
    version = draft_of()

    publication = publish_template(version, by=None)

    (entry,) = Entry.objects.all()
    assert (entry.action, entry.subject) == ("template.published", f"template:{version.pk}")
    assert json.loads(bytes(entry.leaf))["data"]["new"]["sha256"] == publication.sha256


def test_publish_is_refused_for_a_published_version():
    version = make_template()

    with pytest.raises(Refused) as refused:
        publish_template(version, by=None)

    assert codes(refused) == ["published"]


def test_publish_is_refused_without_sections():
    version = TemplateVersion.objects.create(slug="empty", name="Empty")

    with pytest.raises(Refused) as refused:
        publish_template(version, by=None)

    assert codes(refused) == ["no_sections"]


def test_publish_gives_every_reason_against_it():
    version = draft_of({"items": ()}, {"authorities": ()}, {"phase": Phase.REVIEW, "items": ()})
    make_template_slot(version)
    make_template_item(version.sections.get(number="2"), "Twice", number="2.1")

    with pytest.raises(Refused) as refused:
        publish_template(version, by=None)

    assert codes(refused) == [
        "section_without_items",
        "duplicate_number",
        "slot_without_authorities",
    ]
    assert refused.value.messages == [
        "Section 1 Section 1 has no items yet.",
        "Section 2 Section 2 has more than one item numbered 2.1.",
        "“Executive Sign-Off” names nobody who may sign it.",
    ]
    assert not Publication.objects.exists()


def test_items_without_a_number_are_no_duplicates():
    version = draft_of({"items": ()})
    for text in ("Look back", "Look ahead"):
        make_template_item(version.sections.get(), text, number="")

    assert publish_template(version, by=None).sha256


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (TemplateVersion, "description"),
        (TemplateSection, "title"),
        (TemplateItem, "text"),
        (TemplateItem, "number"),
        (TemplateSlot, "title"),
    ],
)
def test_the_digest_follows_every_word(model, field):
    version = draft_of()
    before = digest(content_of(version))

    model.objects.update(**{field: "other"})
    version.refresh_from_db()

    assert digest(content_of(version)) != before


def test_the_digest_names_no_ids():
    team, authority = make_team(), make_authority()
    section = {"teams": [team], "authorities": [authority]}
    one = draft_of(section, executive=[[authority]], slug="one", name="Same")
    content = content_of(one) | {"slug": "two"}

    two = draft_of(section, executive=[[authority]], slug="two", name="Same")

    assert content_of(two) == content


# Drafts


def test_a_new_draft_gets_keys_places_and_an_entry_for_every_row():
    team, authority = make_team(), make_authority()
    version = TemplateVersion(slug="new", name="  New \u202e one ")
    section = TemplateSection(number="1", title="Security")
    item = TemplateItem(section=section, number="1.1", text="TLS/SSL installed")
    slot = TemplateSlot(section=section, title="Security Sign-Off")
    rows = [DraftRow(section, [team]), DraftRow(item), DraftRow(slot, [authority])]

    section.version = version
    save_template_draft(version, by=make_admin(), edit=DraftEdit(rows))

    stored = TemplateVersion.objects.get()
    assert stored.name == "New one"
    assert [row.key for row in (section, item, slot)] == [
        "security",
        "tls-ssl-installed",
        "security-sign-off",
    ]
    assert [row.position for row in (section, item, slot)] == [1, 1, 1]
    assert (section.teams.get(), slot.authorities.get()) == (team, authority)
    assert [action for action, _ in entries()] == [
        "template.created",
        "template_section.added",
        "template_item.added",
        "template_slot.added",
    ]


def test_a_changed_row_keeps_its_key_and_its_entry_names_what_changed():
    version = draft_of()
    item = version.items.first()
    item.text, item.guidance = "Reworded", "Ask the team."

    save_template_draft(version, by=None, edit=DraftEdit([DraftRow(item)]))

    item.refresh_from_db()
    assert (item.key, item.text) == ("item-1-1", "Reworded")
    assert entries() == [("template_item.changed", ["guidance", "text"])]


def test_a_slots_other_authorities_are_an_entry():
    version, authority = draft_of(), make_authority()
    slot = version.slots.get()

    save_template_draft(version, by=None, edit=DraftEdit([DraftRow(slot, [authority])]))

    assert slot.authorities.get() == authority
    assert entries() == [("template_slot.changed", ["authorities"])]


def test_saving_what_is_there_already_leaves_no_entry():
    version = draft_of()
    rows = [DraftRow(version.sections.get()), *(DraftRow(row) for row in version.items.all())]

    save_template_draft(version, by=None, edit=DraftEdit(rows))

    assert entries() == []


def test_a_version_takes_its_own_fields():
    version = draft_of()
    version.edition = "Week 14"

    save_template_draft(version, by=None)

    assert entries() == [("template.changed", ["edition"])]


def test_a_key_that_is_taken_gets_a_number():
    version = draft_of({"items": ()})
    section = version.sections.get()
    twins = [TemplateItem(section=section, text="Same words") for _ in range(3)]

    save_template_draft(version, by=None, edit=DraftEdit([DraftRow(twin) for twin in twins]))

    assert [twin.key for twin in twins] == ["same-words", "same-words-2", "same-words-3"]
    assert [twin.position for twin in twins] == [1, 2, 3]


def test_a_row_without_latin_letters_gets_a_key_too():
    version = draft_of({"items": ()})
    item = TemplateItem(section=version.sections.get(), text="監査")

    save_template_draft(version, by=None, edit=DraftEdit([DraftRow(item)]))

    assert item.key == "row"


def test_a_section_is_removed_with_all_that_it_holds():
    version = draft_of()

    save_template_draft(version, by=None, edit=DraftEdit(removed=[version.sections.get()]))

    assert not any(
        model.objects.exists() for model in (TemplateSection, TemplateItem, TemplateSlot)
    )
    assert [action for action, _ in entries()] == [
        "template_item.removed",
        "template_item.removed",
        "template_slot.removed",
        "template_section.removed",
    ]


def test_what_is_gone_already_is_removed_without_a_word():
    version = draft_of()
    item = version.items.first()
    TemplateItem.objects.filter(pk=item.pk).delete()

    save_template_draft(version, by=None, edit=DraftEdit(removed=[item]))

    assert entries() == []


def test_a_published_version_is_not_edited():
    version = make_template()
    version.name = "Other"

    with pytest.raises(Refused) as refused:
        save_template_draft(version, by=None)

    assert codes(refused) == ["published"]
    assert entries() == []


@pytest.mark.parametrize("rows", ["its section", "the row"])
def test_a_row_of_another_version_is_refused(rows):
    version, other = draft_of(), draft_of()
    theirs = {
        "its section": TemplateItem(section=other.sections.get(), text="Astray"),
        "the row": other.sections.get(),
    }

    with pytest.raises(Refused) as refused:
        save_template_draft(version, by=None, edit=DraftEdit([DraftRow(theirs[rows])]))

    assert codes(refused) == ["foreign"]


def test_two_sections_of_one_number_are_refused_with_a_sentence():
    version = draft_of()
    twin = TemplateSection(number="1", title="Twin")

    with pytest.raises(ValidationError) as refused:
        save_template_draft(version, by=None, edit=DraftEdit([DraftRow(twin, [])]))

    assert refused.value.messages == ["This version has a section of that number already."]


# The next version


def test_the_next_version_is_a_draft_that_asks_the_same():
    authority = make_authority()
    version = make_template({}, {"phase": Phase.REVIEW}, executive=[[authority]])

    copy = new_template_version(version, by=make_admin())

    assert (copy.slug, copy.number, copy.is_published) == (version.slug, 2, False)
    assert content_of(copy) == content_of(version) | {"number": 2}


def test_the_next_version_leaves_an_entry_for_every_row():
    version = make_template()

    new_template_version(version, by=None)

    assert [action for action, _ in entries()] == [
        "template.created",
        "template_section.added",
        "template_item.added",
        "template_item.added",
        "template_slot.added",
    ]


@pytest.mark.parametrize("of", ["draft", "published"])
def test_there_is_one_draft_of_a_template_at_a_time(of):
    version = make_template()
    draft = new_template_version(version, by=None)

    with pytest.raises(Refused) as refused:
        new_template_version({"draft": draft, "published": version}[of], by=None)

    assert codes(refused) == ["draft_exists"]
    assert refused.value.messages == ["Version 2 is a draft already: edit that one."]


# manage.py publish_template


def test_the_command_publishes_once(capsys):
    version = draft_of(slug="release", name="Release")

    call_command("publish_template", "release")
    call_command("publish_template", "release")

    assert capsys.readouterr().out.splitlines() == [
        f"Release v1 is published. Its SHA-256 is {version.publication.sha256}.",
        "Release v1 is already published.",
    ]


def test_the_command_says_what_is_missing():
    TemplateVersion.objects.create(slug="empty", name="Empty")

    with pytest.raises(CommandError, match=r"^A template needs at least one section\.$"):
        call_command("publish_template", "empty")


def test_the_command_knows_only_versions_that_exist():
    with pytest.raises(
        CommandError, match=r"^There is no version 2 of a template called “none”\.$"
    ):
        call_command("publish_template", "none", number=2)
