"""Launches whose last round ended with NO-GO before they kept its reason are given it: the verdict quotes it."""

from django.db import migrations


def note_refusals(apps, schema_editor):
    signatures = apps.get_model("signoff", "Signature").objects
    rounds = apps.get_model("signoff", "Round").objects
    refused = apps.get_model("checklist", "Launch").objects.filter(
        outcome="no_go", refused_because=""
    )
    for pk in refused.values_list("pk", flat=True):
        newest = rounds.filter(launch=pk).exclude(state="cancelled").order_by("-number").first()
        vote = signatures.filter(round=newest, vote="no_go").order_by("-signed_at").first()
        if vote:
            refused.filter(pk=pk).update(refused_because=vote.comment)


class Migration(migrations.Migration):
    dependencies = [("signoff", "0005_keep_conditions")]

    operations = [migrations.RunPython(note_refusals, migrations.RunPython.noop)]
