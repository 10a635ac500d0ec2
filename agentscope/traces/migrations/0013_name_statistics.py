"""How often words come in the names of traces, for Postgres to know by which way to look for them."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("traces", "0012_covered"),
    ]

    operations = [
        migrations.RunSQL(
            "create statistics trace_name_folded on (upper(name)) from trace",
            "drop statistics trace_name_folded",
        ),
    ]
