import uuid

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("name", models.TextField()),
                ("kind", models.TextField()),
                ("settings", models.JSONField(default=dict)),
                ("secret", models.TextField(blank=True, default="")),
                ("hints", models.JSONField(default=dict)),
                ("enabled", models.BooleanField(default=True)),
                ("created_by", models.TextField(default="")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_at", models.DateTimeField(null=True)),
                ("last_state", models.TextField(default="")),
                ("last_reason", models.TextField(default="")),
            ],
            options={"db_table": "channel"},
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("uid", models.UUIDField(default=uuid.uuid4)),
                ("about", models.TextField()),
                ("message", models.JSONField()),
                (
                    "state",
                    models.TextField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("given_up", "Given Up"),
                        ],
                        default="waiting",
                    ),
                ),
                ("attempts", models.IntegerField(default=0)),
                ("next_at", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                ("log", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "channel",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="channels.channel",
                    ),
                ),
            ],
            options={"db_table": "delivery"},
        ),
        migrations.AddConstraint(
            model_name="channel",
            constraint=models.UniqueConstraint(
                fields=("project_id", "name"), name="one_channel_of_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("channel", "about"), name="told_once_on_a_channel"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("next_at"),
                condition=models.Q(("next_at__isnull", False)),
                name="delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("project_id"),
                models.OrderBy(models.F("id"), descending=True),
                name="delivery_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(models.F("project_id"), models.F("about"), name="delivery_about"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(models.F("created_at"), name="delivery_created"),
        ),
    ]
