"""The cache that counts attempts to sign in over all processes: its table comes with `migrate`."""

from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_create_people")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
