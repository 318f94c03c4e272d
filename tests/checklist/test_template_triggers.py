"""The database itself freezes a published template version, tried by SQL that no action would send."""

import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from checklist.actions.templates import publish_template
from checklist.models import TemplateItem, TemplateSection, TemplateSlot, TemplateVersion
from tests.factories.launches import make_template, make_template_item
from tests.factories.people import make_authority, make_team

pytestmark = pytest.mark.django_db

TABLES = {
    "templateversion": TemplateVersion,
    "templatesection": TemplateSection,
    "templateitem": TemplateItem,
    "templateslot": TemplateSlot,
    "templatesection_teams": TemplateSection.teams.through,
    "templateslot_authorities": TemplateSlot.authorities.through,
}
ROWS = {
    "frozen": "SELECT id FROM checklist_templateversion WHERE slug = 'frozen'",
    "frozen_section": "SELECT id FROM checklist_templatesection WHERE key = 'frozen'",
    "frozen_item": "SELECT id FROM checklist_templateitem WHERE key = 'frozen'",
    "frozen_slot": "SELECT id FROM checklist_templateslot WHERE key = 'frozen'",
    "frozen_team": "SELECT id FROM checklist_templatesection_teams WHERE templatesection_id IN"
    " (SELECT id FROM checklist_templatesection WHERE key = 'frozen')",
    "frozen_authority": "SELECT id FROM checklist_templateslot_authorities WHERE templateslot_id IN"
    " (SELECT id FROM checklist_templateslot WHERE key = 'frozen')",
}
ROWS |= {
    name.replace("frozen", "draft"): sql.replace("frozen", "draft") for name, sql in ROWS.items()
}

INTO = {
    "into_version": (
        "INTO checklist_templateversion"
        " (id, slug, number, name, description, edition, classification, next_review)"
    ),
    "into_section": (
        "INTO checklist_templatesection"
        " (id, version_id, key, position, number, title, phase, guidance)"
    ),
    "into_item": (
        "INTO checklist_templateitem"
        " (id, version_id, section_id, key, position, number, text, guidance, evidence_demanded)"
    ),
    "into_slot": "INTO checklist_templateslot (id, version_id, section_id, key, position, title)",
    "into_teams": "INTO checklist_templatesection_teams (templatesection_id, team_id)",
    "into_authorities": ("INTO checklist_templateslot_authorities (templateslot_id, authority_id)"),
    "replace_team": (
        "INSERT OR REPLACE INTO checklist_templatesection_teams (id, templatesection_id, team_id)"
    ),
    "replace_authority": (
        "INSERT OR REPLACE INTO checklist_templateslot_authorities"
        " (id, templateslot_id, authority_id)"
    ),
    "replace_publication": (
        "INSERT OR REPLACE INTO checklist_publication (version_id, published_at, sha256)"
    ),
}

