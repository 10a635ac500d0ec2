from django.db import migrations, models


def nobody_is_locked_out(apps, schema_editor):
    """Until now every member could do everything: the first of a project owns it, all others are
    its admins."""
    Member = apps.get_model("projects", "Member")
    Member.objects.update(role="admin")
    first = Member.objects.order_by("project_id", "pk").distinct("project_id")
    Member.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(role="owner")


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_changes_in_ledger")]

    operations = [
        migrations.AddField(
            model_name="member",
            name="role",
            field=models.TextField(
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
        migrations.RunPython(nobody_is_locked_out, migrations.RunPython.noop),
    ]
