"""Who operates this installation is named where an authority is vacant: found without reading everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_let_programs_in'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='user',
            index=models.Index(condition=models.Q(('is_active', True), ('role', 'admin')), fields=['full_name'], name='user_operators'),
        ),
    ]
