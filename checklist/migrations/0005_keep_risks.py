"""The register of risks."""

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0004_accept_items'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='launch',
            name='risk_count',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='launch',
            name='risks_incomplete',
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name='launch',
            name='worst_risk',
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='number')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('description', models.TextField(blank=True, verbose_name='description')),
                ('likelihood', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='likelihood')),
                ('impact', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='impact')),
                ('mitigation', models.TextField(blank=True, verbose_name='mitigation')),
                ('raised_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('closed_at', models.DateTimeField(editable=False, null=True)),
                ('close_reason', models.TextField(blank=True, editable=False, verbose_name='why it is closed')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('closed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('items', models.ManyToManyField(blank=True, related_name='risks', to='checklist.item', verbose_name='items it concerns')),
                ('launch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risks', to='checklist.launch')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('raised_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'risk',
                'verbose_name_plural': 'risks',
                'ordering': ['launch', 'number', 'pk'],
                'indexes': [models.Index(fields=['owner', 'closed_at'], name='risk_by_owner')],
                'constraints': [models.UniqueConstraint(fields=('launch', 'number'), name='risk_number'), models.CheckConstraint(condition=models.Q(('likelihood', None), models.Q(('likelihood__gte', 1), ('likelihood__lte', 5)), _connector='OR'), name='risk_likelihood_is_one_to_five', violation_error_code='one_to_five', violation_error_message='Likelihood goes from 1 to 5.'), models.CheckConstraint(condition=models.Q(('impact', None), models.Q(('impact__gte', 1), ('impact__lte', 5)), _connector='OR'), name='risk_impact_is_one_to_five', violation_error_code='one_to_five', violation_error_message='Impact goes from 1 to 5.'), models.CheckConstraint(condition=models.Q(models.Q(('close_reason', ''), ('closed_at', None), ('closed_by', None)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), models.Q(('close_reason', ''), _negated=True)), _connector='OR'), name='risk_closing_has_author_and_reason')],
            },
        ),
    ]
