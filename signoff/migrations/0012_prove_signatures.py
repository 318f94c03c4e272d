"""What proves a signature, and statements that wait for their signer's key."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from audit.triggers import insert_only


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_keep_passkeys'),
        ('signoff', '0011_find_conditions_by_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='signature',
            name='level',
            field=models.CharField(choices=[('personal-key', "signed with the signer's own key"), ('server-attested', "vouched for by this server's key"), ('recorded', 'recorded by this server after the signer gave their password')], default='recorded', max_length=20),
        ),
        migrations.CreateModel(
            name='Pending',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('session', models.CharField(max_length=64)),
                ('statement', models.BinaryField()),
                ('sha256', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('nonce', models.CharField(max_length=32, unique=True)),
                ('log_size', models.BigIntegerField()),
                ('log_root', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'statement that waits for a key',
                'verbose_name_plural': 'statements that wait for a key',
            },
        ),
        migrations.CreateModel(
            name='Proof',
            fields=[
                ('record', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='proof', serialize=False, to='signoff.signature')),
                ('kind', models.CharField(choices=[('passkey', "the signer's passkey"), ('server', "this server's key")], max_length=10)),
                ('public_key', models.BinaryField()),
                ('signature', models.BinaryField()),
                ('aaguid', models.UUIDField(blank=True, null=True)),
                ('backup_eligible', models.BooleanField(blank=True, null=True)),
                ('backed_up', models.BooleanField(blank=True, null=True)),
                ('authenticator_data', models.BinaryField(blank=True, null=True)),
                ('client_data_json', models.BinaryField(blank=True, null=True)),
                ('rp_id', models.CharField(blank=True, max_length=253)),
                ('origin', models.CharField(blank=True, max_length=300)),
                ('enrolment', models.BigIntegerField(blank=True, null=True)),
                ('credential', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='accounts.credential')),
            ],
            options={
                'verbose_name': 'proof',
                'verbose_name_plural': 'proofs',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('client_data_json', None), ('credential', None), ('kind', 'server')), models.Q(('authenticator_data__isnull', False), ('client_data_json__isnull', False), ('credential__isnull', False), ('enrolment__isnull', False), ('kind', 'passkey')), _connector='OR'), name='proof_is_of_its_kind')],
            },
        ),
        insert_only("signoff_proof", unique=[("record_id",)]),
    ]
