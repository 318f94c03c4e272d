"""Launches say whether their executives need a key of their own."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('checklist', '0015_search_risks_and_evidence'),
    ]

    operations = [
        migrations.AddField(
            model_name='launch',
            name='executive_keys',
            field=models.BooleanField(default=False, verbose_name='executives vote with their own key'),
        ),
    ]
