"""Who is named in a comment is mailed, unless they do not want to be."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_withdrawn")]

    operations = [
        migrations.AddField("mention", "mailed_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "mention",
            models.Index(
                "id",
                name="review_mention_to_mail",
                condition=models.Q(seen_at__isnull=True, mailed_at__isnull=True),
            ),
        ),
        migrations.CreateModel(
            name="NoLetters",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "project_id",
                        "who",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("project_id", models.IntegerField()),
                ("who", models.TextField()),
            ],
            options={"db_table": "review_no_letters"},
        ),
    ]
