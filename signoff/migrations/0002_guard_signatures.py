"""Signatures and snapshots are inserted and never changed, by anybody."""

from django.db import migrations

from audit.triggers import insert_only


class Migration(migrations.Migration):
    dependencies = [("signoff", "0001_create_signatures")]
    operations = [
        insert_only("signoff_signature", unique=[("id",), ("sha256",), ("nonce",)]),
        insert_only("signoff_snapshot", unique=[("sha256",)]),
    ]
