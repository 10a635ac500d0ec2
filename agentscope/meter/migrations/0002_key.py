"""Use is told apart by the key that sent the spans. What was metered before came without one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("meter", "0001_readings"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="key",
            field=models.TextField(default=""),
            preserve_default=False,
        )
        for name in ("metered", "quartermetered")
    ]
