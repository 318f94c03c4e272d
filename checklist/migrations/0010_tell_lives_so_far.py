"""Give launches that are in review already what their life is told by: when the review was opened, what is next."""

import json

from django.db import migrations
from django.db.models import F


def tell(apps, schema_editor):
    """The ledger says when each review was opened, and by whom."""
    launches, moves = (apps.get_model("checklist", name) for name in ("Launch", "Move"))
    users = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    opened = apps.get_model("audit", "Entry").objects.filter(action="launch.opened").order_by("seq")
    for entry in opened:
        found = launches.objects.filter(pk=entry.launch, state="in_review")
        if not found.update(review_opened_at=entry.at) or entry.actor not in users:
            continue
        moves.objects.create(
            launch_id=entry.launch,
            step="open",
            state=json.loads(bytes(entry.leaf))["data"]["new"]["state"],
            moment=entry.at,
            at=entry.at,
            by_id=entry.actor,
        )
    launches.objects.update(next_due=F("target_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("checklist", "0009_give_launches_a_life"),
        ("audit", "0001_create_ledger"),
    ]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