REFUSED = [
    # A version, and the act that froze it
    "UPDATE checklist_templateversion SET name = 'x' WHERE id = {frozen}",
    "UPDATE checklist_templateversion SET number = 7 WHERE id = {frozen}",
    "DELETE FROM checklist_templateversion WHERE id = {frozen}",
    "UPDATE checklist_publication SET sha256 = 'x'",
    "UPDATE checklist_publication SET version_id = {draft}",
    "DELETE FROM checklist_publication",
    # Its sections
    "UPDATE checklist_templatesection SET title = 'x' WHERE id = {frozen_section}",
    "UPDATE checklist_templatesection SET version_id = {draft}, number = '9' WHERE id = {frozen_section}",
    "UPDATE checklist_templatesection SET version_id = {frozen}, number = '9' WHERE id = {draft_section}",
    "DELETE FROM checklist_templatesection WHERE id = {frozen_section}",
    "INSERT {into_section} VALUES ({new}, {frozen}, 'new', 9, '9', 'New', 'readiness', '')",
    # Its items
    "UPDATE checklist_templateitem SET text = 'x' WHERE id = {frozen_item}",
    "UPDATE checklist_templateitem SET team_id = {team} WHERE id = {frozen_item}",
    "UPDATE checklist_templateitem SET version_id = {draft} WHERE id = {frozen_item}",
    "UPDATE checklist_templateitem SET section_id = {draft_section} WHERE id = {frozen_item}",
    "UPDATE checklist_templateitem SET version_id = {frozen} WHERE id = {draft_item}",
    "UPDATE checklist_templateitem SET section_id = {frozen_section} WHERE id = {draft_item}",
    "DELETE FROM checklist_templateitem WHERE id = {frozen_item}",
    "INSERT {into_item} VALUES ({new}, {frozen}, {frozen_section}, 'new', 9, '', 'x', '', {false})",
    "INSERT {into_item} VALUES ({new}, {draft}, {frozen_section}, 'new', 9, '', 'x', '', {false})",
    # Its slots
    "UPDATE checklist_templateslot SET title = 'x' WHERE id = {frozen_slot}",
    "UPDATE checklist_templateslot SET section_id = NULL WHERE id = {frozen_slot}",
    "UPDATE checklist_templateslot SET version_id = {draft}, section_id = NULL WHERE id = {frozen_slot}",
    "UPDATE checklist_templateslot SET version_id = {frozen} WHERE id = {draft_slot}",
    "UPDATE checklist_templateslot SET section_id = {frozen_section} WHERE id = {draft_slot}",
    "DELETE FROM checklist_templateslot WHERE id = {frozen_slot}",
    "INSERT {into_slot} VALUES ({new}, {frozen}, NULL, 'new', 9, 'New')",
    "INSERT {into_slot} VALUES ({new}, {draft}, {frozen_section}, 'new', 9, 'New')",
    # Its teams and authorities
    "INSERT {into_teams} VALUES ({frozen_section}, {team})",
    "UPDATE checklist_templatesection_teams SET team_id = {team} WHERE id = {frozen_team}",
    "UPDATE checklist_templatesection_teams SET templatesection_id = {draft_section} WHERE id = {frozen_team}",
    "UPDATE checklist_templatesection_teams SET templatesection_id = {frozen_section} WHERE id = {draft_team}",
    "DELETE FROM checklist_templatesection_teams WHERE id = {frozen_team}",
    "INSERT {into_authorities} VALUES ({frozen_slot}, {authority})",
    "UPDATE checklist_templateslot_authorities SET authority_id = {authority} WHERE id = {frozen_authority}",
    "UPDATE checklist_templateslot_authorities SET templateslot_id = {draft_slot} WHERE id = {frozen_authority}",
    "UPDATE checklist_templateslot_authorities SET templateslot_id = {frozen_slot} WHERE id = {draft_authority}",
    "DELETE FROM checklist_templateslot_authorities WHERE id = {frozen_authority}",
]

REPLACED = [
    "INSERT OR REPLACE {into_version} VALUES ({frozen}, 'other', 9, 'x', '', '', 'internal', '')",
    "INSERT OR REPLACE {into_version} VALUES ({new}, 'frozen', 1, 'x', '', '', 'internal', '')",
    "UPDATE OR REPLACE checklist_templateversion SET slug = 'frozen' WHERE id = {draft}",
    "UPDATE OR REPLACE checklist_templateversion SET id = {frozen} WHERE id = {draft}",
    "{replace_publication} VALUES ({frozen}, '2026-01-01', 'x')",
    "INSERT OR REPLACE {into_section} VALUES ({frozen_section}, {draft}, 'n', 9, '9', 'x', 'review', '')",
    "INSERT OR REPLACE {into_section} VALUES ({new}, {frozen}, 'frozen', 1, '1', 'x', 'review', '')",
    "UPDATE OR REPLACE checklist_templatesection SET id = {frozen_section} WHERE id = {draft_section}",
    "INSERT OR REPLACE {into_item} VALUES ({frozen_item}, {draft}, {draft_section}, 'n', 9, '', 'x', '', 0)",
    "UPDATE OR REPLACE checklist_templateitem SET id = {frozen_item} WHERE id = {draft_item}",
    "INSERT OR REPLACE {into_slot} VALUES ({frozen_slot}, {draft}, NULL, 'n', 9, 'x')",
    "UPDATE OR REPLACE checklist_templateslot SET id = {frozen_slot} WHERE id = {draft_slot}",
    "{replace_team} VALUES ({frozen_team}, {draft_section}, {team})",
    "UPDATE OR REPLACE checklist_templatesection_teams SET id = {frozen_team} WHERE id = {draft_team}",
    "{replace_authority} VALUES ({frozen_authority}, {draft_slot}, {authority})",
    "UPDATE OR REPLACE checklist_templateslot_authorities SET id = {frozen_authority} WHERE id = {draft_authority}",
]

