"""Launches that were signed before they kept the moment of it are given it: four eyes stay on from then (DESIGN 3.7)."""

from django.db import migrations
from django.db.models import Min


def note_first_signatures(apps, schema_editor):
    signatures = apps.get_model("signoff", "Signature").objects.order_by()
    launches = apps.get_model("checklist", "Launch").objects.filter(first_signed_at=None)
    for launch, at in signatures.values_list("launch").annotate(at=Min("signed_at")):
        launches.filter(pk=launch).update(first_signed_at=at)


class Migration(migrations.Migration):
    dependencies = [
        ("checklist", "0003_note_first_signature"),
        ("signoff", "0002_guard_signatures"),
    ]

    operations = [migrations.RunPython(note_first_signatures, migrations.RunPython.noop)]
