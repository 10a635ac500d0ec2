"""The blocks, partitioned by day; sieves are not compressed, for each look would inflate them."""

import django.utils.timezone
from django.db import migrations, models

BLOCK = """
create table search_block (
    trace_id uuid not null,
    project_id integer not null,
    digest bigint not null,
    started_at timestamptz not null,
    first_at timestamptz not null,
    written_at timestamptz not null,
    spans bytea not null,
    logs bytea not null,
    sieve bytea not null,
    primary key (trace_id, project_id, digest, started_at)
) partition by range (started_at)
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="SearchBlock",
                    fields=[
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "trace_id",
                                "project_id",
                                "digest",
                                "started_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        ("trace_id", models.UUIDField()),
                        ("project_id", models.IntegerField()),
                        ("digest", models.BigIntegerField()),
                        ("started_at", models.DateTimeField()),
                        ("first_at", models.DateTimeField()),
                        ("spans", models.BinaryField()),
                        ("logs", models.BinaryField()),
                        ("sieve", models.BinaryField()),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "db_table": "search_block",
                    },
                ),
            ],
            database_operations=[
                migrations.RunSQL(BLOCK, "drop table search_block"),
                migrations.RunSQL(
                    "create index search_block_newest on search_block"
                    " (project_id, started_at, digest)",
                    migrations.RunSQL.noop,
                ),
                *[
                    migrations.RunSQL(
                        f"alter table search_block alter {column} set storage external",
                        migrations.RunSQL.noop,
                    )
                    for column in ("spans", "logs", "sieve")
                ],
                # Times that no day partition covers land here, so that nothing is refused.
                migrations.RunSQL(
                    "create table search_block_default partition of search_block default",
                    "drop table search_block_default",
                ),
            ],
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("name", models.TextField()),
                ("query", models.TextField()),
                ("created_by", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "db_table": "saved_view",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project_id", "name"), name="saved_view_of_project"
                    )
                ],
            },
        ),
    ]
