"""An acceptance may name the risk that it is given under."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0005_keep_risks'),
    ]

    operations = [
        migrations.AddField(
            model_name='acceptance',
            name='risk',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='checklist.risk'),
        ),
    ]
