from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_belongs_to_one")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="requires_second_factor",
            field=models.BooleanField(default=False),
        ),
    ]
