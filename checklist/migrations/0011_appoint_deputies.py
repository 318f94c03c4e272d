"""Deputies, and appointments for one launch only. Those made before are for the whole organisation, as they were."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_create_cache_table'),
        ('checklist', '0010_tell_lives_so_far'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='launch',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='checklist.launch', verbose_name='only for the launch'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='reason',
            field=models.TextField(blank=True, verbose_name='reason'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='stands_in_for',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='stands in for'),
        ),
        migrations.AddField(
            model_name='slot',
            name='signed_for',
            field=models.CharField(blank=True, editable=False, max_length=150),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('stands_in_for', None), ('launch', None), _connector='OR'), name='appointment_is_of_one_kind', violation_error_code='two_kinds', violation_error_message='A deputy stands in wherever the authority counts, not for one launch only.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('stands_in_for', None), models.Q(('stands_in_for', models.F('holder')), _negated=True), _connector='OR'), name='appointment_deputy_is_another', violation_error_code='own_deputy', violation_error_message='Nobody stands in for themselves.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('stands_in_for', None), ('ends_at__isnull', False), _connector='OR'), name='appointment_deputy_has_an_end', violation_error_code='end_required', violation_error_message='Say until when the deputy stands in.'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('launch', None), ('stands_in_for', None)), models.Q(('reason', ''), _negated=True), _connector='OR'), name='appointment_says_why', violation_error_code='reason_required', violation_error_message='Say why.'),
        ),
    ]
