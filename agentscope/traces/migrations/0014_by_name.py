"""The few traces of a rare name or environment are found without a look at all others."""

import django.db.models.functions.text
from django.db import migrations, models

LONGEST = 200  # characters of a key, as totals.LONGEST_NAME


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0013_name_statistics"),
    ]

    operations = [
        migrations.RunSQL(
            f"update trace set environment = left(environment, {LONGEST})"  # noqa: S608 — our number
            f" where length(environment) > {LONGEST}",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                models.F("project_id"),
                django.db.models.functions.text.Left("name", 200),
                models.OrderBy(models.F("started_at"), descending=True),
                models.F("trace_id"),
                name="trace_by_name",
            ),
        ),
        migrations.AddIndex(
            model_name="trace",
            index=models.Index(
                models.F("project_id"),
                models.F("environment"),
                models.OrderBy(models.F("started_at"), descending=True),
                models.F("trace_id"),
                condition=models.Q(("environment", ""), _negated=True),
                name="trace_by_environment",
            ),
        ),
    ]
