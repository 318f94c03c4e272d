"""Passkeys that people sign with, kept beside allauth's rows for signing in."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_tell_people'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        migrations.CreateModel(
            name='Credential',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('label', models.CharField(max_length=100, verbose_name='name')),
                ('credential_id', models.BinaryField(max_length=1023, unique=True)),
                ('public_key', models.BinaryField()),
                ('algorithm', models.CharField(choices=[('ES256', 'ES256'), ('RS256', 'RS256')], max_length=5)),
                ('aaguid', models.UUIDField()),
                ('backup_eligible', models.BooleanField()),
                ('backed_up', models.BooleanField()),
                ('sign_count', models.BigIntegerField()),
                ('rp_id', models.CharField(max_length=253, verbose_name='site')),
                ('enrolled_at', models.DateTimeField(verbose_name='made')),
                ('enrolment', models.BigIntegerField(unique=True)),
                ('endorsed_at', models.DateTimeField(blank=True, null=True)),
                ('endorsed_how', models.TextField(blank=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('revoke_reason', models.TextField(blank=True)),
                ('last_used_at', models.DateTimeField(blank=True, null=True)),
                ('authenticator', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='credential', to='mfa.authenticator')),
                ('endorsed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('endorsed_with', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.credential')),
                ('revoked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credentials', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'passkey',
                'verbose_name_plural': 'passkeys',
                'ordering': ['-enrolled_at', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('endorsed_at', None), ('endorsed_by', None)), models.Q(('endorsed_at__isnull', False), ('endorsed_by__isnull', False), models.Q(('endorsed_how', ''), _negated=True)), _connector='OR'), name='credential_endorsed_by_somebody_somehow'), models.CheckConstraint(condition=models.Q(models.Q(('endorsed_by', models.F('user')), _negated=True), ('endorsed_with__isnull', False), _connector='OR'), name='credential_endorsed_by_another_or_a_key'), models.CheckConstraint(condition=models.Q(('revoked_at', None), models.Q(('revoke_reason', ''), _negated=True), _connector='OR'), name='credential_revoked_for_a_reason')],
            },
        ),
    ]
