"""The index of the newest traces holds what lists filter by, too."""

from django.db import migrations, models

LISTED = (
    *("spans", "examined_generation", "state", "errors", "known_cost", "start_ns", "end_ns"),
    *("llm_calls", "input_tokens", "output_tokens"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0011_listed"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                models.F("project_id"),
                models.OrderBy(models.F("started_at"), descending=True),
                models.F("trace_id"),
                include=LISTED,
                name="trace_listed",
            ),
        ),
        migrations.RemoveIndex(
            model_name="trace",
            name="trace_newest",
        ),
    ]