ALLOWED = [
    "UPDATE checklist_templateversion SET name = 'x' WHERE id = {draft}",
    "UPDATE checklist_templatesection SET title = 'x' WHERE id = {draft_section}",
    "UPDATE checklist_templateitem SET text = 'x' WHERE id = {draft_item}",
    "UPDATE checklist_templateslot SET section_id = NULL WHERE id = {draft_slot}",
    "DELETE FROM checklist_templateitem WHERE id = {draft_item}",
    "INSERT {into_item} VALUES ({new}, {draft}, {draft_section}, 'new', 9, '', 'x', '', {false})",
    "INSERT {into_teams} VALUES ({draft_section}, {team})",
    "DELETE FROM checklist_templateslot_authorities WHERE id = {draft_authority}",
]


def literal(pk):
    """An id as this database writes it in SQL."""
    return f"'{pk}'" if connection.vendor == "postgresql" else f"'{pk.hex}'"


def execute(sql):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, None)
        return cursor.rowcount


@pytest.fixture
def rows():
    """SQL expressions for the rows of one frozen version and one draft, one row of each kind."""
    for name in ("frozen", "draft"):
        version = make_template({"key": name, "items": ()}, published=False, slug=name)
        make_template_item(version.sections.get(), key=name)
        version.slots.update(key=name)
    publish_template(TemplateVersion.objects.get(slug="frozen"), by=None)
    named = {name: f"({sql})" for name, sql in ROWS.items()}
    others = {"team": make_team().pk, "authority": make_authority().pk, "new": uuid4()}
    literals = {name: literal(pk) for name, pk in others.items()}
    return (
        INTO | named | literals | {"false": "false" if connection.vendor == "postgresql" else "0"}
    )


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_freezes_a_published_version(rows, sql):
    with pytest.raises(IntegrityError, match=r"published: |append-only: "):
        execute(sql.format(**rows))


@pytest.mark.parametrize("sql", ALLOWED)
def test_the_database_lets_drafts_change(rows, sql):
    assert execute(sql.format(**rows)) == 1


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES)
def test_the_database_lets_an_update_pass_that_changes_nothing(rows, model):
    columns = [field.column for field in model._meta.concrete_fields]
    same = ", ".join(f"{column} = {column}" for column in columns)

    assert execute(f"UPDATE {model._meta.db_table} SET {same}") == 2  # noqa: S608 - no input


@pytest.mark.sqlite
@pytest.mark.parametrize("sql", REPLACED)
def test_sqlite_lets_nothing_replace_a_published_row(rows, sql):
    with pytest.raises(IntegrityError, match=r"published: |append-only: "):
        execute(sql.format(**rows))


@pytest.mark.sqlite
@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES)
def test_sqlite_compares_every_column_there_is(model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        names = {
            column.name for column in connection.introspection.get_table_description(cursor, table)
        }
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{table}_frozen_update"])
        (trigger,) = cursor.fetchone()

    assert set(re.findall(r'NEW\."(\w+)" IS NOT OLD', trigger)) == names


@pytest.mark.postgresql
@pytest.mark.parametrize("table", [*TABLES, "publication"])
def test_postgresql_lets_nobody_truncate(rows, table):
    execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError, match="append-only: TRUNCATE"):
        execute(f"TRUNCATE checklist_{table} CASCADE")


@pytest.mark.postgresql
@pytest.mark.parametrize("sql", REFUSED)
def test_postgresql_freezes_in_replica_mode_too(rows, sql):
    execute("SET LOCAL session_replication_role = replica")

    with pytest.raises(IntegrityError, match=r"published: |append-only: "):
        execute(sql.format(**rows))
