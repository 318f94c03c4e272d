"""Remember since when a signature is stale. Of those that are so already the ledger says it."""

from uuid import UUID

from django.db import migrations, models

TURNS = ["slot.stale", "slot.healed"]


def read_ledger(apps, schema_editor):
    """The last turn of each slot, where it went stale and has not been signed or cleared since."""
    slots = apps.get_model("checklist", "Slot").objects
    entries = apps.get_model("audit", "Entry").objects.filter(action__in=TURNS).order_by("seq")
    last = {entry.subject: entry for entry in entries.only("subject", "action", "at").iterator()}
    for subject, entry in last.items():
        if entry.action == "slot.stale":
            slot = slots.filter(pk=UUID(subject.partition(":")[2]), signed_at__lt=entry.at)
            slot.update(stale_since=entry.at)


class Migration(migrations.Migration):
    dependencies = [
        ("checklist", "0013_count_ended_acceptances"),
        ("audit", "0001_create_ledger"),
    ]
    operations = [
        migrations.AddField(
            model_name="slot",
            name="stale_since",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.RunPython(read_ledger, migrations.RunPython.noop),
    ]
