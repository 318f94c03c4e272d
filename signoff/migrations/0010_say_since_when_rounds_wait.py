"""Launches whose newest round takes votes learn since when."""

from django.db import migrations


def note_opening(apps, schema_editor):
    Launch = apps.get_model("checklist", "Launch")
    Round = apps.get_model("signoff", "Round")
    for launch, opened_at in Round.objects.filter(state__in=["open", "go"]).values_list(
        "launch", "opened_at"
    ):
        Launch.objects.filter(pk=launch).update(round_opened_at=opened_at)


class Migration(migrations.Migration):

    dependencies = [
        ("signoff", "0009_hand_conditions_over"),
        ("checklist", "0012_say_whom_it_waits_for"),
    ]

    operations = [migrations.RunPython(note_opening, migrations.RunPython.noop)]
