"""The oldest traces of a project that still have their payload are found at once. In a migration of
its own, for no writer waits while the index is made."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("traces", "0021_emptied"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="trace",
            index=models.Index(
                models.F("project_id"),
                models.F("started_at"),
                condition=models.Q(("emptied_at__isnull", True)),
                name="trace_not_emptied",
            ),
        ),
    ]
