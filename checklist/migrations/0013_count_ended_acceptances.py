"""Count the acceptances that the clock has ended; where one has, before the launch, tick counts anew."""

from django.db import migrations, models
from django.db.models import Exists, OuterRef
from django.utils import timezone

BEFORE_LIVE = ["draft", "in_review", "postponed"]


def count_anew(apps, schema_editor):
    """What the clock ends next is now: the readers and tick take it from there."""
    launch, section, item = (apps.get_model("checklist", name) for name in ("Launch", "Section", "Item"))
    now = timezone.now()
    ended = item.objects.filter(section=OuterRef("pk"), acceptance__until__lte=now)
    late = section.objects.filter(Exists(ended), launch__state__in=BEFORE_LIVE)
    launch.objects.filter(pk__in=list(late.values_list("launch", flat=True))).update(next_expiry=now)
    late.update(next_expiry=now)


class Migration(migrations.Migration):
    dependencies = [("checklist", "0012_say_whom_it_waits_for")]
    operations = [
        migrations.AddField(
            model_name="section",
            name="acceptances_ended",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RunPython(count_anew, migrations.RunPython.noop),
    ]
