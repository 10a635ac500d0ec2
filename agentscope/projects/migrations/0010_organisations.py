import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def all_belong_to_one(apps, schema_editor):
    """The projects that there are belong to one organisation, of which nobody is a member yet."""
    Project = apps.get_model("projects", "Project")
    if Project.objects.exists():
        first = apps.get_model("projects", "Organisation").objects.create(name="default")
        Project.objects.update(organisation=first)


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0009_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.TextField(unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "db_table": "organisation",
            },
        ),
        migrations.AddField(
            model_name="key",
            name="created_by",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="key",
            name="expires_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="key",
            name="successor",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="predecessor",
                to="projects.key",
            ),
        ),
        migrations.AlterField(
            model_name="key",
            name="scope",
            field=models.TextField(
                choices=[
                    ("ingest", "send traces"),
                    ("read", "read traces"),
                    ("decide", "ask whether to go on"),
                    ("manage", "change rules, budgets and channels"),
                    ("admin", "manage keys, and do what read and manage may"),
                ],
                default="ingest",
            ),
        ),
        # Which one, the next migration says of every project: what has the rows of a table in a
        # transaction cannot make a column of it needed.
        migrations.AddField(
            model_name="project",
            name="organisation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="projects",
                to="projects.organisation",
            ),
        ),
        migrations.CreateModel(
            name="OrganisationMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.TextField(
                        choices=[
                            ("owner", "owner"),
                            ("admin", "admin"),
                            ("operator", "operator"),
                            ("auditor", "auditor"),
                            ("viewer", "viewer"),
                            ("ingest-only", "ingest-only member"),
                        ],
                        default="viewer",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="projects.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="organisations",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "db_table": "organisation_member",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "user"), name="one_membership_of_organisation"
                    )
                ],
            },
        ),
        migrations.RunPython(all_belong_to_one, migrations.RunPython.noop),
    ]
