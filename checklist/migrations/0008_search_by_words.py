"""Words to search by, in indexes: on PostgreSQL only. SQLite looks at each row, which is enough to try things out.

And comments by their age, so that of many with a word the newest are soon come by.
"""

from django.db import migrations, models

# What separates words becomes a space, or PostgreSQL would take TLS/SSL for the name of a file. Both strings are as
# long as each other. Copied, not imported: checklist/search.py may change, with a migration of its own.
SEPARATORS = "!\"#$&()*+,-./:;<=>?@[\\]^_`{|}~"
WORDS = f"to_tsvector('simple'::regconfig, translate(%s, '{SEPARATORS}', '{' ' * len(SEPARATORS)}'))"
INDEXES = {
    "launch_words": ("checklist_launch", ("name", "version", "description"), ""),
    "item_words": ("checklist_item", ("number", "text"), ""),
    "note_words": (
        "checklist_item",
        ("note", "na_reason"),
        " WHERE note <> '' OR na_reason <> ''",
    ),
    "comment_words": ("checklist_comment", ("text", "resolution"), ""),
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
    dependencies = [("checklist", "0007_count_conditions")]
    operations = [
        migrations.AddIndex(
            "comment", models.Index(fields=["-created_at", "id"], name="comment_by_creation")
        ),
        migrations.RunPython(create, drop),
    ]
