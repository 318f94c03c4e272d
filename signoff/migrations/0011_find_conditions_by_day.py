"""Conditions are found by the day they are due: tick asks every minute."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0012_say_whom_it_waits_for'),
        ('signoff', '0010_say_since_when_rounds_wait'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='condition',
            index=models.Index(condition=models.Q(('done_at', None), ('ended', '')), fields=['due_on'], name='condition_by_due_day'),
        ),
    ]
