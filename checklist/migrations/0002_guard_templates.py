"""A published template version is frozen: its rows can be neither changed, deleted nor added to, nor moved in or out.

An update that changes nothing passes, so that a fixture can be loaded twice. A migration that adds a column to one of
these tables, or rebuilds it on SQLite, must freeze the table again with its new list of columns.
"""

from django.db import migrations

from audit.triggers import REFUSE, abort, always, insert_only, run

OF_SECTION = "(SELECT version_id FROM checklist_templatesection WHERE id = {row}.%s)"
OF_SLOT = "(SELECT version_id FROM checklist_templateslot WHERE id = {row}.templateslot_id)"
OF_OWN_SECTION = OF_SECTION % "section_id"

# Each table: the versions that a row belongs to, and its columns.
TABLES = {
    "checklist_templateversion": (
        "{row}.id",
        "id slug number name description edition classification owner_team_id next_review",
    ),
    "checklist_templatesection": (
        "{row}.version_id",
        "id version_id key position number title phase guidance",
    ),
    "checklist_templateitem": (
        f"{{row}}.version_id, {OF_OWN_SECTION}",
        "id version_id section_id key position number text guidance evidence_demanded team_id authority_id",
    ),
    "checklist_templateslot": (
        f"{{row}}.version_id, {OF_OWN_SECTION}",
        "id version_id section_id key position title",
    ),
    "checklist_templatesection_teams": (
        OF_SECTION % "templatesection_id",
        "id templatesection_id team_id",
    ),
    "checklist_templateslot_authorities": (OF_SLOT, "id templateslot_id authority_id"),
}

# What SQLite's OR REPLACE would take away without a word, beyond what the new row's own version tells.
COLLIDES = {
    "checklist_templateversion": "(taken.slug = NEW.slug AND taken.number = NEW.number)",
}


def published(table, row):
    versions = TABLES[table][0].format(row=row)
    return f"EXISTS (SELECT 1 FROM checklist_publication WHERE version_id IN ({versions}))"


def postgresql(table):
    function = f"""
CREATE OR REPLACE FUNCTION {table}_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
    RETURN NEW;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    IF {published(table, "OLD")} THEN
      RAISE EXCEPTION 'published: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  IF {published(table, "NEW")} THEN
    RAISE EXCEPTION 'published: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = '23514';
  END IF;
  RETURN NEW;
END $$
"""
    return [
        function,
        *always(
            table, f"{table}_frozen", "BEFORE INSERT OR UPDATE OR DELETE", f"{table}_frozen()"
        ),
        *always(table, f"{table}_no_truncate", "BEFORE TRUNCATE"),
    ]


def sqlite(table):
    changed = " OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in TABLES[table][1].split())
    collides = " OR ".join(filter(None, ["taken.id = NEW.id", COLLIDES.get(table)]))
    replaced = (
        f"EXISTS (SELECT 1 FROM {table} AS taken WHERE ({collides})"
        f" AND {published(table, 'taken')})"
    )
    new, old = published(table, "NEW"), published(table, "OLD")
    return [
        *abort(
            table,
            f"{table}_frozen_insert",
            "BEFORE INSERT",
            f"{new} OR {replaced}",
            f"published: INSERT on {table}",
        ),
        *abort(
            table,
            f"{table}_frozen_update",
            "BEFORE UPDATE",
            f"({changed}) AND ({old} OR {new} OR {replaced})",
            f"published: UPDATE on {table}",
        ),
        *abort(
            table, f"{table}_frozen_delete", "BEFORE DELETE", old, f"published: DELETE on {table}"
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_guard_ledger"), ("checklist", "0001_create_checklists")]
    operations = [
        insert_only("checklist_publication", unique=[("version_id",)]),
        run(
            postgresql=[REFUSE, *(line for table in TABLES for line in postgresql(table))],
            sqlite=[line for table in TABLES for line in sqlite(table)],
        ),
    ]
