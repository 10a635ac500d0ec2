"""Whether all of a trace is there, so that its state can change by time alone without its spans."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("traces", "0002_partitions")]
    operations = [
        migrations.AddField("trace", "complete", models.BooleanField(default=False)),
    ]
