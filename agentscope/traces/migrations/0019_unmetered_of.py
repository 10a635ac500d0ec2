"""What waits longest of a project is found at once. In a migration of its own, for no writer waits
while the index is made."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("traces", "0018_unmetered"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="trace",
            index=models.Index(
                models.F("project_id"),
                models.F("unmetered_since"),
                condition=models.Q(("unmetered_since__isnull", False)),
                name="trace_unmetered",
            ),
        ),
    ]
