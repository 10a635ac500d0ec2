"""How far a search in the payloads of one trace came."""

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("search", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="TraceSearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("trace_id", models.UUIDField()),
                ("words", models.TextField()),
                ("after", models.BigIntegerField(default=-9223372036854775808)),
                (
                    "after_record",
                    models.UUIDField(default=uuid.UUID("00000000-0000-0000-0000-000000000000")),
                ),
                ("searched", models.IntegerField(default=0)),
                ("records", models.IntegerField(default=0)),
                ("unplaced", models.IntegerField(default=0)),
                ("is_done", models.BooleanField(default=False)),
                ("generation", models.BigIntegerField(default=0)),
                ("hits", models.BinaryField(default=bytes)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "trace_search",
                "indexes": [models.Index(fields=["updated_at"], name="trace_search_age")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project_id", "trace_id", "words"), name="trace_search_of_words"
                    )
                ],
            },
        ),
    ]
