"""Blocks and checkpoints are inserted and never changed; the blocks of what is there already are filled in first."""

from itertools import batched

from django.db import migrations

from audit.merkle import BLOCK, root_of
from audit.triggers import insert_only


def fill_tiles(apps, schema_editor):
    rows = apps.get_model("audit", "Entry").objects.order_by("seq")
    hashes = rows.values_list("leaf_hash", flat=True).iterator(chunk_size=2000)
    tile = apps.get_model("audit", "Tile")
    for number, block in enumerate(batched(hashes, BLOCK)):
        if len(block) == BLOCK:
            tile.objects.create(number=number, root=root_of(map(bytes, block)))


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_sign_how_the_log_stands")]
    operations = [
        migrations.RunPython(fill_tiles, migrations.RunPython.noop),
        insert_only("audit_tile", unique=[("number",)]),
        insert_only("audit_checkpoint", unique=[("size",)]),
    ]
