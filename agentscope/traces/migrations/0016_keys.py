"""Traces say which keys sent them. Those from before say none, until they are examined again."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0015_sent_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="trace",
            name="keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), db_default=[], default=list, size=None
            ),
        ),
    ]
