from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0009_glances"),
    ]

    operations = [
        migrations.AddField(
            model_name="traceindex",
            name="so_far",
            field=models.JSONField(null=True),
        ),
    ]
