"""Signatures that accept outstanding items, and that set a signature aside whose signer has left."""

from django.conf import settings
from django.db import migrations, models

from audit.triggers import insert_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_create_cache_table'),
        ('checklist', '0004_accept_items'),
        ('signoff', '0003_note_first_signatures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_withdrawal_has_its_target',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='signature_return_has_a_reason',
        ),
        migrations.AlterField(
            model_name='signature',
            name='act',
            field=models.CharField(choices=[('sign', 'signed'), ('return', 'returned'), ('accept', 'accepted'), ('vote', 'voted'), ('withdraw', 'withdrew'), ('set_aside', 'set aside')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('withdraw', 'set_aside')), ('target__isnull', False)), models.Q(models.Q(('act__in', ('withdraw', 'set_aside')), _negated=True), ('target', None)), _connector='OR'), name='signature_withdrawal_has_its_target'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('act__in', ('return', 'accept', 'withdraw', 'set_aside')), _negated=True), models.Q(('comment', ''), _negated=True), _connector='OR'), name='signature_return_has_a_reason', violation_error_code='reason_required', violation_error_message='Say why.'),
        ),
        # SQLite made the table anew, without its triggers.
        insert_only("signoff_signature", unique=[("id",), ("sha256",), ("nonce",)]),
    ]
