from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_invitations"), ("projects", "0010_organisations")]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="everywhere",
            field=models.BooleanField(default=False),
        ),
    ]
