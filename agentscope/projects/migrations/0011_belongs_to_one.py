import django.db.models.deletion
from django.db import migrations, models

import agentscope.projects.models


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_organisations")]

    operations = [
        # In SQL: Django would ask for the default, which is of the models of today.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "alter table project alter column organisation_id set not null",
                    "alter table project alter column organisation_id drop not null",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="project",
                    name="organisation",
                    field=models.ForeignKey(
                        default=agentscope.projects.models.first_organisation,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to="projects.organisation",
                    ),
                )
            ],
        )
    ]
