from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("routing", "0001_uses"),
    ]

    operations = [
        migrations.CreateModel(
            name="AddedDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("day", models.DateField()),
                ("generation", models.BigIntegerField()),
            ],
            options={
                "db_table": "use_day_added",
            },
        ),
        migrations.CreateModel(
            name="DayUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("site", models.BigIntegerField()),
                ("path", models.TextField()),
                ("agent", models.TextField()),
                ("model", models.TextField()),
                ("provider", models.TextField()),
                ("service_tier", models.TextField()),
                ("kind", models.SmallIntegerField()),
                ("size", models.SmallIntegerField()),
                ("calls", models.BigIntegerField()),
                ("flawed", models.BigIntegerField()),
                ("failed", models.BigIntegerField()),
                ("redone", models.BigIntegerField()),
                ("rejected", models.BigIntegerField()),
                ("cut", models.BigIntegerField()),
                ("in_failures", models.BigIntegerField()),
                ("in_successes", models.BigIntegerField()),
                ("fresh_input", models.BigIntegerField()),
                ("cache_read", models.BigIntegerField()),
                ("cache_write_5m", models.BigIntegerField()),
                ("cache_write_1h", models.BigIntegerField()),
                ("audio_input", models.BigIntegerField()),
                ("output_text", models.BigIntegerField()),
                ("reasoning", models.BigIntegerField()),
                ("audio_output", models.BigIntegerField()),
                ("web_searches", models.BigIntegerField()),
                ("least_input", models.BigIntegerField()),
                ("most_input", models.BigIntegerField()),
                ("most_output", models.BigIntegerField()),
                ("project_id", models.IntegerField()),
                ("day", models.DateField()),
            ],
            options={
                "db_table": "day_use",
            },
        ),
        migrations.RemoveIndex(
            model_name="suggestedmodel",
            name="suggested_model_of",
        ),
        migrations.AddIndex(
            model_name="suggestedmodel",
            index=models.Index(
                models.F("project_id"), models.F("model"), name="suggested_model_of"
            ),
        ),
        migrations.AddIndex(
            model_name="dayuse",
            index=models.Index(models.F("project_id"), models.F("day"), name="day_use_day"),
        ),
    ]
