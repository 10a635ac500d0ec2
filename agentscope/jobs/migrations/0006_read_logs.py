"""What was looked through is told as such: `read_logs`, beside `changed_logs`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("jobs", "0005_pack")]

    operations = [
        migrations.RunSQL(
            "update job set result = result - 'logs' || jsonb_build_object('read_logs', result->'logs')"
            " where result ? 'logs'",
            "update job set result = result - 'read_logs'"
            " || jsonb_build_object('logs', result->'read_logs') where result ? 'read_logs'",
        )
    ]
