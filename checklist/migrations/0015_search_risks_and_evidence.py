"""Words of risks and evidence to search by, as those of items have been since 0008: indexes on PostgreSQL only."""

from django.db import migrations

# Copied, not imported: as in 0008.
SEPARATORS = "!\"#$&()*+,-./:;<=>?@[\\]^_`{|}~"
WORDS = f"to_tsvector('simple'::regconfig, translate(%s, '{SEPARATORS}', '{' ' * len(SEPARATORS)}'))"
INDEXES = {
    "risk_words": ("checklist_risk", ("title", "description", "mitigation", "close_reason"), ""),
    "evidence_words": (
        "checklist_evidence",
        ("name", "url", "sha256"),
        " WHERE removed_at IS NULL",
    ),
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, (table, columns, condition) in INDEXES.items():
            words = WORDS.replace("%s", " || ' ' || ".join(f'"{column}"' for column in columns))
            schema_editor.execute(
                f"CREATE INDEX {name} ON {table} USING gin (({words})){condition}", params=None
            )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("checklist", "0014_note_what_went_stale")]
    operations = [migrations.RunPython(create, drop)]
