from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0020_keys_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="trace",
            name="emptied_at",
            field=models.DateTimeField(null=True),
        ),
    ]
