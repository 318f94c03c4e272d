"""Signatures name whom their signer stood in for, or who appointed them for this launch alone."""

from django.db import migrations, models

from audit.triggers import insert_only


class Migration(migrations.Migration):

    dependencies = [
        ('signoff', '0007_let_rounds_end_by_going_live'),
    ]

    operations = [
        migrations.AddField(
            model_name='signature',
            name='appointed_by',
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name='signature',
            name='standing_in_for',
            field=models.CharField(blank=True, max_length=150),
        ),
        # SQLite made the table anew, without its triggers.
        insert_only("signoff_signature", unique=[("id",), ("sha256",), ("nonce",)]),
    ]
