"""Traces are found by their keys. In a migration of its own, for no writer waits while the index is
made."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("traces", "0016_keys"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="trace",
            index=django.contrib.postgres.indexes.GinIndex(
                models.F("keys"),
                condition=models.Q(("keys", []), _negated=True),
                name="trace_keys",
            ),
        ),
    ]
