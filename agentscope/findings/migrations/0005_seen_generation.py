from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("findings", "0004_more_places"),
    ]

    operations = [
        migrations.AddField(
            model_name="finding",
            name="seen_generation",
            field=models.BigIntegerField(null=True),
        ),
    ]
