"""The outbox: news, mails and notices; how each person wants to be told."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_index_operators'),
    ]

    operations = [
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('digest_on', models.DateField(null=True, verbose_name='digest of')),
                ('state', models.CharField(choices=[('waiting', 'to be sent'), ('sent', 'sent'), ('dropped', 'not needed any more'), ('failed', 'given up')], default='waiting', max_length=10, verbose_name='state')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('created_at', models.DateTimeField(verbose_name='made')),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('sent_at', models.DateTimeField(null=True, verbose_name='sent')),
                ('last_error', models.TextField(blank=True, verbose_name='last error')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'ordering': ['-created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('act', models.UUIDField(editable=False)),
                ('kind', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=80)),
                ('launch', models.UUIDField(editable=False, null=True)),
                ('key', models.CharField(max_length=240, unique=True)),
                ('at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('told_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'piece of news',
                'verbose_name_plural': 'news',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'ordering': ['news__at', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='digest_due_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='digest_hour',
            field=models.PositiveSmallIntegerField(blank=True, default=8, editable=False, null=True, verbose_name='hour of the daily digest'),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_dates',
            field=models.CharField(choices=[('now', 'At once'), ('digest', 'In the daily digest'), ('never', 'Not at all')], default='now', editable=False, max_length=10, verbose_name='Days that come near or have passed'),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_mentions',
            field=models.CharField(choices=[('now', 'At once'), ('digest', 'In the daily digest'), ('never', 'Not at all')], default='now', editable=False, max_length=10, verbose_name='Mentions of you'),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_signing',
            field=models.CharField(choices=[('now', 'At once'), ('digest', 'In the daily digest'), ('never', 'Not at all')], default='now', editable=False, max_length=10, verbose_name='Signing and voting'),
        ),
        migrations.AddField(
            model_name='user',
            name='mail_work',
            field=models.CharField(choices=[('now', 'At once'), ('digest', 'In the daily digest'), ('never', 'Not at all')], default='now', editable=False, max_length=10, verbose_name='Work that is given to you or comes back'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(fields=['digest_due_at'], name='user_by_digest'),
        ),
        migrations.AddField(
            model_name='mail',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='mails', to=settings.AUTH_USER_MODEL, verbose_name='recipient'),
        ),
        migrations.AddField(
            model_name='news',
            name='actor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='news',
            name='whom',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notice',
            name='mail',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='accounts.mail'),
        ),
        migrations.AddField(
            model_name='notice',
            name='news',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to='accounts.news'),
        ),
        migrations.AddField(
            model_name='notice',
            name='recipient',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='mail_to_send'),
        ),
        migrations.AddIndex(
            model_name='mail',
            index=models.Index(fields=['-created_at', 'id'], name='mail_by_making'),
        ),
        migrations.AddConstraint(
            model_name='mail',
            constraint=models.UniqueConstraint(condition=models.Q(('digest_on__isnull', False)), fields=('recipient', 'digest_on'), name='mail_one_digest_a_day'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(condition=models.Q(('told_at', None)), fields=['due_at'], name='news_to_tell'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(condition=models.Q(('told_at', None)), fields=['act'], name='news_of_an_act'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(fields=['subject', 'kind'], name='news_by_subject'),
        ),
        migrations.AddIndex(
            model_name='news',
            index=models.Index(fields=['told_at'], name='news_by_telling'),
        ),
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('mail', None)), fields=['recipient'], name='notice_for_a_digest'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('news', 'recipient'), name='notice_once_a_person'),
        ),
    ]
