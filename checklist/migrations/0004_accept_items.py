"""Items that somebody has signed to live with until a day."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0003_note_first_signature'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='accepted_status',
            field=models.CharField(blank=True, choices=[('unset', 'Not set'), ('done', 'Done'), ('attention', 'Needs attention'), ('not_done', 'Not done'), ('na', 'N/A')], editable=False, max_length=10),
        ),
        migrations.AddField(
            model_name='item',
            name='accepted_text',
            field=models.CharField(blank=True, editable=False, max_length=500),
        ),
        migrations.AddField(
            model_name='launch',
            name='accepted',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='section',
            name='acceptances_end',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='section',
            name='acceptances_ending',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='section',
            name='accepted',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('signature', models.UUIDField(editable=False, unique=True)),
                ('statement', models.CharField(editable=False, max_length=64)),
                ('until', models.DateTimeField(verbose_name='until')),
                ('reason', models.TextField(verbose_name='reason')),
                ('by_name', models.CharField(max_length=150)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('launch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='acceptances', to='checklist.launch')),
            ],
            options={
                'verbose_name': 'acceptance',
                'verbose_name_plural': 'acceptances',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='item',
            name='acceptance',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='checklist.acceptance'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='acceptance_has_a_reason', violation_error_code='reason_required', violation_error_message='Say why it can be lived with.'),
        ),
        migrations.AddConstraint(
            model_name='acceptance',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('at'))), name='acceptance_ends_after_it_is_given', violation_error_code='ends_in_past', violation_error_message='An acceptance ends after it is given.'),
        ),
    ]
