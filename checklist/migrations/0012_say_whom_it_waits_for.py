"""Since when rounds wait, who was reminded, to whom it passed, whom comments speak to; and what tick looks for."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_tell_people'),
        ('checklist', '0011_appoint_deputies'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='comment',
            name='mentioned',
            field=models.ManyToManyField(blank=True, editable=False, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='launch',
            name='escalate_after_hours',
            field=models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(200)], verbose_name='escalate after working hours'),
        ),
        migrations.AddField(
            model_name='launch',
            name='round_opened_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='slot',
            name='escalated_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='slot',
            name='escalated_to',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='slot',
            name='nudged_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name='acceptance',
            index=models.Index(fields=['until'], name='acceptance_by_end'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(condition=models.Q(('next_expiry__isnull', False)), fields=['next_expiry'], name='launch_by_expiry'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(condition=models.Q(('outcome__in', ['open', 'go'])), fields=['outcome'], name='launch_that_takes_votes'),
        ),
        migrations.AddIndex(
            model_name='launch',
            index=models.Index(condition=models.Q(('escalate_after_hours__isnull', False)), fields=['escalate_after_hours'], name='launch_that_escalates'),
        ),
    ]
