"""Launches say whether their executives need a key of their own."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0012_say_whom_it_waits_for'),
    ]

    operations = [
        migrations.AddField(
            model_name='launch',
            name='executive_keys',
            field=models.BooleanField(default=False, verbose_name='executives vote with their own key'),
        ),
    ]
